"""Bad rows kept apart when the good ones land: as they came, with what was wrong, to be mended and tried again."""

import json

from skilltrack.ingest.columns import Mapped
from skilltrack.ingest.decode import Decoded
from skilltrack.ingest.landing import Landing
from skilltrack.ingest.outcome import Problem


def quarantine(landing: Landing, file_no: int, decoded: Decoded, mapped: Mapped, problems: list[Problem]) -> None:
    """Store the bad rows of one file, each with its cells and every problem it has."""
    faults: dict[int, list[dict[str, str | None]]] = {}
    for problem in problems:
        if problem.severity == "error" and problem.file == decoded.name and problem.line is not None:
            said = {"column": problem.column, "value": problem.value, "message": problem.message}
            faults.setdefault(problem.line, []).append(said)
    row_of = {line: row for row, line in enumerate(mapped.lines.to_pylist())} if faults else {}
    for line, found in sorted(faults.items()):
        # Cells that fit no column could be anything: where the file has sensitive columns they are not kept.
        cells: object = [] if mapped.sensitive else decoded.unread.get(line, [])
        if line in row_of:
            cells = {name: column[row_of[line]].as_py() for name, column in mapped.columns.items()}
        landing.transaction.run(
            "insert into quarantined_rows values ($upload_id, $kind, $file_no, $line_no, $cells, $problems)",
            {
                "upload_id": landing.upload_id,
                "kind": mapped.kind,
                "file_no": file_no,
                "line_no": line,
                "cells": json.dumps(cells, ensure_ascii=False),
                "problems": json.dumps(found, ensure_ascii=False),
            },
        )
