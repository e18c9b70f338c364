"""What is held on a person, and what is past the time it is kept for."""

import json
from datetime import date
from typing import Any

import pandas as pd

from skilltrack.audit import entries
from skilltrack.config import retention, today
from skilltrack.data_map import data_map
from skilltrack.erasure import Places, lines_where, named
from skilltrack.ingest import KINDS
from skilltrack.ingest.erased import Named
from skilltrack.store import Store
from skilltrack.text import INVISIBLE, visible

_WHERE = {
    "employee_id": "t.employee_id = $id",
    "person": "t.person in (select k.person from kept_people as k where k.employee_id = $id)",
    "account": "t.account in (select unnest($said)) or t.by_whom in (select unnest($said))",
    "by_whom": "t.by_whom in (select unnest($said))",
}
"""Rows about a person, by the column that says whom a row is about."""
_LEFT = (
    "select employee_id from kept_roster group by employee_id "
    "having max(least(valid_to, coalesce(left_on, valid_to))) < $before"
)
_ENDED = {
    "badges": "award_key in (select k.award_key from kept_awards as k "
    "where least(k.valid_to, coalesce(k.revoked_on, k.valid_to)) < $before)",
    "prior_learning": "valid_to < $before",
    "self_ratings": "valid_to < $before",
    "exemptions": "valid_to < $before",
    "spend": "paid_on < $before",
}
"""Rows that ended before a day, by kind of file."""


def held(store: Store, employee_id: str) -> dict[str, Any]:
    """All that is held on a person: rows of every table with their upload, file and line, and the audit log's entries.

    Raises `BadQuestion` when nothing is.
    """
    people = named(store, [employee_id])
    asked = {"id": employee_id, "said": sorted({employee_id, *people.emails, *people.names})}
    found = {
        table.name: store.query(_with_files(table.name, _WHERE[table.about]), asked).to_pylist()
        for table in data_map().values()
        if table.about in _WHERE
    }
    found["quarantined_rows"] = _kept_apart(store, people)
    log = pd.concat([entries(store, {name: employee_id}) for name in ("about", "who")])
    return {
        "employee_id": employee_id, "as_of": today(), "tables": {name: rows for name, rows in found.items() if rows},
        "audit": log.drop_duplicates("number").sort_values("number").to_dict("records"),
        "purposes": {name: data_map()[name].purpose for name, rows in found.items() if rows},
    }  # fmt: skip


def found_people(store: Store, text: str) -> dict[str, str]:
    """People whom any roster listed, by id, name or address: employee_id to what tells them apart; at most 20."""
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


def as_json(found: dict[str, Any]) -> bytes:
    """What is held, as a file for the person; signs that nobody sees are spelled out."""
    text = json.dumps(found, ensure_ascii=False, indent=1, default=str)
    return (INVISIBLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text) + "\n").encode()


def due(store: Store) -> tuple[Named, dict[str, Places]]:
    """Who, and which rows by kind of file, are past the time that `SKILLTRACK_RETENTION` keeps them."""
    kept, people, places = retention(), Named(), {}
    if "left" in kept:
        left = store.query(f"{_LEFT} order by 1", {"before": _before(kept["left"])}).to_pylist()
        people = named(store, [row["employee_id"] for row in left]) if left else people
    for kind, where in _ENDED.items():
        if kind in kept:
            places[kind] = lines_where(store, KINDS[kind].table, where, {"before": _before(kept[kind])})
    return people, {kind: found for kind, found in places.items() if found}


def _before(months: int) -> date:
    return (pd.Timestamp(today()) - pd.DateOffset(months=months)).date()


def _with_files(table: str, where: str) -> str:
    """A select of a table's rows, each with the name of its file where it came from one."""
    if not {"upload_id", "file_no"} <= {*data_map()[table].personal, *data_map()[table].other}:
        return f"select t.* from {table} as t where {where}"
    return (
        f"select t.*, f.file_name from {table} as t "
        f"left join upload_files as f on f.upload_id = t.upload_id and f.file_no = t.file_no where {where} "
        "order by t.upload_id, t.file_no, t.line_no"
    )


def _kept_apart(store: Store, people: Named) -> list[dict[str, Any]]:
    """Rows kept apart that name the person in some cell."""
    found = []
    for row in store.query(_with_files("quarantined_rows", "true")).to_pylist():
        cells = json.loads(row["cells"])
        if any(people.is_meant(cell or "") for cell in (cells.values() if isinstance(cells, dict) else cells)):
            found.append(row)
    return found
