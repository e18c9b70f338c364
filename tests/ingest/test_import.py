"""Files in: every fault is named with its place, and nothing is stored unless the whole is good."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.errors import Refused
from skilltrack.ingest import KINDS, import_files, import_folder, undo, uploads
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.ingest.landing.cycles import find_cycles
from skilltrack.ingest.reading.outcome import Outcome
from skilltrack.keeping import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.storage.store import Store

COMPANY = {
    "skills": "skill_id,name\ns1,Welding\ns2,Cutting\n",
    "issuers": "issuer,tier\nInst,trusted\n",
    "issuer_keys": "issuer,key\nInst,did:web:inst.example\n",
    "credentials": "credential_id,name,issuer,validity_months\nc1,One,Inst,12\nc2,Two,Inst,\nk1,Stack,Inst,\nk2,Upper,Inst,\n",
    "credential_skills": "credential_id,skill_id,level\nc1,s1,2\nc2,s2,1\nk1,s1,3\n",
    "stacks": "credential_id,component_id,min_components\nk1,c1,\nk1,c2,\nk2,k1,\n",
    "roles": "role_id,role_name,skill_id,required_level,weight,critical\nr1,Fitter,s1,2,2,true\nr1,Fitter,s2,1,,\n",
    "roster": "employee_id,name,email,manager_id,team,role_id\n001,Ann,ann@x.example,,A,r1\n002,Bo,Bo@X.example,001,A,r1\n",
    "badges": "award_id,employee_id,credential_id,issued_on\na1,002,c1,2024-01-10\n",
    "prior_learning": "employee_id,skill_id,level,assessor,valid_from\n001,s1,2,Dr A,2024-01-01\n",
    "self_ratings": "employee_id,skill_id,level,valid_from\n001,s2,1,2024-01-01\n",
    "exemptions": "employee_id,skill_id,reason\n002,s2,on leave\n",
    "job_titles": "job_title,role_id\nCutter II,r1\n",
    "targets": "team,skill_id,level,headcount\nA,s1,2,1\n",
    "spend": "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n1,002,c1,2024-01-01,100.50,EUR,employer\n",
}


@pytest.fixture
def store():
    opened = Store.open(":memory:")
    yield opened
    opened.close()


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for kind, text in files.items():
        (folder / f"{kind}.csv").write_bytes(text.encode("utf-8"))
    return folder


def made_in(folder):
    """A folder with the small company alone in it, as `corp.duckdb`."""
    store = open_store(folder / "corp.duckdb")
    assert import_folder(store, write(folder / "company", **COMPANY), effective=None).status == "stored"
    store.close()
    shutil.rmtree(folder / "company")
    return folder


def one(store, tmp_path, kind, text, **options):
    path = tmp_path / f"{kind}.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return import_files(store, kind, [path], **options)


def everything(store):
    """Every answer of every report, to see whether anything moved."""
    metrics, viewer, found = Metrics(store), Viewer.everyone(), {}
    for name, metric in catalogue().items():
        filters = Filters(as_of=date(2024, 2, 1), employee="002" if metric.report == "employee" else None)
        found[name] = metrics.ask(name, viewer, filters).to_csv() if metric.report != "no" else ""
    return found


def places(outcome):
    return [(problem.line, problem.column, problem.value) for problem in outcome.errors]


def test_every_kind_of_file_lands_in_one_upload(company):
    assert uploads(company)["new_rows"].tolist() == [25]
    for kind in KINDS.values():
        assert company.query(f"select * from {kind.table}").num_rows > 0, kind.name


def test_ids_keep_their_leading_zeros_and_odd_shapes(store, tmp_path):
    one(store, tmp_path, "roster", "employee_id,name\n007,Ann\n1E5,Bo\n 12 ,Cy\n")

    assert [
        row["employee_id"] for row in store.query("select employee_id from roster_rows order by line_no").to_pylist()
    ] == [
        "007",
        "1E5",
        "12",
    ]


@pytest.mark.parametrize(
    ("kind", "row", "column", "value"),
    [
        ("badges", "a9,002,c1,2024-13-01", "issued_on", "2024-13-01"),
        ("badges", "a9,002,c1,01/02/2024", "issued_on", "01/02/2024"),
        ("badges", "a9,002,c1,epoch", "issued_on", "epoch"),
        ("badges", "a9,002,c9,2024-01-01", "credential_id", "c9"),
        ("badges", "a9,999,c1,2024-01-01", "employee_id", "999"),
        ("badges", "a9,,c1,2024-01-01", "employee_id", None),
        ("credential_skills", "c1,s1,-1", "level", "-1"),
        ("credential_skills", "c1,s1,1.5", "level", "1.5"),
        ("credential_skills", "c1,s9,1", "skill_id", "s9"),
        ("roles", "r2,Role,s1,,1,true", "required_level", None),
        ("roles", "r2,Role,s1,2,heavy,true", "weight", "heavy"),
        ("roles", "r2,Role,s1,2,1,maybe", "critical", "maybe"),
        ("spend", "9,002,c1,2024-01-01,1e3,EUR,employer", "amount", "1e3"),
        ("spend", "9,002,c1,2024-01-01,10.005,EUR,employer", "amount", "10.005"),
        ("spend", "9,002,c1,2024-01-01,NaN,EUR,employer", "amount", "NaN"),
        ("spend", "9,002,c1,2024-01-01,1,Crowns,employer", "currency", "Crowns"),
        ("spend", "9,002,c1,2024-01-01,1,EUR,bank", "funding_source", "bank"),
        ("issuers", "Inst,best", "tier", "best"),
        ("skills", ",No id", "skill_id", None),
    ],
)
def test_a_bad_cell_is_named_with_line_column_value_and_nothing_is_stored(company, tmp_path, kind, row, column, value):
    header = COMPANY[kind].splitlines()[0]
    before = everything(company)
    outcome = one(company, tmp_path, kind, f"{header}\n{row}\n")

    assert outcome.status == "refused"
    assert (2, column, value) in places(outcome)
    assert all(problem.message.endswith(".") and len(problem.message) > 15 for problem in outcome.errors)
    assert everything(company) == before
    assert len(uploads(company)) == 1


def test_every_problem_of_a_file_is_told_in_one_pass_on_its_physical_line(company, tmp_path):
    text = 'award_id,employee_id,credential_id,issued_on,evidence_url\n\nb1,002,c1,nope,"two\nlines"\n\nb2,777,c9,2024-01-01,\nb3,002\n'
    outcome = one(company, tmp_path, "badges", text)

    assert sorted(places(outcome), key=str) == sorted(
        [(3, "issued_on", "nope"), (6, "employee_id", "777"), (6, "credential_id", "c9"), (7, None, None)], key=str
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("skill_id,name\n", "a header and no rows"),
        ("skill_id,title\ns1,X\n", "lacks name"),
        ("skill_id,name,name\ns1,X,Y\n", "two columns called 'name'"),
        ("s1,Welding\ns2,Cutting\n", "lacks skill_id, name"),
        (b"PK\x03\x04rest", "is a ZIP file, not XLSX"),
        (b"skill_id,name\ns1,caf\xe9\n", "line 2: the text is not UTF-8"),
        (b"skill_id,name\ns1,a\x00b\n", "line 2: a NUL"),
        ("skill_id,name\r\n" + "s" * 200_000 + ",x\r\n", "line 2: a cell has more than"),
        ('skill_id,name\ns1,"open\ns2,x\n', "line 2: a quote is opened and never closed"),
    ],
)
@pytest.mark.parametrize("quarantine", [False, True])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(store, tmp_path, text, said, quarantine):
    with pytest.raises(Refused, match=said):
        one(store, tmp_path, "skills", text, quarantine=quarantine)
    assert uploads(store).empty


def test_byte_order_mark_crlf_and_old_mac_line_ends_are_read(store, tmp_path):
    for number, text in enumerate((b"\xef\xbb\xbfskill_id,name\r\ns1,X\r\n", b"skill_id,name\rs2,Y\r")):
        assert one(store, tmp_path, "skills", text).status == "stored", number
    assert store.query("select * from skill_rows").num_rows == 2


def test_sensitive_columns_are_never_stored_and_unknown_ones_are_said(store, tmp_path):
    outcome = one(store, tmp_path, "roster", "employee_id,name,Salary,birth_date,shoe\n1,Ann,9999,1990-01-01,44\n")
    said = {problem.column: problem.message for problem in outcome.problems}

    assert "never stored" in said["Salary"]
    assert "never stored" in said["birth_date"]
    assert "not used" in said["shoe"]
    assert "9999" not in str(store.query("select * from roster_rows").to_pylist())


def test_the_same_key_twice_in_one_file_names_both_lines(company, tmp_path):
    outcome = one(company, tmp_path, "roster", "employee_id,name\n5,Ann\n6,Bo\n5,Cy\n")

    assert [(problem.line, problem.value) for problem in outcome.errors] == [(2, "5"), (4, "5")]
    assert "line 4" in outcome.errors[0].message
    assert "line 2" in outcome.errors[1].message


def test_the_same_key_in_two_files_names_the_other_file(company, tmp_path):
    for name, person in (("a", "Ann"), ("b", "Bo")):
        (tmp_path / f"{name}.csv").write_text(f"employee_id,name\n5,{person}\n")
    outcome = import_files(company, "roster", [tmp_path / "a.csv", tmp_path / "b.csv"])

    assert [(p.file, p.line) for p in outcome.errors] == [("a.csv", 2), ("b.csv", 2)]
    assert "in b.csv, line 2" in outcome.errors[0].message
    assert "in a.csv, line 2" in outcome.errors[1].message


def test_two_awards_without_id_on_one_day_are_one_award(company, tmp_path):
    rows = "employee_id,credential_id,issued_on,evidence_url\n002,c1,2024-03-01,x\n002,c1,2024-03-01,{}\n"

    assert len(one(company, tmp_path, "badges", rows.format("y")).errors) == 2
    outcome = one(company, tmp_path, "badges", rows.format("x"))
    assert (outcome.status, outcome.counts[0].new) == ("stored", 1)
    assert any("taken once, without line 3" in problem.message for problem in outcome.problems)


def test_a_badge_finds_its_holder_by_email_whatever_the_case(company, tmp_path):
    assert (
        one(company, tmp_path, "badges", "email,credential_id,issued_on\n BO@x.EXAMPLE ,c2,2024-03-01\n").status
        == "stored"
    )
    assert company.query("select employee_id from badge_rows where credential_id = 'c2'").to_pylist() == [
        {"employee_id": "002"}
    ]


def test_an_unknown_or_shared_email_is_a_bad_row(company, tmp_path):
    one(
        company,
        tmp_path,
        "roster",
        "employee_id,name,email\n1,A,both@x.example\n2,B,Both@x.example\n",
        effective=date(2024, 2, 1),
    )
    outcome = one(
        company,
        tmp_path,
        "badges",
        "email,credential_id,issued_on\nnobody@x.example,c1,2024-03-01\nboth@x.example,c1,2024-03-01\n",
    )

    assert [(p.line, p.column) for p in outcome.errors] == [(2, "email"), (3, "email")]
    assert "nobody" in outcome.errors[0].message
    assert "several people" in outcome.errors[1].message


def test_a_reporting_circle_names_its_members(company, tmp_path):
    outcome = one(company, tmp_path, "roster", "employee_id,name,manager_id\n1,A,2\n2,B,3\n3,C,1\n4,D,1\n")

    assert outcome.status == "refused"
    assert {problem.line for problem in outcome.errors} == {2, 3, 4}
    assert "→" in outcome.errors[0].message
    assert all(member in outcome.errors[0].message for member in ("1", "2", "3"))


def test_a_reporting_circle_between_a_snapshot_and_changes_is_refused(company, tmp_path):
    changes = "employee_id,name,manager_id\n001,Ann,002\n"
    outcome = one(company, tmp_path, "roster", changes, mode="changes", effective=date(2024, 2, 1))

    assert outcome.status == "refused"
    assert "001" in outcome.errors[0].message
    assert "002" in outcome.errors[0].message


def test_a_stack_that_contains_itself_through_another_is_refused(company, tmp_path):
    outcome = one(company, tmp_path, "stacks", "credential_id,component_id\nk1,k2\n")

    assert outcome.status == "refused"
    assert "k1" in outcome.errors[0].message
    assert "k2" in outcome.errors[0].message


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=9))
def test_a_circle_is_found_exactly_when_following_the_edges_comes_back(edges):
    found = find_cycles(edges)
    for members in found:
        assert all((a, b) in edges for a, b in zip(members, [*members[1:], members[0]], strict=True))
    reach = set(edges)
    for _ in range(6):
        reach |= {(a, d) for a, b in reach for c, d in edges if b == c}
    assert bool(found) == any(a == b for a, b in reach)


def test_quarantine_stores_the_good_rows_and_keeps_the_bad_ones_as_they_came(company, tmp_path):
    text = "award_id,employee_id,credential_id,issued_on\nq1,002,c2,2024-03-01\nq2,002,c2,soon\nq3,002\n"
    outcome = one(company, tmp_path, "badges", text, quarantine=True)
    kept = company.query("select line_no, cells, problems from quarantined_rows order by line_no").to_pylist()

    assert outcome.status == "stored"
    assert (outcome.counts[0].new, outcome.counts[0].quarantined) == (1, 2)
    assert [row["line_no"] for row in kept] == [3, 4]
    assert '"issued_on": "soon"' in kept[0]["cells"]
    assert "is not a date" in kept[0]["problems"]
    assert kept[1]["cells"] == '["q3", "002"]'
    assert damaged_uploads(company) == []  # what is noted of an upload is what of it was stored, and of each before
    assert Metrics(company).ask("transcript", Viewer.everyone(), Filters(employee="002")).to_csv().count("c2") == 1


def test_files_without_a_good_row_are_refused_and_what_an_older_program_stored_of_such_lands_again(
    tmp_path, monkeypatch
):
    """An upload that holds nothing would say that it is stored, and hide that every row of the file is wrong."""
    text = "skill_id,name\ns1,\ns2,\n"
    store = open_store(tmp_path / "old.duckdb")
    outcome = one(store, tmp_path, "skills", text, quarantine=True)
    assert (outcome.status, outcome.error_count, outcome.counts[0].quarantined) == ("refused", 2, 2)
    assert store.query("select * from uploads").num_rows == 0
    with monkeypatch.context() as older:
        older.setattr(Outcome, "good_rows", 1)
        assert one(store, tmp_path, "skills", text, quarantine=True).status == "stored"
    store.close()
    rebuild(tmp_path / "old.duckdb")
    store = open_store(tmp_path / "old.duckdb")
    assert store.query("select line_no from quarantined_rows order by 1")["line_no"].to_pylist() == [2, 3]
    store.close()


def test_quarantine_takes_a_reporting_circle_out_and_keeps_the_rest(store, tmp_path):
    outcome = one(store, tmp_path, "roster", "employee_id,name,manager_id\n1,A,2\n2,B,1\n3,C,\n", quarantine=True)

    assert outcome.status == "stored"
    assert [row["employee_id"] for row in store.query("select employee_id from roster_rows").to_pylist()] == ["3"]
    assert damaged_uploads(store) == []


def test_a_dry_run_counts_and_stores_nothing(company, tmp_path):
    before = everything(company)
    text = "employee_id,name,email,manager_id,team,role_id\n001,Ann,ann@x.example,,A,r1\n002,Bo,Bo@X.example,001,B,r1\n003,New,,001,A,r1\n"
    outcome = one(company, tmp_path, "roster", text, dry_run=True)
    count = outcome.counts[0]

    assert outcome.status == "checked"
    assert (count.new, count.changed, count.unchanged, count.gone) == (1, 1, 1, 0)
    assert everything(company) == before
    assert len(uploads(company)) == 1


def test_a_snapshot_counts_who_is_gone_and_changes_do_not(company, tmp_path):
    text = "employee_id,name,email,manager_id,team,role_id\n001,Ann,ann@x.example,,A,r1\n"

    assert one(company, tmp_path, "roster", text, dry_run=True).counts[0].gone == 1
    assert one(company, tmp_path, "roster", text, dry_run=True, mode="changes").counts[0].gone == 0


def test_a_bad_row_in_one_file_of_a_folder_stores_nothing_of_the_others(store, tmp_path):
    folder = write(tmp_path / "f", **{**COMPANY, "spend": COMPANY["spend"].replace("100.50", "a lot")})
    outcome = import_folder(store, folder)

    assert places(outcome) == [(2, "amount", "a lot")]
    assert store.query("select * from skill_rows").num_rows == 0


def test_a_row_that_refers_to_a_bad_row_of_the_same_upload_is_not_blamed_too(store, tmp_path):
    folder = write(tmp_path / "f", **{**COMPANY, "skills": "skill_id,name\ns1,\ns2,Cutting\n"})

    assert places(import_folder(store, folder)) == [(2, "name", None)]


def test_undo_brings_every_number_back_and_later_questions_as_known_before_still_see_it(company, tmp_path):
    before = everything(company)
    outcome = one(
        company,
        tmp_path,
        "badges",
        "award_id,employee_id,credential_id,issued_on\na1,002,c2,2024-01-10\na2,001,c2,2024-01-10\n",
    )
    between = everything(company)
    known_at = uploads(company)["landed_at"].max()
    undo(company, outcome.upload_id)

    assert between != before
    assert everything(company) == before
    frame = Metrics(company).ask("coverage", Viewer.everyone(), Filters(as_of=date(2024, 2, 1), known_at=known_at))
    assert frame.to_csv() == between["coverage"]


def test_undo_of_what_is_not_there_or_undone_already_is_refused(company):
    with pytest.raises(Refused, match="There is no upload 7"):
        undo(company, 7)
    undo(company, 1)
    with pytest.raises(Refused, match="undone already"):
        undo(company, 1)


def test_undo_that_would_close_a_circle_is_refused(company, tmp_path):
    a = one(
        company,
        tmp_path,
        "roster",
        "employee_id,name,manager_id\n002,Bo,\n",
        mode="changes",
        effective=date(2024, 2, 1),
    )
    one(
        company,
        tmp_path,
        "roster",
        "employee_id,name,manager_id\n001,Ann,002\n",
        mode="changes",
        effective=date(2024, 3, 1),
    )

    with pytest.raises(Refused, match="circle"):
        undo(company, a.upload_id)
    assert set(uploads(company)["status"]) == {"landed"}


def test_unknown_kinds_modes_and_folders_are_refused_with_what_would_work(store, tmp_path):
    for act, said in (
        (lambda: import_files(store, "people", ["x.csv"]), "no kind of file called 'people'.*roster"),
        (lambda: import_files(store, "roster", []), "at least one file"),
        (lambda: import_files(store, "roster", [tmp_path / "no.csv"]), "does not exist"),
        (lambda: import_files(store, "roster", [tmp_path]), "is a folder"),
        (lambda: import_folder(store, tmp_path), "no file named after its kind.*skills.csv"),
        (lambda: import_folder(store, tmp_path / "no"), "is not a folder"),
        (lambda: import_files(store, "roster", [tmp_path / "no.csv"], mode="merge"), "no mode 'merge'"),
    ):
        with pytest.raises(Refused, match=said):
            act()


def test_what_is_doubtful_is_taken_and_said(company, tmp_path):
    outcome = one(company, tmp_path, "roster", "employee_id,name,manager_id,role_id\n1,A,zz,r9\n2,B,zz,r1\n")
    said = {(p.column, p.value): p.message for p in outcome.problems if p.severity == "warning"}

    assert outcome.status == "stored"
    assert "(2 rows)" in said["manager_id", "zz"]
    assert "without requirements" in said["role_id", "r9"]


@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
            str.strip
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_accepted_text_is_stored_as_it_came(names, tmp_path_factory):
    folder, held = tmp_path_factory.mktemp("texts"), Store.open(":memory:")
    cells = [name.replace('"', '""') for name in names]
    (folder / "skills.csv").write_text(
        "skill_id,name\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells)), encoding="utf-8", newline=""
    )
    assert import_files(held, "skills", [folder / "skills.csv"]).status == "stored"
    stored = [row["name"] for row in held.query("select name from skill_rows order by line_no").to_pylist()]

    assert stored == [name.strip(" ") for name in names]
