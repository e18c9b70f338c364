"""Bad rows set aside when the good ones are imported: as they came, with what is wrong, to be mended and retried."""

import json
import re
from typing import Any

import pandas as pd

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import as_json, from_json
from skilltrack.ingest.reading.columns import Mapped
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.matrix_places import place_of
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import KEPT_APART, KINDS
from skilltrack.language import _
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Store

PLACE = re.compile(r"(?:row )?(\d+)/(\d+)/(\d+)")
"""The row set aside that a row mends: its upload, file and line."""
AS_IT_CAME = "as_it_came"
"""Key of the cells of a row as it first came, where they fit no column, beside its cells when it was tried again."""
DETAILS = ("reason", "line", "file", AS_IT_CAME)
"""Columns of a row set aside that are not cells of its file: they come first, and whose row it is after them."""


def quarantine(landing: Landing, file_no: int, decoded: Decoded, mapped: Mapped, problems: list[Problem]) -> None:
    """Store the bad rows of one file, each with its cells and every problem it has."""
    faults: dict[int, list[dict[str, Any]]] = {}
    for problem in problems:
        if problem.severity == "error" and problem.file == decoded.name and problem.line is not None:
            place = place_of(decoded, problem.line)
            details = {"column": problem.column, "value": problem.value, **as_json(problem.message)}
            details |= {"line": ", ".join(map(str, filter(None, place)))} if place else {}
            details |= {"line": decoded.places[problem.line]} if problem.line in decoded.places else {}
            faults.setdefault(problem.line, []).append(details)
    row_of = {line: row for row, line in enumerate(mapped.lines.to_pylist())} if faults else {}
    for line, of_row in sorted(faults.items()):
        # Cells that fit no column could be anything, so they are not kept if the file has sensitive columns.
        cells: object = [] if mapped.sensitive else decoded.unread.get(line, [])
        if line in row_of:
            row = {name: column[row_of[line]].as_py() for name, column in mapped.columns.items()}
            cells, of_row = _with_what_came(landing, mapped.kind, row, of_row)
        landing.transaction.run(
            "insert into quarantined_rows values ($upload_id, $kind, $file_no, $line_no, $cells, $problems)",
            {
                "upload_id": landing.upload_id,
                "kind": mapped.kind,
                "file_no": file_no,
                "line_no": line,
                "cells": json.dumps(cells, ensure_ascii=False),
                "problems": json.dumps(of_row, ensure_ascii=False),
            },
        )


def _with_what_came(
    landing: Landing, kind: str, row: dict[str, str], problems: list[dict[str, Any]]
) -> tuple[object, list[dict[str, Any]]]:
    """The cells and problems of a bad row; one that is tried again also keeps the cells with which it first came.

    Where such cells fit no column and nothing was mended, it is the same row as before.
    """
    place = PLACE.fullmatch(row.get(KEPT_APART.name, ""))
    if place is None:
        return row, problems
    earlier = landing.transaction.rows(
        "select cells, problems from quarantined_rows "
        "where upload_id = $upload and file_no = $file and line_no = $line and kind = $kind",
        {"upload": int(place[1]), "file": int(place[2]), "line": int(place[3]), "kind": kind},
    )
    came = json.loads(earlier[0]["cells"]) if earlier else {}
    if isinstance(came, list) and not any(cell for name, cell in row.items() if name != KEPT_APART.name):
        return came, json.loads(earlier[0]["problems"])
    first = came if isinstance(came, list) else came.get(AS_IT_CAME)
    return (row | {AS_IT_CAME: first} if first else row), problems


APART = read_text("landing/quarantine/apart")


def rows_apart(store: Store) -> dict[tuple[int, str], pd.DataFrame]:
    """Rows still set aside, by upload and kind: what is wrong, the cells to mend, and where each row was.

    What is wrong is in the language of the run, whatever the language in which they came.

    A frame can be written as CSV, mended, and imported as a file of its kind: its last column says which rows it mends.
    """
    by_upload: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in store.query(with_definitions(APART), {"known_at": END_OF_TIME}).to_pylist():
        cells, problems = json.loads(row["cells"]), json.loads(row["problems"])
        reasons = [": ".join(filter(None, (p["column"], _(from_json(p))))) for p in problems]
        line = next((p["line"] for p in problems if "line" in p), row["line_no"])
        details = {"reason": " ".join(reasons), "line": line, "file": row["file_name"]}
        cells = {AS_IT_CAME: cells} if isinstance(cells, list) else cells
        if AS_IT_CAME in cells:
            details[AS_IT_CAME] = " | ".join(cells[AS_IT_CAME])
        names = [column.name for column in KINDS[row["kind"]].file_columns if column != KEPT_APART]
        place = {KEPT_APART.name: f"row {row['upload_id']}/{row['file_no']}/{row['line_no']}"}
        rows = by_upload.setdefault((row["upload_id"], row["kind"]), [])
        rows.append(details | {name: cells.get(name, "") for name in names} | place)
    frames = {}
    for at, rows in by_upload.items():
        frame, kind = pd.DataFrame(rows).fillna(""), KINDS[at[1]]
        always = {column.name for column in kind.columns if column.required} | {KEPT_APART.name, kind.about}
        names = [name for name in frame if name in always or (frame[name].astype(str) != "").any()]
        frames[at] = frame[sorted(names, key=lambda name: (name not in DETAILS, name != kind.about))]
    return frames
