"""The directory of people: search by name, team, role or place, and from a skill to those who can do it."""

from dataclasses import replace

from skilltrack import people_tables, tables
from skilltrack.questions import Filters
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped


def search() -> str:
    """The field to search in, kept in the URL."""
    return filters.typed("find", "Search: name, team, role, place or skill")


def show(view: Filters, text: str) -> None:
    """The people who match `text`, and the skills whose names match it."""
    asked = replace(view, role=None)
    if parts.is_too_many(shaped(tables.records, ("totals", asked))[0]["people"]):
        return
    for skill_id, skill in shaped(people_tables.skills_called, ("choices", Filters(as_of=view.as_of)), more=(text,)):
        parts.link("team/experts", f"Who can do **{parts.plain(skill)}**", "person_search", skill=skill_id)
    people = shaped(people_tables.directory, ("people", asked), ("readiness", asked), more=(text,))
    columns = {
        "name": "Name",
        "role_name": "Role",
        "team": "Team",
        "location": "Place",
        "met": "Met",
        "requirements": "Of",
    }
    parts.table(people, "directory", columns, opens_person=True, empty="Nobody here matches this search.")
