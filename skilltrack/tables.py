"""Answers reshaped for the screen: pure, DataFrame in, DataFrame or plain values out."""

from math import floor
from typing import Any

import pandas as pd

MOST = 80
"""Rows and columns of a grid that a person can still look at; the rest is in the table below it."""


def percent(part: Any, whole: Any) -> str:
    """A ratio as people read it, halves upwards as `matrix.js` has it, or a dash when there is nothing to divide by."""
    return "–" if pd.isna(whole) or not whole else f"{floor((round(200 * part / whole, 9) + 1) / 2)} %"


def of(part: Any, whole: Any, what: str) -> str:
    """The n of m behind a ratio."""
    return f"{int(part):,} of {int(whole):,} {what}"


def totals_by(frame: pd.DataFrame, by: str | list[str]) -> pd.DataFrame:
    """Coverage summed over a column: required, met and their ratio per group, thinnest first."""
    summed = frame.groupby(by, dropna=False, as_index=False)[["required", "met"]].sum()
    summed["coverage"] = (summed["met"].astype(float) / summed["required"].where(summed["required"] > 0)).astype(float)
    return summed.sort_values(["coverage", "required"], ascending=[True, False]).reset_index(drop=True)


def matrix(frame: pd.DataFrame, row: str, column: str, labels: pd.Series, most: int = MOST) -> dict[str, Any]:
    """Coverage cells as a grid for `ui.matrix`: the `most` thinnest rows and columns, each with its total."""
    rows, columns = totals_by(frame, row).head(most), totals_by(frame, column).head(most)
    frame = frame[frame[row].isin(rows[row]) & frame[column].isin(columns[column])]
    cells = {
        f"{getattr(cell, row)}\n{getattr(cell, column)}": [int(cell.met), int(cell.required)]
        for cell in frame.itertuples(index=False)
    }
    return {
        "rows": [
            {"id": str(r[row]), "label": str(r[row]) or "No team", "met": int(r["met"]), "required": int(r["required"])}
            for r in rows.to_dict("records")
        ],
        "columns": [
            {"id": str(c[column]), "label": str(labels.get(c[column], c[column])), "met": int(c["met"]),
             "required": int(c["required"])}
            for c in columns.to_dict("records")
        ],
        "cells": cells,
    }  # fmt: skip


def people_matrix(frame: pd.DataFrame, names: pd.Series, limit: int) -> dict[str, Any]:
    """Levels of people against their requirements as a grid: the first `limit` people in the given order.

    A skill whose required level differs between their roles shows none in its head (`needed` 0).
    """
    order = list(names.index[:limit])
    kept = frame[frame["employee_id"].isin(order)]
    columns = []
    for skill, part in kept.groupby("skill_id"):
        wanted = part["required_level"].unique()
        needed = int(wanted[0]) if len(wanted) == 1 else 0
        columns.append({"id": skill, "label": str(part["skill"].iloc[0]), "needed": needed})
    cells = {
        f"{cell.employee_id}\n{cell.skill_id}": [int(cell.level), int(cell.required_level), bool(cell.is_exempt)]
        for cell in kept.itertuples(index=False)
    }
    rows = [{"id": person, "label": str(names[person])} for person in order]
    return {"rows": rows, "columns": columns, "cells": cells}


def best_levels(transcript: pd.DataFrame) -> pd.DataFrame:
    """What a person can do: per skill the best line that counts, the one that lasts longest where several are best."""
    counting = transcript[transcript["counts"].astype(bool)].copy()
    counting["lasts"] = counting["valid_to"].astype(object).where(counting["valid_to"].notna(), None)
    counting["sort_to"] = [str(day) if day is not None else "9999-12-31" for day in counting["lasts"]]
    best = counting.sort_values(["level", "sort_to"], ascending=False).drop_duplicates("skill_id")
    return best.sort_values(["level", "skill"], ascending=[False, True]).drop(columns=["lasts", "sort_to"])


def worst_cells(coverage: pd.DataFrame, least: int = 3, count: int = 8) -> pd.DataFrame:
    """Where cover is thinnest: cells that at least `least` people need, lowest coverage first, most missing first."""
    needed = coverage[coverage["required"] >= least].copy()
    needed["missing"] = needed["required"] - needed["met"]
    return needed.sort_values(["coverage", "missing"], ascending=[True, False]).head(count)
