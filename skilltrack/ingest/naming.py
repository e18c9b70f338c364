"""Ids where a file names somebody or something in another way: holders by e-mail, managers and credentials by name.

Only what leaves no doubt is taken: one person of that name or address, one credential of that name.
"""

from rapidfuzz import fuzz, process, utils

from skilltrack.ingest.awards import KEY, find_awards, retype
from skilltrack.ingest.kinds import KINDS, Kind, references
from skilltrack.ingest.landing import Landing
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question
from skilltrack.marts import END_OF_TIME, with_marts
from skilltrack.store import Transaction

UNKNOWN_CREDENTIAL = "is no credential of the catalogue; correct the name, give the credential_id, or have it made."
SIMILAR, ASKED = 75, 20
"""Likeness, of 100, from which a credential is suggested; how many names are asked about at once."""
NAMED = 5
"""People who had an e-mail address that are named where it leaves open who is meant."""


_MANAGERS_TO_FIND = """
select 1 from unknown_manager_id
union all
select 1 from typed_roster where coalesce(raw_manager_name, '') <> '' or coalesce(raw_manager_email, '') <> ''
limit 1
"""


def known_ids(kind: Kind, target: str, landing: Landing) -> str:
    """A select, over marts, of the ids that a column of `kind` may name, which are those of the kind `target`.

    A manager may be anybody in the file; everything else has landed, or lands with this upload.
    """
    key = KINDS[target].key[0]
    typed = f"select s.{key} as id from typed_{target} as s where s.{key} is not null"
    if target == kind.name:
        return typed
    stored = f"select r.{key} as id from {KINDS[target].table} as r join live_uploads as u on u.upload_id = r.upload_id"
    is_typed = landing.transaction.rows(
        "select 1 as found from duckdb_views() where view_name = $name", {"name": f"typed_{target}"}
    )
    return f"{stored} union all {typed}" if is_typed and not landing.keeps_good_rows else stored


def find_named(kind: Kind, landing: Landing) -> None:
    """Fill in the ids of `typed_<kind>` that its rows name otherwise.

    What then names nothing is noted, each value once, in the temporary table `unknown_<column>`.
    """
    if "credential" in [column.name for column in kind.read_only]:
        _name_the_credentials(kind, landing)
    if kind.name == "badges":
        _name_the_holders(landing.transaction)
        find_awards(landing)
    for column, target in references(kind):
        _note_unknown(kind, column, target, landing)
    if kind.name == "roster":
        _note_unknown(kind, "manager_id", "roster", landing)
        if landing.transaction.rows(_MANAGERS_TO_FIND):
            _name_the_managers(landing)
            _note_unknown(kind, "manager_id", "roster", landing)


def _note_unknown(kind: Kind, column: str, target: str, landing: Landing) -> None:
    landing.transaction.run(
        f"create or replace temp table unknown_{column} as "
        + with_marts(
            f"select t.{column} as value, min(t.file_no) as file_no from typed_{kind.name} as t "
            f"where t.{column} not in (select k.id from ({known_ids(kind, target, landing)}) as k) group by t.{column}"
        ),
        {"known_at": END_OF_TIME},
    )


HOLDERS = f"""
with asked as (
    select distinct lower(raw_email) as email, issued_on
    from typed_badges
    where raw_email <> '' and employee_id is null
),
ever as (
    select lower(trim(r.email)) as email, r.employee_id
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where lower(trim(r.email)) in (select a.email from asked as a)
    group by all
),
owners as (
    select
        email,
        min(employee_id) as employee_id,
        count(*) as people,
        string_agg(employee_id, ', ' order by employee_id) filter (place <= {NAMED}) as names
    from (select *, row_number() over (partition by email order by employee_id) as place from ever) as e
    group by email
),
that_day as (
    select
        a.email,
        a.issued_on,
        min(r.employee_id) as employee_id,
        count(distinct r.employee_id) as people
    from asked as a
    join roster as r on lower(trim(r.email)) = a.email and a.issued_on between r.valid_from and r.valid_to
    group by a.email, a.issued_on
),
holders as (
    select
        a.email,
        a.issued_on,
        case
            when d.people = 1 then d.employee_id
            when d.people is null and o.people = 1 then o.employee_id
        end as employee_id,
        case
            when o.email is null then 'is nobody''s e-mail address on the roster; correct it, or give the employee_id.'
            when d.people > 1
                then 'is the e-mail address of several people on that day (' || o.names || '); give the employee_id.'
            when o.people > 1 and d.people is null
                then 'is nobody''s e-mail address on that day, and that of several people on others (' || o.names
                    || '); give the employee_id.'
        end as email_problem
    from asked as a
    left join owners as o on o.email = a.email
    left join that_day as d on d.email = a.email and d.issued_on is not distinct from a.issued_on
)
select
    t.* replace (
        coalesce(t.employee_id, h.employee_id) as employee_id,
        h.email_problem as email_problem,
        {KEY.replace("t.employee_id", "coalesce(t.employee_id, h.employee_id)")} as award_key
    )
from typed_badges as t
left join holders as h on h.email = lower(t.raw_email) and h.issued_on is not distinct from t.issued_on
"""
"""Badges with the employee_id of whoever had the address on the day of issue, or is the only one who ever had it."""


def _name_the_holders(transaction: Transaction) -> None:
    """Give each badge its holder's employee_id where the file has an e-mail address only."""
    if transaction.rows("select 1 from typed_badges where raw_email <> '' limit 1"):
        retype(transaction, "badges", with_marts(HOLDERS))


def _name_the_managers(landing: Landing) -> None:
    """Give people their manager's id where the file has a name or an e-mail address that is one person's."""
    others = "union all select r.employee_id, r.name, r.email from roster as r where r.valid_to = date '9999-12-31'"
    replace_managers = f"""
        with people as (
            select employee_id, name, email from typed_roster where employee_id is not null
            {others if landing.mode == "changes" else ""}
        ),
        spellings as (
            select lower(trim(email)) as spelling, employee_id from people where email is not null
            union
            select lower(name) as spelling, employee_id from people where name is not null
            union
            select lower(regexp_replace(name, '^([^,]+),\\s*(.+)$', '\\2 \\1')) as spelling, employee_id from people
            where name like '%,%'
        ),
        named as (
            select spelling, min(employee_id) as employee_id
            from spellings
            group by spelling
            having count(distinct employee_id) = 1
        ),
        given as (
            select
                t.file_no,
                t.line_no,
                case
                    when t.manager_id in (select p.employee_id from people as p) then t.manager_id
                    else coalesce(byid.employee_id, byemail.employee_id, byname.employee_id, t.manager_id)
                end as found
            from typed_roster as t
            left join named as byid on byid.spelling = lower(t.raw_manager_id)
            left join named as byemail on byemail.spelling = lower(t.raw_manager_email)
            left join named as byname on byname.spelling = lower(
                regexp_replace(t.raw_manager_name, '^([^,]+),\\s*(.+)$', '\\2 \\1')
            )
        )
        select
            t.* replace (g.found as manager_id),
            g.found is distinct from t.manager_id as is_named,
            g.found is null and coalesce(t.raw_manager_name, t.raw_manager_email, '') <> '' as is_lost
        from typed_roster as t
        join given as g on g.file_no = t.file_no and g.line_no = t.line_no
    """
    transaction = landing.transaction
    retype(transaction, "roster", with_marts(replace_managers))
    said = transaction.rows(
        "select count(*) filter (is_named) as named, count(*) filter (is_lost) as lost, "
        "arg_min(line_no, (file_no, line_no)) filter (is_lost) as line_no, "
        "coalesce(min(file_no) filter (is_lost), 0) as file_no, "
        "string_agg(distinct coalesce(nullif(raw_manager_name, ''), raw_manager_email), ', ') "
        "filter (is_lost) as names from typed_roster"
    )[0]
    file = landing.file_names[said["file_no"]]
    if said["named"]:
        message = f"{said['named']} managers given by name or e-mail are found by it."
        landing.problems.append(Problem(file, None, "manager_id", None, message, "notice"))
    if said["lost"]:
        message = (
            f"{said['lost']} managers are named who are nobody or several people here, so nobody stands above these "
            f"people: {said['names'][:300]}."
        )
        landing.problems.append(Problem(file, said["line_no"], "manager_name", None, message, "warning"))


def _name_the_credentials(kind: Kind, landing: Landing) -> None:
    """Give rows the credential_id of the one credential they name; ask about the other names, or make them."""
    if not landing.transaction.rows(f"select 1 from typed_{kind.name} where raw_credential <> '' limit 1"):
        return
    transaction, at = landing.transaction, {"known_at": END_OF_TIME, "upload_id": landing.upload_id}
    found = "coalesce(t.credential_id, n.credential_id)"
    key = f", {KEY.replace('t.credential_id', found)} as award_key" if kind.name == "badges" else ""
    fill = (
        "with named as ("
        "select lower(trim(name)) as spelling, min(credential_id) as credential_id from known_credentials "
        "group by spelling having count(distinct credential_id) = 1) "
        f"select t.* replace ({found} as credential_id{key}) "
        f"from typed_{kind.name} as t left join named as n on n.spelling = lower(t.raw_credential)"
    )
    remember = "create or replace temp table known_credentials as " + with_marts(
        "select credential_id, name from credentials"
    )
    transaction.run(remember, at)
    retype(transaction, kind.name, fill)
    lost = transaction.rows(
        "select raw_credential as name, min(file_no) as file_no, min(line_no) as line_no, count(*) as rows, "
        f"min(raw_issuer) as issuer from typed_{kind.name} "
        "where credential_id is null and coalesce(raw_credential, '') <> '' group by raw_credential order by rows desc"
    )
    if not lost:
        return
    if landing.creates_credentials:
        for row in lost:
            transaction.run(
                "insert into credential_rows (upload_id, file_no, line_no, credential_id, name, issuer, demonstrates) "
                "values ($upload_id, $file_no, $line_no, $name, $name, $issuer, true)",
                {**row, "upload_id": landing.upload_id, "issuer": row["issuer"] or "Unknown issuer"},
            )
        transaction.run(remember, at)
        retype(transaction, kind.name, fill)
        listed = ", ".join(row["name"] for row in lost[:ASKED])
        message = f"{len(lost)} credentials are new and demonstrate nothing until somebody maps them: {listed}."
        landing.problems.append(Problem(landing.file_names[0], None, "credential", None, message, "warning"))
        return
    names = [row["name"] for row in transaction.rows("select distinct name from known_credentials order by name")]
    for row in lost[:ASKED]:
        close = process.extract(
            row["name"],
            names,
            scorer=fuzz.token_set_ratio,
            processor=utils.default_process,
            limit=3,
            score_cutoff=SIMILAR,
        )
        if close:
            text = f"{row['name']!r} ({row['rows']} rows) is not in the catalogue. Is it one of these?"
            answers = {name: f"{likeness:.0f} % alike" for name, likeness, _ in close}
            about = f"values.credential.{row['name']}"
            landing.questions.append(Question(landing.file_names[row["file_no"]], about, text, answers))
    many = f"{len(lost):,} credentials are" if len(lost) > 1 else "One credential is"
    text = f"{many} not in the catalogue. Make what is missing, to count for no skill until somebody maps it?"
    answers = {"create": f"yes: {', '.join(row['name'] for row in lost[:3])}{' …' if len(lost) > 3 else ''}"}
    landing.questions.append(Question(landing.file_names[0], "unknown_credentials", text, answers))
