"""Pieces that pages share: headings, numbers with their n of m, tables with downloads, empty states, links."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.access import trail as audit
from skilltrack.questions import Filters, catalogue
from skilltrack.reports import render
from skilltrack.reports.answers import Answer, worst_first
from skilltrack.text import counted, shown
from skilltrack.ui import filters, first_steps, matrix
from skilltrack.ui.cache import is_empty, shaped, store
from skilltrack.ui.shell import is_open, page_file
from skilltrack.ui.signin import ABOUT, viewer, while_in
from skilltrack.ui.text import plain


def share_column(title: str, **more: Any) -> Any:
    """A column of shares, drawn as bars with whole percentages."""
    return st.column_config.ProgressColumn(title, **more, min_value=0, max_value=100, format="%d %%", color="blue")


COVERAGE = {
    "skill": "Skill",
    "met": "Met",
    "required": "Of",
    "coverage": share_column("Share"),
}
"""Columns of a table of coverage."""
WHOSE = {"name": "Name", "role": "Role", "team": "Team"}
"""Columns that say who somebody is."""
RESTS_ON = {
    "coverage": ("team/coverage", "monitoring"),
    "depth": ("team/gaps", "person_alert"),
    "gaps": ("team/gaps", "rule"),
    "renewals": ("team/renewals", "event_repeat"),
    "readiness": ("team/readiness", "how_to_reg"),
    "spend": ("money/spend", "payments"),
}
"""For each report, the page that shows what an answer rests on, and the icon of the answer."""
SHARES = ("coverage", "readiness")
"""Columns of shares, which tables show as whole percentages."""
MONEY = partial(st.column_config.NumberColumn, format="localized")
UNIT_COST = partial(st.column_config.NumberColumn, format="%.0f")
SHOWN_AS: dict[str, Callable[..., Any]] = {
    "coverage": share_column, "readiness": share_column, "amount": MONEY, "unconverted": MONEY, "seat_time": MONEY,
    "cost_per_award": UNIT_COST, "cost_per_skill_gain": UNIT_COST, "open": MONEY, "paid": MONEY, "refunded": MONEY,
    "price_paid": UNIT_COST, "list_price": UNIT_COST, "difference": UNIT_COST,
}  # fmt: skip
"""Columns of metrics that are not shown as they are."""
percent, of = tables.percent, tables.of
PAGE = 500
"""Rows of a table that are sent to the browser at once."""
LISTED = 20_000
"""The most people for whom a screen draws grids and lists."""


def heading(title: str, question: str = "") -> None:
    """The page's title, and the question it answers where no sentence does; stops when nothing is stored yet."""
    st.title(title, anchor=False)
    if question:
        st.caption(question)
    if is_empty():
        first_steps.pointed_to()
        st.stop()


def answers(*sentences: Answer | None, on: str = "") -> None:
    """The sentences that a page begins with, worst first; each links to what it rests on, if that is on another page.

    `on` is the report that the page itself shows.
    """
    with st.container(key="answers", gap=None):
        for one in worst_first(*sentences):
            label = f"**{plain(one.strong)}** {plain(one.rest)}"
            page, icon = RESTS_ON.get(one.about, ("", ""))
            if page and is_open(page) and (one.about != on or one.where):
                link(page, label, icon, **one.where)
            else:
                st.markdown(label)


def gap_links(cells: pd.DataFrame) -> None:
    """The cells where most is missing, each a link to its people; a table if the cells have no team."""
    if "team" not in cells:
        table(cells, "skills", COVERAGE)
        return
    for cell in cells.to_dict("records"):
        where = plain(f"{cell['skill']} · {cell['team'] or 'no team'}")
        label = f"**{of(cell['missing'], cell['required'], 'lack')}** {where}"
        link("team/coverage", label, cell_team=cell["team"], cell_skill=cell["skill_id"])


def cards(*numbers: tuple[str, ...]) -> None:
    """Numbers side by side, wrapping on a narrow screen: (label, value, what is below it, explanation) each."""
    with st.container(horizontal=True, key=f"cards_{re.sub('[^a-z]', '_', numbers[0][0].lower())}"):
        for label, value, *more in numbers:
            below, explain = [*more, "", ""][:2]
            st.metric(
                plain(label),
                plain(value),
                delta=plain(below) or None,
                delta_color="off",
                delta_arrow="off",
                help=explain or None,
                border=True,
            )


def columns(metric: str, *names: str) -> dict[str, Any]:
    """Columns of a metric for a table, with the label and, on pointing at it, the explanation of its header."""
    about = catalogue()[metric]
    return {
        name: SHOWN_AS.get(name, st.column_config.Column)(label, help=plain(about.columns[name]))
        for name, label in about.labelled(*names).items()
    }


def part_of(label: str, part: Any, whole: Any, what: str, explanation: str = "") -> tuple[str, str, str, str]:
    """A card that says how many of how many, and below it the share."""
    return label, f"{int(part):,} of {int(whole):,}", f"{percent(part, whole)} of {what}", explanation


def table(
    frame: pd.DataFrame, name: str, columns: dict[str, Any], *, opens_person: bool = False, height: int | None = None,
    opens: Callable[[dict[str, Any]], None] | None = None,
    empty: str = "Nothing to list here for these filters.",
) -> None:  # fmt: skip
    """A table of the named columns with its CSV; a ticked row opens the person it is about, or calls `opens`."""
    if frame.empty:
        st.info(empty, icon=":material/check_circle:")
        return
    everything = frame
    frame, where = _paged(frame, name)
    rows = shown(frame[list(columns)].reset_index(drop=True))
    rows = rows.assign(**{name: tables.in_percent(rows[name]) for name in SHARES if name in rows})
    hint = " Tick a row to open the person." if opens_person else " Tick a row to open it." if opens else ""
    extra: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"} if hint else {}
    chosen = st.dataframe(
        rows, hide_index=True, key=f"table_{name}", column_config=columns, width="stretch",
        height=height or min(36 + 33 * len(rows), 430), placeholder="",
        alt=f"Table: {name}, {counted(len(rows), 'row')}", **extra,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        download(everything, name)
        st.caption(where + hint)
    if hint and chosen["selection"]["rows"]:
        row = frame.iloc[chosen["selection"]["rows"][0]].to_dict()
        if opens:
            opens(row)
        else:
            open_person(str(row["employee_id"]))


def open_cell(row: dict[str, Any]) -> None:
    """Go to the people behind a team's skill, in Coverage."""
    cell = {"cell_team": row["team"], "cell_skill": row["skill_id"]}
    st.switch_page(page_file("team/coverage"), query_params=filters.shared() | cell)


def open_person(person: str) -> None:
    """Go to a person's page; a role chosen here stays chosen there."""
    about = {"employee": person} | ({"role": filters.get("role")} if filters.get("role") else {})
    st.switch_page(page_file("team/people"), query_params=filters.shared() | about)


def levels_grid(view: Filters, limit: int, given: str = "") -> None:
    """The people closest to their role or the one asked about, by requirement; a cell opens the person.

    `given` names that order if it is to be kept; otherwise whoever lacks most comes first.
    """
    asked = ("readiness", view), ("requirements_met", view), ("catalogue_of_skills", view)
    grid = shaped(tables.closest_matrix, *asked, more=(limit,))
    cell, _ = matrix.show(grid, "levels_grid", corner="Person", style="level", given=given)
    cut = f" The {limit} closest people." if len(grid["rows"]) == limit else ""
    st.caption(f"A cell shows the level somebody has and the level they need.{cut} Click one to open the person.")
    if cell:
        open_person(cell[0])


def _paged(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, str]:
    """The rows of the chosen page, so that a browser never gets more than it can show, and which they are."""
    if len(frame) <= PAGE:
        return frame, f"{counted(len(frame), 'row')}."
    pages = -(-len(frame) // PAGE)
    key = f"page_{name}"
    if st.session_state.get(key, 1) > pages:  # other filters, fewer rows
        st.session_state[key] = 1
    page = st.number_input(f"Page of {pages:,}", 1, pages, key=key, width=140)
    first = (page - 1) * PAGE
    part = frame.iloc[first : first + PAGE]
    return part, f"Rows {first + 1:,} to {first + len(part):,} of {len(frame):,}; the CSV holds all."


def is_too_many(people: int) -> bool:
    """Whether these are more people than lists are for; if so, tells the viewer what to do."""
    if people > LISTED:
        st.info(
            f"{int(people):,} people are in scope. Grids and lists are for up to {LISTED:,}: choose an organisation "
            "or a team above to see them. The numbers cover everybody.",
            icon=":material/filter_alt:",
        )
    return people > LISTED


def download(frame: pd.DataFrame, name: str) -> None:
    """The frame as a CSV file, made and noted on the click."""
    asked_by, about = viewer(), st.session_state.get(ABOUT)

    def made() -> bytes:
        audit.note(store().journal.audit, asked_by.account, "exported", about, report=name, rows=len(frame))
        return render(frame, "csv")

    st.download_button(
        "CSV", data=while_in(made, is_drawn=True), file_name=f"{name}.csv", mime="text/csv",
        on_click="ignore", icon=":material/download:", key=f"csv_{name}", help=f"Download {name}.csv",
    )  # fmt: skip


def link(name: str, label: str, icon: str = "arrow_forward", **parameters: str) -> None:
    """A link to another page that keeps the shared filters; none where that page is not open to the viewer."""
    if not is_open(name):
        return
    st.page_link(page_file(name), label=label, icon=f":material/{icon}:", query_params=filters.shared() | parameters)


def chart(figure: Any, name: str, alt: str) -> None:
    """A figure with its description for screen readers."""
    st.plotly_chart(figure, key=f"chart_{name}", alt=alt, width="stretch", config={"displayModeBar": False})
