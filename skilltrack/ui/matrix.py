"""A grid of numbers whose cells open what is behind them: a real table, usable by keyboard and screen reader.

Cells carry their number as text; the shade only repeats it. Headers stay in view while the grid scrolls. Skills are
grouped by category, and groups fold; typing filters rows and columns by name. All that happens in the browser; only a
click on a cell or on the name of a row is sent back.
"""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
HTML = """<div class="matrix">
<div class="bar">
  <input class="find" type="search" placeholder="Find a name or a skill" aria-label="Find a name or a skill">
  <select class="sort" aria-label="Sort by">
    <option value="gap">Biggest gaps first</option><option value="name">By name</option>
  </select>
  <span class="legend">
    <span><i class="m0"></i>all met</span><span><i class="m1"></i><i class="m2"></i><i class="m3"></i><i class="m4"></i>
    more missing</span><span><i class="m5"></i>nobody</span><span><b class="dot"></b> one person</span>
  </span>
  <span class="steps-legend">✓ met · 1/3 level 1 of 3 · – exempt</span>
</div>
<div class="scroll" tabindex="0" role="region"></div>
</div>"""

_grid = st.components.v2.component(
    "skill_grid",
    html=HTML,
    css=(HERE / "matrix.css").read_text(encoding="utf-8"),
    js=(HERE / "matrix.js").read_text(encoding="utf-8"),
)


def show(
    data: dict[str, Any], key: str, *, corner: str, style: str = "share", given: str = ""
) -> tuple[tuple[str, str] | None, str | None]:
    """Draw the grid of `tables.team_matrix` (style share) or `tables.people_matrix` (style level).

    `given` names the order of the rows if it is to be kept; otherwise the biggest gaps come first.
    Returns (row id, column id) in the run after a cell was clicked, and the row id in the run after a row's name was;
    else None for each.
    """
    more = {
        "corner": corner,
        "style": style,
        "label": f"{corner} by skill",
        "ungrouped": "Other skills",
        "given": given,
    }
    result = _grid(key=key, data=data | more, on_cell_change=lambda: None, on_row_change=lambda: None)
    return (result.cell["row"], result.cell["column"]) if result.cell else None, result.row or None
