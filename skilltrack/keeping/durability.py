"""Keeping a database: opening it with what the journal knows, rebuilding, backing up, restoring, checking.

A file that is damaged is never written to. A new one is made beside it, from the newest good backup or from nothing,
and the journal brings back what came after. Once it is proved whole, it replaces the old one, which is set aside. What
was done is reported, and noted in the journal.
"""

import logging
import os
import shlex
import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from skilltrack.config import located
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import damaged_uploads
from skilltrack.keeping.agreement import (
    compared,
    fault_of,
    is_rolled_back,
    lacking,
    matched,
    of_tables,
    settle,
    unbound,
)
from skilltrack.keeping.journal_faults import check_journal
from skilltrack.keeping.own_files import refuse_dangling, refuse_own_file, remove_rooms
from skilltrack.keeping.proof import faults, refuse_unproved, reserved
from skilltrack.keeping.replay import Say, lacks_erasures, renew, replay
from skilltrack.kept import is_fresh, kept_sums
from skilltrack.kept import rebuild as rebuild_kept
from skilltrack.storage import (
    DAMAGED,
    NO_DATABASE,
    Entry,
    Journal,
    Store,
    alone_at,
    as_line,
    finish_swap,
    fresh_beside,
    log_of,
    note_write,
    remove_fresh,
    remove_half_made,
    second_name,
    stamp,
    swap,
    sync,
    without_way_out,
)

log = logging.getLogger("skilltrack")

NOT_THERE = "There is no database {path}. Check the name given with --db; `import` makes a new one."
ORIGINALS_GONE = "The originals of"
"""What a notice of a recovery says where kept files were lost."""
CHECKED = 1_000_000
"""Rows of the newest uploads that are compared with their checksums when a file was not closed properly."""


def open_store(
    path: str | Path, say: Say = lambda line: None, *, creates: bool = True, may_be_behind: bool = False
) -> Store:
    """Open the database and finish what the journal says was interrupted; `say` is told what had to be done.

    A new database is made only if `creates` is set, and only where nothing of an earlier one is left. Raises `BadStore`
    when it cannot be opened; when it is damaged and neither a backup nor the journal helps; and when it lacks something
    that was accepted and cannot be brought back, unless it `may_be_behind`.
    """
    path = located(Path(path))
    refuse_dangling(path)
    if not path.exists():
        _refuse_absent(path, creates)
    with alone_at(path), ExitStack() as stack:
        if path.parent.is_dir():
            finish_swap(path)
        was_closed = not log_of(path).exists()
        try:
            store = Store.open(path)
            stack.callback(store.close)
            damaged = [] if was_closed else damaged_uploads(store, CHECKED)
            if damaged:
                raise BadStore(f"{path}: the rows of upload {damaged[0]} are not those that were imported; {DAMAGED}.")
            _remove_half_made(path, store, say)
            bind_copies(store)
            if lacks_erasures(store):
                say(f"{path} is older than an erasure. It is built anew without the people erased.")
                refuse_doubts(path, store.journal)
                renew(store)
            behind = catch_up(store, say)
            if behind and not may_be_behind:
                raise BadStore(behind)
        except BadStore as error:
            if DAMAGED in str(error) or (NO_DATABASE in str(error) and Journal(str(path)).is_begun()):
                stack.close()
                return _recover(path, without_way_out(str(error)), say)
            raise
        stack.pop_all()
    return store


def check_file(path: Path, say: Say = lambda line: None) -> list[str]:
    """What is wrong with the database at `path`; one that cannot be read is brought back as on opening."""
    store = open_store(path, say, creates=False, may_be_behind=True)
    try:
        return check(store, say)
    except BadStore as error:
        store.close()
        fault = without_way_out(str(error))
        _recover(located(path), fault, say).close()
        return [fault]
    finally:
        store.close()


def backup(store: Store, target: Path, by: str = "") -> None:
    """Copy the live database to `target` and verify the copy by opening it; writers wait only while it is copied.

    `by`: who has it made; empty = the program itself.
    """
    if target.exists():
        raise Refused(f"{target} exists already. Name a new file for the backup.")
    refuse_own_file(store.place, target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        copy_proved(store, part)
        second_name(part, target)  # does not overwrite what somebody else has put there meanwhile
        sync(target.parent)
    except FileExistsError:
        raise Refused(f"{target} exists already. Name a new file for the backup.") from None
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}. Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    note_backup(store, str(target.resolve()), by)


def copy_proved(store: Store, target: Path, also: Callable[[], None] = lambda: None) -> None:
    """Copy the live database to a new file and open the copy; raises `Refused` where it is not whole.

    `also` is done at the moment of the copy, while writers wait.
    """
    store.copy_to(target, also)
    if problems := faults(target):
        raise Refused(f"The backup is damaged and was not kept: {problems[0]}")


def note_backup(store: Store, place: str, by: str = "") -> None:
    """Note in the journal that a backup was made and where it is; it is good also where the journal is not."""
    try:
        with store.write() as transaction:
            transaction.record({"event": "backup", "happened_at": now(), "path": place, "by": by})
    except Refused as refused:
        log.warning("the backup %s is good, and was not noted: %s", Path(place).name, refused)


def check(store: Store, say: Say = lambda line: None) -> list[str]:
    """What is wrong, a sentence each: rows that changed, lines and files of the journal, numbers that differ.

    What is worth knowing but is not a fault goes to `say`. Raises `BadStore` when a part of the file cannot be read.
    """
    store.read_through()
    problems = [f"The rows of upload {upload} are not those that were imported." for upload in damaged_uploads(store)]
    problems += check_journal(store)
    stray = store.journal.unnamed(compared(store).copies) if store.journal.is_kept else []
    if stray:
        say(
            f"Kept files that belong to no upload, since their imports were stopped: {len(stray)}. "
            "`repair` sets them aside."
        )
    was_built = is_fresh(store)
    with store.write() as transaction:
        before = kept_sums(transaction)
        rebuild_kept(transaction)
        sums = kept_sums(transaction)
        # In a file of an older program they are built when the app starts; until then answers do not use them.
        changed = [name for name, total in sums.items() if before[name] != total] if was_built else []
        if was_built and not changed:
            transaction.give_up()
    problems += [f"{name} did not match the uploads; it was computed anew." for name in changed]
    return problems


def recoveries(store: Store) -> list[tuple[datetime, str]]:
    """When damage was mended in the past (UTC), and what was said then, newest first."""
    past = [entry for entry in store.journal.entries() if entry["event"] == "recovered"]
    return [(datetime.fromisoformat(entry["happened_at"]), str(entry["said"])) for entry in past[::-1]]


def set_in_place(path: Path, fill: Callable[[Path, Store | None], None]) -> Path | None:
    """Replace the database at `path` by the one that `fill` makes.

    `fill` gets the file to make it in, and the old database where that can be read. The new one is proved by opening it
    before it is used. Returns where the old file is now. Raises `Refused`, and leaves everything as it is, when the new
    one cannot be made.
    """
    aside = path.with_name(f"{path.name}.{stamp()}.aside") if path.exists() else None
    fresh = fresh_beside(path)
    try:
        with alone_at(path):
            finish_swap(path)
            with reserved(path) as before:
                fill(fresh, before)
                refuse_unproved(fresh)
            swap(path, fresh, aside)
    except OSError as error:
        remove_fresh(fresh)
        raise Refused(f"{path} cannot be replaced: {error.strerror}. Nothing was changed.") from error
    except BaseException:
        remove_fresh(fresh)
        raise
    return aside


def _recover(path: Path, fault: str, say: Say) -> Store:
    """Replace a damaged database by one made from the newest good backup and the journal."""
    journal = Journal(str(path))
    journal.audit.refuse_other_key()
    entries = journal.entries()
    backups = [Path(entry["path"]) for entry in entries if entry["event"] == "backup"]
    base = next((backup for backup in reversed(backups) if backup.exists() and not faults(backup)), None)
    fault_sentence = fault if DAMAGED in fault or str(path) in fault else f"{path}: {fault.rstrip('.')}."
    doubts = unbound([entry["digest"] for entry in entries], journal.audit)
    if doubts or (base is None and lacking(entries)):
        way_out = "Restore a backup: `restore FILE`."
        if not lacking(entries):
            way_out = "Run `rebuild`, which says what it would rely on, or restore a backup: `restore FILE`."
        raise BadStore(f"{fault_sentence} {' '.join(doubts[:1])} {way_out}")

    def fill(fresh: Path, _: Store | None) -> None:
        if base is not None:
            shutil.copyfile(base, fresh)
        store = Store.open(fresh, journal=journal)
        try:
            bind_copies(store)
            missing = entries if base is None else compared(store).ahead
            stopped = "" if lacks_erasures(store) and base is not None else replay(store, missing, say)
        finally:
            store.close()
        if stopped:
            raise BadStore(f"{fault_sentence} {stopped} Nothing was changed; restore a backup: `restore FILE`.")

    aside = set_in_place(path, fill)
    came_from = f"the backup {base}" if base else "an empty database"
    message = f"The database was damaged. It was rebuilt from {came_from} and the journal"
    message += f"; the old file is {aside.name}." if aside else "."
    store = Store.open(path)
    if lacks_erasures(store):
        renew(store)
    with store.write() as transaction:
        transaction.record({"event": "recovered", "happened_at": now(), "said": message})
    say(message)
    return store


def bind_copies(store: Store) -> None:
    """Give the database of an older program its copies of the lines of the journal."""
    if not store.journal.is_kept or store.query("select 1 from journal_lines limit 1").num_rows:
        return
    pairs = matched(of_tables(store), store.journal.entries())
    if not pairs:
        return
    last = pairs[-1][0]["happened_at"]
    others = [e for e in store.journal.entries() if e["event"] in ("backup", "recovered") and e["happened_at"] <= last]
    known = [line or entry for entry, line in pairs]
    known = sorted([*known, *others], key=lambda entry: entry["happened_at"])
    if all(line for _, line in pairs):  # clocks can be set back: the journal knows the order
        stands = {entry["digest"]: at for at, entry in enumerate(store.journal.entries())}
        known.sort(key=lambda entry: stands[entry["digest"]])
    with store.write() as transaction:
        for entry in known:
            transaction.know(entry)
    if all(line for _, line in pairs):
        store.journal.bind()


def refuse_doubts(path: Path, journal: Journal) -> None:
    """Raise `BadStore` when the database would have to be built from a journal that the audit log does not confirm."""
    doubts = unbound([entry["digest"] for entry in journal.entries()], journal.audit)
    if doubts:
        reason = f"{path} is older than an erasure, and only the journal gives a database without the people erased."
        raise BadStore(f"{reason} {doubts[0]} Nothing was changed; `rebuild` says what it would rely on.")


def catch_up(store: Store, say: Say) -> str:
    """Do again what the journal accepted last and the database lacks; returns why that failed, empty when it did not.

    A damaged journal stays as it is: the store then has a `fault`, and nothing more is stored.
    """
    if not store.journal.is_kept:
        return ""
    agreed = compared(store)
    if agreed.lost and not store.journal.folder.exists() and not store.journal.audit.path.exists():
        if Path(store.path).stat().st_nlink > 1:
            return (
                f"{store.path} is a second name (a hard link) of a file whose journal lies beside its other name. "
                "Nothing was changed. Open it by the other name, or make a copy of it."
            )
        _begin_journal(store, agreed.copies, say)
        return ""
    store.fault = fault_of(store, agreed)
    if store.fault and not is_rolled_back(store, agreed.void):
        say(f"{store.fault} Answers are right; nothing is stored until `repair` has been run.")
        return ""
    audited = {entry["what"].get("line") for entry in store.journal.audit.tail()}
    if not store.fault:
        stopped = replay(store, agreed.ahead, say)
        if stopped:
            store.fault = f"{stopped} It had been accepted."
            return f"{store.path} lacks what was accepted. {stopped} Mend that, restore a backup, or run `repair`."
        with store.write() as transaction:
            for entry in agreed.ahead:
                if entry["digest"] not in audited:
                    transaction.know_head(*note_write(store.journal.audit, entry))
    if is_rolled_back(store, agreed.void):
        lost = "something that was accepted is in neither"
        store.fault = f"{store.path} is older than its audit log, and so is the journal: {lost}. {store.fault}".rstrip()
        return f"{store.fault} Restore the newest backup and journal, or run `repair`, which says what is lost."
    settle(store.journal.audit, agreed.void & audited)
    with suppress(OSError):
        store.journal.finish_erasures()
    return ""


def _begin_journal(store: Store, copies: list[Entry], say: Say) -> None:
    """Write a journal for a database that came without its folder, as a copy does."""
    store.journal.write_again(map(as_line, copies))
    store.journal.bind()
    uploads = sum(entry["event"] == "landed" for entry in copies)
    message = (
        f"{store.journal.folder} was missing: its journal was written again from the database. {ORIGINALS_GONE} "
        f"{uploads} uploads are gone; only the database has their rows."
    )
    with store.write() as transaction:
        transaction.record({"event": "recovered", "happened_at": now(), "said": message})
    say(message)


def _refuse_absent(path: Path, creates: bool) -> None:
    """Raise `BadStore` where there is no database, unless one may be made and nothing of an earlier one is there."""
    journal = Journal(str(path))
    entries = journal.entries()
    if journal.is_begun():
        backups = [e["path"] for e in entries if e["event"] == "backup" and Path(e["path"]).exists()]
        newest = backups[-1] if backups else None
        way = f"`restore {shlex.quote(newest) if newest else 'BACKUP'}`" if newest or lacking(entries) else "`rebuild`"
        raise BadStore(
            f"The database {path} is gone; what was kept beside it is still there. Nothing was changed. Bring it back "
            f"with {way}; to begin anew, move {journal.folder} and {journal.audit.path} away first."
        )
    if not creates:
        raise BadStore(NOT_THERE.format(path=path))


def _remove_half_made(path: Path, store: Store, say: Say) -> None:
    """Remove what an interrupted process had half made, now that nobody else can be working on it."""
    for name in remove_half_made(path):
        say(f"{name}, which was never finished, is removed: the process that made it was stopped.")
    remove_rooms(store)
    with suppress(OSError):
        store.journal.remove_half_made()


def now() -> str:
    """The time in UTC, as lines of the journal have it."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat()
