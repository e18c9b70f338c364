"""Whose a row is, where a file names people by id, address or name, or by several of them, which must then agree.

Only what leaves no doubt is taken: an address or a name that one person has, or is the only one who ever had.
"""

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.managers import WORDS
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.kinds import Kind
from skilltrack.relations import END_OF_TIME, with_definitions

NAMED = ("email", "name")
"""Columns that name people beside their id, the surest first."""
CALLED = f"""
with everybody as (
    select r.employee_id, r.email, r.name from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
    {{more}}
),
spelled as (
    select lower(trim(email)) as spelling, employee_id from everybody where trim(email) <> ''
    union
    select {WORDS.format(x="name")}, employee_id from everybody where trim(name) <> ''
)
select
    spelling,
    list(distinct employee_id order by employee_id) as ids,
    case when count(distinct employee_id) = 1 then min(employee_id) end as employee_id
from spelled
group by spelling
"""
"""One row per address and per name, whatever the order of its words: who has it or had it."""
FOUND = f"""
select t.* replace (
    case
        when t.employee_id is null then coalesce(e.employee_id, n.employee_id)
        when t.employee_id in (select u.value from unknown_employee_id as u)
            then coalesce(a.employee_id, w.employee_id, e.employee_id, t.employee_id)
        else t.employee_id
    end as employee_id
)
from typed_{{kind}} as t
left join people_called as e on e.spelling = lower(trim(t.raw_email))
left join people_called as n on n.spelling = {WORDS.format(x="t.raw_name")}
left join people_called as a on a.spelling = lower(trim(t.employee_id))
left join people_called as w on w.spelling = {WORDS.format(x="t.employee_id")}
"""
PROBLEMS = """
select
    t.file_no,
    t.line_no,
    '{column}' as column_name,
    t.raw_{column} as value,
    case
        when t.employee_id is not null then 'is the {what} of ' || array_to_string(c.ids[:5], ', ')
            || ', and the row is about ' || t.employee_id || ': two people. Correct one of them, or say in a mapping '
            || 'which column is right: holder = "employee_id", "email" or "name".'
        when c.spelling is null
            then 'is nobody''s {what} on the roster; correct it, or give the employee_id.'
        else 'is the {what} of several people (' || array_to_string(c.ids[:5], ', ') || '); give the employee_id.'
    end as message,
    t.employee_id is not null as is_two
from typed_{kind} as t
left join people_called as c on c.spelling = {spelling}
where coalesce(t.raw_{column}, '') <> '' and case
    when t.employee_id is null then {is_last}
    else t.employee_id not in (select u.value from unknown_employee_id as u) and not list_contains(c.ids, t.employee_id)
end
"""


def names_people(kind: Kind) -> bool:
    """Whether rows of a kind may name people by what they are called, beside or instead of their id."""
    return any(column.name == "name" for column in kind.read_only)


def find_people(kind: Kind, landing: Landing, more: str) -> None:
    """Give rows the employee_id of whoever their address or name means; `more` selects people of the same upload.

    What then names nobody, several people or another person is in the temporary table `people_problems`.
    """
    transaction, at = landing.transaction, {"known_at": END_OF_TIME}
    transaction.run(
        "create or replace temp table people_problems (file_no integer, line_no bigint, column_name varchar, "
        "value varchar, message varchar, is_two boolean)"
    )
    is_named = transaction.rows(
        f"select 1 from typed_{kind.name} where raw_email <> '' or raw_name <> '' "
        "union all select 1 from unknown_employee_id limit 1"
    )
    if not is_named or landing.is_as_before(kind.name):
        return
    transaction.run(f"create or replace temp table people_called as {with_definitions(CALLED.format(more=more))}", at)
    retype(transaction, kind.name, FOUND.format(kind=kind.name))
    spellings = {"email": "lower(trim(t.raw_email))", "name": WORDS.format(x="t.raw_name")}
    for column in NAMED:
        is_last = "true" if column == "email" else "coalesce(t.raw_email, '') = ''"
        what = "e-mail address" if column == "email" else "name"
        select = PROBLEMS.format(kind=kind.name, column=column, what=what, spelling=spellings[column], is_last=is_last)
        transaction.run(f"insert into people_problems {select}")
    _tell(kind, landing)
    _ask_who_is_right(landing)


def _tell(kind: Kind, landing: Landing) -> None:
    """Say how many rows name their person otherwise than by the id."""
    given = "g.employee_id" if _has_ids(kind, landing) else "null"
    row = landing.transaction.rows(
        "select count(*) as n, coalesce(min(g.file_no), 0) as file_no, "
        f"count(*) filter ({given} is not null) as others "
        f"from given_{kind.name} as g join typed_{kind.name} as t on t.file_no = g.file_no and t.line_no = g.line_no "
        f"where t.employee_id is distinct from {given}"
    )[0]
    if row["n"]:
        message = f"{row['n']:,} rows name people by their address or name, which one person only has: taken as theirs."
        file, severity = landing.file_names[row["file_no"]], "warning" if row["others"] else "notice"
        landing.problems.append(Problem(file, None, "employee_id", None, message, severity))


def _has_ids(kind: Kind, landing: Landing) -> bool:
    named = {"name": f"given_{kind.name}"}
    asked = "select 1 from duckdb_columns() where table_name = $name and column_name = 'employee_id'"
    return bool(landing.transaction.rows(asked, named))


def _ask_who_is_right(landing: Landing) -> None:
    """Ask which column is right, where those of a row name two people."""
    for row in landing.transaction.rows(
        "select file_no, count(*) as n, any_value(column_name) as name, arg_min(value, line_no) as value "
        "from people_problems where is_two group by file_no order by file_no"
    ):
        text = f"employee_id and {row['name']} name different people in {row['n']:,} rows. Which one is right?"
        answers = {"employee_id": "the id", row["name"]: f"the {row['name']}, such as {row['value']}"}
        landing.questions.append(Question(landing.file_names[row["file_no"]], "holder", text, answers))
