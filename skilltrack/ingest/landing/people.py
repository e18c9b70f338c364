"""Whose a row is, where a file names people by id, address or name, or by several of them, which must then agree.

Only the unmistakable is accepted: an address or a name that one person has, or that only one person ever had. A name is
a weak key: people are found by it only where somebody said so.
"""

from skilltrack.ingest.landing.awards import derived_columns, retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.managers import WORDS
from skilltrack.ingest.landing.spelling import spellings
from skilltrack.ingest.landing.whose import ask_whose
from skilltrack.ingest.reading.mapping import BY_NAME
from skilltrack.ingest.reading.matrix import KINDS_OF_LEVELS
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import Kind
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.text import counted

NAMED = ("email", "name")
"""Columns that name people beside their id, the most reliable first."""
CALLED = """
with everybody as (
    select r.employee_id, r.email, r.name, r.team, r.upload_id
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    {more}
),
shown as (
    select employee_id, employee_id || coalesce(' (' || arg_max(team, upload_id) || ')', '') as person
    from everybody
    group by employee_id
),
called as (select distinct employee_id, name from everybody where trim(name) <> ''),
spelled as (
    select lower(trim(email)) as spelling, employee_id from everybody where trim(email) <> ''
    union
    select {name}, employee_id from called
    union
    select {spelled_out}, employee_id from called where strlen(name) > length(name)
    union
    select {id}, employee_id from everybody where employee_id in (select unnest($answers))
)
select
    s.spelling,
    list(s.employee_id order by s.employee_id) as ids,
    list(w.person order by s.employee_id) as people,
    case when count(*) = 1 then min(s.employee_id) end as employee_id
from spelled as s
join shown as w on w.employee_id = s.employee_id
group by s.spelling
"""
"""One row per address and per name, whatever the order of its words: who has or had it."""
NAMES = """
with named as (
    select name from pairs_named where not is_own
    union
    select raw_name from typed_{kind} where employee_id is null and raw_name <> ''
    union
    select value from unknown_employee_id
)
select
    n.name,
    if(a.spelling is null, b.spelling, a.spelling) as spelling,
    if(a.spelling is null, b.ids, a.ids) as ids,
    if(a.spelling is null, b.people, a.people) as people,
    if(a.spelling is null, b.employee_id, a.employee_id) as employee_id
from named as n
left join people_called as a on a.spelling = {name}
left join people_called as b on b.spelling = if(a.spelling is null, {spelled_out}, null)
"""
"""One row per name that is not exactly that of the row's id, and per id that nobody has: who has the name."""
THAT_DAY = """
with asked as (
    select distinct n.name, n.spelling, n.ids, {day} as day
    from typed_{kind} as t
    join people_meant as n on n.name = if(t.employee_id is null, t.raw_name, t.employee_id)
    where len(n.ids) > 1 and (t.employee_id is null or t.employee_id in (select u.value from unknown_employee_id as u))
),
several as (select name, day, spelling, unnest(ids) as employee_id from asked)
select s.name, s.day, min(s.employee_id) as employee_id
from several as s
join roster as r on r.employee_id = s.employee_id and s.day between r.valid_from and r.valid_to
    and s.spelling in ({of_roster})
group by s.name, s.day
having count(distinct s.employee_id) = 1
"""
"""The one of several people with a name whom the roster lists under it on the day of a row that gives no known id."""
FORMERLY = """
with asked as (
    select distinct n.name, n.spelling, n.employee_id, {day} as day
    from typed_{kind} as t
    join people_meant as n on n.name = if(t.employee_id is null, t.raw_name, t.employee_id)
    where n.employee_id is not null and n.name not in (select unnest($answers))
        and (t.employee_id is null or t.employee_id in (select u.value from unknown_employee_id as u))
),
last as (
    select r.employee_id, arg_max(r.name, r.upload_id) as name
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.employee_id in (select a.employee_id from asked as a)
    group by r.employee_id
)
select a.name, a.day
from asked as a
left join roster as d on d.employee_id = a.employee_id and a.day between d.valid_from and d.valid_to
left join last as l on l.employee_id = a.employee_id
where a.spelling not in ({of_roster})
"""
"""Names whose only known bearer has another one on the day of the row, where an erased person may have had it."""
WITH_IDS = """
select t.* replace (
    case
        when t.employee_id is null
            then coalesce({by_address}, if({by_name}, coalesce(n.employee_id, d.employee_id), null))
        when t.employee_id in (select u.value from unknown_employee_id as u)
            then coalesce(
                a.employee_id,
                if({by_name}, coalesce(w.employee_id, d.employee_id), null),
                {by_address},
                if({by_name_beside}, n.employee_id, null),
                t.employee_id
            )
        else t.employee_id
    end as employee_id
)
from typed_{kind} as t
left join people_called as e on e.spelling = lower(trim(t.raw_email))
left join people_called as a on a.spelling = lower(trim(t.employee_id)) and contains(a.spelling, '@')
left join people_formerly as f on f.name = if(t.employee_id is null, t.raw_name, t.employee_id) and f.day = {day}
left join people_meant as n on n.name = t.raw_name and f.name is null
left join people_meant as w on w.name = t.employee_id and f.name is null
left join people_that_day as d on d.name = if(t.employee_id is null, t.raw_name, t.employee_id) and d.day = {day}
"""
TWO_PEOPLE = (
    "|| array_to_string(c.ids[:5], ', ') || ', and the row is about ' || t.employee_id || ': two people. Correct one "
    'of them, or say in a mapping which column is right: holder = "employee_id", "email" or "name".\''
)
LOST = """
select
    t.file_no,
    t.line_no,
    '{column}',
    t.raw_{column},
    case
        when c.spelling is null
            then 'is nobody''s {what} on the roster; correct it, or give the employee_id.'
        when t.raw_{column} in (select f.name from people_formerly as f)
            then 'was once the {what} of ' || c.people[1] || ', and may be that of somebody who has been erased. Say '
                || 'who it is, or give the employee_id.'
        when c.employee_id is not null then 'is the {what} of ' || c.people[1] || ', and the row has no id and no '
            || 'address. Say that people are found by name, or give the employee_id.'
        else 'is the {what} of several people (' || array_to_string(c.people[:5], ', ') || '); give the '
            || 'employee_id.'
    end,
    false
from typed_{kind} as t
left join {called}
where t.employee_id is null and coalesce(t.raw_{column}, '') <> '' and {is_last}
"""
"""Rows without an id, and with an address or name that nobody or several people have."""
OTHER_ADDRESS = f"""
select t.file_no, t.line_no, 'email', t.raw_email, 'is the e-mail address of ' {TWO_PEOPLE}, true
from typed_{{kind}} as t
join people_called as c on c.spelling = lower(trim(t.raw_email))
where t.raw_email <> '' and not list_contains(c.ids, t.employee_id)
    and t.employee_id not in (select u.value from unknown_employee_id as u)
"""
OTHER_NAME = f"""
with others as (
    select p.file_no, p.employee_id, p.name, n.ids
    from pairs_named as p
    join people_meant as n on n.name = p.name
    where not p.is_own and n.ids is not null and not list_contains(n.ids, p.employee_id)
        and p.employee_id not in (select u.value from unknown_employee_id as u)
)
select t.file_no, t.line_no, 'name', t.raw_name, 'is the name of ' {TWO_PEOPLE}, true
from typed_{{kind}} as t
join others as c on c.file_no = t.file_no and c.employee_id = t.employee_id and c.name = t.raw_name
"""
PAIRS = """
with pairs as (
    select file_no, employee_id, raw_name as name, min(line_no) as line_no, count(*) as rows
    from typed_{kind}
    where employee_id is not null and raw_name <> ''
    group by file_no, employee_id, raw_name
),
own as (
    select distinct r.employee_id, lower(trim(r.name)) as name
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
)
select p.*, o.employee_id is not null as is_own
from pairs as p
left join own as o on o.employee_id = p.employee_id and o.name = lower(trim(p.name))
"""
"""One row per id and name that are in one row, and whether the name is exactly that of the id."""
NEEDED = """
select 1 from pairs_named where not is_own
union all
select 1 from typed_{0} where employee_id is null and raw_name <> ''
union all
select 1 from unknown_employee_id
"""
"""Has rows where it must be looked up who has a name or an address."""


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
        "what": "name",
        "called": "people_meant as c on c.name = t.raw_name",
        "is_last": "coalesce(t.raw_email, '') = ''",
    }
    selects = [LOST.format(kind=kind.name, **by_name), OTHER_NAME.format(kind=kind.name)]
    if not kind.addressed_on:
        called = "people_called as c on c.spelling = lower(trim(t.raw_email))"
        by_address = {"column": "email", "what": "e-mail address", "called": called, "is_last": "true"}
        selects += [LOST.format(kind=kind.name, **by_address), OTHER_ADDRESS.format(kind=kind.name)]
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
            gives, are = ("gives", "is") if n == 1 else ("give", "are")
            message = f"{counted(n, 'row')} {gives} an address or a name that only one person has, and {are} theirs."
            file, severity = landing.file_names[file_no], "warning" if by_other else "notice"
            landing.problems.append(Problem(file, None, "employee_id", None, message, severity))
