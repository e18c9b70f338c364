"""The kept files as erasing sees them: which rows are about the people, and what else must not change."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import pyarrow as pa

from skilltrack.ingest import (
    EVERYBODY,
    OF_SKILL,
    Named,
    ReadFile,
    Rows,
    Source,
    left_of,
    made_as,
    mentioned_in_badges,
    parse_mapping,
    read_one,
)
from skilltrack.kinds import KINDS, Kind, kinds_about_people
from skilltrack.relations import read_text
from skilltrack.storage import Entry, Store, kept_of

Place = tuple[int, int]
"""Upload and file."""
Places = dict[Place, set[int]]
"""Lines by upload and file."""


def lines_where(store: Store, table: str, where: str, parameters: Mapping[str, Any]) -> Places:
    """The lines of the rows of a table that meet a condition."""
    return lines_of(store.query(f"select upload_id, file_no, line_no from {table} where {where}", parameters))


def lines_of(rows: pa.Table) -> Places:
    """The lines of rows, each with its upload, file and line."""
    places: Places = {}
    for row in rows.to_pylist():
        places.setdefault((row["upload_id"], row["file_no"]), set()).add(row["line_no"])
    return places


def read_kept(store: Store, file: Entry) -> ReadFile:
    """A kept file, read as the journal says it was."""
    content = store.journal.read(file["stored"])
    mapping = parse_mapping(file["mapping"], "of the journal", is_kept=True)
    source = Source(file["kind"], file["name"], content, mapping, True, file["sha256"], file["bytes"], is_again=True)
    return read_one(source, "")


def mentioned_in_proposed(store: Store, entry: Entry, people: Named) -> tuple[bool, dict[tuple[str, str], set[str]]]:
    """Whether the file of a proposal mentions them, and what of it only reads like them."""
    for file in kept_of(entry):
        content = store.journal.read(file["stored"])
        if entry["what"] == "badge":
            return mentioned_in_badges(content, str(file["name"]), people)
        return people.are_in(content), {}
    return False, {}


ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_OF_KEYS = read_text("keeping/kept_files/of_keys")
_ON_RECORD = read_text("keeping/kept_files/on_record")
_AWARDS_TOLD = read_text("keeping/kept_files/awards_told")
_ENDS = ("expires_on", "revoked_on")
"""Columns in which a row that is left out may have said more than the rows that stay."""
_NOTED = "(upload_id, file_no, line_no) in (select (n.upload_id, n.file_no, n.line_no) from {} as n) as {}"
"""Whether something beside a row notes something of it."""
_EMPTY = "select upload_id, file_no from erased_rows where of_upload is null"


@dataclass
class KeptRows:
    """What is known of the rows of every kept file once people, and the rows at some places, are to go."""

    store: Store
    people: Named
    places: Mapping[str, Places]
    """Lines that go, by kind of file."""
    markers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numberings: dict[str, str] = {}
        self._own: Places = {}
        for of_kind in self.places.values():
            for place, lines in of_kind.items():
                self._own.setdefault(place, set()).update(lines)
        self._below: dict[Place, dict[int, str]] = {}
        for row in self._asked("select * from roster_rows where manager_id in (select unnest($ids))"):
            self._below.setdefault(_place(row), {})[row["line_no"]] = row["manager_id"]
        self._apart: Places = {}
        for row in self._asked("select * from quarantined_rows"):
            self._apart.setdefault(_place(row), set()).add(row["line_no"])
        self._made: dict[Place, dict[str, str]] = {}
        affected = {upload for upload, _ in self._own}
        for row in self._asked(
            "select c.* from credential_rows as c join upload_files as f on f.upload_id = c.upload_id "
            "and f.file_no = c.file_no where f.kind <> 'credentials'"
        ):
            if row["upload_id"] in affected:
                self._made.setdefault(_place(row), {})[made_as(row["credential_id"], row["name"])] = row["issuer"]
        for row in self._asked(
            "select s.* from skill_rows as s join upload_files as f on f.upload_id = s.upload_id "
            "and f.file_no = s.file_no where f.kind <> 'skills'"
        ):
            if row["upload_id"] in affected:
                self._made.setdefault(_place(row), {})[row["skill_id"]] = OF_SKILL
        self._left = self._what_is_left()
        self._awards = self._which_awards()

    def of(self, upload_id: int, file_no: int, read: ReadFile) -> Rows:
        """What is known of the rows of one file."""
        place, table = (upload_id, file_no), read.kind.table
        own, apart = self._own.get(place, set()), self._apart.get(place, set())
        of_file = {"upload_id": upload_id, "file_no": file_no}
        where = f"from {table} where upload_id = $upload_id and file_no = $file_no"
        landed = self.store.query(f"select line_no, {read.kind.about or 'null'} as owner {where}", of_file).to_pylist()
        if own and read.mapped.mapping.keeps_one:  # a row that gave way to another must not take its place again
            own = own | (set(read.decoded.lines.to_pylist()) - {row["line_no"] for row in landed} - apart)

        def managers(lines: list[int]) -> dict[int, str | None]:
            asked = f"select line_no, manager_id {where} and line_no in (select unnest($lines))"
            rows = self.store.query(asked, of_file | {"lines": lines}).to_pylist()
            return {row["line_no"]: row["manager_id"] for row in rows}

        on_record = {
            row.pop("line_no"): row
            for row in (self._asked(_ON_RECORD, **of_file) if read.badges else ())
            if row["line_no"] not in own
        }
        return Rows(
            frozenset(own),
            frozenset(row["line_no"] for row in landed if row["owner"]) - own,
            on_record,
            self._below.get(place, {}),
            tuple(self._left.get(place, ())),
            self._made.get(place, {}),
            self._awards_of(place, read),
            tuple(sorted(apart - own)),
            tuple(sorted(self._left_out(place, read) - own - apart)),
            self._told_of(place, read),
            self.markers,
            managers,
            self._is_known,
            self._numbering,
        )

    def names_another(self, who: str) -> bool:
        """Whether this is the id or an address of somebody else, whatever it reads like."""
        return not self.people.is_meant(who) and (ADDRESS.fullmatch(who.strip()) is not None or self._is_known(who))

    def _what_is_left(self) -> dict[Place, list[str]]:
        """What is left of rows that go, now or in an earlier erasure, while others with their key stay; by file.

        The texts are those of `left_of`. A key all of whose rows go leaves nothing: none has to stay superseded.
        """
        texts_of: dict[Place, list[str]] = {}
        for kind in (kind for kind in kinds_about_people() if kind.changing_key):
            rows = self._asked(
                _OF_KEYS.format(key=kind.changing_key, owner=kind.about, table=kind.table, **_more(kind)),
                kind=kind.name,
            )
            going = self.places.get(kind.name, {})
            left = [row for row in rows if row["is_erased"]]
            staying: dict[str, dict[tuple[str, bool], tuple[int, int, int]]] = {}
            for row in (row for row in rows if not row["is_erased"]):
                if row["line_no"] in going.get(_place(row), ()):
                    left.append(row)
                else:  # one row of each holder and form will do: the others have the same key
                    of_key = staying.setdefault(row["key"], {})
                    of_key.setdefault((row["owner"], row["lacks_id"]), (*_place(row), row["line_no"]))
            for row in left:
                for at in staying.get(row["key"], {}).values():
                    texts_of.setdefault(_place(row), []).append(left_of(at, row))
        for place in [*_emptied(self.store, self.places), *map(_place, self._asked(_EMPTY))]:
            texts_of.setdefault(place, [EVERYBODY])
        return {place: sorted(set(texts)) for place, texts in texts_of.items()}

    def _which_awards(self) -> dict[Place, dict[str, str]]:
        """By file and line, the award of each row of others that could be taken for another one afterwards."""
        going = [(*place, line) for place, lines in self.places.get("badges", {}).items() for line in sorted(lines)]
        uploads, files, lines = (list(numbers) for numbers in zip(*going, strict=True)) if going else ([], [], [])
        awards: dict[Place, dict[str, str]] = {}
        (of_row,) = [column.derived for column in KINDS["badges"].derived if column.name == "award_key"]
        select = _AWARDS_TOLD.format(of_row=of_row)
        for row in self._asked(select, uploads=uploads, files=files, lines=lines) if going else ():
            awards.setdefault(_place(row), {})[str(row["line_no"])] = self._key(row["award_key"])
        return awards

    def _key(self, award_key: str) -> str:
        """The key of an award, whose end may be the numbering of its id."""
        head, mark, numbering = award_key.rpartition("\x1f")
        return f"{head}{mark}{self._numbering(numbering)}" if mark and head.startswith("id ") else award_key

    def _numbering(self, name: str) -> str:
        """A numbering under the same name in all files, unless that mentions them: then under one that says nothing."""
        if not self.people.mention.search(name):
            return name
        return self._numberings.setdefault(name, f"erased {token_hex(4)}")

    def _awards_of(self, place: Place, read: ReadFile) -> dict[str, str]:
        """The awards of a file's rows that its mapping has to say, now or since an earlier erasure."""
        earlier = read.mapped.mapping.awards
        if not earlier:
            return self._awards.get(place, {})
        of_file = {"upload_id": place[0], "file_no": place[1], "earlier": [int(line) for line in earlier]}
        asked = "select line_no, award_key from badge_rows where upload_id = $upload_id and file_no = $file_no"
        rows = self._asked(f"{asked} and line_no in (select unnest($earlier))", **of_file)
        own = self._own.get(place, set())
        had = {str(row["line_no"]): self._key(row["award_key"]) for row in rows if row["line_no"] not in own}
        return had | self._awards.get(place, {})

    def _left_out(self, place: Place, read: ReadFile) -> set[int]:
        """Lines that a status leaves out and that took nothing back: whoever goes may have been why."""
        if read.mapped.left_out is None:
            return set()
        asked = f"select line_no from {read.kind.table} where upload_id = $upload_id and file_no = $file_no"
        landed = self._asked(asked, upload_id=place[0], file_no=place[1])
        return {*read.mapped.left_out.lines.to_pylist()} - {row["line_no"] for row in landed}

    def _told_of(self, place: Place, read: ReadFile) -> tuple[str, ...]:
        """Columns that the file lacks and speaks of, perhaps only by rows that go."""
        if not read.kind.holds_awards or "revoked_on" in read.mapped.columns:
            return ()
        asked = "select 1 from badge_files where upload_id = $upload_id and file_no = $file_no and has_revoked_on"
        return ("revoked_on",) if self._asked(asked, upload_id=place[0], file_no=place[1]) else ()

    def _is_known(self, employee_id: str) -> bool:
        return (
            self.store.query("select 1 from roster_rows where employee_id = $id limit 1", {"id": employee_id}).num_rows
            > 0
        )

    def _asked(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.store.query(sql, {"ids": sorted(self.people.ids), **more}).to_pylist()
        return rows


def _more(kind: Kind) -> dict[str, str]:
    """The columns kept of a row besides its key, as selected from the row and from what was left of an erased one."""
    if kind.optional_id:
        noted = [_NOTED.format("named_issuers", "names_issuer"), _NOTED.format("undated_revocations", "is_undated")]
        of_row = ", ".join([f"{kind.optional_id} is null as lacks_id", *_ENDS, *noted])
        names = ("lacks_id", *_ENDS, "names_issuer", "is_undated")
        return {"of_row": of_row, "of_erased": ", ".join(f"e.{name}" for name in names)}
    ends = [f"cast(null as date) as {name}" for name in _ENDS]
    nothing = ", ".join(["false as lacks_id", *ends, "cast(null as boolean) as names_issuer", "false as is_undated"])
    return {"of_row": nothing, "of_erased": nothing}


def _place(row: Mapping[str, Any]) -> Place:
    return row["upload_id"], row["file_no"]


def _emptied(store: Store, places: Mapping[str, Places]) -> Iterable[Place]:
    """The first file of every roster upload that loses all its rows."""
    going: dict[int, int] = {}
    for (upload_id, _), lines in places.get("roster", {}).items():
        going[upload_id] = going.get(upload_id, 0) + len(lines)
    rows = store.query("select upload_id, min(file_no) as file_no, count(*) as n from roster_rows group by upload_id")
    return [_place(row) for row in rows.to_pylist() if going.get(row["upload_id"]) == row["n"]]
