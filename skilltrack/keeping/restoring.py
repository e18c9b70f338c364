"""Putting another database in the place of one: a backup, or what the journal gives. Of a file or of a lake.

It is made in a file beside, and proved there. Then it takes the place: as the file, or as the rows of the lake in one
commit. Until then everybody reads what was there, and whoever stops it loses nothing.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from skilltrack.config import located
from skilltrack.errors import BadStore, Refused
from skilltrack.keeping.agreement import (
    compared,
    confirmed_since,
    fault_of,
    given_up,
    is_rolled_back,
    known_only_by,
    named,
)
from skilltrack.keeping.durability import bind_copies, catch_up, refuse_doubts, set_in_place
from skilltrack.keeping.in_lake import open_at, refuse_unmounted
from skilltrack.keeping.own_files import refuse_dangling
from skilltrack.keeping.proof import faults, refuse_unproved
from skilltrack.keeping.replay import Say, lacks_erasures, replay
from skilltrack.kept import make_fresh
from skilltrack.storage import (
    DAMAGED,
    Address,
    Entry,
    Journal,
    Store,
    as_line,
    beside,
    fresh_beside,
    lake_to_replace,
    remove_fresh,
    stamp,
    without_way_out,
)

if TYPE_CHECKING:
    from skilltrack.storage import LakeStore

Fill = Callable[[Path, Store | None], None]
"""Makes a database in a new file; is given the one that is there, where that can be read."""


def restore(place: Path | Address, source: Path, say: Say = lambda line: None, is_meant: bool = False) -> None:
    """Replace the database by a backup, and bring back what the journal knows since; the old one is set aside.

    Everything is done and proved in a file beside the database, which then takes its place. What only the audit log
    knows is given up when it `is_meant`. Raises `Refused`, and leaves the database as it is, when that is not meant,
    or the backup is not good, is the database itself, or is not of this company.
    """
    place, source = place if isinstance(place, Address) else located(place), located(source)
    path = beside(place)
    refuse_dangling(path)
    if not source.exists():
        raise Refused(f"There is no backup {source}.")
    if path.exists() and source.samefile(path):
        raise Refused(f"{source} is the database itself, not a backup of it. Nothing was changed; name another file.")
    problems = faults(source)
    if problems:
        fault = without_way_out(problems[0])
        raise Refused(f"{source} is not a good backup: {fault} Nothing was changed; restore another backup.")
    with replacing(place, say, creates=True) as put:
        are_lost = _replace(place, source, put, say, is_meant)
    with closing(open_at(place, say, creates=False, may_be_behind=True)) as store, store.alone():
        if are_lost:
            store.journal.bind()


@contextmanager
def replacing(place: Path | Address, say: Say, creates: bool) -> Iterator[Callable[[Fill], None]]:
    """Put what a `Fill` makes in the place of a database, which is set aside; in a lake nobody stores meanwhile.

    `creates`: also where there is no lake yet. Raises `Refused`, and leaves everything as it is, when the new one
    cannot be made.
    """
    Journal(str(beside(place))).audit.refuse_other_key()
    if isinstance(place, Path):
        yield lambda fill: _say_aside(set_in_place(place, fill), "file", say)
        return
    with closing(lake_to_replace(place, creates)) as lake, lake.alone():
        try:
            yield lambda fill: _set_in_lake(lake, fill, say)
        except BaseException:
            lake.unmake_if_empty()
            raise


def _say_aside(aside: Path | None, what: str, say: Say) -> None:
    if aside is not None:
        say(f"The {what} as it was is kept as {aside.name}.")


def _set_in_lake(lake: "LakeStore", fill: Fill, say: Say) -> None:
    """As `set_in_place`, of a lake whose lock this process has: what it holds is set aside as a file."""
    is_held = bool(lake.columns()) and lake.holds_anything()
    if is_held:
        refuse_unmounted(lake)
    before = _readable(lake, say) if is_held else None
    path = Path(lake.path)
    fresh, copied = fresh_beside(path), fresh_beside(path)
    try:
        with lake.held():
            fill(fresh, before)
        _finish(fresh, lake.journal, say)
        refuse_unproved(fresh)
        aside = None
        if before is not None:
            say("Setting aside what the lake holds")
            before.copy_to(copied)
            aside = path.with_name(f"{path.name}.{stamp()}.aside")
            copied.rename(aside)
        try:
            with closing(Store.open(fresh, is_read_only=True)) as source:
                lake.fill(source, forgets=False)
        except BaseException:
            if aside is not None:
                aside.unlink()
            raise
    except OSError as error:
        raise Refused(f"{path} cannot be replaced: {error.strerror}. Nothing was changed.") from error
    finally:
        remove_fresh(fresh)
        remove_fresh(copied)
    _say_aside(aside, "lake", say)


def _readable(lake: "LakeStore", say: Say) -> Store | None:
    """The lake, where every row can be read."""
    try:
        lake.read_through()
    except BadStore as error:
        if DAMAGED not in str(error):
            raise
        say(f"{error} What is left of it stays in its files until `lake maintain` removes it, after a day.")
        return None
    return lake


def _finish(fresh: Path, journal: Journal, say: Say) -> None:
    """Do to a database what is done to a file when it is opened, before anybody reads it in the lake."""
    with closing(Store.open(fresh, journal=journal)) as store:
        is_whole = not lacks_erasures(store)
        if is_whole:
            make_fresh(store)
    if not is_whole:
        say("The backup is older than an erasure. The lake is built anew without the people erased.")
        remove_fresh(fresh)
        with closing(Store.open(fresh, journal=journal)) as store:
            if stopped := replay(store, journal.entries(), say):
                raise Refused(f"{stopped} Nothing was changed.")


def _replace(place: Path | Address, source: Path, put: Callable[[Fill], None], say: Say, is_meant: bool) -> bool:
    """Put a backup in the place of a database; returns whether anything that was accepted is given up."""
    journal = Journal(str(beside(place)))
    losses: list[str] = []
    copies: list[Entry] = []
    is_damaged = False

    def fill(fresh: Path, before: Store | None) -> None:
        nonlocal is_damaged
        shutil.copyfile(source, fresh)
        store = Store.open(fresh, journal=journal)
        try:
            bind_copies(store)
            if before and (lost := known_only_by(before, store)):
                aside = f"move {place} away first" if isinstance(place, Path) else "restore it into a new lake"
                raise Refused(
                    f"{place} has {len(lost)} events that neither {source} nor the journal knows, such as "
                    f"{named(lost[-1])}. Nothing was changed. Run `repair`, which writes the journal again from the "
                    f"database; to go back to the backup all the same, {aside}."
                )
            if lacks_erasures(store):
                refuse_doubts(beside(place), journal)
                return
            agreed = compared(store)
            strange = fault_of(store, agreed) if journal.path.exists() else ""
            is_damaged = journal.folder.exists() and (agreed.is_untidy or not journal.path.exists())
            since = confirmed_since(store, agreed) if strange else None
            if strange and since is None:
                raise Refused(
                    f"{source} and the journal {journal.path} disagree, so nothing was changed. "
                    f"{strange} To go back to the backup alone, move {journal.folder} away first."
                )
            stopped = _bring_back(store, say) if since is None else replay(store, since, say)
            if stopped:
                if journal.folder.exists():
                    raise Refused(f"Nothing was changed. {stopped}")
                say("With the folder, what was accepted since the backup is lost.")
            elif journal.folder.exists():
                losses.extend(given_up(store, compared(store)))
                if losses and not is_meant:
                    raise Refused("\n".join([*losses, "Nothing was changed. To go on without it, say --yes."]))
            copies.extend(compared(store).copies)
        finally:
            store.close()

    put(fill)
    if is_damaged:
        journal.write_again(map(as_line, copies))
        say(f"The journal was written again from {source.name} and the lines of it that the audit log confirms.")
    return bool(losses)


def _bring_back(store: Store, say: Say) -> str:
    """As `catch_up`; but where the journal gave all that it has, it is no stop that the audit log knows of more."""
    stopped = catch_up(store, say)
    agreed = compared(store)
    gave_all = store.journal.folder.exists() and not agreed.ahead
    return "" if gave_all and is_rolled_back(store, agreed.void) else stopped
