"""Pieces that pages share: headings, numbers with their n of m, tables with downloads, empty states, links."""

from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.access import trail as audit
from skilltrack.reports import render
from skilltrack.text import counted, shown
from skilltrack.ui import filters
from skilltrack.ui.cache import is_empty, store
from skilltrack.ui.shell import is_open, page_file
from skilltrack.ui.signin import ABOUT, viewer, while_in
from skilltrack.ui.text import plain

COVERAGE = {
    "skill": "Skill",
    "required": "Required",
    "met": "Met",
    "coverage": st.column_config.ProgressColumn("Coverage", format="percent", color="blue"),
}
"""Columns of a table of coverage."""
percent, of = tables.percent, tables.of
PAGE = 500
"""Rows of a table that are sent to the browser at once."""
LISTED = 20_000
"""People up to whom a screen draws grids and lists."""


def heading(title: str, question: str) -> None:
    """The page's title and the question it answers; stops with the way on when nothing is stored yet."""
    st.title(title, anchor=False)
    st.caption(question)
    if is_empty():
        st.info(
            "Nothing is stored yet. Upload a roster, roles, credentials and badges, or look around in the demo "
            "company: stop the app and run `make run`.",
            icon=":material/inbox:",
        )
        link("data/uploads", "Go to uploads", "upload_file")
        st.stop()


def cards(*numbers: tuple[str, ...]) -> None:
    """Numbers side by side, wrapping on a narrow screen: (label, value, what is below it, explanation) each."""
    with st.container(horizontal=True):
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


def table(
    frame: pd.DataFrame, name: str, columns: dict[str, Any], *, opens_person: bool = False, height: int | None = None
) -> None:
    """A table of the named columns with its CSV; rows that are people open the person on a click."""
    if frame.empty:
        st.info("Nothing to list here for these filters.", icon=":material/check_circle:")
        return
    everything = frame
    frame, where = _paged(frame, name)
    rows = shown(frame[list(columns)].reset_index(drop=True))
    extra: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"} if opens_person else {}
    chosen = st.dataframe(
        rows, hide_index=True, key=f"table_{name}", column_config=columns, width="stretch",
        height=height or min(38 + 35 * len(rows), 430), placeholder="",
        alt=f"Table: {name}, {counted(len(rows), 'row')}", **extra,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        download(everything, name)
        st.caption(f"{where} Tick one to open the person." if opens_person else where)
    if opens_person and chosen["selection"]["rows"]:
        person = str(frame.iloc[chosen["selection"]["rows"][0]]["employee_id"])
        st.switch_page(page_file("team/people"), query_params=filters.shared() | {"employee": person})


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
    """Whether these are more people than lists are for; says so and what to do."""
    if people > LISTED:
        st.info(
            f"{int(people):,} people are in scope. Grids and lists are for up to {LISTED:,}: choose an organisation "
            "or a team above to see them. Numbers are of everybody.",
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
    st.page_link(
        page_file(name), label=label, icon=f":material/{icon}:", query_params=filters.shared() | parameters
    )  # fmt: skip


def chart(figure: Any, name: str, alt: str) -> None:
    """A figure with its description for screen readers."""
    st.plotly_chart(figure, key=f"chart_{name}", alt=alt, width="stretch", config={"displayModeBar": False})
