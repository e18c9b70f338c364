"""Writing the published relations: new files beside those that are there, shown at once by `lake.json`.

A reader follows `lake.json` and so has files of one state of the data, the old one or the new one. The old files go
once the new ones are shown: whoever was erased is gone with them.
"""

import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from skilltrack import __version__
from skilltrack.access import Viewer
from skilltrack.access import trail as audit
from skilltrack.backups import Bucket, Folder, Shelf
from skilltrack.errors import BadStore, NoRoom, NotOpen, Refused
from skilltrack.keeping import PUBLISHING, refuse_among_rows, refuse_own_file
from skilltrack.kept import BEHIND, is_fresh, make_fresh
from skilltrack.lake.contract import RELATIONS, Relation
from skilltrack.relations import END_OF_TIME
from skilltrack.storage import (
    MANIFEST,
    Address,
    Manifest,
    PublishedRelation,
    Snapshot,
    Store,
    is_full,
    manifest_of,
    publishing_room,
    publishing_rooms,
)

Say = Callable[[str], None]
OURS = re.compile(r"([a-z_]+)-\d{8}T\d{6}-[0-9a-f]{6}\.parquet")
"""What a file of ours is called: relation, moment, and a few signs that tell two of one second apart."""
PART = re.compile(r"\.(.+)\.[0-9a-f]{32}\.part")
"""What it is called while it is written (`Folder`); a process that was killed leaves one."""

_publishing = threading.Lock()
"""Of the threads of one process, one at a time publishes; of several processes on a lake, the one whose turn it is."""


@dataclass(frozen=True)
class Publication:
    """What was just published."""

    manifest: Manifest
    removed: tuple[str, ...]
    """Files of before that are gone."""


def publish(store: Store, viewer: Viewer, place: str, say: Say = lambda line: None) -> Publication:
    """Write every relation to a folder or `s3://BUCKET/PREFIX`, of one state of the data, then remove those of before.

    Raises `NotOpen` for a viewer who may not see everything, `Refused` for a place that cannot be written or holds what
    another company or a newer Skilltrack published; the files that are shown there then stay what they are.
    """
    _refuse_partial(viewer)
    if not store.holds_anything():
        raise Refused("There is nothing to publish: no file was ever imported.")
    database = Path(store.path)
    with _publishing, store.turn(PUBLISHING) as is_our_turn:
        make_fresh(store, say)
        shelf = _shelf_at(place, store.place)
        with _room(database) as folder:
            before = _manifest_on(shelf, place, folder)
            company = store.journal.audit.code("published")
            if before and before.company != company:
                raise BadStore(
                    f"{place} holds what another company published. Nothing was changed; name another place."
                )
            old = [name for name in shelf.names() if _is_ours(name, before)]
            erased = _erasures(store)
            manifest = _written(store, folder, company, say)
            audit.note(store.journal.audit, viewer.account, "published", to=place, version=manifest.data_version)
            try:
                for relation in manifest.relations.values():
                    say(f"Writing {relation.file}")
                    shelf.put(folder / relation.file, relation.file)
                if erased != _erasures(store):
                    raise Refused("Somebody was erased meanwhile, so nothing was published. Publish again.")
                if not is_our_turn():
                    raise Refused("PostgreSQL was lost meanwhile, so nothing was published. Publish again.")
                (folder / MANIFEST).write_text(manifest.as_json(), encoding="utf-8")
                shelf.replace(folder / MANIFEST, MANIFEST)
            except BaseException:
                _take_back(shelf, manifest)
                raise
        for name in old:
            say(f"Removing {name}")
            shelf.remove(name)
        return Publication(manifest, tuple(old))


def _refuse_partial(viewer: Viewer) -> None:
    """Raise `NotOpen` for a viewer to whom people or money are not open as a whole."""
    if not viewer.sees_everyone or not (viewer.may("money") and viewer.may("exports")):
        raise NotOpen(
            "Publishing writes the whole company, with what was paid: it is open to ld; "
            f"{viewer.account} has no such role."
        )


def _shelf_at(place: str, database: Path | Address) -> Shelf:
    if place.startswith("s3://"):
        refuse_among_rows(database, place)
        return Bucket(place)
    if not place.strip() or "://" in place:
        raise Refused(f"{place!r} is no place that is known. Name a folder, or s3://BUCKET/PREFIX.")
    folder = Path(place)
    refuse_own_file(database, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} is no folder, and cannot be made one: {error.strerror}. Name another.") from error
    return Folder(folder)


def _manifest_on(shelf: Shelf, place: str, folder: Path) -> Manifest | None:
    """What is shown there now; None where nothing is."""
    if MANIFEST not in shelf.names():
        return None
    shelf.fetch(MANIFEST, folder / MANIFEST)
    return manifest_of((folder / MANIFEST).read_bytes(), place)


def _is_ours(name: str, before: Manifest | None) -> bool:
    """Whether a file was published: named by what is shown, or left by a process that was killed."""
    known = set(RELATIONS) | (set(before.relations) if before else set())
    part = PART.fullmatch(name)
    match = OURS.fullmatch(part[1] if part else name)
    return match is not None and match[1] in known


def _written(store: Store, folder: Path, company: str, say: Say) -> Manifest:
    """Every relation in a file of its own in `folder`, and what `lake.json` says about them."""
    moment = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    stamp = f"{moment:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    with store.snapshot() as reading:
        version = reading.data_version()
        if not is_fresh(reading):
            raise Refused(BEHIND)
        published = {}
        for name, relation in RELATIONS.items():
            say(f"Reading {name}")
            file = f"{name}-{stamp}.parquet"
            rows = _write(reading, relation, folder / file)
            published[name] = PublishedRelation(file, rows, relation.grain, relation.key, relation.columns)
    return Manifest(company, __version__, version, moment.isoformat(), published)


def _write(reading: Snapshot, relation: Relation, path: Path) -> int:
    """Write one relation, batch by batch; returns how many rows it has."""
    rows = 0
    with pq.ParquetWriter(path, relation.schema) as writer:
        for batch in reading.batches(relation.select, {"known_at": END_OF_TIME}):
            writer.write_table(pa.Table.from_batches([batch]).cast(relation.schema))
            rows += batch.num_rows
    return rows


def _erasures(store: Store) -> int:
    return int(store.query("select count(*) as n from erasures")["n"][0].as_py())


def _take_back(shelf: Shelf, manifest: Manifest) -> None:
    """Remove what was put there and is not shown; what cannot be removed now, the next publication removes."""
    with suppress(Refused):
        for name in {relation.file for relation in manifest.relations.values()} & set(shelf.names()):
            shelf.remove(name)


@contextmanager
def _room(database: Path) -> Iterator[Path]:
    """A folder beside the database for the files of a moment; what a process that was killed has left there goes."""
    for left in publishing_rooms(database):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix=publishing_room(database), dir=database.parent) as folder:
            yield Path(folder)
    except OSError as error:
        if is_full(error):
            raise NoRoom(
                f"There is no room beside {database} for what is published. Free some on that disk."
            ) from error
        raise Refused(f"What is published is put together beside {database}, and that failed: {error}.") from error
