"""What the files of one kind say by now, and a small file of the changes that somebody makes by hand."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from skilltrack.errors import Refused
from skilltrack.kinds import Kind
from skilltrack.language import sentence
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage import Store


def current_rows(store: Store, kind: Kind) -> pd.DataFrame:
    """The newest row of each key that counts, under the columns of the kind, in the order of the keys.

    Only for kinds whose newest row alone counts: not for rosters, badges and spend.
    """
    columns, key = ", ".join(column.name for column in kind.columns), ", ".join(f"r.{name}" for name in kind.key)
    newest = (
        f"select r.* from {kind.table} as r join live_uploads as u on u.upload_id = r.upload_id "
        f"qualify row_number() over (partition by {key} order by r.upload_id desc, r.line_no desc) = 1"
    )
    holds = [f"coalesce(cast({column} as varchar), '') <> '{cell}'" for column, cell in kind.taken_back.items()]
    holding = f"where {' and '.join(holds)}" if holds else ""
    return store.frame(
        with_definitions(f"select {columns} from ({newest}) as n {holding} order by {', '.join(kind.key)}"),
        {"known_at": END_OF_TIME},
    )


def as_file(
    kind: Kind,
    rows: pd.DataFrame,
    edited: Mapping[int, Mapping[str, Any]],
    added: Sequence[Mapping[str, Any]],
    removed: Sequence[int],
    day: date,
) -> bytes:
    """A CSV file of the kind with the rows that somebody edited (by place in `rows`), added or removed on a day.

    A removed row ends the day before, or is taken back. Raises `Refused` for a change that such a file cannot express.
    """
    lines = []
    for at, cells in edited.items():
        before = _texts(rows.iloc[int(at)].to_dict())
        after = before | _texts(cells)
        moved = [name for name in kind.key if after[name] != before[name]]
        if moved:
            raise Refused(
                sentence(
                    "{column} says which row this is, so {before!r} cannot become {after!r}. Add a row for "
                    "{after!r}, and remove the other one.",
                    column=moved[0],
                    before=before[moved[0]] or "nothing",
                    after=after[moved[0]],
                )
            )
        lines.append(after)
    for at in removed:
        lines.append(_texts(rows.iloc[int(at)].to_dict()) | _removal(kind, day))
    for cells in added:
        texts = _texts(cells)
        if any(texts.values()):
            lines.append(texts)
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in kind.columns], restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode() if lines else b""


def can_be_removed(kind: Kind) -> bool:
    """Whether a later file can take back a row of this kind."""
    return bool(kind.taken_back) or "valid_to" in kind.ends


def _removal(kind: Kind, day: date) -> dict[str, str]:
    if not can_be_removed(kind):
        raise Refused(
            sentence(
                "Rows of {kind} cannot be removed, because others name them. Undo the upload that brought "
                "them, on the uploads page.",
                kind=kind.name.replace("_", " "),
            )
        )
    return kind.taken_back or {"valid_to": str(day - timedelta(days=1))}


def _texts(cells: Mapping[Any, Any]) -> dict[str, str]:
    """Cells as they are written in a file."""

    def text(cell: Any) -> str:
        if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
            return ""
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, float):
            return f"{cell:.4f}".rstrip("0").rstrip(".")
        return str(cell)[:10] if isinstance(cell, date) else str(cell)

    return {str(name): text(cell) for name, cell in cells.items()}
