"""Erasing somebody: nothing of them is left, everything else is as it was, and they do not come back."""

import io
import json
import re
import shutil
import tempfile
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.access import trail as audit
from skilltrack.access.accounts import give
from skilltrack.access.viewer import Viewer
from skilltrack.commands.cli import cli
from skilltrack.config import today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import Options, Source, import_sources, undo, uploads
from skilltrack.ingest.landing.erased import Named
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.keeping import erasure, remains
from skilltrack.keeping.durability import backup, check, open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.keeping.restoring import restore
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from skilltrack.reports.saved import save
from skilltrack.storage.store import Store

WHO = "E-CANARY-1"
CANARY = re.compile(rb"canary|k(?:\xc3\xa4|\xe4)narie", re.IGNORECASE)
"""What only the person to be erased has: in their id, names and addresses."""

ROSTER = """employee_id,name,email,manager_id,team,Buddy
E-1,Bo,bo@x.example,E-CANARY-1,A,Cleo Canary
E-CANARY-1,Cleo Canary,cleo.canary@x.example,E-3,A,Bo
E-3,"Di
Two lines",di@x.example,,A,
"""
LATER = """employee_id;name;email;manager_name;team
E-1;Bo;bo@x.example;Känarie, Cleo;A
E-CANARY-1;Känarie, Cleo;cleo@canary.example;Di;A
E-3;Di;di@x.example;;A
"""
FILES = {
    "skills": "skill_id,name\ns1,Welding\n",
    "credentials": "credential_id,name,issuer,validity_months\nc1,One,I,12\n",
    "credential_skills": "credential_id,skill_id,level\nc1,s1,2\n",
    "roles": "role_id,role_name,skill_id,required_level\nr1,R,s1,2\n",
}
ABOUT = {
    "badges": "email,credential_id,issued_on,evidence_url\nCleo.Canary@x.example,c1,2024-01-05,\n"
    "bo@x.example,c1,2024-01-05,https://x.example/by/cleo.canary@x.example\n",
    "prior_learning": "employee_id,skill_id,level,assessor,valid_from\nE-CANARY-1,s1,1,Di,2024-01-01\n"
    "E-1,s1,1,Cleo Canary,2024-01-01\n",
    "self_ratings": "employee_id,skill_id,level,valid_from\nE-CANARY-1,s1,1,2024-01-01\n",
    "exemptions": "employee_id,skill_id,reason\nE-1,s1,stands in for Cleo Canary until May\n",
    "spend": "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n"
    "p1,E-CANARY-1,c1,2024-01-01,100.00,EUR,employer\np2,E-1,c1,2024-01-01,50.00,EUR,employer\n",
}


def land(store, kind, content, name=None, mapping=None, **options):
    content = content if isinstance(content, bytes) else content.encode()
    source = Source(kind, name or f"{kind}.csv", content, mapping or Mapping(), mapping is not None)
    outcome = import_sources(store, [source], Options(**options))
    assert outcome.status == "stored", [str(p) for p in outcome.problems]
    return outcome


def workbook(rows):
    made = openpyxl.Workbook()
    made.properties.creator = "Cleo Canary"
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A company whose every kind of file, encoding and history mentions one person."""
    folder = tmp_path_factory.mktemp("made")
    store = open_store(folder / "e.duckdb")
    for kind, text in FILES.items():
        land(store, kind, text)
    land(store, "roster", ROSTER, "export of cleo_canary.csv", effective=date(2024, 1, 1), by="cleo.canary@x.example")
    land(
        store, "roster", LATER.encode("cp1252"), mapping=Mapping(encoding="cp1252"), effective=date(2024, 2, 1), by=WHO
    )
    for kind, text in ABOUT.items():
        land(store, kind, text)
    land(
        store,
        "badges",
        workbook(
            [["employee_id", "credential_id", "issued_on"], [WHO, "c1", "2024-03-01"], ["E-3", "c1", "2024-03-01"]]
        ),
        "badges.xlsx",
    )
    land(
        store,
        "badges",
        f"employee_id,credential_id,issued_on\n{WHO},c1,someday\nE-1,nope,2024-01-01\n{WHO},c1\nE-3,c1,2024-05-01\n",
        quarantine=True,
    )
    again = f"row {int(uploads(store)['upload_id'].max())}/0/4"  # a row of too few cells, tried again as it is
    land(store, "badges", f"employee_id,credential_id,issued_on,kept_apart\n,,,{again}\n", quarantine=True)
    land(store, "badges", f"award_id,employee_id,credential_id,issued_on\na9,{WHO},c1,2024-06-01\n")
    undo(store, int(uploads(store)["upload_id"].max()), by=WHO)
    give(store, Viewer.everyone(), WHO, "hr")
    give(store, Viewer.everyone(), "E-3", "delegate", WHO)
    give(store, Viewer(WHO, frozenset({"administrator"}), WHO), "E-3", "auditor")
    audit.note(store.journal.audit, "E-3", "exported", WHO, report="transcript")
    store.close()
    return folder


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "e.duckdb"


@pytest.fixture(scope="module")
def after(made, tmp_path_factory):
    """The company once the person is erased, with what was said; to be looked at only."""
    folder = tmp_path_factory.mktemp("after")
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder / "e.duckdb", *erased(folder / "e.duckdb")


def erased(path, *ids):
    store = open_store(path)
    people = erasure.named(store, list(ids or [WHO]))
    places = erasure.places_of(store, people)
    found = erasure.going(store, people, places)
    erasure.erase(store, "E-3", people, places)
    left = erasure.search(store, people).left
    store.close()
    return found, left


def mentions(folder):
    """Files that hold a canary, in their bytes or, for a workbook, in its parts."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [
        file.name
        for file in files
        if CANARY.search(file.read_bytes()) or Named(names=frozenset({"cleo canary"})).are_in(file.read_bytes())
    ]


def rows(path, table):
    store = open_store(path)
    try:
        return store.query(f"from {table} order by all").to_pylist()
    finally:
        store.close()


def test_before_the_person_is_in_many_places(path):
    assert len(mentions(path.parent)) > 8


def test_nothing_that_means_the_person_is_left_in_any_file(after):
    path, found, left = after

    assert left == []
    assert mentions(path.parent) == []
    assert (found.rows["roster"], found.rows["badges"], found.reports) == (2, 3, 1)
    assert any("transcript" in said for said in found.exports)


def test_everybody_else_keeps_every_row_on_its_line(made, after):
    for table in ("roster_rows", "badge_rows", "prior_learning_rows", "exemption_rows", "spend_rows", "skill_rows"):
        kept = [row for row in rows(made / "e.duckdb", table) if row.get("employee_id") != WHO]
        now = rows(after[0], table)
        assert len(now) == len(kept)
        for row, was in zip(now, kept, strict=True):
            changed = {name for name in row if row[name] != was[name]}
            assert changed <= {"evidence_url", "assessor", "reason", "manager_id"}
            assert all(row[name] is None or "erased" in row[name] for name in changed)


def test_what_others_rows_said_of_the_person_says_erased(after):
    path = after[0]

    managers = {row["manager_id"] for row in rows(path, "roster_rows")} - {None}
    assert [re.sub("[0-9a-f]{8}", "CODE", manager) for manager in managers] == ["(erased CODE)"]
    assert rows(path, "exemption_rows")[0]["reason"] == "stands in for erased until May"
    assert [row["assessor"] for row in rows(path, "prior_learning_rows")] == ["erased"]
    assert {row["account"] for row in rows(path, "role_events")} == {"E-3"}
    assert "erased" in {row["by_whom"] for row in rows(path, "upload_events")}


def test_the_database_is_whole_afterwards_and_is_rebuilt_the_same(after, tmp_path):
    shutil.copytree(after[0].parent, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "e.duckdb"
    store = open_store(path)
    assert check(store) == []
    assert audit.verify(store).faults == []
    tables = [name for name in store.columns() if not name.startswith(("kept", "skilltrack"))]
    before = {name: store.query(f"from {name} order by all").to_pylist() for name in tables}
    store.close()

    rebuild(path)

    store = open_store(path)
    assert {name: store.query(f"from {name} order by all").to_pylist() for name in before} == before
    assert store.query("select * from erasures").num_rows == 1
    store.close()


def test_a_backup_from_before_is_named_and_restoring_it_does_not_bring_the_person_back(path):
    store = open_store(path)
    backup(store, path.with_name("old.duckdb"))
    store.close()
    found, _ = erased(path)
    assert [said for said in found.backups if "old.duckdb holds them" in said]

    said = []
    restore(path, path.with_name("old.duckdb"), said.append)

    assert any("older than an erasure" in line for line in said)
    assert WHO not in {row["employee_id"] for row in rows(path, "roster_rows")}
    path.with_name("old.duckdb").unlink()
    assert mentions(path.parent) == []


def test_an_erasure_that_was_interrupted_is_finished_on_the_next_opening(path, tmp_path):
    kept = tmp_path / "as it was"
    shutil.copy(path, kept)
    erased(path)
    shutil.copy(kept, path)  # as if the process had ended before the new database took its place
    kept.unlink()

    open_store(path).close()

    assert mentions(path.parent) == []


def test_a_file_of_before_raises_an_alarm(after):
    store = open_store(after[0])
    badge = f"employee_id,name\n{WHO},Cleo Canary\nE-1,Bo\nE-3,Di\n".encode()
    alarmed = import_sources(store, [Source("roster", "r.csv", badge)], Options(dry_run=True))
    store.close()

    assert [str(p) for p in alarmed.problems if "who was erased" in p.message] == [
        "r.csv, line 2, column employee_id: 1 row about somebody who was erased. Is this an old file? "
        "Erase them again if so."
    ]


def test_saved_exports_stay_except_those_that_mention_the_erased(tmp_path):
    path = tmp_path / "n.duckdb"
    store = open_store(path)
    land(store, "roster", "employee_id,name\nE-1,Ann Ames\nE-2,Bo\n")
    gaps = Order("gaps", "csv", Filters())
    save(store, Viewer("E-1"), "mine", gaps)
    save(store, Viewer("E-2"), "mine", replace(gaps, filters=Filters(team="Field")))
    save(store, Viewer("E-2"), "for ames, ann", gaps)
    save(store, Viewer("E-2"), "hers", replace(gaps, filters=Filters(manager="E-1")))
    for name, asked in (("of another program", '{"of": ["E-1"]}'), ("bare", "{}")):
        with store.write() as transaction:
            transaction.run("insert into saved_exports values ('E-2', $name, $asked)", {"name": name, "asked": asked})
    people = erasure.named(store, ["E-1"])
    going = erasure.going(store, people, erasure.places_of(store, people))
    store.close()
    assert "Exports saved by name that mention them and would go: 4." in erasure.in_words(going)

    erased(path, "E-1")
    left = [("E-2", "bare"), ("E-2", "mine")]
    assert sorted((row["by_whom"], row["name"]) for row in rows(path, "saved_exports")) == left
    rebuild(path)
    assert sorted((row["by_whom"], row["name"]) for row in rows(path, "saved_exports")) == left


def test_a_namesake_keeps_name_and_mentions(tmp_path):
    store = open_store(tmp_path / "n.duckdb")
    land(store, "roster", "employee_id,name,email\nE-000001,Ann Smith,a@x.example\nE-000002,Ann Smith,b@x.example\n")
    land(store, "skills", FILES["skills"])
    land(
        store, "prior_learning", "employee_id,skill_id,level,assessor,valid_from\nE-000002,s1,1,Ann Smith,2024-01-01\n"
    )
    store.close()

    found, left = erased(tmp_path / "n.duckdb", "E-000001")

    assert (found.shared, left) == (("ann smith",), [])
    assert [row["name"] for row in rows(tmp_path / "n.duckdb", "roster_rows")] == ["Ann Smith"]
    assert rows(tmp_path / "n.duckdb", "prior_learning_rows")[0]["assessor"] == "Ann Smith"


SPELLED = {
    "José Núñez": ("JOSÉ NÚÑEZ", "José%20N%C3%BA%C3%B1ez", "nu\u0301n\u0303ez_jose\u0301.pdf"),
    "İlker Öztürk": ("i̇lker öztürk", unicodedata.normalize("NFD", "İlker Öztürk"), "?h=%C4%B0lker+%C3%96zt%C3%BCrk"),
    "Straße Groß": ("STRASSE GROSS", "strasse-gross", "Gro%C3%9F,%20Stra%C3%9Fe"),
    "Li Wu": ("Dr. Li Wu", "Li_Wu", "WU, LI"),
    "Mary Ann O’Neil": ("mary ann o'neil", "O'Neil, Mary Ann"),
}
OTHER_WORDS = ("Joseph Núñez", "José Núñezes", "Li Wutang", "Lili Wu", "Straßen Groß", "MaryAnne O'Neil", "Öztürk")


@pytest.mark.parametrize("name", SPELLED)
def test_a_name_is_found_however_it_is_written_and_is_not_found_in_others(name):
    called = Named(names=frozenset({name}))

    assert [text for text in SPELLED[name] if not called.mention.search(f"https://x.example/{text}?")] == []
    assert [text for text in OTHER_WORDS if called.mention.search(text)] == []
    assert not Named(names=frozenset({"– –", "–"})).by_name.search("anything")


def test_every_spelling_goes_and_a_name_of_one_word_where_people_are_named(tmp_path):
    store = open_store(tmp_path / "n.duckdb")
    land(store, "skills", FILES["skills"])
    who = "\n".join(f"E-10000{n},{name},p{n}@x.example" for n, name in enumerate([*SPELLED, "Suharto"]))
    land(store, "roster", f"employee_id,name,email\nE-2,Bo,b@x.example\n{who}\n")
    texts = [text for spelled in SPELLED.values() for text in spelled]
    said = [f'E-2,s1,1,"Dr. Suharto",{2000 + n}-01-01,"https://x.example/{text}"' for n, text in enumerate(texts)]
    land(store, "prior_learning", "\n".join(["employee_id,skill_id,level,assessor,valid_from,evidence_url", *said]))
    people = erasure.named(store, [f"E-10000{n}" for n in range(len(SPELLED) + 1)])
    held = erasure.search(store, people).left
    store.close()

    # What proves it looks as closely as what erases.
    assert {"assessor", "evidence_url"} <= {line.split(" in ")[-1].strip(".") for line in held}
    assert erased(tmp_path / "n.duckdb", *sorted(people.ids))[1] == []
    left = rows(tmp_path / "n.duckdb", "prior_learning_rows")
    assert {row["assessor"] for row in left} == {"Dr. erased"}
    assert all("erased" in row["evidence_url"] for row in left)


def test_a_short_id_goes_without_taking_amounts_levels_or_lines_with_it(tmp_path):
    store = open_store(tmp_path / "n.duckdb")
    for kind in ("skills", "credentials"):
        land(store, kind, FILES[kind])
    land(store, "roster", "employee_id,name,manager_id,Desk\n1,Al,,1\n2,Bo,1,1\n")
    land(
        store,
        "spend",
        "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n1,2,c1,2024-01-01,1,EUR,employer\n",
    )
    store.close()

    erased(tmp_path / "n.duckdb", "1")

    assert [
        (r["employee_id"], r["manager_id"][:8], r["line_no"]) for r in rows(tmp_path / "n.duckdb", "roster_rows")
    ] == [("2", "(erased ", 3)]
    assert [(r["spend_id"], r["employee_id"], int(r["amount"])) for r in rows(tmp_path / "n.duckdb", "spend_rows")] == [
        ("1", "2", 1)
    ]


def test_nothing_changes_when_the_journal_cannot_give_everything_anew(path):
    lines = path.with_name("e.duckdb.files") / "journal.jsonl"
    lines.write_bytes(b"".join(lines.read_bytes().splitlines(keepends=True)[1:]))
    before = rows(path, "roster_rows"), lines.read_bytes()

    with pytest.raises(Refused, match="1 line is lost or changed"):
        erased(path)

    assert (rows(path, "roster_rows"), lines.read_bytes()) == before
    log = [json.loads(line) for line in Path(f"{path}.audit").read_text().splitlines()]
    assert [entry["event"] for entry in log][-2:] == ["erased", "failed"], "the log says that it did not happen"


def test_somebody_unknown_is_refused_and_a_database_in_memory_too(path):
    with pytest.raises(BadQuestion, match="Nothing is stored about an employee 'nobody'"):
        erased(path, "nobody")
    store = Store.open(":memory:")
    land(store, "roster", ROSTER)
    people = erasure.named(store, [WHO])
    with pytest.raises(Refused, match="in memory"):
        erasure.erase(store, "x", people, {})


words = st.text("aebcn", min_size=1, max_size=4)


@settings(max_examples=4)
@given(st.lists(st.tuples(st.sampled_from([WHO, "E-1", "E-2"]), words), min_size=1, max_size=5), st.booleans())
def test_whoever_is_in_a_roster_only_the_rows_of_the_erased_go(listed, is_workbook):
    people = list(dict(listed).items())
    table = [["employee_id", "name"], *([number, f"{name} {number}"] for number, name in people)]
    content = workbook(table) if is_workbook else "\n".join(map(",".join, table)) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "h.duckdb"
        store = open_store(path)
        land(store, "roster", content, "r.xlsx" if is_workbook else "r.csv")
        before = store.query("from roster_rows order by line_no").to_pylist()
        store.close()
        if WHO in dict(people):
            assert erased(path)[1] == []

        assert rows(path, "roster_rows") == [row for row in before if row["employee_id"] != WHO]
        store = open_store(path)
        assert check(store) == []
        store.close()


def run(db, *arguments):
    result = CliRunner().invoke(cli, ["--db", str(db), *arguments])
    return result.exit_code, result.output


def test_the_commands_show_first_and_erase_when_told_and_hand_out_what_is_held(tmp_path, monkeypatch):
    db = tmp_path / "c.duckdb"
    store = open_store(db)
    for kind in ("skills", "credentials"):
        land(store, kind, FILES[kind])
    land(
        store,
        "roster",
        "employee_id,name,left_on\nE-CANARY-1,Cleo Canary,2020-01-31\nE-2,Bo,\n",
        effective=date(2019, 1, 1),
    )
    land(store, "badges", f"employee_id,credential_id,issued_on\nE-2,c1,2020-01-01\nE-2,c1,{today()}\n")
    store.close()

    code, said = run(db, "erase", WHO, "--by", "hr")
    assert (code, "Roster: 1 row would go." in said, "Nothing was erased" in said) == (0, True, True)
    held = json.loads(run(db, "held", WHO)[1])
    assert (
        held["tables"]["roster_rows"][0] | {"name": "Cleo Canary", "file_name": "roster.csv", "line_no": 2}
        == held["tables"]["roster_rows"][0]
    )
    assert run(db, "held", WHO, "--output", str(tmp_path / "held.json"))[0] == 0
    assert [row["event"] for row in json.loads((tmp_path / "held.json").read_bytes())["audit"]] == ["exported"]

    assert "everything is kept" in run(db, "retain")[1]
    monkeypatch.setenv("SKILLTRACK_RETENTION", "left 24, badges 12")
    said = run(db, "retain", "--dry-run")[1]
    assert f"{WHO} left more than 24 months ago." in said
    assert "Badges: 1 row would go." in said
    assert len(rows(db, "roster_rows")) == 2
    code, said = run(db, "retain")
    assert (code, "nothing of what they were called is left" in said) == (0, True)
    assert [row["employee_id"] for row in rows(db, "roster_rows")] == ["E-2"]
    assert [str(row["issued_on"]) for row in rows(db, "badge_rows")] == [str(today())]
    assert "Nothing is past its time." in run(db, "retain")[1]
    monkeypatch.setenv("SKILLTRACK_RETENTION", "gone 3")
    assert "the words are: left, badges" in str(CliRunner().invoke(cli, ["--db", str(db), "retain"]).exception)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_name_is_found_behind_the_room_that_a_database_has_not_used(encoding):
    people = Named(names=frozenset({"cleo canary"}))
    for room in range(50, 90, 2):
        for rest in (b"", bytes(10_000)):
            assert people.are_in(bytes(400) + bytes(room) + "by Cleo Canary;".encode(encoding) + rest), room
    assert not people.are_in(bytes(500) + "by Cleo;".encode(encoding) + bytes(500))


def test_a_name_is_found_where_two_parts_of_a_large_file_meet(tmp_path, monkeypatch):
    monkeypatch.setattr(remains, "CHUNK", 64)
    monkeypatch.setattr(remains, "OVERLAP", 16)
    people = Named(names=frozenset({"cleo canary"}))
    for at in range(50, 80):
        (tmp_path / "f").write_bytes(b"." * at + b"Cleo Canary" + b"." * 200)
        assert remains._are_in(remains._pieces_of(tmp_path / "f"), people)
    (tmp_path / "f").write_bytes(b"." * 300)
    assert not remains._are_in(remains._pieces_of(tmp_path / "f"), people)


@pytest.mark.parametrize("between", [b" ", b"\t", b"\r\n", b"_", b", ", b"%20"])
def test_a_name_is_found_however_its_words_are_divided(between):
    assert Named(names=frozenset({"Ann Smith"})).are_in(b"x;Smith" + between + b"Ann;x")


@pytest.mark.parametrize("between", [b"\x00", b"\x00" * 200, b"\x05\x00\x00\x00", b"\x1f"])
def test_the_end_of_one_cell_and_the_beginning_of_the_next_are_not_a_name(between):
    """Else the proof of an erasure says that a database still mentions somebody whom no cell of it mentions."""
    assert not Named(names=frozenset({"Ann Smith"})).are_in(b"London Smith" + between + b"Ann Other")
