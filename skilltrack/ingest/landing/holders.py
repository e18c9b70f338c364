"""Whose a row is, where a file names people by their e-mail address, alone or beside an id.

Only the unmistakable is accepted: whoever had the address on the day of the row, or the only person who ever had it.
"""

from skilltrack.ingest.landing.awards import derived_columns, retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.whose import ask_who_is_right
from skilltrack.ingest.landing.wording import in_sql
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

NAMED = 5
"""At most this many people who had an e-mail address are named where it is unclear who is meant."""
TWO_PEOPLE = in_sql(
    mark(
        "is the address of {of_email}, and the employee_id of the row is {employee_id}: two people. Say in a mapping "
        'which column is right: holder = "email" or holder = "employee_id".'
    ),
    of_email="t.of_email",
    employee_id="t.employee_id",
)
"""What is wrong with a row of `two_holders`, as SQL."""

UNKNOWN_IDS = """
select distinct t.employee_id as id
from typed_{kind} as t
where t.raw_email <> '' and t.employee_id is not null and t.employee_id not in (select k.id from ({known}) as k)
"""

PROBLEMS = {
    "no_address": in_sql(
        mark("is neither an e-mail address nor the employee_id of anybody on the roster; correct it.")
    ),
    "of_nobody": in_sql(mark("is nobody's e-mail address on the roster; correct it, or give the employee_id.")),
    "of_erased": in_sql(
        mark(
            "was once the e-mail address of {names}, and may be that of somebody who has been erased; give the "
            "employee_id."
        ),
        names="o.names",
    ),
    "of_several": in_sql(
        mark("is the e-mail address of several people on that day ({names}); give the employee_id."), names="o.names"
    ),
    "of_others": in_sql(
        mark(
            "is nobody's e-mail address on that day, and several people's on other days ({names}); give the "
            "employee_id."
        ),
        names="o.names",
    ),
}
"""What is wrong with an address, as SQL."""
TWO_HOLDERS = read_text("landing/holders/two_holders")

FORMERLY = read_text("landing/holders/formerly")
NOBODY = "select cast(null as varchar) as email, cast(null as date) as day where false"

HOLDERS = read_text("landing/holders/holders").format(named=NAMED)


def find_holders(kind: Kind, landing: Landing, known: str) -> None:
    """Give rows their holder's employee_id where the file has only an e-mail address, or an id that nobody has.

    Ids and addresses that belong to two people are noted in the temporary table `two_holders`. `known` selects
    everybody's ids.
    """
    transaction = landing.transaction
    transaction.run("create or replace temp table ids_of_nobody (id varchar)")
    transaction.run("create or replace temp table two_holders (employee_id varchar, email varchar, of_email varchar)")
    if not transaction.rows(f"select 1 from typed_{kind.name} where raw_email <> '' limit 1"):
        return
    if not landing.is_as_before(kind.name):
        at = {"known_at": END_OF_TIME}
        nobody = with_definitions(UNKNOWN_IDS.format(kind=kind.name, known=known))
        transaction.run(f"create or replace temp table ids_of_nobody as {nobody}", at)
        two = with_definitions(TWO_HOLDERS.format(kind=kind.name))
        transaction.run(f"create or replace temp table two_holders as {two}", at)
        _tell(kind, landing)
    keyed = ", ".join(derived_columns(kind)) or "t.employee_id as employee_id"
    without_one = "l.email" if landing.lands_as_seventh(kind.name) else "''"
    formerly = FORMERLY.format(without_one=without_one) if landing.is_any_erased(kind.name) else NOBODY
    holders = HOLDERS.format(kind=kind.name, day=kind.addressed_on, keyed=keyed, formerly=formerly, **PROBLEMS)
    retype(transaction, kind.name, with_definitions(holders))
    _report_by_address(kind, landing)


def _tell(kind: Kind, landing: Landing) -> None:
    """Ask which column is right, where ids and addresses belong to two people."""
    row = landing.transaction.rows(
        "select count(*) as n, min(t.file_no) as file_no, "
        "arg_min(t.raw_email, (t.file_no, t.line_no)) as email, arg_min(d.of_email, (t.file_no, t.line_no)) as "
        "of_email, "
        "arg_min(t.employee_id, (t.file_no, t.line_no)) as employee_id "
        f"from typed_{kind.name} as t join two_holders as d "
        "on d.employee_id = t.employee_id and d.email = lower(t.raw_email)"
    )[0]
    if not row["n"]:
        return
    meaning_of = {
        "email": sentence("{value} is {employee}", value=row["email"], employee=row["of_email"]),
        "employee_id": sentence("the row is about {employee_id}", employee_id=row["employee_id"]),
    }
    ask_who_is_right(landing, row["file_no"], row["n"], meaning_of)


def _report_by_address(kind: Kind, landing: Landing) -> None:
    """Report how many rows got their person from the address because nobody has their id."""
    row = (
        landing.transaction.rows(
            "select count(*) as n, coalesce(min(t.file_no), 0) as file_no "
            f"from given_{kind.name} as t "
            f"join typed_{kind.name} as f on f.file_no = t.file_no and f.line_no = t.line_no "
            "where t.employee_id in (select u.id from ids_of_nobody as u) and f.employee_id <> t.employee_id"
        )[0]
        if landing.transaction.rows("select 1 from ids_of_nobody limit 1")
        else {"n": 0}
    )
    if row["n"]:
        message = sentence(
            "nobody has the ids of {rows}; the e-mail addresses there say whose they are.",
            rows=counted(row["n"], "row"),
        )
        file = landing.file_names[row["file_no"]]
        landing.problems.append(Problem(file, None, "employee_id", None, message, "warning"))
