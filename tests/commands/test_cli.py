"""The commands as a person or a cron job runs them: streams, exit codes, sentences, exact columns."""

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from skilltrack.config import ROOT, today
from skilltrack.reports import as_xlsx
from tests.forked import skilltrack
from tests.ingest.test_import import COMPANY, write

COLUMNS = {
    "coverage": "team, skill_id, skill, required, met, coverage",
    "readiness": "employee_id, name, team, role_id, requirements, met, readiness, partial, critical_unmet, ready",
    "gaps": "employee_id, name, team, role_id, skill_id, skill, required_level, level, gap, reason, critical",
    "depth": "team, skill_id, skill, needed, depth, status",
    "renewals": "employee_id, name, team, credential_id, credential, valid_to, days, bucket",
    "trend": "month_end, required, met, coverage",
    "spend": "credential_id, credential, funding_source, currency, amount, payments, awards, skill_gains, cost_per_award, "
    "cost_per_skill_gain, unconverted, seat_time",
    "transcript": "source, credential_id, credential, issuer, skill_id, skill, level, valid_from, valid_to, assurance, counts",
}


def run(db, *words):
    return skilltrack(*words, db=db)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    db = folder / "company.duckdb"
    command = [sys.executable, "-m", "skilltrack", "--db", db, "import", write(folder / "company", **COMPANY)]
    options = ["--effective", "2024-01-01", "--by", "Kim"]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Upload 1 is stored." in done.stdout
    return db


def rows(done):
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_what_the_commands_write_is_for_nobody_else_on_the_machine(company, tmp_path):
    assert run(company, "backup", tmp_path / "b.duckdb").returncode == 0
    assert run(company, "report", "coverage", "--output", tmp_path / "c.csv").returncode == 0

    written = [*company.parent.glob(f"{company.name}*"), *tmp_path.iterdir()]
    assert len(written) > 4
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_each_report_prints_exactly_the_columns_of_the_contract(company, name):
    words = (
        ["report", name, "--as-of", "2024-02-01", "--employee", "002"]
        if name == "transcript"
        else ["report", name, "--as-of", "2024-02-01"]
    )
    printed = run(company, *words)

    assert rows(printed)
    assert printed.stdout.splitlines()[0] == COLUMNS[name].replace(" ", "")


def test_csv_prints_booleans_empties_ratios_and_money_as_the_contract_says(company):
    ready = rows(run(company, "report", "readiness", "--as-of", "2024-02-01"))
    assert [(r["employee_id"], r["readiness"], r["ready"]) for r in ready] == [
        ("001", "0.6666666666666666", "false"),
        ("002", "1.000000", "true"),
    ]

    money = rows(run(company, "report", "spend", "--as-of", "2024-02-01"))[0]
    assert (money["amount"], money["unconverted"], money["cost_per_award"]) == ("100.50", "0.00", "100.500000")

    line = rows(run(company, "report", "transcript", "--employee", "001", "--as-of", "2024-02-01"))[0]
    assert (line["credential_id"], line["valid_to"], line["counts"]) == ("", "", "true")


def test_json_holds_the_same_numbers_as_csv(company):
    printed = json.loads(run(company, "report", "coverage", "--as-of", "2024-02-01", "--format", "json").stdout)
    as_csv = rows(run(company, "report", "coverage", "--as-of", "2024-02-01"))

    assert [(r["team"], r["skill_id"], r["met"]) for r in printed] == [
        (r["team"], r["skill_id"], int(r["met"])) for r in as_csv
    ]


def test_a_workbook_is_in_the_language_that_is_asked_for(company, tmp_path):
    command = ["report", "coverage", "--as-of", "2024-02-01", "--format", "xlsx", "--language"]
    assert run(company, *command, "fr", "--output", tmp_path / "c.xlsx").returncode == 0
    assert list(as_xlsx.sheets(tmp_path / "c.xlsx"))[-2:] == ["Couverture", "À propos de ce document"]

    unknown, mailed = run(company, *command, "tlh"), run(company, *command, "fr", "--mail", "001")
    assert (unknown.returncode, mailed.returncode) == (2, 2)
    assert "'en', 'de', 'fr', 'es'" in unknown.stderr
    assert "each reader gets it in their own" in mailed.stderr


@pytest.mark.parametrize("words", [["uploads"], ["report", "coverage"], ["audit", "head"]])
def test_the_database_may_be_named_after_the_command_as_well_as_before_it(company, tmp_path, words):
    link = tmp_path / "dangling.duckdb"
    link.symlink_to(tmp_path / "gone")  # the default must not be looked at where another is named
    after = skilltrack(*words, "--db", company, SKILLTRACK_DB=str(link))

    assert (after.returncode, after.stderr) == (0, "")
    assert after.stdout == run(company, *words).stdout
    two = run(company, *words, f"--db={tmp_path / 'other.duckdb'}")
    assert two.returncode == 2
    assert "names two databases" in two.stderr


def test_filters_reach_the_answer(company):
    assert [
        r["employee_id"] for r in rows(run(company, "report", "readiness", "--manager", "001", "--as-of", "2024-02-01"))
    ] == ["002"]
    assert rows(run(company, "report", "coverage", "--known-at", "2020-01-01", "--as-of", "2024-02-01")) == []
    assert len(rows(run(company, "report", "trend", "--months", "3"))) == 3
    claimed = rows(run(company, "report", "gaps", "--as-of", "2024-02-01", "--assurance", "claimed"))
    assert claimed == []


def test_a_report_is_explained_by_the_text_that_answers_it_and_a_pack_is_not(company):
    told = run(company, "report", "coverage", "--as-of", "2024-06-30", "--explain").stdout
    past = run(company, "report", "coverage", "--known-at", "2024-06-30", "--explain").stdout

    assert "Answered from the kept tables" in told
    assert "own_role: it is about people's own roles" in told
    assert "days = 2024-06-30" in told
    assert "join kept_standings" in told
    assert "Answered from the definitions, because known-at is in the past" in past
    assert "kept_" not in past
    refused = run(company, "report", "board", "--explain")
    assert (refused.returncode, "board cannot be explained" in refused.stderr) == (2, True)


def test_output_goes_to_the_named_file(company, tmp_path):
    done = run(company, "report", "depth", "--output", tmp_path / "depth.csv")

    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "depth.csv").read_text().startswith("team,skill_id")


def test_an_import_tells_its_outcome_as_json(company, tmp_path):
    bad = write(
        tmp_path / "f", spend="spend_id,credential_id,paid_on,amount,currency,funding_source\n1,c1,soon,1,EUR,grant\n"
    )
    done = run(company, "import", "spend", bad / "spend.csv", "--json")
    told = json.loads(done.stdout)

    assert done.returncode == 2
    assert told["status"] == "refused"
    assert [(p["line"], p["column"], p["value"]) for p in told["problems"]] == [(2, "paid_on", "soon")]
    assert "spend.csv, line 2, column paid_on: 'soon'" in done.stderr


def test_import_undo_and_history_work_together(tmp_path):
    db = tmp_path / "x.duckdb"
    folder = write(tmp_path / "company", **COMPANY)
    run(db, "import", folder, "--effective", "2024-01-01")
    before = run(db, "report", "coverage", "--as-of", "2024-02-01").stdout
    more = write(tmp_path / "more", badges="award_id,email,credential_id,issued_on\nz1,ann@x.example,c2,2024-01-20\n")
    dry = run(db, "import", "badges", more / "badges.csv", "--dry-run")
    assert "badges: 1 new" in dry.stdout
    assert len(rows(run(db, "uploads"))) == 1
    assert run(db, "import", "badges", more / "badges.csv").returncode == 0
    assert run(db, "report", "coverage", "--as-of", "2024-02-01").stdout != before
    assert run(db, "undo", "2").returncode == 0
    assert run(db, "report", "coverage", "--as-of", "2024-02-01").stdout == before
    assert [(r["upload_id"], r["status"]) for r in rows(run(db, "uploads"))] == [("2", "undone"), ("1", "landed")]


def test_a_nightly_import_of_a_folder_can_be_killed_repeated_and_meet_a_bad_file(tmp_path):
    db, folder = tmp_path / "night.duckdb", write(tmp_path / "hr", **COMPANY)
    words = ["import", folder, "--careful"]
    command = [sys.executable, "-m", "skilltrack", "--db", str(db), *map(str, words)]
    for seconds in (1.2, 1.6, 2.0):  # wherever that is in the command, on this machine
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
            with suppress(subprocess.TimeoutExpired):
                killed.wait(seconds)
            killed.kill()
    done = run(db, *words)
    assert done.returncode == 0, done.stderr
    assert "is stored." in done.stdout or "Nothing to do: this is upload 1 again." in done.stdout
    again = run(db, *words)
    assert (again.returncode, again.stdout) == (0, "Nothing to do: this is upload 1 again.\n"), again.stderr
    coverage = run(db, "report", "coverage", "--as-of", "2024-02-01").stdout

    (folder / "badges.csv").write_text(COMPANY["badges"].replace("2024", "soon", 1))
    bad = run(db, *words)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "badges.csv, line 2, column issued_on" in bad.stderr
    assert bad.stderr.endswith("Refused: 1 problem. Nothing was stored.\n")
    (folder / "badges.csv").write_text(COMPANY["badges"])
    (folder / "roster.csv").write_text("".join(COMPANY["roster"].splitlines(keepends=True)[:2]))
    wrong = run(db, *words)
    assert (wrong.returncode, wrong.stdout) == (2, ""), "half the company is missing"
    assert "the headcount falls" in wrong.stderr
    assert run(db, "report", "coverage", "--as-of", "2024-02-01").stdout == coverage
    assert [row["upload_id"] for row in rows(run(db, "uploads"))] == ["1"]

    taken = run(db, "import", folder)
    assert taken.returncode == 0, "without --careful it is taken, as the contract says, and told"
    assert "Stored although it looks wrong (1 alarm above): `undo 2` takes it back" in taken.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "people", "x.csv"], "no kind of file called 'people'"),
        (["import", "roster", "/no/such.csv"], "does not exist"),
        (["import", "/no/such/folder"], "does not exist"),
        (["import", "{empty}"], "no file named after its kind"),
        (["import", "roster", "{company}/roster.csv", "--mode", "merge"], "no mode 'merge'"),
        (["import", "roster", "{company}/roster.csv", "--effective", "soon"], "'soon' is not a date"),
        (["import", "roster", "{company}/roster.csv", "--mapping", "/no.toml"], "does not exist"),
        (["import", "{company}/../odd.csv"], "Say what"),
        (["report", "coverage", "--as-of", "yesterday"], "'yesterday' is not a date. Write it as YYYY-MM-DD"),
        (["report", "coverage", "--as-of", "2024-02-30"], "is not a date"),
        (["report", "coverage", "--known-at", "noon"], "is not a time"),
        (["report", "costs"], "There is no report 'costs'. Try one of: "),
        (["report", "coverage", "--assurance", "sure"], "Try one of: verified, attested, claimed"),
        (["report", "coverage", "--manager", "999"], "No manager '999' is known"),
        (["report", "coverage", "--team", "Z"], "No team 'Z' is known"),
        (["report", "readiness", "--role", "king"], "No role 'king' is known"),
        (["report", "transcript"], "Say who (employee ID)"),
        (["report", "transcript", "--employee", "999"], "No employee '999' is known"),
        (["report", "trend", "--months", "0"], "Ask for 1 to 120"),
        (
            ["report", "coverage", "--format", "docx"],
            "coverage is not available as 'docx'. Use one of: csv, xlsx, pdf, parquet, json",
        ),
        (["report", "coverage", "--output", "/no/such/folder/x.csv"], "cannot be written"),
        (["undo", "77"], "There is no upload 77"),
        (["demo"], "holds uploads already"),
    ],
)
def test_bad_input_is_a_sentence_with_exit_2_and_changes_nothing(company, tmp_path, words, said):
    (tmp_path / "empty").mkdir()
    (company.parent / "odd.csv").write_text("colour,weight\nred,2\n")
    places = {"{empty}": str(tmp_path / "empty"), "{company}": str(company.parent / "company")}
    for place, path in places.items():
        words = [word.replace(place, path) for word in words]
    before = company.read_bytes()
    done = run(company, *words)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert company.read_bytes() == before
    assert not company.with_name(f"{company.name}.wal").exists()


def test_a_port_that_is_none_is_refused_with_a_sentence(company, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    done = run(company, "serve")

    assert done.returncode == 2
    assert "'eighty', which is not a port" in done.stderr


def test_a_failure_of_ours_has_exit_1_and_says_so(company, monkeypatch, capsys):
    from skilltrack.commands import cli, uploads

    monkeypatch.setattr(uploads, "uploads", lambda store: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["skilltrack", "--db", str(company), "uploads"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()

    assert stopped.value.code == 1
    assert "Skilltrack failed" in capsys.readouterr().err


def test_the_default_as_of_date_is_today(company):
    assert (
        run(company, "report", "readiness").stdout
        == run(company, "report", "readiness", "--as-of", str(today())).stdout
    )


def test_an_account_asks_and_acts_within_what_it_may_and_the_operator_gives_roles(tmp_path):
    db = tmp_path / "x.duckdb"
    folder = write(tmp_path / "company", **COMPANY)
    run(db, "import", folder, "--effective", "2024-01-01")
    own = rows(run(db, "--viewer", "002", "report", "readiness"))
    assert [row["employee_id"] for row in own] == ["002"]
    for words in (
        ["report", "spend"],
        ["uploads"],
        ["undo", "1"],
        ["import", folder],
        ["roles"],
        ["give", "002", "hr"],
    ):
        done = run(db, "--viewer", "002", *words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert "is open to" in done.stderr or "by administrators" in done.stderr
    done = run(db, "--viewer", "002", "backup", tmp_path / "copy")
    assert done.returncode == 2
    assert "backup is the operator's" in done.stderr

    assert run(db, "give", "002", "hr", "--to", "2999-12-31").returncode == 0
    assert [(r["account"], r["role"], r["by_whom"]) for r in rows(run(db, "roles"))] == [("002", "hr", "local")]
    assert run(db, "--viewer", "002", "undo", "1").returncode == 0
    assert run(db, "take", "002", "hr").returncode == 0
    assert run(db, "--viewer", "002", "redo", "1").returncode == 2


def test_a_report_on_standard_output_is_its_rows_and_in_a_file_it_has_its_receipt_beside_it(company, tmp_path):
    printed = run(company, "report", "coverage", "--as-of", "2024-02-01")
    written = run(company, "report", "coverage", "--as-of", "2024-02-01", "--output", tmp_path / "coverage.csv")

    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "coverage.csv").read_text() == printed.stdout
    assert json.loads((tmp_path / "coverage.csv.receipt.json").read_text())["report"] == "coverage"
    same = run(company, "reproduce", tmp_path / "coverage.csv")
    assert (same.returncode, same.stderr) == (0, "")
    assert "is the same byte for byte" in same.stdout

    (tmp_path / "coverage.csv").write_text(printed.stdout.replace("Safety", "Sfaety").replace(",1,", ",2,"))
    other = run(company, "reproduce", tmp_path / "coverage.csv")
    assert other.returncode == 2
    assert "is not what it is when made again. Line" in other.stderr


def test_packs_and_data_for_other_tools_come_from_the_command_line(company, tmp_path):
    assert run(company, "report", "audit", "--format", "pdf", "--output", tmp_path / "a.pdf").returncode == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert run(company, "export", "star", tmp_path / "star").returncode == 0
    assert (tmp_path / "star" / "fact_standing.parquet").exists()
    refused = run(company, "export", "snapshot", tmp_path / "plain")
    assert (refused.returncode, "a file that ends in .duckdb" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ["give", "1", "hr"],
        ["import", "roster", "bad.csv"],
        ["import", "roster", "good.csv", "--dry-run"],
        ["import", "roster", "no such.csv"],
        ["import", "roster", "good.csv", "--mode", "merge"],
        ["import", "people", "good.csv"],
        ["--viewer", "9", "import", "roster", "good.csv"],
    ],
)
def test_a_command_that_stores_nothing_leaves_no_new_database_behind(tmp_path, words):
    folder = tmp_path / "hr"
    folder.mkdir()
    (folder / "good.csv").write_text("employee_id,name\n1,Ann\n")
    (folder / "bad.csv").write_text("employee_id,name\n,Ann\n")
    place = tmp_path / "place"
    (place / "typo.duckdb.files").mkdir(parents=True)
    (place / "typo.duckdb.files" / "notes.txt").write_text("somebody's")
    before = sorted(place.rglob("*"))

    for database in ("other.duckdb", "typo.duckdb"):  # beside the second lies a folder that was there before
        run(place / database, *(folder / word if word.endswith(".csv") else word for word in words))

    assert sorted(place.rglob("*")) == before


@pytest.mark.parametrize("words", [["give", "a@x.example", "hr"], ["import", "roster", "good.csv"]])
def test_a_command_that_stores_something_leaves_the_new_database_whatever_comes_after(tmp_path, words):
    (tmp_path / "good.csv").write_text("employee_id,name\n1,Ann\n")
    db = tmp_path / "new.duckdb"

    done = run(db, *(tmp_path / word if word.endswith(".csv") else word for word in words))
    refused = run(db, "import", "roster", "no such.csv")

    assert (done.returncode, refused.returncode) == (0, 2), done.stderr
    assert run(db, "check").returncode == 0


@pytest.mark.parametrize("redirected", [False, True])
def test_a_report_for_standard_output_leaves_no_receipt_beside_it(company, tmp_path, redirected):
    plain = run(company, "report", "coverage", "--as-of", "2024-02-01").stdout
    command = [sys.executable, "-m", "skilltrack", "--db", str(company), "report", "coverage", "--as-of", "2024-02-01"]
    with (tmp_path / "out").open("w") as file:
        done = subprocess.run(
            [*command, "--output", "/dev/stdout"],
            cwd=ROOT,
            text=True,
            check=False,
            stderr=subprocess.PIPE,
            stdout=file if redirected else subprocess.PIPE,
        )

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out").read_text() + (done.stdout or "") == plain
    assert not Path("/dev/stdout.receipt.json").exists()
    assert Path("/dev/stdout").is_symlink()
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_first_day_alone_that_is_after_the_as_of_date_is_told_as_it_was_given(company):
    alone = run(company, "report", "spend", "--from", "2030-01-01", "--as-of", "2024-02-01")
    both = run(company, "report", "spend", "--from", "2030-01-01", "--to", "2024-01-01", "--as-of", "2024-02-01")

    assert (alone.returncode, both.returncode) == (2, 2)
    assert "2030-01-01 and ends on the as-of date, 2024-02-01" in alone.stderr
    assert "Swap" not in alone.stderr
    assert "Swap the two days" in both.stderr


def test_a_token_is_made_for_a_script_to_keep_listed_with_what_it_opens_and_ended(tmp_path):
    db = tmp_path / "x.duckdb"
    run(db, "import", write(tmp_path / "company", **COMPANY), "--effective", "2024-01-01")
    run(db, "give", "feed@x.example", "hr")
    made = run(db, "token", "make", "feed@x.example", "--scope", "imports", "--scope", "uploads", "--for", "nightly")
    token = made.stdout.strip()
    assert re.fullmatch(r"skt_[0-9a-f]{12}_[0-9a-f]{48}", token)
    assert "This is shown once." in made.stderr
    assert token not in made.stderr
    listed = rows(run(db, "token", "list"))
    assert [(row["account"], row["label"], row["scopes"], row["state"]) for row in listed] == [
        ("feed@x.example", "nightly", "imports uploads", "valid")
    ]
    for words, why in (
        (["make", "feed@x.example"], "Say what the token opens"),
        (["make", "feed@x.example", "--scope", "imports", "--to", "2999-01-01"], "Choose a last day from"),
        (["make", "002", "--scope", "imports"], "Uploads is open to hr or ld"),
        (["end", "000000000000"], "There is no token"),
    ):
        refused = run(db, "token", *words)
        assert (refused.returncode, refused.stdout, why in refused.stderr) == (2, "", True), words
    assert run(db, "--viewer", "002", "token", "list").returncode == 2
    assert run(db, "--viewer", "002", "token", "make", "002", "--scope", "reports").returncode == 0
    assert [row["by_whom"] for row in rows(run(db, "--viewer", "002", "token", "list", "--own"))] == ["002"]
    assert run(db, "token", "end", token.split("_")[1]).returncode == 0
    assert [row["account"] for row in rows(run(db, "token", "list"))] == ["002"]
