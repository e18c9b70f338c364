"""What must be known before a question is asked: whether what it names exists, and the range of people's numbers."""

from typing import Any

from skilltrack.errors import NotPublished
from skilltrack.kept import freshness_sql
from skilltrack.language import _, mark
from skilltrack.relations import EVERYBODY, Case, with_definitions, with_kept, with_published
from skilltrack.storage import Snapshot, contract, relations_read

Fresh = dict[str, int | None]
"""The state of the data: see `freshness`."""
Asked = dict[str, str]
"""What a question names, of `KNOWN`: kind and value."""

PERSON = "select person from kept_people where employee_id = $asked"
OF_BADGES = (
    "select exists (select 1 from award_checks where results is not null) as has_results, "
    "exists (select 1 from kept_awards where proved_from is not null) "
    "or exists (select 1 from kept_awards where named_issuer is not null) as has_proofs"
)
BOUNDS = {
    "employee": "select cast($employee_person as integer) as first, cast($employee_person as integer) as last",
    "manager": "select min(person) as first, max(person) as last from kept_lines where manager = $manager_person",
    "team": "select min(person) as first, max(person) as last from kept_roster where team = $team",
    "viewer": "select min(v.person) as first, max(v.person) as last from ("
    "select l.person from kept_lines as l join kept_people as m on m.person = l.manager "
    "where m.employee_id in (select unnest(cast($lines as varchar[])) as manager) "
    "union all select p.person from kept_people as p where p.employee_id = $self) as v",
}
KNOWN = {
    "manager": "select 1 from roster where employee_id = $manager",
    "employee": "select 1 from roster where employee_id = $employee",
    "team": "select 1 from roster where team = $team "
    "union all select 1 from targets where team = $team and not $is_limited",
    "role": "select 1 from requirements where role_id = $role union all select 1 from roster where role_id = $role",
    "skill": "select 1 from skills where skill_id = $skill",
}
KEPT_KNOWN = {what: f"select 1 from kept_roster where person = ${what}_person" for what in ("manager", "employee")}
"""The checks of people, where they can be looked up by number."""
SEEK = {
    "manager": mark(
        "No manager {asked} is known. Give the employee_id of a manager on the roster, exactly as it is written there."
    ),
    "employee": mark(
        "No employee {asked} is known. Give an employee_id of the roster, exactly as it is written there."
    ),
    "team": mark("No team {asked} is known. Give a team label of the roster, exactly as it is written there."),
    "role": mark("No role {asked} is known. Give a role_id of the roles file, exactly as it is written there."),
    "skill": mark("No skill {asked} is known. Give a skill_id of the skills file, exactly as it is written there."),
}


def remembered(reading: Snapshot, fresh: Fresh, asked: Asked, parameters: dict[str, Any]) -> dict[str, Any]:
    """What `numbers` and `look_up` give from the kept tables for viewers who see everybody; it depends on no day."""

    def look_up_both() -> dict[str, Any]:
        numbered = numbers(reading, fresh, asked)
        return numbered | look_up(reading, asked, parameters | numbered, is_kept=True, limited=False)

    is_theirs = asked.get("manager") in parameters["lines"]
    return reading.remembered(["known", fresh, asked, is_theirs], look_up_both)


def numbers(reading: Snapshot, fresh: Fresh, asked: Asked) -> dict[str, int | None]:
    """The numbers of the manager and the person asked about, so that no later text looks them up; None for nobody."""

    def look_up_each() -> dict[str, int | None]:
        numbered = {}
        for what in ("manager", "employee"):
            rows = reading.query(PERSON, {"asked": asked[what]}).to_pylist() if what in asked else []
            numbered[f"{what}_person"] = rows[0]["person"] if rows else None
        return numbered

    return reading.remembered(["numbers", fresh, asked.get("manager"), asked.get("employee")], look_up_each)


def of_badges(reading: Snapshot, fresh: Fresh) -> dict[str, bool]:
    """Whether badges on record say what costs a question time: a level reached, a proof, or an issuer of their own."""
    return reading.remembered(["badges", fresh], lambda: reading.query(OF_BADGES).to_pylist()[0])


def freshness(reading: Snapshot) -> Fresh:
    """How many uploads and undos happened, and how many the kept tables include; None if other texts made them."""
    fresh: Fresh = reading.query(f"select {freshness_sql()}").to_pylist()[0]
    return fresh


def look_up(
    reading: Snapshot, asked: Asked, parameters: dict[str, Any], is_kept: bool, limited: bool, *few: Case
) -> dict[str, Any]:
    """One row of what must be known before a question is asked.

    It says whether each value asked about exists, as far as the viewer can see, and where the kept tables are read the
    lowest and highest number of the people in scope on any date. `few` is the case of a viewer who sees few people.
    """
    is_theirs = asked.get("manager") in parameters["lines"]  # their own organisation, or one they stand in for
    checked = [what for what in asked if not (what == "manager" and is_theirs)]
    known = KNOWN | KEPT_KNOWN if is_kept and not limited else KNOWN
    columns = [f"exists ({known[what]}) as {what}" for what in checked]
    if is_kept:
        about = next((what for what in BOUNDS if what in asked), "viewer" if limited else None)
        bounds = f"({BOUNDS[about]})" if about else "(select $first_person as first, $last_person as last)"
        columns += ["b.first", "b.last"]
        select = with_kept(f"select {', '.join(columns)} from {bounds} as b", "any", *few, is_limited=limited)
    elif not columns:
        return {}
    elif reading.given:
        select = from_published("What a question names", f"select {', '.join(columns)}", reading.given)
    else:
        select = with_definitions(f"select {', '.join(columns)}", limited)
    return reading.query(select, EVERYBODY | parameters | asked).to_pylist()[0]


def lacking(select: str, given: frozenset[str]) -> list[str]:
    """What a select needs besides published relations, because none of them gives it."""
    return [name for name in relations_read(with_published(select, given)) if name not in given]


def from_published(title: str, select: str, given: frozenset[str]) -> str:
    """`select` over published relations; raises `NotPublished` where it needs more than these."""
    needed = lacking(select, given)
    if own := [name for name in needed if name in contract()]:
        raise NotPublished(
            f"{title} cannot be answered: {', '.join(own)} is not given, and does not follow from what is. "
            "Name it in the file of your own tables (docs/lake.md says which are enough), or ask the database itself."
        )
    if needed:
        raise NotPublished(
            _(
                "{title} is answered by the database itself only: {relation} is not published.",
                title=_(title),
                relation=needed[0],
            )
        )
    return with_published(select, given)
