"""Pieces that pages share: headings, answers, tables with downloads, empty states, links."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.errors import NotPublished, Refused
from skilltrack.language import _, plural
from skilltrack.questions import Filters
from skilltrack.reports import render
from skilltrack.text import host_of, shown, visible
from skilltrack.ui import filters, first_steps, labels, matrix
from skilltrack.ui.cache import data, is_empty, note, shaped
from skilltrack.ui.shell import is_open, page_file
from skilltrack.ui.signin import ABOUT, viewer, while_in
from skilltrack.ui.text import plain

COVERAGE = ("skill", "met", "required", "coverage")
"""Columns of a table of coverage."""
WHOSE = ("name", "role", "team")
"""Columns that say who somebody is."""
percent = tables.percent
PAGE = 500
"""Rows of a table that are sent to the browser at once."""
LISTED = tables.LISTED


def heading(title: str, question: str = "") -> None:
    """What begins a page that answers something; stops when nothing is stored yet."""
    headed(title, question)
    if is_empty():
        first_steps.pointed_to()
        st.stop()


def headed(title: str, question: str = "") -> None:
    """The page's title, the question it answers where no sentence does, and of what was published as of when it is."""
    st.title(title, anchor=False)
    if question:
        st.caption(question)
    if (at := data().computed_at) is not None:
        of = {"day": at.date(), "time": f"{at:%H:%M}", "place": data().path}
        st.caption(plain(_("Computed at {time} UTC on {day}, from {place}.", **of)))


@contextmanager
def if_published() -> Iterator[None]:
    """A part of a page; what only the database itself answers ends the part with a sentence, and the page goes on."""
    try:
        yield
    except NotPublished as refused:
        st.info(plain(refused), icon=":material/database:")


def gap_links(cells: pd.DataFrame) -> None:
    """The cells where most is missing, each a link to its people; a table if the cells have no team."""
    if "team" not in cells:
        table(cells, "skills", "coverage_by_skill", *COVERAGE)
        return
    for cell in cells.to_dict("records"):
        where = plain(f"{cell['skill']} · {cell['team'] or _('no team')}")
        lack = _("{missing} of {required} lack", missing=cell["missing"], required=cell["required"])
        label = f"**{plain(lack)}** {where}"
        link("team/coverage", label, cell_team=cell["team"], cell_skill=cell["skill_id"])


def table(
    frame: pd.DataFrame, name: str, about: str, *names: str, opens_person: bool = False, height: int | None = None,
    opens: Callable[[dict[str, Any]], None] | None = None, empty: str = "", on: Mapping[str, date] | None = None,
    row_height: int | None = None, at: str = "", hint: str = "",
) -> None:  # fmt: skip
    """A table of the columns `names` with its CSV; a ticked row opens the person it is about, or calls `opens`.

    `about` is the metric, or the table of `labels.OWN`, in which the columns have their labels; `on` gives those
    that are headed by a day. Text is wrapped in rows of a `row_height`, in pixels, of more than 64. Where a row leads
    to other rows in the same table, `at` says which these are: a tick is then of the rows that it was made in.
    `hint` says what a tick does, where `opens` does not lead to another page.
    """
    if frame.empty:
        st.info(empty or _("Nothing to list here for these filters."), icon=":material/check_circle:")
        return
    everything = frame
    frame, where = _paged(frame, f"{name}{at}")
    rows = shown(frame[list(names)].reset_index(drop=True))
    rounded = {name: tables.in_percent(rows[name]) for name in labels.SHARES if name in rows}
    rounded |= {name: tables.in_whole(rows[name]) for name in labels.unit_costs(about, names)}
    rows = rows.assign(**rounded) if rounded else rows
    hint = hint or (
        _("Tick a row to open the person (keyboard: Shift + Space).")
        if opens_person
        else _("Tick a row to open it (keyboard: Shift + Space).")
        if opens
        else ""
    )
    extra: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"} if hint else {}
    chosen = st.dataframe(
        rows,
        hide_index=True,
        key=f"table_{name}{at}",
        column_config=labels.columns(about, *names, on=on, frame=rows),
        width="stretch",
        height=height or min(36 + (row_height or 33) * len(rows), 430),
        row_height=row_height,
        placeholder="",
        alt=plural("Table with {n} row", "Table with {n} rows", len(rows)),
        **extra,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        download(everything, name, at)
        st.caption(f"{where} {hint}".strip())
    if hint and chosen["selection"]["rows"]:
        row = frame.iloc[chosen["selection"]["rows"][0]].to_dict()
        if opens:
            opens(row)
        elif not pd.isna(row["employee_id"]):
            open_person(str(row["employee_id"]))


def open_page(name: str, **parameters: str) -> None:
    """Go to another page, keeping the shared filters."""
    st.switch_page(page_file(name), query_params=filters.shared(**parameters))


def open_cell(row: dict[str, Any]) -> None:
    """Go to the people behind a team's skill, in Coverage."""
    cell = {"cell_team": row["team"], "cell_skill": row["skill_id"]}
    open_page("team/coverage", **cell)


def open_person(person: str) -> None:
    """Go to a person's page; a role chosen here stays chosen there."""
    about = {"employee": person} | ({"role": filters.get("role")} if filters.get("role") else {})
    open_page("team/people", **about)


def levels_grid(view: Filters, limit: int, given: str = "", sign: Callable[[], None] | None = None) -> None:
    """The people closest to their role or the one asked about, by requirement; a cell opens the person.

    `given` names that order if it is to be kept, of those who are not ready yet; otherwise all are drawn, and whoever
    lacks most comes first. `sign` draws what stands beside the words below it.
    """
    asked = ("readiness", view), ("requirements_met", view), ("catalogue_of_skills", view)
    grid = shaped(tables.closest_matrix, *asked, more=(limit, bool(given)))
    cell, _row, _deep = matrix.show(
        grid, "levels_grid", corner=_("Person"), label=_("People by skill"), style="level", given=given
    )
    cut = _("The {n} closest people are drawn.", n=limit) if len(grid["rows"]) == limit else ""
    about = _("A cell shows the level somebody has and the level they need. Click one to open the person.")
    with st.container(horizontal=True, vertical_alignment="center", key="heading_below_levels"):
        st.caption(f"{about} {cut}", width="content")
        if sign:
            sign()
    if cell:
        open_person(cell[0])


def _paged(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, str]:
    """The rows of the chosen page, so that a browser never gets more than it can show, and which they are."""
    if len(frame) <= PAGE:
        return frame, plural("{n} row.", "{n} rows.", len(frame))
    pages = -(-len(frame) // PAGE)
    key = f"page_{name}"
    if st.session_state.get(key, 1) > pages:  # other filters, fewer rows
        st.session_state[key] = 1
    page = st.number_input(_("Page (of {n})", n=pages), 1, pages, key=key, width=140)
    first = (page - 1) * PAGE
    part = frame.iloc[first : first + PAGE]
    where = _(
        "Rows {first} to {last} of {n}; the CSV holds all.", first=first + 1, last=first + len(part), n=len(frame)
    )
    return part, where


def is_too_many(people: int, answers: Callable[[], None] | None = None) -> bool:
    """Whether these are more people than lists are for; if so, asks for an organisation or a team at once.

    `answers` draws the sentences about so many people, which come first.
    """
    if people > LISTED:
        if answers:
            answers()
        st.info(
            _(
                "{people} people are in scope. Grids and lists are for up to {most}: choose an organisation or a team "
                "to see them.",
                people=people,
                most=LISTED,
            ),
            icon=":material/filter_alt:",
        )
        filters.narrowing()
    return people > LISTED


def download(
    frame: pd.DataFrame,
    name: str,
    at: str = "",
    *,
    label: str = "CSV",
    holds: str = "",
    as_file: Callable[[pd.DataFrame], bytes] | None = None,
    ending: str = "csv",
    mime: str = "text/csv",
) -> None:
    """The frame as a file, made and noted on the click; `at` tells two of them on one page apart.

    It is a CSV file unless `as_file` makes another, with its `ending` and type; `holds` says what is in it.
    """
    asked_by, about = viewer(), st.session_state.get(ABOUT)

    def made() -> bytes:
        note(asked_by.account, "exported", about, report=name, rows=len(frame))
        return as_file(frame) if as_file else render(frame, "csv")

    st.download_button(
        label,
        data=while_in(made, is_drawn=True),
        file_name=f"{name}.{ending}",
        mime=mime,
        on_click="ignore",
        icon=":material/download:",
        key=f"csv_{name}{at}",
        help=holds or _("Download {file}", file=f"{name}.{ending}"),
    )


def link(name: str, label: str, icon: str = "arrow_forward", **parameters: str) -> None:
    """A link to another page that keeps the shared filters; none where that page is not open to the viewer."""
    if not is_open(name):
        return
    st.page_link(page_file(name), label=label, icon=f":material/{icon}:", query_params=filters.shared(**parameters))


def proof(address: str) -> None:
    """The link to a proof, told where it leads; what is no link of the web is shown as it is and opens nothing."""
    if host := host_of(address):
        st.link_button(plain(_("Opens {host}", host=host)), address, icon=":material/open_in_new:")
    else:
        st.text(_("The proof on record is no link that can be opened: {proof}", proof=visible(address)))


def chart(figure: Any, name: str, alt: str, opens: Callable[[str], None]) -> None:
    """A figure with its description for screen readers; a click calls `opens` with the value behind the point.

    That value is the last of the point's `customdata`.
    """
    clicks = f"clicks_on_{name}"
    key = f"chart_{name}_{st.session_state.setdefault(clicks, 0)}"

    def clicked() -> None:
        if points := st.session_state[key]["selection"]["points"]:
            st.session_state[clicks] += 1  # drawn anew, without a mark: the next click on the same point counts too
            opens(str(points[0]["customdata"][-1]))

    st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        width="stretch",
        config={"displayModeBar": False},
        on_select=clicked,
        selection_mode="points",
    )


def do(change: Callable[[], None], message: str) -> None:
    """Make a change and say so on the page drawn anew; where it is refused, the page says why and stays as it is."""
    try:
        change()
    except Refused as refused:
        st.error(plain(refused), icon=":material/block:")
        return
    st.toast(message)
    st.rerun()
