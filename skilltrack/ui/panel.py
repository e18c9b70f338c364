"""Why this number: a panel at the side that says how it is made, what it is about, and what it rests on.

A sign beside a number, a sentence or a picture puts its name into the address as `why`; the panel is filled only then.
The point or row of a picture whose rows are listed stands there as `point`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _, month, number
from skilltrack.questions import catalogue
from skilltrack.text import visible
from skilltrack.ui import filters, labels, parts
from skilltrack.ui.cache import shaped
from skilltrack.ui.grounds import Ground
from skilltrack.ui.languages import in_its_language
from skilltrack.ui.text import plain

REASONS = 4
"""So many reasons are summed up above the rows."""
OUTSIDE = ("outside",)
"""What is in no team's list, as a choice beside the teams: no team is called so."""


def sign(name: str, label: str) -> None:
    """The button that opens the panel `name`; `label` is for who does not see the sign."""
    st.button(
        plain(label),
        key=f"why_{name}",
        type="tertiary",
        icon=":material/help:",
        on_click=open_at,
        args=(name,),
    )


def open_at(name: str, point: str | None = None) -> None:
    """Have the panel `name` opened, at one point or row of a picture if it is given."""
    filters.put(why=name, point=point)


def beside(name: str, title: str, fill: Callable[[], None]) -> None:
    """The panel, if the address asks for it; `fill` draws what is in it."""
    if filters.get("why") == name:
        panel = st.dialog(plain(title), width="medium", position="right", on_dismiss=_close)
        panel(in_its_language(fill))()


def made(metric: str) -> None:
    """How the numbers of a metric are made, and what the page is about."""
    st.text(how_made(metric))
    if line := filters.line():
        st.caption(plain(_("About: {filters}", filters=line)))


def how_made(metric: str) -> str:
    """The definition of a metric as a sentence."""
    definition = _(catalogue()[metric].definition)
    return definition[0].upper() + definition[1:]


def definition(metric: str) -> None:
    """The link to the definition of a metric."""
    parts.link("reports/definitions", _("Definition and SQL"), "menu_book", metric=metric)


def listed(ground: Ground, by: str = "") -> None:
    """The rows that a number rests on: those that count, those that do not and why, and those that are in neither.

    `by` is the column that says to which point or row of a picture each belongs; one of them can be chosen. Of more
    people than are listed, a team or a person is chosen first.
    """
    if ground.is_too_many():
        chosen = _part_of(ground)
        if chosen is None:
            return
        ground = chosen
    rows = ground.rows()._asdict()
    if by:
        rows = _of_point(rows, ground.about, by)
    called = zip(rows, ground.parts, strict=True)
    texts = {name: _(text, n=ground.amount(rows[name])) for name, text in called if len(rows[name])}
    if not texts:
        st.info(_("Nothing to list here for these filters."), icon=":material/check_circle:")
        return
    chosen_part = st.segmented_control(
        _("Rows"),
        list(texts),
        key=f"part_of_{ground.name}",
        format_func=texts.__getitem__,
        required=True,
        default=next(iter(texts)),
        label_visibility="collapsed",
    )
    part = chosen_part if chosen_part in texts else next(iter(texts))
    _table(ground, rows[part], part)


def _table(ground: Ground, frame: pd.DataFrame, part: str) -> None:
    if part == "counted" and "why" in frame and frame["why"].nunique() < 2:
        frame = frame.drop(columns="why")  # why the others do not count is what says something
    idle = {"name", "team"} if ground.view.employee else set()
    columns = [name for name in ground.columns if name in frame and name not in idle and frame[name].notna().any()]
    if "why" in columns:
        st.caption(plain(_summed_up(frame)))
    opens_person = "employee_id" in frame and not ground.view.employee
    parts.table(frame, f"rows_of_{ground.name}", ground.about, *columns, opens_person=opens_person)


def _of_point(rows: dict[str, pd.DataFrame], about: str, by: str) -> dict[str, pd.DataFrame]:
    """The rows of one point or row of a picture, once it is chosen; of all of them before."""
    points = {name: frame[by] if by in frame else pd.Series(None, frame.index) for name, frame in rows.items()}
    label = _("Person") if by == "employee_id" else labels.label_of(about, by)[0]
    point = chosen_point(label, _called(rows, by), f"point_by_{by}", _("All"))
    if point is None:
        return rows
    return {name: frame[points[name].astype(str) == point] for name, frame in rows.items()}


def chosen_point(label: str, called: dict[str, str], key: str, none: str, usual: str | None = None) -> str | None:
    """The point or row that is chosen, of those in `called` with their names; `usual` or None before one is."""
    if (point := filters.get("point")) and point in called:  # an address without a point is not about no team
        st.session_state[key] = point
    elif usual is not None and st.session_state.get(key) is None:
        st.session_state[key] = usual
    return st.selectbox(
        label,
        list(called),
        index=None,
        key=key,
        placeholder=none,
        format_func=called.__getitem__,
        on_change=lambda: filters.put(point=st.session_state[key]),
    )


def _called(rows: dict[str, pd.DataFrame], by: str) -> dict[str, str]:
    """What the points or rows of a picture are called, by name; people of one name are told apart by their ids."""
    values = {str(value): str(value) for frame in rows.values() if by in frame for value in frame[by].dropna()}
    if by == "month":
        return {value: month(date.fromisoformat(f"{value}-01")) for value in sorted(values)}
    if by == "role_id":
        values = {value: filters.role_called(value) for value in values}
    elif by == "employee_id":
        lists = [frame[["employee_id", "name"]].dropna() for frame in rows.values() if {"name", by} <= set(frame)]
        people = pd.concat(lists).astype(str).drop_duplicates("employee_id")
        is_shared = people["name"].duplicated(keep=False)
        named = zip(people["employee_id"], people["name"], is_shared, strict=True)
        values = {person: f"{name} ({person})" if shared else name for person, name, shared in named}
    called = {value: visible(name) or _("None") for value, name in values.items()}
    return dict(sorted(called.items(), key=lambda item: item[1].casefold()))


def _part_of(ground: Ground) -> Ground | None:
    """What a number about very many people rests on in one team, or for one person; None until one is named.

    The team where most is missing comes first. Last comes what names nobody whom the roster lists: with it, the lists
    of all teams add up to the number.
    """
    view = replace(ground.view, role=None)
    st.caption(_("Lists are for up to {most} people: choose a team, or find a person.", most=tables.LISTED))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        teams = shaped(people_tables.thinnest_teams, ("teams", view), ("listed_teams", view))
        places = [*teams, OUTSIDE] if ground.goes_outside else teams
        team = st.selectbox(_("Team"), places, key="why_team", format_func=_place, width=300)
        text = st.text_input(_("Name or id"), key="why_person", width=300).strip()
    if not text:
        return ground.outside() if team == OUTSIDE else ground.limited(team=team) if places else None
    people = shaped(people_tables.people_called, ("choices", replace(view, search=text)))
    if people.empty:
        st.info(_("Nobody here has this in their name or as their id."))
        return None
    called = dict(zip(people["employee_id"], people["name"], strict=True))
    words = {one: visible(f"{name} ({one})") for one, name in called.items()}
    person = st.selectbox(_("Person"), list(words), key="why_whom", format_func=words.__getitem__)
    return ground.limited(employee=person)


def _place(team: Any) -> str:
    return _("Nobody on the roster of this day") if team == OUTSIDE else visible(team) or _("No team")


def _summed_up(frame: pd.DataFrame) -> str:
    """The commonest reasons, each with how many rows it is."""
    counts = frame["why"].value_counts()
    return ", ".join(f"{why}: {number(count)}" for why, count in counts.head(REASONS).items() if why)


def _close() -> None:
    filters.put(why=None, point=None)
