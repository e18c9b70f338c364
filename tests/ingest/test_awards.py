"""Which award a row is about: ids within one numbering, one award in two files, changes of holder, re-used addresses."""

import shutil
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import import_files, import_folder, redo, said_again, undo
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.questions import Filters, Metrics
from skilltrack.relations.texts import END_OF_TIME, with_definitions
from skilltrack.storage.store import Store
from tests.ingest.test_import import COMPANY, write

PEOPLE = [f"{n:03}" for n in range(1, 31)]
ROSTER = "employee_id,name,email,team,role_id\n" + "".join(f"{p},Name {p},p{p}@x.example,A,r1\n" for p in PEOPLE)
HEADER = "award_id,employee_id,credential_id,issued_on\n"
OTHER = "Badge ID,employee_id,credential_id,issued_on\n"
OTHER_MAPPING = '[columns]\naward_id = "Badge ID"\n'
AWARDS = "select award_id, employee_id, credential_id, revoked_on, expires_on from newest_badges order by all"
DEFINED = "select award_key, employee_id, credential_id, issued_on, valid_to, revoked_on from awards order by all"
KEPT = (
    "select award_key, employee_id, credential_id, issued_on, valid_to, revoked_on from kept_awards "
    "join kept_people using (person) order by all"
)


@pytest.fixture(scope="module")
def company_of(tmp_path_factory):
    """The folder of a database of everything but badges."""
    files, folder = COMPANY | {"roster": ROSTER}, tmp_path_factory.mktemp("company")
    del files["badges"]
    store = Store.open(folder / "company.duckdb")
    assert import_folder(store, write(folder / "files", **files), effective=date(2024, 1, 1)).status == "stored"
    store.close()
    return folder


@pytest.fixture
def company(company_of, tmp_path):
    opened = Store.open(shutil.copytree(company_of, tmp_path, dirs_exist_ok=True) / "company.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def bring(company, tmp_path):
    count = 0

    def land(text, name="badges", mapping="", **options):
        nonlocal count
        count += 1
        path = tmp_path / str(count) / f"{name}.csv"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        if mapping:
            options["mapping"] = path.with_suffix(".toml")
            options["mapping"].write_text(mapping, encoding="utf-8")
        return import_files(company, "badges", [path], **options)

    return land


def awards(store):
    """Each award as it holds now: award_id, holder, credential, day of revocation, end. What is kept of it is the same."""
    asked, at = [with_definitions(text) for text in (AWARDS, DEFINED, KEPT)], {"known_at": END_OF_TIME}
    rows, defined, kept = [store.query(text, at).to_pylist() for text in asked]
    assert defined == kept
    return [tuple(str(value) if isinstance(value, date) else value for value in row.values()) for row in rows]


def rows_of(ids, shift=0, credential="c1"):
    return "".join(f"{n},{PEOPLE[(n + shift) % 30]},{credential},2024-01-10\n" for n in ids)


def test_two_vendors_that_both_number_from_1_keep_all_their_awards(company, bring):
    first = bring(HEADER + rows_of(range(30)))
    second = bring(OTHER + rows_of(range(30), shift=7), mapping=OTHER_MAPPING)
    said = [problem.message for problem in second.problems if problem.severity == "warning"]

    assert (first.status, second.status) == ("stored", "stored")
    assert len(awards(company)) == 60
    assert {holder for _, holder, *_ in awards(company)} == set(PEOPLE)
    assert any("30 such ids" in message and "award_ids" in message for message in said)


def test_two_vendors_that_number_the_same_people_in_the_same_order_keep_all_their_awards(company, bring):
    bring(HEADER + rows_of(range(30)))
    bring(OTHER + rows_of(range(30), credential="c2"), mapping=OTHER_MAPPING)

    assert len(awards(company)) == 60


def test_two_vendors_in_one_upload_keep_all_their_awards(company, tmp_path):
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADER + rows_of(range(9)))
    (folder / "b.csv").write_text("assertion id,employee_id,credential_id,issued_on\n" + rows_of(range(9), shift=7))
    outcome = import_files(company, "badges", [folder / "a.csv", folder / "b.csv"])

    assert outcome.status == "stored"
    assert len(awards(company)) == 18


def test_the_next_file_of_a_vendor_updates_its_own_awards(company, bring):
    bring(HEADER + rows_of(range(9)))
    bring(OTHER + rows_of(range(9), shift=7), mapping=OTHER_MAPPING)
    again = bring(OTHER + rows_of(range(9), shift=7, credential="c2") + "9,001,c1,2024-01-10\n", mapping=OTHER_MAPPING)

    assert (again.counts[0].changed, again.counts[0].new) == (9, 1)
    assert sum(credential == "c2" for _, _, credential, *_ in awards(company)) == 9
    assert len(awards(company)) == 19


@pytest.mark.parametrize(
    "text",
    [
        "award_id,employee_id,credential_id,issued_on,revoked_on\n3,004,c1,2024-01-10,2024-06-01\n",
        "employee_id,credential_id,issued_on,revoked_on\n004,c1,2024-01-10,2024-06-01\n",
    ],
)
def test_a_revocation_in_a_file_of_another_shape_reaches_the_award(company, bring, text):
    bring(HEADER + rows_of(range(9)))
    bring(text)

    assert [award for award in awards(company) if award[3]] == [("3", "004", "c1", "2024-06-01", None)]
    assert len(awards(company)) == 9


def test_a_change_of_holder_is_a_bad_row_that_names_both_holders_and_what_would_work(company, bring):
    bring(HEADER + rows_of(range(9)))
    before = awards(company)
    outcome = bring(HEADER + rows_of(range(8)) + "8,001,c1,2024-01-10\n")
    [error] = outcome.errors

    assert (outcome.status, error.file, error.line, error.column, error.value) == (
        "refused",
        "badges.csv",
        10,
        "award_id",
        "8",
    )
    assert "award of 009 (upload 2)" in error.message
    assert "001" in error.message
    assert 'award_holders = "correct"' in error.message
    assert [question.about for question in outcome.questions] == ["award_holders", "award_ids"]
    assert awards(company) == before


def test_a_change_of_holder_moves_the_award_where_it_is_a_correction(company, bring):
    bring(HEADER + rows_of(range(9)))
    moved = HEADER + "8,001,c1,2024-01-10\n"

    assert bring(moved, corrections=True).status == "stored"
    assert ("8", "001", "c1", None, None) in awards(company)
    assert len(awards(company)) == 9
    # What was meant once is not meant the next time.
    assert bring(HEADER + "8,002,c1,2024-01-10\n").status == "refused"
    assert bring(HEADER + "8,002,c1,2024-01-10\n", mapping='award_holders = "correct"\n').status == "stored"
    assert ("8", "002", "c1", None, None) in awards(company)


def test_ids_said_to_be_of_another_system_are_other_awards(company, bring):
    bring(HEADER + rows_of(range(9)))
    outcome = bring(HEADER + rows_of(range(9), shift=7), mapping='award_ids = "vendor b"\n')

    assert outcome.status == "stored"
    assert len(awards(company)) == 18


def test_an_award_that_was_undone_may_come_again_with_another_holder(company, bring):
    wrong = bring(HEADER + "a1,001,c1,2024-01-10\n")
    undo(company, wrong.upload_id)

    assert bring(HEADER + "a1,002,c1,2024-01-10\n").status == "stored"
    assert awards(company) == [("a1", "002", "c1", None, None)]
    redo(company, wrong.upload_id)
    assert awards(company) == [("a1", "002", "c1", None, None)]


@pytest.mark.parametrize("options", [{"quarantine": True}, {"corrections": True}])
def test_many_changes_of_holder_are_an_alarm_that_stops_careful_imports_and_programs(company, bring, options):
    bring(HEADER + rows_of(range(30)))
    before, moved = awards(company), HEADER + rows_of(range(30), shift=1)

    for stops in ({"careful": True}, {"unattended": True}):
        outcome = bring(moved, **options, **stops)
        assert outcome.status == "refused"
        assert any(problem.is_grave and "30 of 30" in problem.message for problem in outcome.problems)
        assert awards(company) == before
    assert bring(moved + "a99,001,c1,2024-01-10\n", **options).status == "stored"


def test_few_changes_of_holder_are_no_alarm(company, bring):
    bring(HEADER + rows_of(range(30)))
    outcome = bring(HEADER + rows_of(range(3), shift=1), corrections=True, careful=True)

    assert outcome.status == "stored"


WITH_ID = HEADER + "b-77,003,c1,2024-02-01\n"
WITHOUT_ID = "employee_id,credential_id,issued_on\n003,c1,2024-02-01\n"


@pytest.mark.parametrize("files", [(WITH_ID, WITHOUT_ID), (WITHOUT_ID, WITH_ID), (WITH_ID, WITHOUT_ID, WITH_ID)])
def test_one_award_with_and_without_its_id_in_two_files_is_one_award(company, bring, files):
    for text in files:
        outcome = bring(text)
        assert outcome.status == "stored"

    assert awards(company) == [("b-77", "003", "c1", None, None)]
    assert any("each counts once" in problem.message for problem in outcome.problems)


def test_one_award_with_and_without_its_id_in_one_file_is_one_award_and_nothing_of_either_is_lost(company, bring):
    columns = "award_id,employee_id,credential_id,issued_on,expires_on,revoked_on\n"
    outcome = bring(f"{columns},003,c1,2024-02-01,,2024-05-01\nb-77,003,c1,2024-02-01,2024-09-01,\n")

    assert outcome.status == "stored"
    assert awards(company) == [("b-77", "003", "c1", "2024-05-01", "2024-09-01")]
    spent = Metrics(company).ask("spend", Viewer.everyone(), Filters(as_of=date(2024, 3, 1)))
    assert spent["awards"].tolist() == [1]


def test_an_award_learns_of_a_revocation_from_either_file_and_keeps_it(company, bring):
    revoked = "employee_id,credential_id,issued_on,revoked_on\n003,c1,2024-02-01,2024-05-01\n"
    held = [("b-77", "003", "c1", "2024-05-01", None)]
    bring(WITH_ID)
    told = bring(revoked)
    assert awards(company) == held
    bring(WITH_ID + "b-78,004,c1,2024-02-01\n")
    assert awards(company)[0] == held[0]
    undo(company, told.upload_id)
    assert awards(company)[0] == ("b-77", "003", "c1", None, None)


def test_a_row_without_an_id_that_could_be_about_two_awards_is_warned_about(company, bring):
    bring(WITH_ID + "b-78,003,c1,2024-02-01\n")
    outcome = bring("employee_id,credential_id,issued_on,revoked_on\n003,c1,2024-02-01,2024-05-01\n")

    assert [(p.line, p.message) for p in outcome.problems if p.severity == "warning"] == [
        (
            2,
            "1 row without an award_id could each be about several awards of one person, credential and day: this one "
            "about b-77, b-78. Each changes one of them. Give the award_id.",
        )
    ]


def test_a_column_that_a_file_does_not_have_takes_nothing_back_and_an_empty_cell_does(company, bring):
    columns = "award_id,employee_id,credential_id,issued_on,revoked_on\n"
    bring(f"{columns}b-77,003,c1,2024-02-01,2024-05-01\n")
    bring(WITH_ID)
    assert awards(company) == [("b-77", "003", "c1", "2024-05-01", None)]
    bring(f"{columns}b-77,003,c1,2024-02-01,\n")
    assert awards(company) == [("b-77", "003", "c1", None, None)]


def test_keeping_the_first_of_rows_about_one_award_keeps_every_award(company, bring):
    """An empty id says nothing: such rows are one award only when holder, credential and day are the same."""
    rows = [
        "a1,001,c1,2024-03-01",
        "a1,001,c1,2024-04-01",
        ",001,c2,2024-03-01",
        ",002,c2,2024-03-01",
        ",002,c2,2024-03-01",
    ]

    outcome = bring(HEADER + "\n".join(rows) + "\n", mapping='duplicates = "keep first"\n')

    assert outcome.status == "stored"
    assert [(award[0], *award[1:3]) for award in awards(company)] == [
        ("a1", "001", "c1"),
        (None, "001", "c2"),
        (None, "002", "c2"),
    ]


def test_two_awards_with_ids_of_their_own_on_one_day_stay_two(company, bring):
    bring(WITHOUT_ID)
    bring(WITH_ID + "b-78,003,c1,2024-02-01\n")

    assert [award[0] for award in awards(company)] == ["b-77", "b-78"]


def test_the_same_bytes_again_are_nothing_to_do(bring):
    bring(HEADER + rows_of(range(3)))

    assert bring(HEADER + rows_of(range(3))).status == "repeated"


def test_a_database_built_anew_from_the_journal_has_the_same_keys(company, bring, tmp_path):
    bring(HEADER + rows_of(range(9)))
    bring(OTHER + rows_of(range(9), shift=7), mapping=OTHER_MAPPING)
    bring("employee_id,credential_id,issued_on\n001,c1,2024-01-10\n", name="without")
    wrong = bring(HEADER + "0,005,c1,2024-01-10\n", corrections=True)
    undo(company, wrong.upload_id)
    bring(HEADER + "0,006,c1,2024-01-10\n1,009,c1,2024-01-10\n", quarantine=True, mapping='award_ids = ""\n')
    keys = "select upload_id, file_no, line_no, award_key from badge_rows order by all"
    before, told = company.query(keys).to_pylist(), company.query("select * from badge_files order by all").to_pylist()
    company.close()
    rebuild(tmp_path / "company.duckdb", lambda said: None)
    company = Store.open(tmp_path / "company.duckdb")

    assert company.query(keys).to_pylist() == before
    assert company.query("select * from badge_files order by all").to_pylist() == told
    company.close()


facts = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE[:4]),
        st.sampled_from(["c1", "c2"]),
        st.integers(1, 3),
        st.sampled_from(["", "2024-05-01"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda fact: fact[:3],
)
"""Awards: holder, credential, day of January, and the day of revocation."""


def numbers(company_of, tmp_path_factory, files):
    """What each person is shown after some files, each a text of badges and its mapping."""
    folder = tmp_path_factory.mktemp("order")
    store = open_store(shutil.copytree(company_of, folder / "company") / "company.duckdb")
    try:
        for n, (text, mapping) in enumerate(files):
            (folder / f"{n}.csv").write_text(text)
            (folder / f"{n}.toml").write_text(mapping)
            outcome = import_files(store, "badges", [folder / f"{n}.csv"], mapping=folder / f"{n}.toml")
            assert outcome.status in ("stored", "repeated"), outcome.problems
        metrics, viewer = Metrics(store), Viewer.everyone()
        awarded = [award[1:] for award in awards(store)]
        told = [
            metrics.ask(name, viewer, Filters(as_of=date(2024, 3, 1))).to_csv()
            for name in ("gaps", "renewals", "spend")
        ]
        return sorted(awarded, key=str), told
    finally:
        store.close()


HALF = settings(max_examples=-(-settings.default.max_examples // 2))
"""Each of these examples is two companies."""


@HALF
@given(data=st.data())
def test_files_with_and_without_ids_give_the_same_numbers_in_any_order(data, company_of, tmp_path_factory):
    rows = data.draw(facts)
    days = [f"{person},{credential},2024-01-{day:02}" for person, credential, day, _ in rows]
    revoked = [fact[3] for fact in rows]
    files = [
        (HEADER + "".join(f"a{n},{cells}\n" for n, cells in enumerate(days)), ""),
        (
            "award_id,employee_id,credential_id,issued_on,revoked_on\n"
            + "".join(f"a{n},{cells},{at}\n" for n, (cells, at) in enumerate(zip(days, revoked, strict=True))),
            "",
        ),
        ("employee_id,credential_id,issued_on\n" + "".join(f"{cells}\n" for cells in days), ""),
        (
            "employee_id,credential_id,issued_on,revoked_on\n"
            + "".join(f"{cells},{at}\n" for cells, at in zip(days, revoked, strict=True)),
            "",
        ),
    ]
    chosen = data.draw(
        st.lists(st.sampled_from(files), min_size=1, max_size=3, unique=True).map(lambda some: [*some, files[3]])
    )
    order = data.draw(st.permutations(chosen))

    assert numbers(company_of, tmp_path_factory, order) == numbers(company_of, tmp_path_factory, chosen)


@HALF
@given(data=st.data())
def test_two_vendors_whose_ids_collide_give_the_same_numbers_as_with_other_ids(data, company_of, tmp_path_factory):
    vendors = {"c1": data.draw(facts), "c2": data.draw(facts)}  # each vendor issues its own credential

    def files(prefix):
        found = []
        for header, (credential, rows) in zip((HEADER, OTHER), vendors.items(), strict=True):
            named = dict.fromkeys((person, day) for person, _, day, _ in rows)
            mark = prefix if header == OTHER else ""
            lines = [f"{mark}{n},{person},{credential},2024-01-{day:02}\n" for n, (person, day) in enumerate(named)]
            half = data_half(lines)
            mapping = OTHER_MAPPING if header == OTHER else ""
            found.append([(header + "".join(part), mapping) for part in (lines[:half], lines) if part])
        return [file for pair in zip(*found, strict=False) for file in pair]

    share = data.draw(st.integers(0, 8))

    def data_half(lines):
        return min(share, len(lines))

    assert numbers(company_of, tmp_path_factory, files("")) == numbers(company_of, tmp_path_factory, files("b"))


ADDRESS = "email,credential_id,issued_on\n"


def rosters(store, tmp_path, **states):
    """Bring rosters of (employee_id, e-mail address), each by the day from which it holds."""
    for day, people in states.items():
        path = tmp_path / f"{day}.csv"
        path.write_text("employee_id,name,email\n" + "".join(f"{person},N,{email}\n" for person, email in people))
        assert (
            import_files(store, "roster", [path], effective=date.fromisoformat(day[1:].replace("_", "-"))).status
            == "stored"
        )


def test_an_address_means_whoever_had_it_on_the_day_of_issue(company, bring, tmp_path):
    leaver, newcomer = [("900", "js@x.example")], [("901", "js@x.example")]
    rosters(company, tmp_path, d2024_02_01=leaver, d2024_03_01=newcomer)
    outcome = bring(
        ADDRESS + "js@x.example,c1,2024-02-10\nJS@x.example,c1,2024-03-01\njs@x.example,c2,2024-02-29\n", careful=True
    )

    assert outcome.status == "stored"
    assert [(holder, credential) for _, holder, credential, *_ in awards(company)] == [
        ("900", "c1"),
        ("900", "c2"),
        ("901", "c1"),
    ]


def test_an_address_on_a_day_when_nobody_had_it_is_the_only_persons_who_ever_had_it(company, bring, tmp_path):
    rosters(company, tmp_path, d2024_02_01=[("900", "js@x.example")], d2024_03_01=[("901", "")])

    assert bring(ADDRESS + "js@x.example,c1,2024-03-10\njs@x.example,c1,2020-01-01\n").status == "stored"
    assert {holder for _, holder, *_ in awards(company)} == {"900"}


def test_an_address_on_a_day_when_nobody_had_it_and_several_had_it_on_others_is_a_bad_row(company, bring, tmp_path):
    rosters(
        company,
        tmp_path,
        d2024_02_01=[("900", "js@x.example")],
        d2024_03_01=[("902", "")],
        d2024_04_01=[("901", "js@x.example")],
    )
    [error] = bring(ADDRESS + "js@x.example,c1,2024-03-10\n").errors

    assert (error.line, error.column, error.value) == (2, "email", "js@x.example")
    assert "(900, 901); give the employee_id" in error.message


def test_an_address_that_two_people_had_on_the_day_is_a_bad_row(company, bring, tmp_path):
    both = [("900", "team@x.example"), ("901", "Team@x.example")]
    rosters(company, tmp_path, d2024_02_01=both, d2024_03_01=both[:1])
    outcome = bring(ADDRESS + "team@x.example,c1,2024-02-10\nteam@x.example,c1,2024-03-10\n")

    assert [(error.line, error.column) for error in outcome.errors] == [(2, "email")]
    assert "several people on that day (900, 901)" in outcome.errors[0].message


def test_an_undo_tells_which_rows_later_uploads_say_again(company, bring):
    """Whoever undoes a correction must know that a later file of the same awards goes on holding."""
    first = bring("award_id,employee_id,credential_id,issued_on\nz1,001,c1,2024-06-01\nz2,002,c1,2024-06-01\n")
    bring("award_id,employee_id,credential_id,issued_on\nz1,001,c1,2024-06-02\n")
    assert said_again(company, first.upload_id) == {"badges": 1}
