"""What is stored about a person, and what is past the time it is kept for."""

import json
from datetime import date
from typing import Any

import pandas as pd

from skilltrack.access import entries
from skilltrack.config import retention, today
from skilltrack.ingest import KINDS, Named
from skilltrack.keeping.data_map import data_map
from skilltrack.keeping.erasure import named
from skilltrack.keeping.kept_files import Places, lines_of
from skilltrack.kinds import Kind, Means, kinds_about_people
from skilltrack.relations import END_OF_TIME, WHERE_FROM, read_text, with_definitions
from skilltrack.storage import Store
from skilltrack.text import INVISIBLE, visible

_WHERE = {
    "employee_id": "t.employee_id = $id",
    "person": "t.person in (select k.person from kept_people as k where k.employee_id = $id)",
    "account": "t.account in (select unnest($names)) or t.by_whom in (select unnest($names))",
    "by_whom": "t.by_whom in (select unnest($names))",
    "readers": "t.account in (select unnest($names)) or t.by_whom in (select unnest($names)) "
    "or list_has_any(cast(cast(t.readers as json) as varchar[]), $names)",
}
"""Which rows are about a person, by the column that says who a row is about."""
_LEFT = (
    "select employee_id from kept_roster group by employee_id "
    "having max(least(valid_to, coalesce(left_on, valid_to))) < $before"
)
PROPOSALS = "proposals"
"""The rule for proposals that were decided or withdrawn."""
_DECIDED = "select proposal_id from proposal_events where step <> 'proposed' and happened_at < $before"
_ALL_OF_A_KEY = read_text("keeping/privacy/all_of_a_key")


def stored_about(store: Store, employee_id: str) -> dict[str, Any]:
    """All that is stored about a person: rows of every table with upload, file and line, and the audit log's entries.

    Raises `BadQuestion` when nothing is stored.
    """
    people = named(store, [employee_id])
    asked = {"id": employee_id, "names": sorted({employee_id, *people.emails, *people.names})}
    tables = {
        table.name: store.query(
            _with_files(table.name, _WHERE.get(table.about, f"t.{table.about} = $id")), asked
        ).to_pylist()
        for table in data_map().values()
        if table.about and table.about != "cells"
    }
    tables["quarantined_rows"] = _set_aside(store, people)
    log = pd.concat([entries(store, {name: employee_id}) for name in ("about", "who")])
    return {
        "employee_id": employee_id,
        "as_of": today(),
        "tables": {name: rows for name, rows in tables.items() if rows},
        "audit": log.drop_duplicates("number").sort_values("number").to_dict("records"),
        "purposes": {name: data_map()[name].purpose for name, rows in tables.items() if rows},
    }


def people_like(store: Store, text: str) -> dict[str, str]:
    """People on any roster with this id, name or address: a label for each employee_id; at most 20."""
    rows = store.query(
        "select employee_id, arg_max(name, valid_from) as name, max(valid_to) as last from kept_roster "
        "where employee_id = $text or contains(lower(name), lower($text)) or lower(email) = lower($text) "
        "group by employee_id order by employee_id limit 20",
        {"text": text},
    ).to_pylist()
    left = {row["employee_id"]: "" if row["last"].year == 9999 else f", listed until {row['last']}" for row in rows}
    return {
        row["employee_id"]: visible(f"{row['name']} ({row['employee_id']}{left[row['employee_id']]})") for row in rows
    }


def as_json(stored: dict[str, Any]) -> bytes:
    """What is stored, as a file for the person; invisible characters are spelled out."""
    text = json.dumps(stored, ensure_ascii=False, indent=1, default=str)
    return (INVISIBLE.sub(lambda character: f"\\u{ord(character[0]):04x}", text) + "\n").encode()


def due(store: Store) -> tuple[Named, dict[str, Places], set[int]]:
    """The people, the rows by kind of file, and the proposals past the time that `SKILLTRACK_RETENTION` sets."""
    kept, people, places = retention(retained()), Named(), {}
    proposals: set[int] = set()
    if PROPOSALS in kept:
        proposals = set(store.query(_DECIDED, {"before": _before(kept[PROPOSALS])})["proposal_id"].to_pylist())
    if "left" in kept:
        left = store.query(f"{_LEFT} order by 1", {"before": _before(kept["left"])}).to_pylist()
        people = named(store, [row["employee_id"] for row in left]) if left else people
    for kind in kinds_about_people():
        if kind.ends and kind.retention in kept:
            select = _ALL_OF_A_KEY.format(key=", ".join(kind.key), table=kind.table, **_end_of_rows(kind))
            asked = {"before": _before(kept[kind.retention]), "known_at": END_OF_TIME}
            places[kind.name] = lines_of(store.query(with_definitions(select), asked))
    return people, {kind: of_kind for kind, of_kind in places.items() if of_kind}, proposals


def _end_of_rows(kind: Kind) -> dict[str, str]:
    """The SQL for the day on which a row `r` of a kind ends, and for what has to be joined to know it."""
    if kind.ends_in:
        place = " and ".join(f"e.{name} = r.{name}" for name in WHERE_FROM)
        return {"ends_on": "e.ends_on", "joined": f"left join {kind.ends_in} as e on {place}"}
    return {"ends_on": f"least({', '.join(f'r.{name}' for name in kind.ends)})", "joined": ""}


def retained() -> tuple[str, ...]:
    """The rules that SKILLTRACK_RETENTION can set: for people who left, for each kind whose rows end, for proposals."""
    return (*(kind.retention for kind in kinds_about_people()), PROPOSALS)


def _before(months: int) -> date:
    return (pd.Timestamp(today()) - pd.DateOffset(months=months)).date()


def _with_files(table: str, where: str) -> str:
    """A select of a table's rows, each with the name of the file it came from, if any."""
    if not {"upload_id", "file_no"} <= {*data_map()[table].personal, *data_map()[table].other}:
        return f"select t.* from {table} as t where {where}"
    return (
        f"select t.*, f.file_name from {table} as t "
        f"left join upload_files as f on f.upload_id = t.upload_id and f.file_no = t.file_no where {where} "
        "order by t.upload_id, t.file_no, t.line_no"
    )


def _set_aside(store: Store, people: Named) -> list[dict[str, Any]]:
    """Rows set aside that are about the person, by their id or, in rows without an id, by their name or address.

    A row whose cells fit no column is theirs when any cell is.
    """
    theirs = []
    for row in store.query(_with_files("quarantined_rows", "true")).to_pylist():
        cells, kind = json.loads(row["cells"]), KINDS[row["kind"]]
        if isinstance(cells, dict):
            called = [c.name for c in kind.file_columns if c.means is Means.CALLED]
            texts = [cells.get(kind.about)] if cells.get(kind.about) else [cells.get(name) for name in called]
            cells = (texts if kind.about else []) + cells.get("as_it_came", [])
        if any(people.is_meant(cell or "") for cell in cells):
            theirs.append(row)
    return theirs
