"""What the screens say of signed badges: on the person's page, on that of issuers, and before a file is imported."""

from datetime import date

from skilltrack.ingest import Options, Source, import_sources, rows_apart
from skilltrack.keeping import open_store
from skilltrack.keeping.shared_store import store_at
from skilltrack.signing import end_key, make_key
from tests.badges.signing import V2, Signer, badge, baked, data, zipped
from tests.pages.test_pages import edit, opened, texts, unescaped


def test_a_persons_page_says_what_was_checked_of_a_badge_and_what_was_not(demo_db, monkeypatch):
    asked = "select employee_id, carrier from award_checks order by employee_id, line_no"
    rows = {row["carrier"]: row["employee_id"] for row in store_at(demo_db).query(asked).to_pylist()}
    page = opened(demo_db, "team/people", monkeypatch)
    page.selectbox(key="filter_employee").set_value(rows["JWT"]).run()
    assert not page.exception
    (verified, *_) = [expander for expander in page.expander if unescaped(expander.label).endswith(": verified")]
    steps = verified.dataframe[0].value.set_index("step")
    assert steps.loc["Signature", "outcome"] == "Checked, holds"
    assert steps.loc["Signature", "reason"] == "The signature (EdDSA) holds."
    assert steps.loc["Revoked?", "outcome"] == "Nothing to check"
    assert "Everything that can be checked was checked" in texts(page)
    page.selectbox(key="filter_employee").set_value(rows["JSON"]).run()
    labels = [unescaped(expander.label) for expander in page.expander]

    assert any(label.endswith(": revoked") for label in labels), labels
    assert "Issued by Norrland Academy." in texts(page)
    assert "It was revoked." in texts(page)


def test_the_demo_shows_what_becomes_of_a_badge_that_was_changed_and_of_one_of_nobody(demo_db):
    """Whoever tries the program sees them among the rows set aside; the others are on the pages of people."""
    (aside,) = rows_apart(store_at(demo_db)).values()
    assert sorted(aside["line"]) == ["badges.zip, file badge of somebody.jwt", "badges.zip, file changed badge.jwt"]
    reasons = aside.set_index("line")["reason"]
    assert "is the address of nobody" in reasons["badges.zip, file badge of somebody.jwt"]
    assert "was changed after it was signed" in reasons["badges.zip, file changed badge.jwt"]


def test_the_page_of_issuers_counts_what_is_verified_and_names_the_keys_that_signed(demo_db, monkeypatch):
    page = opened(demo_db, "data/issuers", monkeypatch)
    issuers, keys = (frame.value for frame in page.dataframe[:2])
    academy = issuers.set_index("issuer").loc["Norrland Academy"]

    assert (academy["tier"], academy["keys"]) == ("Trusted", 1)
    assert 0 < academy["verified"] <= academy["attested"] <= academy["awards"]
    assert keys["listed_for"].tolist() == ["Norrland Academy"]
    assert {unescaped(card.label): card.value for card in page.metric}["Keys not listed"] == "0"


def test_the_uploads_page_shows_the_badges_of_a_file_and_imports_them(tmp_path, monkeypatch):
    db, signer = tmp_path / "new.duckdb", Signer()
    page = opened(db, "data/uploads", monkeypatch)
    catalogue = [
        (
            "credentials.csv",
            b'credential_id,name,issuer,url\nw2,"Welding, level 2",Weld School,https://weld.example/badges/2\n',
        ),
        ("roster.csv", b"employee_id,name,email\n7,Mara,mara@works.example\n"),
    ]
    for name, content in catalogue:
        page.file_uploader(key="upload_files_0").upload(name, content)
    page.run()
    page.button(key="upload_import").click().run()
    files = zipped(
        {"mara.json": data(signer.prove(badge(signer.did, V2))), "unsigned.json": data(badge("https://a.example"))}
    )
    page.file_uploader(key="upload_files_1").upload("badges.zip", files).run()

    assert not page.exception
    (shown,) = [frame.value for frame in page.dataframe if "signature" in frame.value.columns]
    assert shown["badge"].tolist() == ["badges.zip, file mara.json", "badges.zip, file unsigned.json"]
    assert shown["signature"].tolist() == ["Checked, holds", "Nothing to check"]
    (notes,) = [frame.value for frame in page.dataframe if "message" in frame.value.columns]
    assert [m.split(": ")[1][:10] for m in notes["message"] if "will not count as verified" in m] == [
        "signed wit",
        "not signed",
    ]


WORKS = {
    "skills": "skill_id,name,framework_uri\ns1,Welding,https://skills.example/welding\n",
    "issuers": "issuer,tier\nWeld School,trusted\n",
    "credentials": 'credential_id,name,issuer,url\nw2,"Welding, level 2",Weld School,https://weld.example/badges/2\n',
    "roles": "role_id,role_name,skill_id,required_level\nr1,Welder,s1,2\n",
    "roster": "employee_id,name,email,role_id\n7,Mara,mara@works.example,r1\n",
}


def test_a_badge_of_an_address_that_nobody_has_is_assigned_on_the_uploads_page_and_is_not_verified(
    tmp_path, monkeypatch
):
    """The sentence says to give the employee_id: without a cell for it nobody could, on the page."""
    path, signer = tmp_path / "w.duckdb", Signer()
    store = open_store(path)
    roster = WORKS["roster"].replace("mara@works.example", "mara@elsewhere.example")
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in (WORKS | {"roster": roster}).items()]
    sources.append(Source("issuer_keys", "k.csv", f"issuer,key\nWeld School,{signer.did}\n".encode()))
    import_sources(store, sources, Options(date(2024, 1, 1)))
    import_sources(
        store, [Source("badges", "m.json", data(signer.prove(badge(signer.did, V2))))], Options(quarantine=True)
    )
    store.close()

    page = opened(path, "data/uploads", monkeypatch)
    edit(page, "apart_2_badges", edited_rows={"0": {"employee_id": "7"}})
    page.button(key="retry_2_badges").click().run()
    assert (page.exception, rows_apart(store_at(path))) == ([], {})
    page = opened(path, "data/issuers", monkeypatch)
    (issuers,) = [frame.value for frame in page.dataframe if "tier" in frame.value.columns]
    assert issuers[["attested", "verified"]].values.tolist() == [[1, 0]]


def test_a_skill_that_a_badge_names_is_confirmed_and_its_key_trusted_on_the_pages(tmp_path, monkeypatch):
    """Each is an upload that shows first what it would change; without them the badge counts for nothing."""
    path, signer = tmp_path / "w.duckdb", Signer()
    store = open_store(path)
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in WORKS.items()]
    sources.append(Source("badges", "mara.png", baked(signer.prove(badge(signer.did, V2)))))
    outcome = import_sources(store, sources, Options(date(2024, 1, 1)))
    assert outcome.status == "stored", outcome.problems
    store.close()

    page = opened(path, "data/catalogue", monkeypatch)
    (named,) = [frame.value for frame in page.dataframe if "named_by" in frame.value.columns]
    assert named[["skill", "named_by", "level"]].values.tolist() == [["Welding", "https://skills.example/welding", 1]]
    edit(page, "skills_0", edited_rows={"0": {"is_right": True, "level": 2}})
    page.button(key="catalogue_save").click().run()
    assert (page.exception, "Saved as upload" in page.success[0].value) == ([], True)
    page = opened(path, "data/issuers", monkeypatch)
    (following,) = [frame.value for frame in page.dataframe if "hangs" in frame.value.columns]
    assert following[["issuer", "hangs", "missing"]].values.tolist() == [["Weld School", 1, "List a key of the issuer"]]
    page.selectbox(key="trust_key").set_value(signer.did).run()
    assert page.selectbox(key="trust_issuer").value == "Weld School"
    page.button(key="catalogue_save").click().run()
    assert page.exception == []
    (issuers,) = [frame.value for frame in page.dataframe if "tier" in frame.value.columns]
    assert issuers[["issuer", "verified"]].values.tolist() == [["Weld School", 1]]
    assert "Everything that counts is verified." in texts(page)
    page = opened(path, "team/people", monkeypatch)
    page.selectbox(key="filter_employee").set_value("7").run()
    assert page.exception == []
    assert len([image for part in page.expander for image in part.get("image")]) == 1, "the picture of the badge"


def test_a_person_takes_their_transcript_along_once_the_company_has_a_key(demo_db, monkeypatch):
    """Without a key there is no button that could only fail."""
    monkeypatch.setenv("SKILLTRACK_URL", "https://works.example")
    store = store_at(demo_db)

    def offered():
        page = opened(demo_db, "team/people", monkeypatch)
        page.selectbox(key="filter_employee").set_value("00126").run()
        assert not page.exception
        return [button.proto.label for button in page.get("download_button")]

    assert "Download signed transcript" not in offered()
    key = make_key(store, "Norrland", "local")
    assert "Download signed transcript" in offered()
    end_key(store, key.key_id, "local")
