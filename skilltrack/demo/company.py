"""The demo company of `data/demo`, loaded with its dates moved so that it is always up to date.

The files are written as of `ANCHOR`; every date moves by the days between then and now.
"""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from skilltrack.access import Viewer, give
from skilltrack.config import ROOT, today
from skilltrack.demo import badges
from skilltrack.errors import Refused
from skilltrack.ingest import KINDS, Outcome, import_files, import_folder, uploads
from skilltrack.keeping import open_at
from skilltrack.storage import Address, Journal, Store, files_named, log_of

FILES = ROOT / "data" / "demo"
ANCHOR = date(2026, 6, 30)
CATALOGUE = ("skills", "issuers", "credentials", "credential_skills", "stacks", "roles")
BY = "demo"
ROLES = {"00516": "hr", "00517": "ld", "00520": "auditor", "00523": "administrator"}
"""Who at the demo company has which role: the head of People and learning and three of the team."""


def build(place: Path | Address, progress: Callable[[str], None] = lambda step: None) -> None:
    """Build the demo company in a new database; raises `Refused` when the file or lake holds uploads already."""
    store = open_at(place)
    try:
        if len(uploads(store)):
            raise Refused(f"{place} holds uploads already. Name a new one with --db to build the demo company in.")
        load(store, today() - ANCHOR, progress)
        give_roles(store)
    finally:
        store.close()


def give_roles(store: Store) -> None:
    """Give the people of `ROLES` their roles."""
    for person, role in ROLES.items():
        give(store, operator(), person, role)


def operator() -> Viewer:
    """Who builds the demo, as histories call them."""
    return replace(Viewer.everyone(), account=BY)


def refresh(place: Path | Address, progress: Callable[[str], None] = lambda step: None) -> None:
    """Build the demo company unless it is there; in a file, one of an earlier day that was never changed is rebuilt."""
    if isinstance(place, Address) or place.exists():
        newest, is_demo = _history(place)
        if newest and not (isinstance(place, Path) and is_demo and newest < today()):
            return
    build_anew(place, progress)


def build_anew(place: Path | Address, progress: Callable[[str], None] = lambda step: None) -> None:
    """Build the demo company; in a file, in the place of one that is there already and was never changed.

    Raises `Refused`, and removes nothing, when anything else is there.
    """
    if isinstance(place, Path):
        _make_room(place)
    build(place, progress)


def _make_room(path: Path) -> None:
    """Remove a demo company that was never changed."""
    journal = Journal(str(path))
    if _is_all_there_is(journal) and (not path.exists() or _history(path)[1]):
        kept = sorted(files_named(journal.entries()))
        for name in kept:
            (journal.folder / name).unlink(missing_ok=True)
        for file in (journal.path, journal.audit.path, journal.audit.anchor, path, log_of(path)):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else's files in it stay
            journal.folder.rmdir()


def _history(place: Path | Address) -> tuple[date | None, bool]:
    """The day of the newest upload in a database, and whether all of them are the demo's."""
    store = open_at(place)
    try:
        history = uploads(store)
    finally:
        store.close()
    is_demo = set(history["by_whom"]) <= {BY} and _is_all_there_is(store.journal)
    return (history["landed_at"].max().date() if len(history) else None), is_demo


def _is_all_there_is(journal: Journal) -> bool:
    """Whether a journal tells of the demo company and nothing else, and no other file is kept beside it."""
    lines = journal.lines()
    if not lines.entries or lines.unreadable or journal.unnamed():
        return False
    for entry in lines.entries:
        is_ours = entry["event"] == "role" and entry["by_whom"] == BY and ROLES.get(entry["account"]) == entry["role"]
        if entry["event"] == "landed" and entry["by"] == BY:
            is_ours = are_ours(file["name"] for file in entry["files"])
        if not is_ours:
            return False
    return True


def are_ours(names: Iterable[str]) -> bool:
    """Whether all files of an upload are called as the demo's are."""
    ours = {*(_kind(path.name) for path in FILES.glob("*.csv")), _kind(badges.KEYS), badges.BADGES}
    return set(map(_kind, names)) <= ours


def _kind(name: str) -> str:
    return re.sub(r"(@.*)?\.csv$", "", name)


def load(store: Store, moved_by: timedelta, progress: Callable[[str], None] = lambda step: None) -> None:
    """Load the demo files into `store`: the catalogue, each roster snapshot, everything about people, signed badges."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue, people = Path(folder) / "catalogue", Path(folder) / "people"
        for part in (catalogue, people):
            part.mkdir()
        for kind in KINDS:
            if (FILES / f"{kind}.csv").exists():
                _move(
                    FILES / f"{kind}.csv", (catalogue if kind in CATALOGUE else people) / f"{kind}.csv", kind, moved_by
                )
        _landed(import_folder(store, catalogue, by=BY, progress=progress))
        for path in sorted(FILES.glob("roster@*.csv")):
            effective = date.fromisoformat(path.stem.split("@")[1]) + moved_by
            moved = Path(folder) / f"roster@{effective}.csv"
            _move(path, moved, "roster", moved_by)
            _landed(import_files(store, "roster", [moved], effective=effective, by=BY, progress=progress))
        _landed(import_folder(store, people, by=BY, progress=progress))
        badges.write_badges(Path(folder), people / "badges.csv", moved)
        keys, signed = Path(folder) / badges.KEYS, Path(folder) / badges.BADGES
        _landed(import_files(store, "issuer_keys", [keys], by=BY, progress=progress))
        _landed(import_files(store, "badges", [signed], quarantine=True, by=BY, progress=progress))


def _move(source: Path, target: Path, kind: str, moved_by: timedelta) -> None:
    dates = {column.name for column in KINDS[kind].columns if column.type == "date"}
    with source.open(encoding="utf-8", newline="") as read, target.open("w", encoding="utf-8", newline="") as written:
        rows = csv.DictReader(read)
        writer = csv.DictWriter(written, rows.fieldnames or [], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _moved(cell, moved_by) if name in dates else cell for name, cell in row.items()})


def _moved(cell: str, by: timedelta) -> str:
    return (date.fromisoformat(cell) + by).isoformat() if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) else cell


def _landed(outcome: Outcome) -> None:
    if outcome.status != "stored":
        raise Refused("The demo files are damaged: " + "; ".join(str(problem) for problem in outcome.errors[:5]))
