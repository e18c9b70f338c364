"""Two of the three are damaged at once, or a line is moved: what only the audit log still knows is never given up unsaid."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from skilltrack.access.accounts import give, take
from skilltrack.access.viewer import Viewer
from skilltrack.ingest import redo, undo
from skilltrack.keeping.durability import backup, check_file, open_store
from skilltrack.keeping.mending import rebuild, repair
from tests import forked
from tests.keeping.test_durability import LATER, ROSTER, damage, everything, land


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A company with a backup, and the same one as it was before its last upload."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "now").mkdir()
    store = open_store(folder / "now" / "c.duckdb")
    land(store, "roster", ROSTER, effective=date(2024, 1, 1))
    give(store, Viewer.everyone(), "001", "administrator")
    take(store, Viewer.everyone(), "001", "administrator")
    give(store, Viewer.everyone(), "002", "barred")
    backup(store, folder / "now" / "backup")
    store.close()
    shutil.copytree(folder / "now", folder / "older")
    store = open_store(folder / "now" / "c.duckdb")
    land(store, "roster", LATER, effective=date(2024, 2, 1))
    store.close()
    return folder


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made / "now", tmp_path / "now")
    return tmp_path / "now" / "c.duckdb"


def skilltrack(path, *words):
    return forked.skilltrack(*words, db=path)


def journal_of(path):
    return Path(f"{path}.files", "journal.jsonl")


def change_lines(path, change):
    journal_of(path).write_text("".join(f"{line}\n" for line in change(journal_of(path).read_text().splitlines())))


def without_the_taking(lines):
    return [line for line in lines if not ('"role"' in line and '"is_granted": false' in line)]


JOURNALS = {
    "missing": lambda journal: journal.unlink(),
    "cut off": lambda journal: journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:2])),
    "garbled": lambda journal: journal.write_bytes(bytes(range(256)) * 20),
    "with a line changed": lambda journal: journal.write_text(journal.read_text().replace("2024-01-01", "2024-01-02")),
}


@pytest.mark.parametrize("how", JOURNALS)
def test_an_older_database_with_a_damaged_journal_answers_nothing_and_gives_nothing_up_unasked(made, path, how):
    """Else a report of the day before is printed as today's, and `repair` throws the newest upload away."""
    shutil.copyfile(made / "older" / path.name, path)
    JOURNALS[how](journal_of(path))
    before = {file: file.read_bytes() for file in path.parent.rglob("*") if file.is_file()}

    answer, repaired = skilltrack(path, "report", "coverage"), skilltrack(path, "repair")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "older than its audit log" in answer.stderr
    assert repaired.returncode == 2
    assert "pload 2" in repaired.stderr
    assert "would be given up" in repaired.stderr
    assert {file: file.read_bytes() for file in before} == before
    assert skilltrack(path, "repair", "--yes").returncode == 0
    assert skilltrack(path, "report", "coverage").returncode == 0


def test_an_older_database_without_its_folder_answers_nothing_until_the_folder_is_back(made, path):
    whole = everything(path)
    shutil.copyfile(made / "older" / path.name, path)
    folder, away = Path(f"{path}.files"), path.with_name("away")
    folder.rename(away)

    assert skilltrack(path, "report", "coverage").returncode == 2
    assert not folder.exists(), "a new folder would be in the way of the old one"

    away.rename(folder)
    assert everything(path) == whole


def test_a_whole_database_without_its_folder_answers_and_takes_its_folder_back(path):
    whole = everything(path)
    folder, away = Path(f"{path}.files"), path.with_name("away")
    folder.rename(away)

    assert skilltrack(path, "report", "coverage").returncode == 0
    refused = skilltrack(path, "give", "002", "hr")
    assert (refused.returncode, "Nothing was stored" in refused.stderr) == (2, True)

    away.rename(folder)
    assert check_file(path) == []
    assert everything(path) == whole


def test_a_restore_without_the_folder_says_what_is_lost_and_goes_on_when_it_is_meant(path):
    path.unlink()
    shutil.rmtree(f"{path}.files")

    restored = skilltrack(path, "restore", path.with_name("backup"))

    assert "what was accepted since the backup is lost" in restored.stderr + restored.stdout
    assert skilltrack(path, "report", "coverage").returncode == 2
    assert "pload 2" in skilltrack(path, "repair").stderr
    skilltrack(path, "repair", "--yes")
    assert skilltrack(path, "report", "coverage").returncode == 0


@pytest.mark.parametrize("how", ["marked", "called void"])
def test_a_line_made_void_by_hand_is_not_believed_when_the_database_is_lost(path, how):
    """Else an administrator who was taken off, and an account that was barred, come back with exit 0."""

    def void(lines):
        chosen = [line for line in lines if '"barred"' in line or '"is_granted": false' in line]
        if how == "marked":
            return ["#" + line[1:] if line in chosen else line for line in lines]
        told = [json.loads(line) for line in chosen]
        return lines + [
            json.dumps({"event": "void", "happened_at": e["happened_at"], "voids": e["digest"]}) for e in told
        ]

    change_lines(path, void)
    path.unlink()

    refused = skilltrack(path, "rebuild")

    assert refused.returncode == 2
    assert "audit log notes a line that the journal does not have" in refused.stderr
    assert not path.exists()


@pytest.mark.parametrize("way", ["restore", "an older copy", "a damaged file"])
def test_a_journal_that_was_edited_is_not_believed_because_somebody_was_erased(path, way):
    """A backup from before an erasure can be built without the person only from the journal: it must be the one noted."""
    older = path.with_name("older")
    shutil.copyfile(path, older)
    assert skilltrack(path, "erase", "003", "--by", "op", "--yes").returncode == 0
    change_lines(path, without_the_taking)
    if way == "an older copy":
        shutil.copyfile(older, path)
    elif way == "a damaged file":
        damage(path)

    words = ("restore", older) if way == "restore" else ("report", "coverage")
    refused = skilltrack(path, *words)

    assert refused.returncode == 2, refused.stdout
    assert "audit log" in refused.stderr
    assert "`rebuild`" in refused.stderr or "`repair`" in refused.stderr


def test_lines_in_another_order_are_found_before_a_rebuild_needs_them(path):
    store = open_store(path)
    undo(store, 2)
    redo(store, 2)
    store.close()
    whole = everything(path)
    change_lines(path, lambda lines: [*lines[:-2], lines[-1], lines[-2]])

    assert any("order" in line for line in check_file(path))
    assert repair(path) == []
    path.unlink()
    rebuild(path)
    assert everything(path) == whole


def test_lines_in_another_order_are_not_believed_when_the_database_is_lost(path):
    store = open_store(path)
    undo(store, 2)
    redo(store, 2)
    store.close()
    change_lines(path, lambda lines: [*lines[:-2], lines[-1], lines[-2]])
    path.unlink()

    refused = skilltrack(path, "rebuild")

    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_a_line_that_stands_there_twice_counts_once(path):
    whole = everything(path)
    change_lines(path, lambda lines: [*lines, lines[-1]])

    assert any("twice" in line for line in check_file(path))
    path.unlink()
    rebuild(path)

    assert everything(path) == whole


def test_somebody_is_erased_from_a_database_of_which_a_block_is_damaged(made, path):
    """The database without the person is built from the journal, so what the old one has lost is not in the way."""
    shutil.copyfile(made / "older" / path.name, path)  # what it lacks lands first, and cannot be written to the file
    size, tried = path.stat().st_size, []
    for at in (size // 3, size * 2 // 3):
        folder = path.parent.with_name(str(at))
        shutil.copytree(path.parent, folder)
        with (folder / path.name).open("r+b") as file:
            file.seek(at)
            file.write(b"\xff" * 200)

        erased = skilltrack(folder / path.name, "erase", "003", "--by", "op", "--yes")

        assert "Traceback" not in erased.stderr, (at, erased.stderr)
        assert erased.returncode == 0 or "damaged" in erased.stderr, (at, erased.stderr)
        tried += [erased.returncode]
        assert check_file(folder / path.name) == []
    assert 0 in tried


def test_where_the_audit_log_is_lost_too_the_sentence_names_a_command_that_works(path):
    whole = everything(path)
    damage(path)
    for end in (".audit", ".anchor"):
        Path(f"{path}{end}").unlink()
    path.with_name("backup").unlink()

    refused = skilltrack(path, "report", "coverage")

    assert refused.returncode == 2
    assert "`rebuild`" in refused.stderr
    assert "--yes" in skilltrack(path, "rebuild").stderr
    assert skilltrack(path, "rebuild", "--yes").returncode == 0
    assert everything(path) == whole


def test_a_write_that_was_stopped_while_it_was_taken_back_is_no_doubt_for_ever(path):
    """The line is void, the audit log was not told any more: the next opening tells it, since the database has it not."""
    store = open_store(path)
    noted = store.journal.note({"event": "role", "happened_at": "2024-05-05T00:00:00", "account": "003", "role": "hr",
                                "of_manager": "", "is_granted": True, "valid_from": "1900-01-01", "valid_to": None,
                                "by_whom": "op"})  # fmt: skip
    store.journal.audit.note("op", "role", "003", role="hr", of="", given=True, line=noted["digest"])
    store.journal.withdraw(noted)
    store.close()

    open_store(path).close()

    assert check_file(path) == []
