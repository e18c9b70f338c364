"""The audit log: what happened is in it, people are not, and whatever is done to it afterwards shows."""

import json
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.access import trail as audit
from skilltrack.access.accounts import give, take
from skilltrack.access.viewer import Viewer
from skilltrack.commands.cli import cli
from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, import_sources, redo, undo
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild, repair
from skilltrack.storage.audit_log import FIELDS, START, AuditLog, _seal, _text
from skilltrack.storage.store import Store

ROSTER = b"employee_id,name,email\nE-4711,Ann Canary,ann.canary@x.example\nE-4712,Bo,bo@x.example\n"
PLACES = 200


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "a.duckdb")
    yield store
    store.close()


def land(store, content=ROSTER, kind="roster", **options):
    return import_sources(store, [Source(kind, f"{kind} of Ann Canary.csv", content)], Options(**options))


def events(store):
    """What is noted, but for the hashes of the journal's lines, which `tests/keeping/test_keeping.py` holds."""
    entries = store.journal.audit.entries()[1:]
    return [(e["event"], {name: value for name, value in e["what"].items() if name != "line"}) for e in entries]


def test_uploads_and_roles_are_noted_once_and_without_a_name_an_address_or_an_id(store):
    land(store, by="ann.canary@x.example")
    undo(store, 1, by="E-4711")
    redo(store, 1, by="E-4711")
    give(store, Viewer.everyone(), "Ann.Canary@x.example", "hr")
    take(store, Viewer.everyone(), "E-4711", "hr")
    land(store, by="again")
    audit.note(store.journal.audit, "E-4712", "saw", "E-4711")

    assert events(store) == [
        ("uploaded", {"upload": 1, "kinds": ["roster"]}),
        ("undone", {"upload": 1}),
        ("redone", {"upload": 1}),
        ("role", {"role": "hr", "of": "", "given": True}),
        ("role", {"role": "hr", "of": "", "given": False}),
        ("again", {"upload": 1, "kinds": ["roster"]}),
        ("saw", {}),
    ]
    text = store.journal.audit.path.read_bytes().lower()
    assert not re.search(rb"canary|@|e-471|\b471[12]\b", text)  # as words: a hash may hold the digits of an id
    assert audit.verify(store).faults == []


def test_what_is_not_stored_is_not_noted_and_what_is_replayed_is_not_noted_again(store, tmp_path):
    land(store)
    assert land(store, b"employee_id,name\nE-1,\n").status == "refused"
    assert land(store, dry_run=True).status == "checked"
    before = events(store)
    store.close()

    rebuild(tmp_path / "a.duckdb")

    again = open_store(tmp_path / "a.duckdb")
    assert events(again) == before == [("uploaded", {"upload": 1, "kinds": ["roster"]})]
    assert audit.verify(again).faults == []
    again.close()


def test_the_log_outlives_its_database(store, tmp_path):
    land(store)
    store.close()
    (tmp_path / "a.duckdb").unlink()
    rebuild(tmp_path / "a.duckdb")

    again = open_store(tmp_path / "a.duckdb")
    undo(again, 1)

    assert [event for event, _ in events(again)] == ["uploaded", "undone"]
    assert audit.verify(again).faults == []
    again.close()


def test_filters_find_people_by_their_id_and_the_list_names_no_one_else(store):
    land(store)
    audit.note(store.journal.audit, "E-4712", "saw", "E-4711")
    audit.note(store.journal.audit, "someone@else.example", "exported", None, report="readiness", rows=2)

    found = audit.entries(store, {"who": "E-4712"}).to_dict("records")
    assert [(row["event"], row["about"]) for row in found] == [("saw", "E-4711")]
    assert len(audit.entries(store, {"about": "E-4711"})) == 1
    assert len(audit.entries(store, {"event": "exported", "first": "2000-01-01"})) == 1
    assert len(audit.entries(store, {"last": "2000-01-01"})) == 0
    stranger = audit.entries(store, {"who": "someone@else.example"})
    assert len(stranger) == 1
    assert "@" not in stranger.to_csv()


def test_the_nightly_feed_has_its_name_also_where_an_older_program_noted_its_code(store):
    log = store.journal.audit
    for _ in range(2):
        log.note("nightly", "exported")
    rows = log.entries()
    put(log, chained([*rows[:-1], rows[-1] | {"who": log.coded("nightly")}]))

    assert list(audit.entries(store, {"who": "nightly"})["who"]) == ["nightly"] * 2


def test_a_database_in_memory_has_a_log_too():
    store = Store.open(":memory:")
    land(store)

    assert events(store) == [("uploaded", {"upload": 1, "kinds": ["roster"]})]
    assert audit.verify(store).faults == []


def test_a_torn_line_is_told_and_the_chain_goes_on(store):
    audit.note(store.journal.audit, "local", "exported")
    with store.journal.audit.path.open("ab") as file:
        file.write(b'{"number":3,"at":"20')
    audit.note(store.journal.audit, "local", "exported")

    found = audit.verify(store)
    assert found.faults == []
    assert found.notices == ["Line 3 is not an entry: the program was stopped while writing it."]
    assert found.count == 3


@pytest.mark.parametrize("line", [b"16 zz notadate", b"garbage", b"", b"3 " + b"0" * 64 + b" yesterday", b"{}"])
def test_a_line_that_is_nobodys_is_a_fault_of_the_anchor_and_the_log_and_stops_neither(store, line):
    audit.note(store.journal.audit, "local", "exported")
    log = store.journal.audit
    with log.anchor.open("ab") as file:
        file.write(line + b"\n")
    audit.note(store.journal.audit, "local", "exported")
    told = audit.verify(store).faults
    with log.path.open("ab") as file:
        file.write(line + b"\n")
    audit.note(store.journal.audit, "local", "exported")

    assert told == ([f"Line 3 of the anchor {log.anchor.name} is none that the program writes."] if line else [])
    found = audit.verify(store)
    assert found.count == 4
    assert (
        found.faults[0] == "Line 4 is none that the program writes: it was put in or changed."
        if line
        else not found.faults
    )


def test_an_anchor_that_somebody_changed_is_told_as_such_and_begun_anew_once_it_is_moved_away(store):
    """Nothing that was written to the log afterwards can mend it, so it must not be said to mend itself."""
    log = store.journal.audit
    audit.note(log, "local", "exported")
    first, second = log.anchor.read_text().splitlines()
    number, digest, at = second.split(" ")
    log.anchor.write_text(f"{first}\n{number} {'0' * 8}{digest[8:]} {at}\n")
    audit.note(log, "local", "exported")
    name = log.anchor.name
    assert audit.verify(store).faults == [
        f"The anchor {name} knows another entry 2 than the log holds. The log was written anew, or the anchor was "
        "changed."
    ]

    log.anchor.unlink()
    audit.note(log, "local", "exported")

    assert audit.verify(store).faults == []
    assert "Entry 4 found 3 before it not anchored" in audit.verify(store).notices[0]


def test_what_the_anchor_missed_is_told_when_it_is_back(store, tmp_path):
    audit.note(store.journal.audit, "local", "exported")
    log = store.journal.audit
    log.anchor = tmp_path / "gone" / "anchor"
    audit.note(store.journal.audit, "local", "exported")
    assert "does not know entries 1 to 3" in audit.verify(store).faults[0]
    log.anchor = AuditLog(store.path).anchor
    assert "does not know entry 3" in audit.verify(store).faults[0]
    audit.note(store.journal.audit, "local", "exported")

    found = audit.verify(store)
    assert found.faults == []
    assert "Entry 4 found 1 before it not anchored" in found.notices[0]


def test_what_cannot_be_noted_is_not_done(store, tmp_path):
    store.journal.audit.path = tmp_path
    with pytest.raises(Refused, match="cannot be written"):
        audit.note(store.journal.audit, "local", "exported")
    with pytest.raises(OSError, match="directory"):
        land(store)

    assert store.query("select * from roster_rows").num_rows == 0


def chained(rows):
    """The entries with numbers, hashes and all made anew, as an attacker who knows the program would."""
    before, made = START, []
    for number, row in enumerate(rows, 1):
        row = {name: row[name] for name in FIELDS[:-1]} | {"number": number, "before": before}
        made.append(row | {"hash": _seal(row)})
        before = made[-1]["hash"]
    return made


def edit(rows, at):
    return [*rows[:at], rows[at] | {"at": "2020-01-01T00:00:00"}, *rows[at + 1 :]]


def insert(rows, at):
    row = {**rows[at], "event": "exported"}
    row = row | {"hash": _seal({name: row[name] for name in FIELDS[:-1]})}
    return [*rows[:at], row, *rows[at:]]


ATTACKS = {
    "edit": edit,
    "delete": lambda rows, at: rows[:at] + rows[at + 1 :],
    "swap": lambda rows, at: [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]],
    "insert": insert,
    "truncate the tail": lambda rows, at: rows[:at],
    "edit and chain anew": lambda rows, at: chained(edit(rows, at)),
}


def written(path, count):
    """A log of so many entries, as the log itself would have written them, and its rows."""
    log = AuditLog(str(path))
    log.note("E-1", "exported")
    first = log.entries()
    rows = chained([*first, *({**first[1], "who": f"{n % 7:016x}"} for n in range(count - 2))])
    put(log, rows)
    log.anchor.write_text("".join(f"{row['number']} {row['hash']} {row['at']}\n" for row in rows))
    return log, rows


def put(log, rows):
    log.path.write_bytes(b"".join(_text(row) + b"\n" for row in rows))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    return written(tmp_path_factory.mktemp("log") / "l.duckdb", 100)


@pytest.mark.parametrize("attack", ATTACKS)
def test_tampering_shows_wherever_it_is_done(untouched, attack, tmp_path):
    log, rows = untouched
    log.path = tmp_path / "tampered"
    missed = []
    for at in range(1, len(rows)):
        put(log, ATTACKS[attack](rows, at))
        if not log.verify().faults:
            missed.append(at)

    assert missed == []


@given(st.data())
def test_tampering_shows_after_more_was_written(data):
    with tempfile.TemporaryDirectory() as folder:
        log, rows = written(Path(folder) / "l.duckdb", 12)
        attack = data.draw(st.sampled_from(sorted(set(ATTACKS) - {"insert"})))
        put(log, ATTACKS[attack](rows, data.draw(st.integers(1, len(rows) - 1))))
        for _ in range(data.draw(st.integers(0, 3))):
            log.note("E-1", "exported")

        assert log.verify().faults


@given(st.lists(st.tuples(st.text(), st.sampled_from(["saw", "exported"]), st.text(), st.text()), max_size=3))
def test_whatever_is_noted_verifies_and_reads_back(noted):
    with tempfile.TemporaryDirectory() as folder:
        log = AuditLog(f"{folder}/l.duckdb")
        for who, event, about, said in noted:
            log.note(who, event, about, said=said)

        assert log.verify().faults == []
        assert [(e["who"], e["event"], e["what"]) for e in log.entries()[1:]] == [
            (log.code(who), event, {"said": said}) for who, event, _, said in noted
        ]


def test_two_thousand_entries_verify_and_any_byte_matters(tmp_path):
    log, rows = written(tmp_path / "l.duckdb", 2000)
    assert (log.verify().count, log.verify().faults, log.verify().head) == (2000, [], rows[-1]["hash"])

    log.path.write_bytes(log.path.read_bytes().replace(b'"number":1000,', b'"number": 1000,'))

    assert log.verify().faults


def test_a_log_chained_anew_shows_by_the_database_where_the_anchor_was_rewritten_too(store):
    land(store)
    log = store.journal.audit
    rows = chained(edit(log.entries(), 1))
    put(log, rows)
    log.anchor.write_text("".join(f"{row['number']} {row['hash']} {row['at']}\n" for row in rows))

    assert log.verify().faults == []
    assert "The database knows another entry 2" in audit.verify(store).faults[0]


def test_a_key_seals_the_log_against_whoever_has_all_files_but_not_the_key(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_AUDIT_KEY", "secret")
    log, _ = written(tmp_path / "l.duckdb", 5)
    assert log.verify().faults == []
    monkeypatch.delenv("SKILLTRACK_AUDIT_KEY")
    rows = chained(edit(log.entries(), 2))
    put(log, rows)
    log.anchor.write_text("".join(f"{row['number']} {row['hash']} {row['at']}\n" for row in rows))
    assert log.verify().faults == []
    monkeypatch.setenv("SKILLTRACK_AUDIT_KEY", "secret")

    assert "SKILLTRACK_AUDIT_KEY" in log.verify().faults[0]


@pytest.mark.parametrize("other", ["", "another"])
def test_what_is_noted_without_the_key_of_a_sealed_log_is_refused(tmp_path, monkeypatch, other):
    """A command that runs without the settings of the app would have the log read as forged from then on."""
    db = tmp_path / "l.duckdb"
    monkeypatch.setenv("SKILLTRACK_AUDIT_KEY", "secret")
    store = open_store(db)
    land(store)
    store.close()
    lines = AuditLog(str(db)).path.read_bytes()
    monkeypatch.setenv("SKILLTRACK_AUDIT_KEY", other)

    store = open_store(db)
    with pytest.raises(Refused, match="sealed with another key"):
        land(store)
    store.close()
    for act in (lambda: AuditLog(str(db)).note("local", "exported"), lambda: rebuild(db), lambda: repair(db)):
        with pytest.raises(Refused, match="sealed with another key"):
            act()

    assert AuditLog(str(db)).path.read_bytes() == lines
    monkeypatch.setenv("SKILLTRACK_AUDIT_KEY", "secret")
    assert AuditLog(str(db)).verify().faults == []
    AuditLog(str(db)).note("local", "exported")


def test_a_log_that_is_not_sealed_yet_may_be_and_a_damaged_line_is_no_key(tmp_path, monkeypatch):
    log, _ = written(tmp_path / "l.duckdb", 5)
    monkeypatch.setenv("SKILLTRACK_AUDIT_KEY", "secret")
    log.note("local", "exported")
    rows = log.entries()
    put(log, [*rows[:-1], rows[-1] | {"who": "api"}])

    log.note("local", "exported")

    assert [entry["number"] for entry in log.entries()] == list(range(1, rows[-1]["number"] + 2))


def test_two_writers_at_once_keep_one_chain(tmp_path):
    logs = [AuditLog(str(tmp_path / "l.duckdb")) for _ in range(4)]
    logs[0].note("local", "exported")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: logs[n % 4].note("local", "exported", turn=n), range(40)))

    found = logs[0].verify()
    assert (found.count, found.faults, found.notices) == (42, [], [])


def run(db, *arguments):
    result = CliRunner().invoke(cli, ["--db", str(db), *arguments])
    return result.exit_code, result.output


def test_the_commands_note_reports_list_them_and_refuse_a_log_that_was_changed(store, tmp_path):
    land(store)
    store.close()
    db = tmp_path / "a.duckdb"
    assert run(db, "report", "transcript", "--employee", "E-4711")[0] == 0

    listed = run(db, "audit", "list", "--about", "E-4711", "--format", "json")
    assert [(row["event"], row["who"], row["about"]) for row in json.loads(listed[1])] == [
        ("exported", "local", "E-4711")
    ]
    code, said = run(db, "audit", "verify")
    assert (code, said.startswith("4 entries, unbroken")) == (0, True)
    assert run(db, "audit", "head")[1].startswith("4 ")

    path = Path(f"{db}.audit")
    path.write_bytes(path.read_bytes().replace(b'"exported"', b'"signed_in"'))
    code, said = run(db, "audit", "verify")
    assert code == 2
    assert "Line 3: entry 3 is not what was written" in said


def test_the_list_says_in_words_what_was_given_and_taken_back(store):
    """An auditor read `role hr, given True`."""
    land(store)
    operator = Viewer.everyone()
    give(store, operator, "E-4711", "hr")
    take(store, operator, "E-4711", "hr")

    said = audit.entries(store, {"event": "role"})["what"].tolist()
    assert said == ["role hr, taken back", "role hr, given"]
