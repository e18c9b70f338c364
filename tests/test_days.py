"""Days at the ends of the calendar: every accepted day is answered rightly, every other one with a true sentence."""

import os
import re
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.commands.cli import main
from skilltrack.days import FIRST, LAST
from skilltrack.errors import BadQuestion
from skilltrack.ingest import import_files, import_folder
from skilltrack.keeping.durability import open_store
from skilltrack.questions import Filters, Metrics, catalogue, reports
from skilltrack.relations.texts import definitions, from_kept, kept_selects, kept_steps
from skilltrack.storage.store import Store
from tests.companies import companies, land
from tests.questions.test_numbers import answer, questions, same
from tests.reference import REPORTS, Company
from tests.test_boundaries import badge, given, met  # noqa: F401 - given is a fixture

ENDS = [
    FIRST,
    FIRST + timedelta(days=1),
    date(1900, 1, 31),
    date(2999, 11, 30),
    LAST - timedelta(days=1),
    LAST,
    date(3000, 1, 1),
    date(9999, 12, 30),
    date(9999, 12, 31),
]
ASKED = [day for day in ENDS if day <= LAST]
OUTSIDE = ["0001-01-31", "1899-12-31", "3000-01-01", "9999-12-31"]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A folder with a database in which one person is listed."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "roster.csv").write_text("employee_id,name,team\n1,Ann,A\n")
    store = open_store(folder / "x.duckdb")
    import_files(store, "roster", [folder / "roster.csv"], effective=date(2024, 1, 1))
    store.close()
    return folder


@pytest.fixture
def command(company, tmp_path, capsys, monkeypatch):
    """Runs a command as the program does; gives exit code, standard output and standard error."""
    shutil.copytree(company, tmp_path, dirs_exist_ok=True)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["skilltrack", "--db", str(tmp_path / "x.duckdb"), *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.mark.parametrize(
    "words",
    [
        ["import", "roster", "{folder}/roster.csv", "--effective"],
        *(["report", name, "--employee", "1", "--as-of"] for name in reports()),
        *(["report", pack, "--format", "xlsx", "--as-of"] for pack in ("board", "team", "audit")),
        *(["report", "spend", option] for option in ("--from", "--to", "--known-at")),
        ["export", "star", "{folder}/star", "--as-of"],
        ["give", "1", "hr", "--from"],
        ["audit", "list", "--to"],
    ],
    ids=" ".join,
)
def test_a_day_outside_the_range_is_refused_with_the_range_at_every_door(command, tmp_path, words):
    for day in OUTSIDE:
        code, out, err = command(*(word.format(folder=tmp_path) for word in words), day)

        assert (code, out) == (2, "")
        assert f"{day} is outside the days that can be asked about. Use a day from 1900-01-01 to 2999-12-31." in err


@pytest.mark.parametrize("moment", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "1899-12-31T23:59"])
def test_a_time_outside_the_range_is_refused_also_where_another_zone_would_move_it_out_of_the_calendar(command, moment):
    code, _, err = command("report", "coverage", "--known-at", moment)

    assert code == 2
    assert "Use a day from 1900-01-01 to 2999-12-31." in err


@pytest.mark.parametrize("name", [*reports(), "team", "audit"])
def test_the_first_and_the_last_day_are_answered_by_every_report(command, tmp_path, name):
    words = ["--employee", "1"] if name in catalogue() and catalogue()[name].report == "employee" else []
    words += ["--team", "A"] if name == "team" else []
    words += ["--format", "xlsx", "--output", tmp_path / "x.xlsx"] if name in ("team", "audit") else []
    for day in (FIRST, LAST):
        code, _, err = command("report", name, "--as-of", day, "--months", "120", *words)

        assert (code, err) == (0, ""), day


@pytest.mark.parametrize("day", ["1900-01-01", "2999-12-31"])
def test_a_roster_can_begin_on_the_first_and_on_the_last_day(command, tmp_path, day):
    (tmp_path / "roster.csv").write_text("employee_id,name,hired_on\n1,Ann,2020-01-01\n2,Bea,\n")
    assert command("import", "roster", tmp_path / "roster.csv", "--effective", day)[0] == 0

    code, out, _ = command("report", "readiness", "--as-of", day)
    assert (code, len(out.splitlines())) == (0, 2 if day == "1900-01-01" else 3)


def test_a_file_whose_name_is_not_utf_8_lands_under_a_name_that_can_be_shown(command, tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/skills\xff.csv")
    Path(path).write_text("skill_id,name\ns1,Welding\n")

    code, _, err = command("import", "skills", path)
    assert (code, err) == (0, "")
    assert "skills\ufffd.csv" in command("uploads")[1]

    Path(path).write_text("skill_id,name\ns1,\n")
    code, _, err = command("import", "skills", path)
    assert code == 2
    assert "skills\ufffd.csv, line 2, column name: is empty" in err
    assert command("import", path + "x")[0] == 2
    assert command("report", "coverage", "--team", "\udcff")[0] == 2


@pytest.mark.parametrize("months", ["0", "-1", "121", "99999999999999999999"])
def test_months_outside_their_range_are_refused(command, months):
    code, out, err = command("report", "trend", "--months", months)

    assert (code, out) == (2, "")
    assert f"{int(months)} months cannot be shown. Ask for 1 to 120." in err


@pytest.mark.parametrize("name", [*(n for n in reports() if catalogue()[n].report == "yes"), "board", "team", "audit"])
def test_a_period_that_ends_before_it_begins_is_refused_by_every_report(command, name):
    form = ["--format", "xlsx", "--team", "A"] if name in ("board", "team") else []
    form = ["--format", "xlsx"] if name == "audit" else form
    code, out, err = command("report", name, "--from", "2024-02-01", "--to", "2024-01-31", *form)

    assert (code, out) == (2, "")
    assert "The period begins on 2024-02-01 and ends on 2024-01-31, before it begins. Swap the two days." in err


def test_a_period_of_the_audit_log_that_ends_before_it_begins_is_refused(command):
    code, _, err = command("audit", "list", "--from", "2024-02-01", "--to", "2024-01-31")

    assert code == 2
    assert "before it begins" in err


def test_the_last_day_of_the_definitions_is_the_last_day_that_is_declared():
    folders = [definitions(), from_kept("any"), kept_steps(), kept_selects()]
    written = {day for texts in folders for text in texts.values() for day in re.findall(r"date '(2999-[\d-]+)'", text)}

    assert written == {str(LAST)}


@pytest.mark.parametrize("end", ["3000-01-01", "4712-12-31", "9999-12-30", "9999-12-31"])
def test_an_end_after_the_last_day_means_never(given, end):  # noqa: F811
    ask = given(badges=[badge(expires_on=end, revoked_on=end)])

    assert ask("renewals", "2999-12-31") == []
    assert ask("transcript", "2999-12-31", employee="01")[0][8] is None
    assert met(ask, "2999-12-31") == 1


def test_a_day_after_the_last_one_is_told_by_every_kind_that_has_days_also_one_that_means_never(company, tmp_path):
    shutil.copytree(company, tmp_path, dirs_exist_ok=True)
    files = {
        "skills": "skill_id,name\ns,S\n",
        "credentials": "credential_id,name,issuer\nc,C,I\n",
        "roster": "employee_id,name,hired_on,left_on\n1,Ann,,9999-12-31\n2,Bea,3000-01-01,\n",
        "roles": "role_id,role_name,skill_id,required_level,valid_to\nr,R,s,1,4711-01-01\n",
        "issuers": "issuer,tier,valid_to\nI,trusted,2999-12-31\n",
        "badges": "employee_id,credential_id,issued_on,expires_on,revoked_on\n"
        "1,c,2024-01-01,2999-12-31,\n1,c,2024-01-02,4711-01-01,4712-12-31\n1,c,4711-01-03,9999-12-31,\n",
        "spend": "spend_id,credential_id,paid_on,amount,currency,funding_source\np,c,3000-01-01,1,EUR,employer\n",
        **{
            name: f"employee_id,skill_id,{more},valid_from,valid_to\n1,s,{value},2024-01-01,3000-01-01\n"
            for name, more, value in (
                ("prior_learning", "level,assessor", "1,Bo"),
                ("self_ratings", "level", "1"),
                ("exemptions", "reason", "on leave"),
            )
        },
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    store = open_store(tmp_path / "x.duckdb")
    outcome = import_folder(store, tmp_path, effective=date(2024, 1, 1))
    store.close()

    assert outcome.status == "stored"
    after = [problem for problem in outcome.problems if problem.message.startswith("is after 2999-12-31")]
    never, nowhere = "so it never ends", "so no day that can be asked about comes after it"
    assert [(p.file, p.line, p.column, p.value, p.severity, p.message.split(", ")[1]) for p in after] == [
        ("roles.csv", 2, "valid_to", "4711-01-01", "notice", f"{never} (1 row)."),
        ("roster.csv", 3, "hired_on", "3000-01-01", "warning", f"{nowhere} (1 row)."),
        ("roster.csv", 2, "left_on", "9999-12-31", "notice", f"{never} (1 row)."),
        ("badges.csv", 4, "issued_on", "4711-01-03", "warning", f"{nowhere} (1 row)."),
        ("badges.csv", 3, "expires_on", "4711-01-01", "notice", f"{never} (2 rows)."),
        ("badges.csv", 3, "revoked_on", "4712-12-31", "notice", f"{never} (1 row)."),
        ("prior_learning.csv", 2, "valid_to", "3000-01-01", "notice", f"{never} (1 row)."),
        ("self_ratings.csv", 2, "valid_to", "3000-01-01", "notice", f"{never} (1 row)."),
        ("exemptions.csv", 2, "valid_to", "3000-01-01", "notice", f"{never} (1 row)."),
        ("spend.csv", 2, "paid_on", "3000-01-01", "warning", f"{nowhere} (1 row)."),
    ]


def test_an_end_on_the_last_day_is_an_end(given):  # noqa: F811
    ask = given(badges=[badge(expires_on="2999-12-31")])

    assert [row[5:] for row in ask("renewals", "2999-12-31")] == [(LAST, 0, "0-30")]


def test_the_longest_validity_never_ends(given):  # noqa: F811
    ask = given(
        credentials=[{"credential_id": "c", "name": "C", "issuer": "I", "validity_months": "999999"}],
        credential_skills=[{"credential_id": "c", "skill_id": "s", "level": "2"}],
        badges=[badge()],
    )

    assert met(ask, "2999-12-31") == 1
    assert ask("renewals", "2999-12-31") == []


@st.composite
def companies_at_the_ends(draw):
    """Random companies of which some days are moved, each to another one at an end, and some validities are long."""
    company = draw(companies())
    rows = [row for upload in company.uploads for held in upload.rows.values() for row in held]
    named = sorted({cell for row in rows for name, cell in row.items() if re.fullmatch(r"\d{4}-\d\d-\d\d", cell)})
    chosen = draw(st.lists(st.sampled_from(named), unique=True, max_size=6)) if named else []
    moved = dict(zip(chosen, map(str, draw(st.permutations(ENDS))), strict=False))
    for row in rows:
        for name, cell in row.items():
            row[name] = moved.get(cell, cell)
        if row.get("validity_months") == "3":
            row["validity_months"] = "999999"
    begins = draw(st.lists(st.sampled_from([*ASKED, None]), min_size=5, max_size=5))
    return Company(
        [
            replace(upload, effective_on=day or upload.effective_on)
            for upload, day in zip(company.uploads, begins, strict=False)
        ]
    )


@hypothesis.settings(max_examples=-(-hypothesis.settings().max_examples // 2))
@hypothesis.given(data=st.data())
def test_every_report_equals_the_reference_at_the_ends_of_the_calendar(data):
    company = data.draw(companies_at_the_ends())
    store = Store.open(":memory:")
    metrics, defined = Metrics(store), Metrics(store, reads_kept=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            land(company, store, Path(folder))
        for day in data.draw(st.lists(st.sampled_from(ASKED), min_size=2, max_size=2, unique=True)):
            asked = replace(data.draw(questions(company)), as_of=day)
            if (asked.paid_from or FIRST) > (asked.paid_to or day):
                asked = replace(asked, paid_from=None)
            for name, reference in REPORTS.items():
                try:
                    ours = answer(metrics, name, asked)
                except BadQuestion:  # a manager, team or role that nothing known by then mentions
                    break
                theirs = reference(company, asked)
                assert same(ours, theirs), f"{name} for {asked}\nours   {ours}\ntheirs {theirs}\n{company}"
                assert asked.known_at is not None or same(answer(defined, name, asked), theirs), f"{name} for {asked}"
        for name, metric in catalogue().items():
            employee = asked.employee if metric.report == "employee" else None
            with suppress(BadQuestion):  # somebody whom no roster lists any more
                metrics.ask(name, Viewer.everyone(), Filters(day, employee=employee))
    finally:
        store.close()
