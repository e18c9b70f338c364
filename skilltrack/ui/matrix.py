"""A grid of numbers whose cells open what is behind them: a real table, readable by keyboard and screen reader.

Cells carry their number as text; the shade only repeats it. Rows and columns stay in view while the grid scrolls.
"""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_grid = st.components.v2.component(
    "skill_grid",
    html='<div class="scroll" tabindex="0" role="region" aria-label="Skill grid"></div>',
    css=(HERE / "matrix.css").read_text(encoding="utf-8"),
    js=(HERE / "matrix.js").read_text(encoding="utf-8"),
)


def show(data: dict[str, Any], key: str, *, corner: str, style: str = "share") -> tuple[str, str] | None:
    """Draw the grid of `tables.team_matrix` (style share) or `tables.closest_matrix` (style level).

    Returns (row id, column id) in the run after a cell was clicked, else nothing.
    """
    result = _grid(key=key, data={**data, "corner": corner, "style": style}, on_cell_change=lambda: None)
    return (result.cell["row"], result.cell["column"]) if result.cell else None
