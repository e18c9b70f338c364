"""The demo company of `data/demo`, loaded with its dates moved so that it is always up to date.

The files are written as of `ANCHOR`; every date moves by the days between then and now.
"""

import csv
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from skilltrack.access import Viewer
from skilltrack.accounts import give
from skilltrack.config import ROOT, today
from skilltrack.durability import open_store
from skilltrack.errors import Refused
from skilltrack.ingest import KINDS, Outcome, import_files, import_folder, uploads
from skilltrack.journal import Journal
from skilltrack.replacing import log_of
from skilltrack.store import Store

FILES = ROOT / "data" / "demo"
ANCHOR = date(2026, 6, 30)
CATALOGUE = ("skills", "issuers", "credentials", "credential_skills", "stacks", "roles")
BY = "demo"
ROLES = {"00516": "hr", "00517": "ld", "00520": "auditor", "00523": "administrator"}
"""Who at the demo company has which role: the head of People and learning and three of the team."""


def build(path: Path, progress: Callable[[str], None] = lambda step: None) -> None:
    """Build the demo company in a new database at `path`; raises `Refused` when the file holds uploads already."""
    store = open_store(path)
    try:
        if len(uploads(store)):
            raise Refused(f"{path} holds uploads already. Name a new file with --db to build the demo company in.")
        load(store, today() - ANCHOR, progress)
        for person, role in ROLES.items():
            give(store, replace(Viewer.everyone(), account=BY), person, role)
    finally:
        store.close()


def refresh(path: Path, progress: Callable[[str], None] = lambda step: None) -> None:
    """Build the demo company at `path` unless it is there; one built on an earlier day and never touched is rebuilt."""
    journal = Journal(str(path))
    is_untouched = all(BY in (entry.get("by"), entry.get("by_whom")) for entry in journal.entries())
    if path.exists():
        store = Store.open(path)
        try:
            history = uploads(store)
        finally:
            store.close()
        is_untouched = is_untouched and set(history["by_whom"]) <= {BY}
        if len(history) and not (is_untouched and history["landed_at"].max().date() < today()):
            return
    if is_untouched:
        for file in (journal.audit.path, journal.audit.anchor, path, log_of(path)):
            file.unlink(missing_ok=True)
        shutil.rmtree(journal.folder, ignore_errors=True)
    build(path, progress)


def load(store: Store, moved_by: timedelta, progress: Callable[[str], None] = lambda step: None) -> None:
    """Load the demo files into `store`: the catalogue, each roster snapshot, then everything about people."""
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
