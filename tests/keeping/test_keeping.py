"""One mishap takes nothing: what HR is promised when a file beside the database is lost, changed or about to be overwritten."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from skilltrack.access.accounts import give, roles_in_force, take
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import Options, Source, import_sources, redo, undo
from skilltrack.keeping import durability
from skilltrack.keeping.durability import backup, check_file, open_store
from skilltrack.keeping.journal_faults import check_journal
from skilltrack.keeping.mending import rebuild, repair
from skilltrack.keeping.restoring import restore
from skilltrack.storage import replacing
from skilltrack.storage.database_file import in_words
from skilltrack.storage.journal import sealed
from skilltrack.storage.store import Store
from tests import forked
from tests.keeping.test_durability import LATER, ROSTER, damage, everything, land


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database with two rosters, an undo and a redo, a role given and taken, an account barred, and a backup."""
    folder = tmp_path_factory.mktemp("made")
    store = open_store(folder / "kept.duckdb")
    land(store, "roster", ROSTER, effective=date(2024, 1, 1))
    land(store, "roster", LATER, effective=date(2024, 2, 1))
    undo(store, 2)
    redo(store, 2)
    operator = Viewer.everyone()
    give(store, operator, "001", "administrator")
    take(store, operator, "001", "administrator")
    give(store, operator, "002", "barred")
    give(store, operator, "003", "hr")
    backup(store, folder / "backup")
    land(store, "skills", b"skill_id,name\ns1,One\n")
    store.close()
    return folder


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kept.duckdb"


def skilltrack(path, *words):
    """Run a command as anybody runs it."""
    return forked.skilltrack(*words, SKILLTRACK_DB=str(path))


def journal_of(path):
    return path.with_name("kept.duckdb.files") / "journal.jsonl"


def originals(path):
    return sorted(p.name for p in path.with_name("kept.duckdb.files").iterdir() if p.name != "journal.jsonl")


def rewrite(path, change):
    """Change the journal's lines as somebody would who knows their shape: each stays sealed."""
    lines = [json.loads(line) for line in journal_of(path).read_text().splitlines()]
    changed = [sealed(line) for line in change(lines)]
    journal_of(path).write_text("".join(json.dumps(line) + "\n" for line in changed))


DAMAGES = {
    "missing": lambda journal: journal.unlink(),
    "empty": lambda journal: journal.write_text(""),
    "garbled": lambda journal: journal.write_bytes(os.urandom(journal.stat().st_size)),
    "numbers and lists": lambda journal: journal.write_text('123\n[1]\nnull\n"x"\n{}\n{"event": []}\n'),
    "cut off": lambda journal: journal.write_bytes(journal.read_bytes()[: journal.stat().st_size // 2]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_original_is_deleted_whatever_happened_to_the_journal_and_one_command_mends_it(path, damage):
    before, kept, lines = everything(path), originals(path), journal_of(path).read_text()
    DAMAGES[damage](journal_of(path))

    listed = skilltrack(path, "uploads")
    refused = skilltrack(path, "undo", 1)
    checked = skilltrack(path, "check")

    assert originals(path) == kept
    assert (listed.returncode, refused.returncode, checked.returncode) == (0, 2, 2)
    assert "`repair`" in listed.stderr, "it is told also where answers are right"
    assert "Nothing was stored" in refused.stderr
    assert "`repair`" in checked.stderr
    assert "Traceback" not in listed.stderr + refused.stderr + checked.stderr

    mended = skilltrack(path, "repair")
    assert (mended.returncode, mended.stderr.count("Traceback")) == (0, 0), mended.stderr
    assert journal_of(path).read_text() == lines
    assert check_file(path) == []
    if damage == "missing":  # the lines are the same ones after the others
        path.unlink()
        rebuild(path)
        assert everything(path) == before


def test_files_that_came_back_from_tape_before_their_journal_are_not_swept_away(path):
    kept, journal = originals(path), journal_of(path).read_bytes()
    path.unlink()
    journal_of(path).unlink()

    with pytest.raises(BadStore, match="is gone"):
        open_store(path)
    assert originals(path) == kept

    journal_of(path).write_bytes(journal)
    rebuild(path)
    assert check_file(path) == []


def test_a_journal_that_vanishes_while_the_app_runs_stops_what_would_be_stored_without_it(path):
    store, kept = open_store(path), originals(path)
    journal_of(path).unlink()

    with pytest.raises(Refused, match="changed or removed while the database was open.*`repair`"):
        land(store, "roster", LATER, effective=date(2024, 9, 1))

    store.close()
    assert originals(path) == kept
    assert not journal_of(path).exists(), "a journal with one line would look like one"


def test_a_date_that_somebody_changed_in_the_journal_is_named_and_not_rebuilt(path):
    before = everything(path)
    rewrite(
        path,
        lambda lines: [
            line | {"effective": "2024-01-09"} if line.get("upload_id") == 2 and line["event"] == "landed" else line
            for line in lines
        ],
    )

    found = check_file(path)
    assert any(
        "the import of upload 2" in line and "'2024-01-09'" in line and "'2024-02-01'" in line for line in found
    ), found
    with pytest.raises(Refused, match="audit log"):
        rebuild(path)
    assert everything(path) == before
    assert repair(path) == []
    rebuild(path)
    assert everything(path) == before


def test_a_date_changed_by_hand_without_its_digest_is_named_too(path):
    """Told that a line is missing, nobody would look for what somebody had changed in it."""
    journal_of(path).write_text(
        journal_of(path).read_text().replace('"effective": "2024-02-01"', '"effective": "2024-01-09"')
    )

    told = []
    store = open_store(path, may_be_behind=True)
    faults = durability.check(store, told.append)
    store.close()

    assert any("import of upload 2: effective is '2024-01-09' in the journal" in line for line in faults), faults
    assert not told, "a kept file of an upload that the database knows was said to belong to none"


@pytest.mark.parametrize("junk", [b"\0" * 3000, b"123\n[1]\n{}\n"])
def test_what_is_no_line_in_a_journal_that_lacks_nothing_is_told_and_does_not_stop_a_rebuild(path, junk):
    """As after a power cut. `check` said that all is whole, and `rebuild` then refused what it could have brought back."""
    with journal_of(path).open("ab") as file:
        file.write(junk)
    store = open_store(path)
    land(store, "skills", b"skill_id,name\ns2,Two\n")
    store.close()
    before = everything(path)

    assert any("no line of ours" in line for line in check_file(path))
    path.unlink()
    rebuild(path)
    assert everything(path) == before
    assert repair(path) == []
    assert check_file(path) == []
    junk_lines = tuple(junk.splitlines())
    assert not any(line.startswith(junk_lines) for line in journal_of(path).read_bytes().splitlines())


@pytest.mark.parametrize("part", ["kept.duckdb.files/journal.jsonl", "kept.duckdb.audit", "kept.duckdb.anchor"])
def test_a_folder_in_the_place_of_a_part_is_a_sentence_and_stays(path, part):
    place = path.parent / part
    place.unlink()
    place.mkdir()

    ended = skilltrack(path, "repair")

    assert (ended.returncode, "is a folder and should be a file" in ended.stderr) == (2, True), ended.stderr
    assert place.is_dir()


@pytest.mark.parametrize("account", ["001", "002"])
def test_an_administrator_who_was_taken_off_and_an_account_that_was_barred_do_not_come_back(path, account):
    def lost(lines):
        newest = max(n for n, line in enumerate(lines) if line.get("account") == account)
        return lines[:newest] + lines[newest + 1 :]

    rewrite(path, lost)

    assert any("journal lacks a line: the role" in line and account in line for line in check_file(path))
    with pytest.raises(Refused, match="would") as refused:
        rebuild(path)
    assert account in str(refused.value)
    path.unlink()
    with pytest.raises(Refused, match="audit log notes a line that the journal does not have"):
        rebuild(path)  # the audit log alone remembers it


def test_rebuild_says_which_rights_and_rows_would_change_and_does_it_when_it_is_meant(path):
    rewrite(path, lambda lines: [line for line in lines if line.get("account") != "003"])

    said = []
    with pytest.raises(Refused, match="003 would lose the role hr"):
        rebuild(path)
    rebuild(path, said.append, is_meant=True)

    assert "003 would lose the role hr." in said
    store = open_store(path)
    assert "003" not in set(roles_in_force(store)["account"])
    assert check_journal(store) == []
    store.close()


def test_a_rebuild_that_stops_at_an_upload_is_refused_and_changes_nothing(path):
    rewrite(
        path,
        lambda lines: [
            line | {"files": [line["files"][0] | {"mapping": '[constants]\nhired_on = "never"\n'}]}
            if line.get("upload_id") == 2 and line["event"] == "landed"
            else line
            for line in lines
        ],
    )
    before = path.read_bytes()

    ended = skilltrack(path, "rebuild")

    assert ended.returncode == 2
    assert "Upload 2 could not be imported again" in ended.stderr
    assert "Nothing was changed" in ended.stderr
    assert path.read_bytes() == before


def test_a_kept_file_that_is_gone_stops_the_app_before_an_upload_number_is_given_twice(path):
    older = path.with_name("older")
    shutil.copyfile(path.with_name("backup"), older)
    newest = json.loads(journal_of(path).read_text().splitlines()[-1])
    (journal_of(path).parent / newest["files"][0]["stored"]).unlink()
    shutil.copyfile(older, path)

    for words in (["uploads"], ["import", "roster", ROOT / "data" / "demo" / "roster@2026-01-01.csv"]):
        ended = skilltrack(path, *words)
        assert ended.returncode == 2
        assert "lacks what was accepted" in ended.stderr

    assert skilltrack(path, "repair").returncode == 2
    assert skilltrack(path, "repair", "--yes").returncode == 0
    assert skilltrack(path, "check").returncode == 0


def test_a_kept_file_that_is_gone_or_damaged_is_told_with_what_mends_it(path):
    """Without it `check` named no way out, and `rebuild` sent to `repair`, which could do nothing either."""
    file = journal_of(path).parent / json.loads(journal_of(path).read_text().splitlines()[0])["files"][0]["stored"]
    content = file.read_bytes()
    for spoil in (file.unlink, lambda: file.write_bytes(b"x")):
        spoil()
        [line] = check_file(path)
        assert line.endswith("has made. It is roster.csv of upload 1.")
        with pytest.raises(
            Refused, match="from a copy of the folder. .*nothing was changed. If the database is lost, restore"
        ):
            rebuild(path)
        file.write_bytes(content)
        assert check_file(path) == []


def test_where_the_whole_folder_is_lost_check_stays_short_and_an_erasure_says_what_it_needs(path):
    """A line for each of a thousand files hides every other fault, and somebody must be erased some day."""
    store = open_store(path)
    for level in range(1, 13):
        land(store, "self_ratings", f"employee_id,skill_id,level,valid_from\n001,s1,{level},2024-01-01\n".encode())
    store.close()
    shutil.rmtree(journal_of(path).parent)
    assert skilltrack(path, "repair").returncode == 2

    *named, rest = check_file(path)

    assert (len(named), rest) == (10, "5 more kept files are gone or damaged.")
    erased = skilltrack(path, "erase", "001", "--by", "hr", "--yes")
    assert (erased.returncode, "from a backup that `backups make` has made." in erased.stderr) == (2, True)
    assert skilltrack(path, "report", "coverage").returncode == 0


def test_a_database_and_a_journal_that_are_both_older_than_the_audit_log_answer_nothing(path):
    folder = path.parent
    shutil.copytree(folder, folder / "then")
    store = open_store(path)
    land(store, "roster", LATER, effective=date(2024, 8, 1))
    store.close()
    shutil.copyfile(folder / "then" / path.name, path)
    shutil.copyfile(folder / "then" / "kept.duckdb.files" / "journal.jsonl", journal_of(path))

    ended = skilltrack(path, "report", "coverage")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "is older than its audit log" in ended.stderr


def test_a_copy_of_the_file_alone_goes_on_with_a_journal_of_its_own_and_says_what_it_lacks(path, tmp_path):
    copy = tmp_path / "elsewhere" / "copy.duckdb"
    copy.parent.mkdir()
    shutil.copyfile(path, copy)

    said = []
    store = open_store(copy, said.append)
    assert "its journal was written again" in said[0]
    land(store, "roster", LATER, effective=date(2024, 7, 1))
    store.close()

    assert any("is not in" in line for line in check_file(copy)), "the originals are told to be missing"
    assert everything(copy)["roster_rows"] != everything(path)["roster_rows"]


# What replaces a file


def test_a_database_is_not_restored_from_itself_by_whatever_name(path):
    link, hard = path.with_name("link"), path.with_name("hard")
    link.symlink_to(path)
    os.link(path, hard)
    before = everything(path)

    for source in (path, link, hard):
        with pytest.raises(Refused, match="is the database itself"):
            restore(path, source)

    assert everything(path) == before


def test_a_backup_does_not_take_the_place_of_a_database_that_alone_knows_what_came_since(path):
    lines = journal_of(path).read_text().splitlines(keepends=True)
    journal_of(path).write_text("".join(lines[:-3]))
    Path(f"{path}.audit").write_bytes(Path(f"{path}.audit").read_bytes()[:200])
    before = everything(path)

    ended = skilltrack(path, "restore", path.with_name("backup"))

    assert (ended.returncode, "Run `repair`, which writes the journal again" in ended.stderr) == (2, True), ended.stderr
    assert skilltrack(path, "repair").returncode == 0
    assert everything(path)["skill_rows"] == before["skill_rows"]
    assert skilltrack(path, "restore", path.with_name("backup")).returncode == 0
    assert everything(path)["skill_rows"] == before["skill_rows"]


def refuse_to_give_up_upload_3(path):
    """`restore` names the upload that only the audit log remembers, and changes nothing."""
    refused = skilltrack(path, "restore", path.with_name("backup"))

    assert (refused.returncode, path.exists()) == (2, False), refused.stderr
    assert re.search(
        r"Upload 3, noted .* in the audit log alone, would be given up.*Nothing was changed.*--yes",
        refused.stderr,
        re.S,
    )


def test_a_backup_is_not_restored_without_what_only_the_audit_log_remembers_unless_it_is_meant(path):
    """Restored after the database was lost and a line of the journal damaged, a company lacked an upload, unsaid."""
    store = open_store(path)
    land(store, "skills", b"skill_id,name\ns2,Two\n")
    store.close()
    path.unlink()
    lines = journal_of(path).read_bytes().splitlines(keepends=True)
    journal_of(path).write_bytes(
        b"".join([*lines[:-2], os.urandom(len(lines[-2]) - 1).replace(b"\n", b"x"), b"\n", lines[-1]])
    )

    refuse_to_give_up_upload_3(path)
    assert skilltrack(path, "report", "coverage").returncode == 2
    assert skilltrack(path, "restore", path.with_name("backup"), "--yes").returncode == 0
    store = open_store(path)
    assert store.query("select name from skill_rows")["name"].to_pylist() == ["Two"]
    store.close()
    assert skilltrack(path, "repair").returncode == 0
    assert check_file(path) == []


@pytest.mark.parametrize("loss", ["its last line", "the whole journal"])
def test_a_backup_goes_in_without_the_newest_upload_that_only_the_audit_log_remembers_when_it_is_meant(path, loss):
    """Where the newest line was lost with the database, no command at all brought the company back."""
    path.unlink()
    lines = journal_of(path).read_bytes().splitlines(keepends=True)
    journal_of(path).unlink() if loss == "the whole journal" else journal_of(path).write_bytes(b"".join(lines[:-1]))

    refuse_to_give_up_upload_3(path)
    assert skilltrack(path, "restore", path.with_name("backup"), "--yes").returncode == 0
    store = open_store(path)
    assert not store.query("select name from skill_rows").num_rows
    land(store, "skills", b"skill_id,name\ns1,One\n")  # what was lost can be given again
    store.close()
    assert skilltrack(path, "repair").returncode == 0
    assert check_file(path) == []


@pytest.mark.parametrize("damage", ["missing", "garbled", "numbers and lists"])
def test_a_database_without_its_head_is_not_called_a_strangers_where_the_journal_is_damaged_too(path, damage):
    """Sent to name another file, nobody looks for the backup."""
    path.write_bytes(os.urandom(9000) + path.read_bytes()[9000:])
    DAMAGES[damage](journal_of(path))

    for words in (["report", "coverage"], ["check"], ["repair"]):
        ended = skilltrack(path, *words)
        assert ended.returncode == 2
        assert "`restore FILE`" in ended.stderr
        assert "--db" not in ended.stderr

    assert skilltrack(path, "restore", path.with_name("backup")).returncode == 2, "upload 3 would be given up"
    assert skilltrack(path, "restore", path.with_name("backup"), "--yes").returncode == 0
    assert check_file(path) == []


def test_a_restore_leaves_a_whole_journal_where_its_last_upload_was_changed_and_is_given_up(path):
    """Else `check` finds a fault right after it, and a second command has to mend the first."""
    lines = journal_of(path).read_text().splitlines(True)
    journal_of(path).write_text("".join(lines[:-1]) + lines[-1].replace("skills.csv", "skulls.csv"))
    path.write_bytes(b"")

    assert skilltrack(path, "restore", path.with_name("backup"), "--yes").returncode == 0

    assert check_file(path) == []
    assert [aside for aside in path.parent.glob("*.journal.*.aside") if b"skulls.csv" in aside.read_bytes()]


@pytest.mark.parametrize(("spoil", "first"), [
    (lambda log: log.unlink(), "Lines 1 to 10 of the journal are not ones that the audit log noted."),
    (lambda log: log.write_text("".join(log.read_text().splitlines(True)[:-1])),
     "Line 10 of the journal is not one that the audit log noted."),
])  # fmt: skip
def test_an_audit_log_that_is_lost_or_lacks_its_newest_lines_is_told_with_what_mends_it(path, spoil, first):
    lines = len(journal_of(path).read_text().splitlines())
    spoil(path.with_name("kept.duckdb.audit"))

    assert check_file(path) == [
        first.replace("10", str(lines)),
        "Run `repair`: it has the audit log know the journal as it is.",
    ]
    assert skilltrack(path, "audit", "verify").returncode == 2

    assert skilltrack(path, "repair").returncode == 0
    assert check_file(path) == []
    verified = skilltrack(path, "audit", "verify")
    assert verified.returncode == 2, "a log that somebody took away is told for good"


def test_a_backup_and_the_audit_log_make_up_for_a_line_that_was_changed_once_the_database_is_lost(path):
    """The way out that was named, to move the folder away, gave up all that was accepted since the backup."""
    store = open_store(path)
    give(store, Viewer.everyone(), "001", "barred")
    store.close()
    before, lines = everything(path), journal_of(path).read_text()
    journal_of(path).write_text(lines.replace('"effective": "2024-02-01"', '"effective": "2024-01-09"'))
    path.unlink()

    restored = skilltrack(path, "restore", path.with_name("backup"))

    assert restored.returncode == 0, restored.stderr
    assert everything(path) == before
    assert journal_of(path).read_text() == lines
    assert check_file(path) == []


def test_a_backup_of_another_company_does_not_take_the_place_of_this_one(path, tmp_path):
    other = open_store(tmp_path / "other.duckdb")
    land(other, "roster", b"employee_id,name,team\n9,Zoe,Z\n", effective=date(2024, 1, 1))
    backup(other, tmp_path / "others")
    other.close()
    before = everything(path)

    with pytest.raises(Refused, match="disagree, so nothing was changed"):
        restore(path, tmp_path / "others")

    assert everything(path) == before


STEPS = {
    "restore": "restore(path, path.with_name('backup'))",
    "rebuild": "rebuild(path)",
    "repair": "journal_of(path).unlink(); repair(path)",
    "backup": "store = open_store(path); backup(store, path.with_name('another')); store.close()",
    "erase": "store = open_store(path); erase_one(store)",
    "recovery": "damage(path); open_store(path).close()",
}
DIE_AT = """
import os, sys
from pathlib import Path
from skilltrack.keeping import erasure
from tests.keeping.test_durability import damage
from tests.keeping.test_keeping import *

def erase_one(store):
    people = erasure.named(store, ["003"])
    erasure.erase(store, "op", people, erasure.places_of(store, people))
    store.close()

path, last = Path(sys.argv[1]), int(sys.argv[2])
count = 0
def dying(call):
    def counted(*given, **named):
        global count
        count += 1
        if count == last:
            os._exit(77)
        return call(*given, **named)
    return counted
for name in ("replace", "rename", "link", "unlink", "fsync", "remove", "mkdir", "pwrite", "write", "ftruncate"):
    setattr(os, name, dying(getattr(os, name)))
{what}
print(count)
"""


@pytest.mark.parametrize("what", STEPS)
def test_a_process_that_dies_at_any_step_leaves_the_old_or_the_new_and_the_next_one_finishes(made, tmp_path, what):
    code = DIE_AT.replace("{what}", STEPS[what])

    def die(folder, last):
        shutil.copytree(made, folder)
        return forked.python(code, folder / "kept.duckdb", last)

    whole = die(tmp_path / "whole", 0)
    assert whole.returncode == 0, whole.stderr
    before, after = everything(made / "kept.duckdb"), everything(tmp_path / "whole" / "kept.duckdb")
    steps = int(whole.stdout.split()[-1])
    assert steps > 5
    every = int(os.environ.get("SKILLTRACK_EXAMPLES", "10")) >= 100  # a few of them in the suite
    for last in range(1, steps + 1) if every else (steps // 2, steps - 1):
        folder = tmp_path / str(last)
        died = die(folder, last)
        assert died.returncode == 77, (last, died.stderr)
        path = folder / "kept.duckdb"
        if what == "repair":
            assert repair(path) == []
        found = everything(path)
        if what == "erase":  # salt and time of an erasure are its own
            for state in (found, before, after):
                state.pop("erasures", None)
                state.pop("lines", None)
        assert found in (before, after), (last, [name for name in before if before[name] != found.get(name)])
        assert check_file(path) == [], last
        assert not list(folder.glob("*.new*")) + list(folder.glob("*.swap")), last


KILLED_AT_THE_SWAP = """
import os, sys
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.storage import store as module
module.swap = lambda *files: os._exit(77)
store = open_store(sys.argv[1])
people = erasure.named(store, ["003"])
erasure.erase(store, "op", people, erasure.places_of(store, people))
"""


def test_the_half_made_database_of_an_erasure_that_was_killed_is_gone_on_the_next_opening(path):
    """It holds a whole company, is never used, and nobody else looks for it."""
    assert forked.python(KILLED_AT_THE_SWAP, path).returncode == 77
    [left] = path.parent.glob("*.new")

    said = []
    open_store(path, said.append).close()

    assert said[:1] == [f"{left.name}, which was never finished, is removed: the process that made it was stopped."]
    assert not list(path.parent.glob("*.new*"))


COMMANDS = {
    "restore": ["restore", "backup"],
    "rebuild": ["rebuild"],
    "backup": ["backup", "another"],
    "erase": ["erase", "003", "--by", "op", "--yes"],
    "repair": ["repair"],
}


@pytest.mark.parametrize("what", COMMANDS)
def test_a_disk_that_fills_up_while_a_database_is_replaced_leaves_the_old_one(made, tmp_path, what):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs to mount a small file system")
    try:
        for room in (0, 200_000, 3_000_000):
            folder = small / str(room)
            shutil.copytree(made, folder)
            path = folder / "kept.duckdb"
            if what == "repair":
                journal_of(path).unlink()
            before = path.read_bytes()
            with (small / "filled").open("wb", buffering=0) as filled:
                left = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
                filled.write(bytes(max(0, left - room)))
            words = [
                folder / word if word in ("backup", "another") and at else word
                for at, word in enumerate(COMMANDS[what])
            ]
            ended = skilltrack(path, *words)
            assert "Traceback" not in ended.stderr
            if ended.returncode:
                assert ended.returncode == 2, (room, ended.stderr)
                assert "full" in ended.stderr or "No space left" in ended.stderr, (room, ended.stderr)
                assert path.read_bytes()[12288:] == before[12288:], "the old one is there"
            (small / "filled").unlink()
            if what == "repair":
                assert skilltrack(path, "repair").returncode == 0
            assert check_file(path) == [], room
            shutil.rmtree(folder)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


@pytest.mark.parametrize(
    "words",
    [
        ["report", "coverage", "--output"],
        ["held", "001", "--output"],
        ["report", "board", "--format", "pdf", "--output"],
    ],
)
def test_no_output_goes_over_the_databases_own_files_or_another_database(path, words):
    path.with_name("link").symlink_to(path)
    for name in (
        path.name,
        "kept.duckdb.audit",
        "kept.duckdb.files/journal.jsonl",
        "kept.duckdb.files/new.csv",
        "link",
        "backup",
    ):
        refuses_to_write(path, words, path.parent / name, path.parent)


def refuses_to_write(path, words, target, folder):
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    ended = skilltrack(path, *words, target)

    assert ended.returncode == 2, target
    assert "Nothing was written" in ended.stderr, target
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before, target


@pytest.mark.parametrize("words", [
    ["uploads"], ["undo", 1], ["report", "coverage"], ["roles"], ["take", "001", "hr"], ["held", "001"],
    ["erase", "001", "--by", "op", "--yes"], ["audit", "verify"], ["audit", "list"], ["check"], ["repair"],
    ["rebuild"], ["backup", "b"], ["export", "star", "s"],
])  # fmt: skip
def test_a_name_mistyped_is_told_and_leaves_no_file_behind(tmp_path, words):
    ended = skilltrack(tmp_path / "typo.duckdb", *words)

    assert ended.returncode == 2, ended.stdout
    assert "There is no database" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_files_that_belong_to_no_upload_are_told_and_set_aside_by_repair_only(path):
    folder = journal_of(path).parent
    digest = "ab" * 32
    (folder / digest).write_bytes(b"of an import that was killed")
    (folder / "notes.txt").write_text("somebody's")

    said = []
    open_store(path).close()
    assert check_file(path, said.append) == []
    assert any("belong to no upload" in line for line in said)
    assert (folder / digest).exists()

    repair(path)
    assert [file.read_bytes() for file in path.parent.glob("*.files.*.aside/*")] == [b"of an import that was killed"]
    assert (folder / "notes.txt").read_text() == "somebody's"


def test_what_an_interrupted_write_had_noted_last_is_in_the_audit_log_too(path):
    """A line that was on the disk and not yet in the audit log when the process died lands, and is noted then."""
    lines = journal_of(path).read_text().splitlines()
    interrupted = sealed(json.loads(lines[-1]) | {"upload_id": 4, "happened_at": "2099-01-01T00:00:00"})
    with journal_of(path).open("a") as file:
        file.write(json.dumps(interrupted) + "\n")

    store = open_store(path)
    assert check_journal(store) == []
    store.close()


def test_an_upload_is_refused_and_void_when_the_audit_log_cannot_be_written(path, monkeypatch):
    store = open_store(path)
    before = journal_of(path).read_text()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(Refused, match="full"):
        patch.setattr(store.journal.audit, "note", full)
        import_sources(store, [Source("roster", "r.csv", LATER)], Options(effective=date(2024, 7, 1)))

    assert len(journal_of(path).read_text()) > len(before), "what was noted is void, not rubbed out"
    land(store, "roster", LATER, effective=date(2024, 7, 1))
    store.close()
    assert check_file(path) == []


def test_a_company_of_the_program_before_is_mended_when_its_journal_is_lost(path):
    store = open_store(path)
    with store.write() as transaction:
        transaction.run("drop table journal_lines; drop table badge_files")
        transaction.run("delete from skilltrack_schema where version > 9")
    store.close()
    before = everything(path) | {"lines": []}
    journal_of(path).unlink()
    Path(f"{path}.audit").unlink()
    Path(f"{path}.anchor").unlink()

    assert repair(path) == []

    rebuild(path)
    assert everything(path) | {"lines": []} == before


def test_whatever_is_destroyed_at_random_nothing_is_lost_and_nothing_wrong_is_answered():
    """A few rounds of `make torture`'s 10,000, in a process of its own: each command there is a fork."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.torture.destroyer", "5", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert int(re.search(r"'rounds': (\d+)", ended.stdout).group(1)) >= 3, ended.stdout


# What lies beside a database, and who else is at it


def killed_with_a_log(path):
    """Import into the database in a process that is killed, so that its write-ahead log stays."""
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom datetime import date\nfrom skilltrack.keeping import open_store\n"
        "from tests.keeping.test_durability import LATER, land\nstore = open_store(Path(sys.argv[1]))\n"
        "land(store, 'roster', LATER, effective=date(2024, 9, 1))\nos._exit(9)"
    )
    assert forked.python(code, path).returncode == 9
    log = path.with_name(path.name + ".wal")
    assert log.stat().st_size > 0
    return log


def test_a_file_that_somebody_else_put_beside_the_database_is_left_whatever_its_name(path):
    log = killed_with_a_log(path)
    for name in ("new", "new.wal", "swap", "lock"):
        path.with_name(f"{path.name}.{name}").write_text(f"somebody's {name}")

    replacing.finish_swap(path)
    assert log.exists(), "a marker of somebody else's does not take the live log away"
    for words in (
        ["uploads"],
        ["rebuild"],
        ["restore", path.with_name("backup")],
        ["erase", "003", "--by", "op", "--yes"],
    ):
        ended = skilltrack(path, *words)
        assert ended.returncode == 0, ended.stderr

    for name in ("new", "new.wal", "swap", "lock"):
        assert path.with_name(f"{path.name}.{name}").read_text() == f"somebody's {name}"


def test_a_marker_about_another_file_than_the_one_in_place_does_not_take_the_log_away(path):
    log = killed_with_a_log(path)
    marker = path.with_name(f"{path.name}.{'ab' * 16}.swap")
    marker.write_text("12 of another file")

    replacing.finish_swap(path)

    assert log.exists()
    assert marker.exists()


@pytest.mark.parametrize("at", ["replace", "fsync"])
def test_nobody_opens_a_database_while_another_process_replaces_it(path, at):
    """The other process waits in the midst of it: with the new file proved, or with the new name given."""
    code = f"""
import os, sys
from pathlib import Path
from skilltrack.keeping import rebuild
path, call, done = Path(sys.argv[1]), os.{at}, []
def waiting(*given, **named):
    if not done and list(path.parent.glob("*.swap")):
        done.append(1)
        print("midst", flush=True)
        sys.stdin.readline()
    return call(*given, **named)
os.{at} = waiting
rebuild(path)
"""
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "midst\n"
        beside = sorted(path.parent.iterdir())
        opening = skilltrack(path, "give", "001", "ld")
        replaced = skilltrack(path, "rebuild")
        assert sorted(path.parent.iterdir()) == beside, "the new file and its marker are left alone"
        other.communicate("go on\n")

    assert other.returncode == 0
    for ended in (opening, replaced):
        assert ended.returncode == 2
        assert "Another process is replacing" in ended.stderr
    assert skilltrack(path, "give", "001", "ld").returncode == 0
    assert "001,ld" in skilltrack(path, "roles").stdout.replace(" ", "")
    assert check_file(path) == []
    assert not list(path.parent.glob("*.lock"))


def test_a_rebuild_finishes_first_what_another_one_was_stopped_in(path):
    before = everything(path)
    log = path.with_name(path.name + ".wal")
    log.write_bytes(b"of the old file")
    marker = path.with_name(f"{path.name}.{'cd' * 16}.swap")
    marker.write_bytes(replacing._print_of(path))

    rebuild(path)

    assert not marker.exists()
    assert everything(path) == before
    assert check_file(path) == []


# The database by another name


@pytest.fixture
def link(path):
    """The database by a link in another folder."""
    link = path.with_name("links") / "current.duckdb"
    link.parent.mkdir()
    link.symlink_to(Path("..") / path.name)
    return link


@pytest.mark.parametrize("how", ["--db", "SKILLTRACK_DB"])
def test_a_database_named_by_a_link_is_the_one_it_leads_to_with_all_that_lies_beside_it(path, link, how, tmp_path):
    (tmp_path / "more.csv").write_bytes(LATER)
    words = ["import", "roster", tmp_path / "more.csv", "--effective", "2024-09-01"]

    ended = forked.skilltrack(*words, db=link) if how == "--db" else skilltrack(link, *words)

    assert ended.returncode == 0, ended.stderr
    assert [file.name for file in link.parent.iterdir()] == [link.name]
    assert "2024-09-01" in journal_of(path).read_text()
    assert check_file(path) == []


def test_what_is_done_through_a_link_is_done_to_the_database_and_the_link_stays(path, link):
    source = link.with_name("backup")
    source.symlink_to(path.with_name("backup"))

    for words in (["restore", source], ["rebuild"], ["erase", "003", "--by", "op", "--yes"], ["check"]):
        ended = skilltrack(link, *words)
        assert ended.returncode == 0, ended.stderr
        assert link.is_symlink()
    assert sorted(file.name for file in link.parent.iterdir()) == ["backup", "current.duckdb"]
    for opening in (open_store, Store.open):
        store = opening(link)
        assert store.path == str(path)
        store.close()


def test_somebody_erased_where_each_file_is_a_link_is_erased_from_the_files_that_these_lead_to(path, link):
    for end in (".files", ".audit", ".anchor"):
        link.with_name(link.name + end).symlink_to(path.with_name(path.name + end))
    before = {file for file in path.parent.rglob("*") if file.is_symlink()}

    assert skilltrack(link, "erase", "003", "--by", "op", "--yes").returncode == 0

    assert {file for file in path.parent.rglob("*") if file.is_symlink()} == before
    store = open_store(path)
    assert store.query("select 1 from roster_rows where employee_id = '003'").num_rows == 0
    store.close()


def test_nobody_is_said_to_be_erased_while_a_kept_file_is_a_link(path, tmp_path):
    digest = next(name for name in originals(path) if len(name) == 64)
    moved = tmp_path / "moved"
    (journal_of(path).parent / digest).rename(moved)
    (journal_of(path).parent / digest).symlink_to(moved)

    ended = skilltrack(path, "erase", "003", "--by", "op", "--yes")

    assert ended.returncode == 2
    assert "Nothing was erased" in ended.stderr
    assert moved.exists()


@pytest.mark.parametrize("part", ["kept.duckdb", "kept.duckdb.files", "kept.duckdb.audit"])
def test_a_part_that_leads_to_a_disk_that_is_not_mounted_stops_every_command_and_nothing_is_made_anew(
    path, part, tmp_path
):
    moved = tmp_path / "unmounted"
    moved.mkdir()
    (path.parent / part).rename(tmp_path / "moved away")
    (path.parent / part).symlink_to(moved / part)
    roster = tmp_path / "more.csv"
    roster.write_bytes(LATER)
    before = sorted(path.parent.rglob("*"))

    for words in (
        ["uploads"],
        ["import", "roster", roster],
        ["give", "001", "ld"],
        ["check"],
        ["rebuild"],
        ["repair"],
        ["restore", path.with_name("backup")],
        ["erase", "003", "--by", "op", "--yes"],
        ["demo"],
    ):
        ended = skilltrack(path, *words)
        assert ended.returncode == 2, (words, ended.stderr)
        assert "which is not there" in ended.stderr, (words, ended.stderr)
        assert "Traceback" not in ended.stderr
    assert sorted(path.parent.rglob("*")) == before


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    """Another company, closed, with names that do not tell what they are."""
    folder = tmp_path_factory.mktemp("another company")
    store = open_store(folder / "people.db")
    land(store, "roster", ROSTER, effective=date(2024, 1, 1))
    backup(store, folder / "copy")
    store.close()
    for name, end in (("log", ".audit"), ("second", ".anchor"), ("lines", ".files/journal.jsonl")):
        shutil.copyfile(f"{folder / 'people.db'}{end}", folder / name)
    for file in folder.iterdir():
        if file.is_file():
            file.chmod(0o400)
    return folder


@pytest.fixture
def other(another, tmp_path):
    return shutil.copytree(another, tmp_path / "another company")


@pytest.mark.parametrize("words", [["report", "coverage", "--output"], ["held", "001", "--output"]])
def test_no_output_goes_over_a_file_of_another_company_whatever_its_name_or_mode(path, other, words):
    for name in (
        "people.db", "copy", "people.db.audit", "people.db.anchor", "people.db.wal", "people.db.files/new.csv",
        "people.db.files/journal.jsonl", "log", "second", "lines",
    ):  # fmt: skip
        refuses_to_write(path, words, other / name, other)


def test_no_output_takes_the_place_of_a_database_that_is_gone(path, other):
    (other / "people.db").unlink()

    ended = skilltrack(path, "report", "coverage", "--output", other / "people.db")

    assert (ended.returncode, "Nothing was written" in ended.stderr) == (2, True)
    assert not (other / "people.db").exists()


def test_an_output_goes_over_a_snapshot_for_analysts_and_over_what_is_no_database(path, tmp_path):
    snapshot, text = tmp_path / "analysts.duckdb", tmp_path / "report.csv"
    assert skilltrack(path, "export", "snapshot", snapshot).returncode == 0
    text.write_text("team,skill_id\n")
    text.chmod(0o400)

    for target in (snapshot, text):
        ended = skilltrack(path, "report", "coverage", "--output", target)
        assert ended.returncode == 0, ended.stderr
        assert target.read_text().startswith("team,skill_id,skill")


def test_the_way_back_from_a_database_that_is_gone_can_be_typed_as_it_stands_also_with_spaces(path):
    store = open_store(path)
    backup(store, path.with_name("my last backup"))
    store.close()
    rewrite(path, lambda lines: lines[1:])
    path.unlink()

    said = skilltrack(path, "uploads").stderr
    words = shlex.split(re.search("`(restore .*?)`", said).group(1))

    assert words == ["restore", str(path.with_name("my last backup"))]


def test_a_check_that_meets_a_damaged_block_does_not_send_anybody_to_check(path):
    damage(path)

    ended = skilltrack(path, "check")

    assert "Run `check`" not in ended.stdout + ended.stderr
    assert "damaged" in ended.stderr


def test_a_block_that_cannot_be_read_is_told_by_check_without_sending_anybody_to_check(path, monkeypatch):
    def damaged(store, say):
        raise BadStore(in_words(str(path), "Corrupt database file"))

    monkeypatch.setattr(durability, "check", damaged)

    assert check_file(path) == [f"{path} cannot be read; it may be damaged (Corrupt database file)."]


def test_a_second_name_of_a_database_in_another_folder_begins_no_company_of_its_own(path, tmp_path):
    other = tmp_path / "elsewhere" / "hard.duckdb"
    other.parent.mkdir()
    os.link(path, other)

    ended = skilltrack(other, "uploads")

    assert (ended.returncode, "is a second name (a hard link) of a file" in ended.stderr) == (2, True), ended.stderr
    assert [file.name for file in other.parent.iterdir()] == [other.name]
    assert check_file(path) == []
