"""Whose a row is, where a file names people by id, address or name, or by several of them, which must then agree.

Only the unmistakable is accepted: an address or a name that one person has, or that only one person ever had. A name is
a weak key: people are found by it only where somebody said so.
"""

from skilltrack.ingest.landing.awards import derived_columns, retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.managers import WORDS
from skilltrack.ingest.landing.spelling import spellings
from skilltrack.ingest.landing.whose import ask_whose
from skilltrack.ingest.landing.wording import in_sql
from skilltrack.ingest.reading.mapping import BY_NAME
from skilltrack.ingest.reading.matrix import KINDS_OF_LEVELS
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import Kind
from skilltrack.language import counting, mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

NAMED = ("email", "name")
"""Columns that name people beside their id, the most reliable first."""
CALLED = read_text("landing/people/called")
NAMES = read_text("landing/people/names")
THAT_DAY = read_text("landing/people/that_day")
FORMERLY = read_text("landing/people/formerly")
WITH_IDS = read_text("landing/people/with_ids")
_TWO = {
    "ids": "array_to_string(c.ids[:5], ', ')",
    "employee_id": "t.employee_id",
    "advice": sentence(
        'Correct one of them, or say in a mapping which column is right: holder = "employee_id", "email" or "name".'
    ),
}
TWO_ADDRESSES = in_sql(
    mark("is the e-mail address of {ids}, and the row is about {employee_id}: two people. {advice}"), **_TWO
)
TWO_NAMES = in_sql(mark("is the name of {ids}, and the row is about {employee_id}: two people. {advice}"), **_TWO)
_PERSON, _PEOPLE = "c.people[1]", "array_to_string(c.people[:5], ', ')"
LOST_NAMES = {
    "of_nobody": in_sql(mark("is nobody's name on the roster; correct it, or give the employee_id.")),
    "of_erased": in_sql(
        mark(
            "was once the name of {person}, and may be that of somebody who has been erased. Say who it is, or give "
            "the employee_id."
        ),
        person=_PERSON,
    ),
    "without_id": in_sql(
        mark(
            "is the name of {person}, and the row has no id and no address. Say that people are found by name, or "
            "give the employee_id."
        ),
        person=_PERSON,
    ),
    "of_several": in_sql(mark("is the name of several people ({people}); give the employee_id."), people=_PEOPLE),
}
LOST_ADDRESSES = {
    "of_nobody": in_sql(mark("is nobody's e-mail address on the roster; correct it, or give the employee_id.")),
    "of_erased": in_sql(
        mark(
            "was once the e-mail address of {person}, and may be that of somebody who has been erased. Say who it is, "
            "or give the employee_id."
        ),
        person=_PERSON,
    ),
    "without_id": in_sql(
        mark(
            "is the e-mail address of {person}, and the row has no id and no address. Say that people are found by "
            "name, or give the employee_id."
        ),
        person=_PERSON,
    ),
    "of_several": in_sql(
        mark("is the e-mail address of several people ({people}); give the employee_id."), people=_PEOPLE
    ),
}
"""What is wrong with a name or an address that nobody or several people have, as SQL."""
LOST = read_text("landing/people/lost")
OTHER_ADDRESS = read_text("landing/people/other_address")
OTHER_NAME = read_text("landing/people/other_name")
PAIRS = read_text("landing/people/pairs")
NEEDED = read_text("landing/people/needed")


def find_people(kind: Kind, landing: Landing, more: str) -> bool:
    """Give rows the employee_id of the person their address or name means; `more` selects people of the same upload.

    Returns whether a row can have got another id: most files name people by ids that are known.
    The temporary table `people_problems` then has the rows that name nobody, several people or another person.
    """
    transaction = landing.transaction
    transaction.run(
        "create or replace temp table people_problems (file_no integer, line_no bigint, column_name varchar, "
        "value varchar, message varchar, is_two boolean)"
    )
    transaction.run("create or replace temp table people_formerly (name varchar, day date)")
    named = "raw_name <> ''" if kind.addressed_on else "raw_name <> '' or raw_email <> ''"
    is_named = transaction.rows(
        f"select 1 from typed_{kind.name} where {named} union all select 1 from unknown_employee_id limit 1"
    )
    if not is_named or landing.is_as_before(kind.name):
        return False
    files = landing.files_of(kind.name)
    is_as_earlier = landing.finds_as_earlier(kind.name)
    is_unasked = is_as_earlier and kind.name in KINDS_OF_LEVELS  # found by name unasked until then
    by_name = [no for no, file in files.items() if is_unasked or file.mapped.mapping.people == BY_NAME]
    before = _unfound(kind, landing)
    is_open = any(map(any, before.values()))
    _pair(kind, landing)
    _look_up(kind, landing, more, is_as_earlier)
    if is_open:
        day = f"coalesce(t.{kind.addressed_on or kind.begins}, date '{landing.landed_on}')"
        of_roster = ", ".join(spellings("r.name"))
        that_day = THAT_DAY.format(kind=kind.name, day=day, of_roster=of_roster) + " limit 0" * is_as_earlier
        transaction.run(
            f"create or replace temp table people_that_day as {with_definitions(that_day)}", {"known_at": END_OF_TIME}
        )
        if landing.is_any_erased(kind.name):
            names = ", ".join(spellings("coalesce(d.name, l.name)"))
            formerly = with_definitions(FORMERLY.format(kind=kind.name, day=day, of_roster=names))
            asked = {"known_at": END_OF_TIME, "answers": _answers(kind, landing)}
            transaction.run(f"insert into people_formerly {formerly}", asked)
        named = f"t.file_no in ({', '.join(map(str, by_name))})" if by_name else "false"
        with_ids = WITH_IDS.format(
            kind=kind.name,
            day=day,
            by_address="null" if kind.addressed_on else "e.employee_id",
            by_name_beside="false" if landing.lands_as_earlier(kind.name) else named,
            by_name=named,
        )
        if keys := ", ".join(derived_columns(kind)):
            with_ids = f"select t.* replace ({keys}) from ({with_ids}) as t"
        retype(transaction, kind.name, with_ids)
        _tell(landing, before, _unfound(kind, landing))
        _pair(kind, landing)
    _note_problems(kind, landing)
    ask_whose(kind, landing, by_name)
    return True


def _pair(kind: Kind, landing: Landing) -> None:
    """Fill `pairs_named`."""
    pairs = with_definitions(PAIRS.format(kind=kind.name))
    landing.transaction.run(f"create or replace temp table pairs_named as {pairs}", {"known_at": END_OF_TIME})


def _look_up(kind: Kind, landing: Landing, more: str, is_as_earlier: bool) -> None:
    """Fill `people_called` with everybody's names and addresses, and `people_meant` with the people that names mean."""

    def spelled(name: str) -> tuple[str, str]:
        return (WORDS.format(x=name), WORDS.format(x=name)) if is_as_earlier else spellings(name)

    name, spelled_out = spelled("name")
    called = CALLED.format(more=more, name=name, spelled_out=spelled_out, id=spelled("employee_id")[0])
    addresses = "" if kind.addressed_on else " union all select 1 from typed_{0} where raw_email <> ''"
    asked = NEEDED.format(kind.name) + addresses.format(kind.name)
    # Most names are exactly those of the ids.
    limit = "" if landing.transaction.rows(f"{asked} limit 1") else " limit 0"
    at = {"known_at": END_OF_TIME, "answers": _answers(kind, landing)}
    landing.transaction.run(f"create or replace temp table people_called as {with_definitions(called)}{limit}", at)
    name, spelled_out = spelled("n.name")
    names = NAMES.format(kind=kind.name, name=name, spelled_out=spelled_out)
    landing.transaction.run(f"create or replace temp table people_meant as {names}")


def _answers(kind: Kind, landing: Landing) -> list[str]:
    """The ids that were answered to the question who is meant by a name."""
    files = landing.files_of(kind.name).values()
    return ["", *(meant for file in files for meant in file.mapped.mapping.values.get("name", {}).values())]


def _note_problems(kind: Kind, landing: Landing) -> None:
    """Fill `people_problems`. Addresses of awards and payments are checked in `holders` instead."""
    by_name = {
        "column": "name",
        "called": "people_meant as c on c.name = t.raw_name",
        "is_last": "coalesce(t.raw_email, '') = ''",
        **LOST_NAMES,
    }
    selects = [LOST.format(kind=kind.name, **by_name), OTHER_NAME.format(kind=kind.name, two_people=TWO_NAMES)]
    if not kind.addressed_on:
        called = "people_called as c on c.spelling = lower(trim(t.raw_email))"
        by_address = {"column": "email", "called": called, "is_last": "true"} | LOST_ADDRESSES
        selects += [
            LOST.format(kind=kind.name, **by_address),
            OTHER_ADDRESS.format(kind=kind.name, two_people=TWO_ADDRESSES),
        ]
    for select in selects:
        landing.transaction.run(f"insert into people_problems {select}")


def _unfound(kind: Kind, landing: Landing) -> dict[int, tuple[int, int]]:
    """By file, how many rows have no id yet, and how many have one that nobody has."""
    rows = landing.transaction.rows(
        "select file_no, count(*) filter (employee_id is null) as without, "
        "count(*) filter (employee_id in (select u.value from unknown_employee_id as u)) as others "
        f"from typed_{kind.name} group by file_no"
    )
    return {row["file_no"]: (row["without"], row["others"]) for row in rows}


def _tell(landing: Landing, before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> None:
    """Report how many rows name their person other than by the id; for `before` and `after` see `_unfound`."""
    for file_no, (without, others) in before.items():
        by_other = others - after[file_no][1]
        n = without - after[file_no][0] + by_other
        if n:
            message = counting(
                "{n:,} row gives an address or a name that only one person has, and is theirs.",
                "{n:,} rows give an address or a name that only one person has, and are theirs.",
                n=n,
            )
            file, severity = landing.file_names[file_no], "warning" if by_other else "notice"
            landing.problems.append(Problem(file, None, "employee_id", None, message, severity))
