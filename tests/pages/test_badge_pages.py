"""What the screens say of signed badges: on the person's page, on that of issuers, and before a file is imported."""

from skilltrack.keeping.shared_store import store_at
from tests.badges.signing import V2, Signer, badge, data, zipped
from tests.pages.test_pages import opened, texts, unescaped


def test_a_persons_page_says_what_was_checked_of_a_badge_and_what_was_not(demo_db, monkeypatch):
    asked = "select employee_id, carrier from award_checks order by employee_id, line_no"
    rows = {row["carrier"]: row["employee_id"] for row in store_at(demo_db).query(asked).to_pylist()}
    page = opened(demo_db, "team/people", monkeypatch)
    page.selectbox(key="filter_employee").set_value(rows["JWT"]).run()
    assert not page.exception
    (verified, *_) = [expander for expander in page.expander if unescaped(expander.label).endswith(": verified")]
    steps = verified.dataframe[0].value.set_index("step")
    assert steps.loc["Signature", "outcome"] == "Checked, holds"
    assert steps.loc["Revoked?", "outcome"] == "Nothing to check"
    assert "Everything that can be checked was checked" in texts(page)
    page.selectbox(key="filter_employee").set_value(rows["JSON"]).run()
    labels = [unescaped(expander.label) for expander in page.expander]

    assert any(label.endswith(": revoked") for label in labels), labels
    assert "It was revoked." in texts(page)


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
        ("credentials.csv", b'credential_id,name,issuer,url\nw2,"Welding, level 2",Weld School,https://weld.example/badges/2\n'),
        ("roster.csv", b"employee_id,name,email\n7,Mara,mara@works.example\n"),
    ]  # fmt: skip
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
