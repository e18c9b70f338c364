"""Ids where a file names somebody or something in another way: holders by e-mail, managers and credentials by name.

Only what leaves no doubt is taken: one person of that name or address, one credential of that name.
"""

from typing import Any

from rapidfuzz import fuzz, process, utils

from skilltrack.ingest.landing.awards import KEY, find_awards, retype
from skilltrack.ingest.landing.holders import DAY, find_holders
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.people import find_people
from skilltrack.ingest.landing.skills import ask_about_skills
from skilltrack.ingest.reading.mapping import about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.status_words import LEAVE_OUT
from skilltrack.kinds import KINDS, Kind, references
from skilltrack.relations import END_OF_TIME, with_marts
from skilltrack.text import counted

UNKNOWN_CREDENTIAL = "is not in the catalogue; correct the name, give the credential_id, or have it made."
SIMILAR, ASKED = 75, 20
"""Likeness, of 100, from which a credential is suggested; how many names are asked about at once."""
TWO_MANAGERS = (
    "'is ' || t.manager_id || ', and the manager_id of the row leads to ' || t.other || ': two people. Say in a "
    "mapping which "
    'column is right: manager = "manager_id", "manager_name" or "manager_email".\''
)
"""What is wrong with a row of `two_managers`, as SQL."""


_MANAGERS_TO_FIND = """
select 1 from unknown_manager_id
union all
select 1 from typed_roster
where coalesce(raw_manager_name, '') <> '' or coalesce(raw_manager_email, '') <> '' or raw_other_id <> ''
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
    return f"{stored} union all {typed}" if _lands_too(target, landing) else stored


def find_named(kind: Kind, landing: Landing) -> None:
    """Fill in the ids of `typed_<kind>` that its rows name otherwise.

    What then names nothing is noted, each value once, in the temporary table `unknown_<column>`.
    """
    noted = set()
    if "credential" in [column.name for column in kind.read_only]:
        _note_unknown(kind, "credential_id", "credentials", landing)
        if not _name_the_credentials(kind, landing):
            noted.add("credential_id")
    if kind.name in DAY:
        find_holders(kind, landing, known_ids(kind, "roster", landing))
    if kind.names_people:
        _note_unknown(kind, "employee_id", "roster", landing)
        more = PEOPLE_OF_UPLOAD.format(upload_id=landing.upload_id) if _lands_too("roster", landing) else ""
        find_people(kind, landing, more)
    if kind.name == "badges":
        find_awards(landing)
    for column, target in references(kind):
        if column not in noted:
            _note_unknown(kind, column, target, landing)
            if target == "skills":
                _name_the_skills(kind, column, landing)
                ask_about_skills(kind, landing)
    if kind.name == "roster":
        landing.transaction.run(
            "create or replace temp table two_managers "
            "(file_no integer, line_no bigint, shown varchar, manager_id varchar, other varchar)"
        )
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


PEOPLE_OF_UPLOAD = "union all select s.employee_id, s.email, s.name, s.team, {upload_id} from typed_roster as s"
"""People that land in the same upload, with their addresses, names and teams."""


def _name_the_skills(kind: Kind, column: str, landing: Landing) -> None:
    """Give rows the id of the one skill whose name stands where an id should."""
    transaction = landing.transaction
    if landing.is_as_before(kind.name) or not transaction.rows(f"select 1 from unknown_{column} limit 1"):
        return
    called = "select skill_id as id, name from skills"
    if _lands_too("skills", landing):
        called += " union all select s.skill_id, s.name from typed_skills as s"
    found = (
        f"with called as (select lower(trim(c.name)) as spelling, min(c.id) as id from ({called}) as c "
        "where trim(c.name) <> '' group by spelling having count(distinct c.id) = 1) "
        f"select t.* replace (case when t.{column} in (select u.value from unknown_{column} as u) "
        f"then coalesce(c.id, t.{column}) else t.{column} end as {column}) "
        f"from typed_{kind.name} as t left join called as c on c.spelling = lower(trim(t.{column}))"
    )
    before = transaction.rows(f"select count(*) as n, min(file_no) as file_no from unknown_{column}")[0]
    retype(transaction, kind.name, with_marts(found))
    _note_unknown(kind, column, "skills", landing)
    left = transaction.rows(f"select count(*) as n from unknown_{column}")[0]["n"]
    if left < before["n"]:
        message = f"{counted(before['n'] - left, 'value')} taken as names of skills, and so as their ids."
        landing.problems.append(Problem(landing.file_names[before["file_no"]], None, column, None, message, "notice"))


def _lands_too(target: str, landing: Landing) -> bool:
    """Whether rows of a kind land in the same upload."""
    named = {"name": f"typed_{target}"}
    is_typed = landing.transaction.rows("select 1 from duckdb_views() where view_name = $name", named)
    return bool(is_typed) and not landing.keeps_good_rows


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
        others as (
            select lower(raw_other_id) as spelling, min(employee_id) as employee_id
            from typed_roster
            where raw_other_id <> ''
            group by spelling
            having count(distinct employee_id) = 1
        ),
        given as (
            select
                t.file_no,
                t.line_no,
                case
                    when byother.employee_id is not null then byother.employee_id
                    when t.manager_id in (select p.employee_id from people as p) then t.manager_id
                    else coalesce(byid.employee_id, byemail.employee_id, byname.employee_id, t.manager_id)
                end as found,
                coalesce(byemail.employee_id, byname.employee_id) as named_manager,
                coalesce(nullif(t.raw_manager_email, ''), t.raw_manager_name) as manager_called
            from typed_roster as t
            left join others as byother on byother.spelling = lower(t.raw_manager_id)
            left join named as byid on byid.spelling = lower(t.raw_manager_id)
            left join named as byemail on byemail.spelling = lower(t.raw_manager_email)
            left join named as byname on byname.spelling = lower(
                regexp_replace(t.raw_manager_name, '^([^,]+),\\s*(.+)$', '\\2 \\1')
            )
        )
        select
            t.* replace (g.found as manager_id),
            g.named_manager,
            g.manager_called,
            g.found is distinct from t.manager_id as is_named,
            g.found is null and coalesce(t.raw_manager_name, t.raw_manager_email, '') <> '' as is_lost
        from typed_roster as t
        join given as g on g.file_no = t.file_no and g.line_no = t.line_no
    """
    transaction = landing.transaction
    retype(transaction, "roster", with_marts(replace_managers))
    if not landing.is_as_before("roster"):
        _note_two_managers(landing)
    said = transaction.rows(
        "select count(*) filter (is_named) as named, count(*) filter (is_lost) as lost, "
        "arg_min(line_no, (file_no, line_no)) filter (is_lost) as line_no, "
        "coalesce(min(file_no) filter (is_lost), 0) as file_no, "
        "string_agg(distinct coalesce(nullif(raw_manager_name, ''), raw_manager_email), ', ') "
        "filter (is_lost) as names from typed_roster"
    )[0]
    file = landing.file_names[said["file_no"]]
    if said["named"]:
        message = f"{counted(said['named'], 'manager')} found by name, e-mail or another id."
        landing.problems.append(Problem(file, None, "manager_id", None, message, "notice"))
    if said["lost"]:
        message = (
            f"{said['lost']} managers are named who are nobody or several people here, so nobody stands above these "
            f"people: {said['names'][:300]}."
        )
        landing.problems.append(Problem(file, said["line_no"], "manager_name", None, message, "warning"))


def _note_two_managers(landing: Landing) -> None:
    """Note the rows whose columns name two managers, and ask which column is right."""
    transaction = landing.transaction
    transaction.run(
        "insert into two_managers select file_no, line_no, manager_called, named_manager, manager_id from typed_roster "
        "where named_manager is not null and manager_id <> named_manager"
    )
    row = transaction.rows(
        "select count(*) as n, min(file_no) as file_no, arg_min(shown, (file_no, line_no)) as shown, "
        "arg_min(manager_id, (file_no, line_no)) as manager_id, arg_min(other, (file_no, line_no)) as other "
        "from two_managers"
    )[0]
    if not row["n"]:
        return
    file = landing.files[row["file_no"]]
    names = [name for name in ("manager_id", "manager_email", "manager_name") if name in file.mapped.columns]
    text = f"{', '.join(names)} name different managers in {counted(row['n'], 'row')}. Which one is right?"
    answers = {
        name: f"for example {row['other']}"
        if name == "manager_id"
        else f"for example {row['shown']}, {row['manager_id']}"
        for name in names
    }
    landing.questions.append(Question(file.decoded.name, "manager", text, answers))


def _fill(kind: Kind, landing: Landing) -> str:
    """A select of the rows with the credential that their id, or else their name, is of."""
    found = "coalesce(t.credential_id, n.credential_id)"
    joins = "left join named as n on n.spelling = lower(t.raw_credential)"
    if not landing.is_as_before(kind.name):
        found = (
            "case when t.credential_id is not null and t.credential_id not in (select u.value from "
            "unknown_credential_id as u) then t.credential_id "
            "else coalesce(n.credential_id, i.credential_id, m.credential_id, t.credential_id) end"
        )
        joins += (
            " left join known_credentials as i on i.credential_id = t.raw_credential"
            " left join named as m on m.spelling = lower(t.credential_id)"
        )
    key = f", {KEY.replace('t.credential_id', found)} as award_key" if kind.name == "badges" else ""
    return (
        "with named as ("
        "select lower(trim(name)) as spelling, min(credential_id) as credential_id from known_credentials "
        "group by spelling having count(distinct credential_id) = 1) "
        f"select t.* replace ({found} as credential_id{key}) from typed_{kind.name} as t {joins}"
    )


def _name_the_credentials(kind: Kind, landing: Landing) -> bool:
    """Give rows the credential_id of the one credential they name; ask about the other names, or make them.

    Returns whether any row was looked at.
    """
    transaction, at = landing.transaction, {"known_at": END_OF_TIME, "upload_id": landing.upload_id}
    has_names = transaction.rows(f"select 1 from typed_{kind.name} where raw_credential <> '' limit 1")
    has_unknown = not landing.is_as_before(kind.name) and transaction.rows(
        "select 1 from unknown_credential_id limit 1"
    )
    if not has_names and not has_unknown:
        return False
    remember = "create or replace temp table known_credentials as " + with_marts(
        "select credential_id, name from credentials"
    )
    transaction.run(remember, at)
    retype(transaction, kind.name, _fill(kind, landing))
    is_lost = "credential_id is null and coalesce(raw_credential, '') <> ''"
    if has_unknown:
        _note_unknown(kind, "credential_id", "credentials", landing)
        is_lost = f"({is_lost}) or credential_id in (select u.value from unknown_credential_id as u)"
    lost = transaction.rows(
        "select coalesce(nullif(raw_credential, ''), credential_id) as name, "
        "coalesce(min(credential_id), name) as credential_id, "
        "bool_or(coalesce(raw_credential, '') = '') as is_id, min(file_no) as file_no, min(line_no) as line_no, "
        f"count(*) as rows, min(raw_issuer) as issuer from typed_{kind.name} where {is_lost} "
        "group by name, credential_id is null order by rows desc, name"
    )
    if not lost:
        return True
    if landing.creates_credentials:
        for row in lost:
            transaction.run(
                "insert into credential_rows (upload_id, file_no, line_no, credential_id, name, issuer, demonstrates) "
                "values ($upload_id, $file_no, $line_no, $credential_id, $name, $issuer, true)",
                {
                    **{part: row[part] for part in ("file_no", "line_no", "credential_id", "name")},
                    "upload_id": landing.upload_id, "issuer": row["issuer"] or "Unknown issuer",
                },
            )  # fmt: skip
        transaction.run(remember, at)
        _note_unknown(kind, "credential_id", "credentials", landing)
        retype(transaction, kind.name, _fill(kind, landing))
        listed = ", ".join(row["name"] for row in lost[:ASKED])
        message = f"{len(lost)} credentials are new and demonstrate nothing until somebody maps them: {listed}."
        landing.problems.append(Problem(landing.file_names[0], None, "credential", None, message, "warning"))
        return True
    _ask_about(landing, lost)
    return True


def _ask_about(landing: Landing, lost: list[dict[str, Any]]) -> None:
    """Ask whether credentials that the catalogue lacks are like some of its, or should be made."""
    rows = landing.transaction.rows("select distinct name from known_credentials order by name")
    names = [row["name"] for row in rows]
    for row in lost[:ASKED]:
        close = process.extract(
            row["name"],
            names,
            scorer=fuzz.token_set_ratio,
            processor=utils.default_process,
            limit=3,
            score_cutoff=SIMILAR,
        )
        answers = {name: f"{likeness:.0f} % alike" for name, likeness, _ in close}
        if landing.files[row["file_no"]].mapped.mapping.is_of_matrix:
            answers |= {LEAVE_OUT: "no credential: leave it out"}
        if answers:
            text = f"{row['name']!r} ({counted(row['rows'], 'row')}) is not in the catalogue. Is it one of these?"
            place = about("values", "credential_id" if row["is_id"] else "credential", row["name"])
            landing.questions.append(Question(landing.file_names[row["file_no"]], place, text, answers))
    many = f"{len(lost):,} credentials are" if len(lost) > 1 else "One credential is"
    text = f"{many} not in the catalogue. Make what is missing, to count for no skill until somebody maps it?"
    called = [
        row["name"] if row["name"] == row["credential_id"] else f"{row['name']} ({row['credential_id']})"
        for row in lost
    ]
    answers = {"create": f"yes: {', '.join(called[:3])}{' …' if len(lost) > 3 else ''}"}
    landing.questions.append(Question(landing.file_names[0], "unknown_credentials", text, answers))
