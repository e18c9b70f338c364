"""The directory of people: search by name, team, role or place, and from a skill to those who can do it."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.reports import person_answers
from skilltrack.text import visible
from skilltrack.ui import filters, grounds, organisations, parts, pictures, sentences, whole
from skilltrack.ui.cache import shaped


def search() -> str:
    """The field to search in, kept in the URL."""
    return filters.typed("find", _("Search: name, team, role, place or skill"))


def show(view: Filters, text: str) -> None:
    """The people who match `text`, and the skills whose names match it."""
    asked = replace(view, role=None)
    count = shaped(tables.records, ("totals", asked))[0]["people"]
    if count > parts.LISTED and text:
        _matching(view, text)
        return
    if parts.is_too_many(count, lambda: whole.people(asked)):
        organisations.instead_of_people(asked)
        return
    if not text:
        lines = (person_answers.lacking_most, person_answers.critical, person_answers.without_requirements)
        sentences.show(asked, *(shaped(line, ("readiness", asked)) for line in lines), on="people")
    for skill_id, skill in shaped(people_tables.skills_called, ("choices", Filters(as_of=view.as_of)), more=(text,)):
        parts.link(
            "team/experts", _("Who can do **{skill}**", skill=parts.plain(skill)), "person_search", skill=skill_id
        )
    with st.container(horizontal=True, vertical_alignment="center", key="heading_directory"):
        st.caption(_("Met, of how many: the requirements of their own role."), width="content")
        pictures.why(_("People"), "directory", grounds.requirements(asked))
    people = shaped(people_tables.directory, ("people", asked), ("readiness", asked), more=(text,))
    columns = ("name", "role_name", "team", "location", "met", "requirements")
    empty = _("Nobody here matches this search.")
    parts.table(people, "directory", "people", *columns, opens_person=True, empty=empty)


def _matching(view: Filters, text: str) -> None:
    """The people of a company too large to list whose name or id matches."""
    people = shaped(people_tables.people_called, ("choices", replace(view, role=None, search=text)))
    if len(people) == filters.MOST:
        st.caption(_("{n} or more people match. Type more of the name, or an id.", n=filters.MOST))
    empty = _("Nobody here has this in their name or as their id.")
    parts.table(people, "directory", "people", "name", "employee_id", opens_person=True, empty=empty)


def in_words(who: pd.Series) -> str:
    """A row of the answer of `people` as one line: role, team, place and manager."""
    about = ["" if pd.isna(who[name]) else visible(who[name]) for name in ("role_name", "team", "location")]
    if not pd.isna(who["manager_name"]) and who["manager_name"]:
        about.append(_("reports to {manager}", manager=visible(who["manager_name"])))
    return " · ".join(filter(None, about))
