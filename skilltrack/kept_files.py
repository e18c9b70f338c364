"""The kept files as erasing sees them: which of their rows are about whom, and what else of them must not change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from skilltrack.ingest import KINDS, Source
from skilltrack.ingest.erased import Named, Rows
from skilltrack.ingest.mapping import parse_mapping
from skilltrack.ingest.sources import ReadFile, read_one
from skilltrack.journal import Entry
from skilltrack.store import Store

Place = tuple[int, int]
"""Upload and file."""
Places = dict[Place, set[int]]
"""Lines by upload and file."""


def lines_where(store: Store, table: str, where: str, parameters: Mapping[str, Any]) -> Places:
    """The lines whose rows of a table meet a condition."""
    return lines_of(store.query(f"select upload_id, file_no, line_no from {table} where {where}", parameters))


def lines_of(rows: pa.Table) -> Places:
    """The lines of rows, each with its upload, file and line."""
    found: Places = {}
    for row in rows.to_pylist():
        found.setdefault((row["upload_id"], row["file_no"]), set()).add(row["line_no"])
    return found


def read_kept(store: Store, file: Entry) -> ReadFile:
    """A kept file, read as the journal says it was."""
    content, mapping = store.journal.read(file["stored"]), parse_mapping(file["mapping"], "of the journal")
    return read_one(Source(file["kind"], file["name"], content, mapping, True, file["sha256"], file["bytes"]), "")


@dataclass
class KeptRows:
    """What is known of the rows of every kept file once people, and the rows at some places, are to go."""

    store: Store
    people: Named
    places: Mapping[str, Places]
    """Lines that go, by kind of file."""
    markers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._own: Places = {}
        for found in self.places.values():
            for place, lines in found.items():
                self._own.setdefault(place, set()).update(lines)
        self._below: dict[Place, dict[int, str]] = {}
        for row in self._asked(
            "select *, manager_id as said from roster_rows where manager_id in (select unnest($ids))"
        ):
            self._below.setdefault(_place(row), {})[row["line_no"]] = row["said"]
        self._apart: Places = {}
        for row in self._asked("select * from quarantined_rows"):
            self._apart.setdefault(_place(row), set()).add(row["line_no"])
        self._made: dict[Place, dict[str, str]] = {}
        touched = {upload for upload, _ in self._own}
        for row in self._asked(
            "select c.* from credential_rows as c join upload_files as f on f.upload_id = c.upload_id "
            "and f.file_no = c.file_no where f.kind <> 'credentials'"
        ):
            if row["upload_id"] in touched:
                self._made.setdefault(_place(row), {})[row["name"]] = row["issuer"]
        self._keys = self._keys_that_stay()

    def of(self, upload_id: int, file_no: int, read: ReadFile) -> Rows:
        """What is known of the rows of one file."""
        place, table = (upload_id, file_no), read.kind.table
        own, apart = self._own.get(place, set()), self._apart.get(place, set())
        of_file = {"upload_id": upload_id, "file_no": file_no}
        where = f"from {table} where upload_id = $upload_id and file_no = $file_no"
        if own and read.mapped.mapping.keeps_first:  # a row that gave way to another must not come in its place
            landed = self.store.query(f"select line_no {where}", of_file)["line_no"].to_pylist()
            own = own | (set(read.decoded.lines.to_pylist()) - set(landed) - apart)

        def managers(lines: list[int]) -> dict[int, str | None]:
            asked = f"select line_no, manager_id {where} and line_no in (select unnest($lines))"
            rows = self.store.query(asked, of_file | {"lines": lines}).to_pylist()
            return {row["line_no"]: row["manager_id"] for row in rows}

        return Rows(
            frozenset(own), self._below.get(place, {}), tuple(self._keys.get(place, ())), self._made.get(place, {}),
            tuple(sorted(apart - own)), self.markers, managers, self._is_known,
        )  # fmt: skip

    def _keys_that_stay(self) -> dict[Place, list[str]]:
        """Keys that rows which go have after rows of others, which must not come back; by the file that has them.

        A key whose every row goes is in none of them: nothing of it is left to stay superseded.
        """
        found: dict[Place, list[str]] = {}
        before = self._asked("select * from erased_keys")
        for kind in (kind for kind in KINDS.values() if kind.changing_key):
            key = kind.changing_key
            noted = [(row["upload_id"], row["file_no"], row["key"]) for row in before if row["kind"] == kind.name]
            rows = self._asked(
                f"select upload_id, file_no, line_no, {key} as key from {kind.table} where {key} in "
                f"(select k.{key} from {kind.table} as k where k.{kind.owner} in (select unnest($ids))) "
                f"or {key} in (select unnest($keys))",
                keys=sorted({key for _, _, key in noted}),
            )
            going = self.places.get(kind.name, {})
            first: dict[str, int] = {}
            for row in rows:
                if row["line_no"] in going.get(_place(row), ()):
                    noted.append((*_place(row), row["key"]))
                else:
                    first[row["key"]] = min(row["upload_id"], first.get(row["key"], row["upload_id"]))
            for upload_id, file_no, said in noted:
                if first.get(said, upload_id) < upload_id:
                    found.setdefault((upload_id, file_no), []).append(said)
        for place in [*_emptied(self.store, self.places), *(_place(r) for r in before if r["kind"] == "roster")]:
            found.setdefault(place, [""])
        return {place: sorted(set(keys)) for place, keys in found.items()}

    def _is_known(self, employee_id: str) -> bool:
        return (
            self.store.query("select 1 from roster_rows where employee_id = $id limit 1", {"id": employee_id}).num_rows
            > 0
        )

    def _asked(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.store.query(sql, {"ids": sorted(self.people.ids), **more}).to_pylist()
        return rows


def _place(row: Mapping[str, Any]) -> Place:
    return row["upload_id"], row["file_no"]


def _emptied(store: Store, places: Mapping[str, Places]) -> Iterable[Place]:
    """The first file of every roster upload of which each row goes."""
    going: dict[int, int] = {}
    for (upload_id, _), lines in places.get("roster", {}).items():
        going[upload_id] = going.get(upload_id, 0) + len(lines)
    rows = store.query("select upload_id, min(file_no) as file_no, count(*) as n from roster_rows group by upload_id")
    return [_place(row) for row in rows.to_pylist() if going.get(row["upload_id"]) == row["n"]]
