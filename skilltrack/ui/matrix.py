"""A grid of numbers whose cells open what is behind them: a real table, usable by keyboard and screen reader.

Cells carry their number as text; the shade only repeats it. Headers stay in view while the grid scrolls. Skills are
grouped by category, and groups fold; typing filters rows and columns by name. All that happens in the browser; only a
click on a cell or on the name of a row is sent back.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from skilltrack.language import _, mark, texts
from skilltrack.tables import MOST, WIDEST

HERE = Path(__file__).parent
HTML = """<div class="matrix" hidden>
<div class="bar">
  <input class="find" type="search">
  <select class="sort"><option value="gap"></option><option value="name"></option></select>
  <span class="legend">
    <span><i class="m0"></i><span data-text="all_met"></span></span>
    <span><i class="m1"></i><i class="m2"></i><i class="m3"></i><i class="m4"></i>
    <span data-text="more_missing"></span></span>
    <span><i class="m5"></i><span data-text="nobody"></span></span>
    <span><b class="dot"></b> <span data-text="one_person"></span></span>
  </span>
  <span class="steps-legend" data-text="steps"></span>
</div>
<div class="scroll" role="region"></div>
</div>"""

_grid = st.components.v2.component(
    "skill_grid",
    html=HTML,
    css=(HERE / "matrix.css").read_text(encoding="utf-8"),
    js=(HERE / "matrix.js").read_text(encoding="utf-8"),
)


TEXTS = {
    "find": mark("Find a name or a skill"), "sort": mark("Sort by"), "gap": mark("Biggest gaps first"),
    "name": mark("By name"), "all_met": mark("all met"), "more_missing": mark("more missing"),
    "nobody": mark("nobody"), "one_person": mark("one person"),
    "steps": mark("✓ met · 1/3 level 1 of 3 · – exempt"), "nothing": mark("Nothing here is called so."),
    "all": mark("All"), "ungrouped": mark("Other skills"), "skills": mark("Skills: {n}"),
    "of": mark("{n} of {m}"), "exempt": mark("exempt"),
    "level": mark("level {level} of {needed}"), "needs": mark("needs level {n}"),
    "thin": mark("Only one, or nobody"), "one_or_nobody": mark("on one person: {one}, on nobody: {nobody}"),
    "group": mark("{name}: skills: {n}, met: {part}"), "one_can": mark("{n} of {m}, one person"),
}  # fmt: skip
"""What `matrix.js` writes; it fills in the places itself."""


def show(
    data: dict[str, Any], key: str, *, corner: str, label: str, style: str = "share", given: str = ""
) -> tuple[tuple[str, str] | None, str | None, str | None]:
    """Draw the grid of `tables.team_matrix` (style share) or `tables.people_matrix` (style level).

    `corner` is the header of the rows and `label` what the grid is called. `given` names the order of the rows if it
    is to be kept; otherwise the biggest gaps come first.
    Returns (row id, column id) in the run after a cell was clicked, the row id in the run after a row's name was, and
    in the run after its last cell was, which says how many skills rest on one person or nobody; else None for each.
    """
    more = {
        "corner": corner,
        "style": style,
        "label": label,
        "given": given,
        "texts": texts(TEXTS),
    }
    result = _grid(
        key=key,
        data=data | more,
        on_cell_change=lambda: None,
        on_row_change=lambda: None,
        on_deep_change=lambda: None,
    )
    cell = (result.cell["row"], result.cell["column"]) if result.cell else None
    return cell, result.row or None, result.deep or None


def about_teams(teams: int, skills: int) -> str:
    """How to read and use the grid of teams, and how much of so many teams and skills it draws."""
    about = _(
        "A cell says how many of those who need the skill have it. Click a category to unfold it, a cell for its "
        "people, a team for its members."
    )
    if teams <= MOST and skills <= WIDEST:
        return about
    drawn = _(
        "Drawn are the {most} thinnest of {teams} teams, and the {widest} thinnest of {skills} skills.",
        teams=teams,
        skills=skills,
        most=MOST,
        widest=WIDEST,
    )
    return f"{about} {drawn}"
