"""Ids for what a file names in another way: holders by e-mail, credentials and skills by name.

Only the unmistakable is accepted: one person with that name or address, one credential with that name.
"""

from collections.abc import Iterator
from typing import Any

from rapidfuzz import fuzz, process, utils

from skilltrack.ingest.landing.addresses import ask_about_addresses, take_addresses
from skilltrack.ingest.landing.awards import derived_columns, find_awards, retype
from skilltrack.ingest.landing.badge_checks import find_meant, have_checks, tell_nobody
from skilltrack.ingest.landing.counted_back import count_back
from skilltrack.ingest.landing.holders import find_holders
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.managers import name_managers
from skilltrack.ingest.landing.people import find_people
from skilltrack.ingest.landing.skills import ask_about_skills
from skilltrack.ingest.reading.issued import with_issuer
from skilltrack.ingest.reading.mapping import about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.states import phrases_of, says_an_end
from skilltrack.ingest.reading.status_words import LEAVE_OUT
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import KINDS, Kind, references
from skilltrack.language import NOTHING, Sentence, counting, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

UNKNOWN_CREDENTIAL = sentence("is not in the catalogue; correct the name, give the credential_id, or have it added.")
NAMED = read_text("landing/naming/named")
SIMILAR, ASKED = 75, 20
"""The likeness, out of 100, from which a credential is suggested; the most names asked about at once."""
SEAT_TIME = {"Course", "CertificateOfCompletion", "Membership", "Award"}
"""Kinds of achievement, by Open Badges 3.0, that mostly show that somebody was there."""


def known_ids(kind: Kind, target: str, landing: Landing) -> str:
    """A select, over definitions, of the ids of the kind `target` that a column of `kind` may name.

    A manager may be anybody in the file; everything else is stored already, or comes with this upload.
    """
    key, table = KINDS[target].key[0], KINDS[target].table
    typed = f"select s.{key} as id from typed_{target} as s where s.{key} is not null"
    if target == kind.name:
        return typed
    stored = f"select r.{key} as id from {table} as r join live_uploads as u on u.upload_id = r.upload_id"
    if not _lands_too(target, landing):
        return stored
    earlier = f"select 1 from {table} where upload_id <> $upload_id limit 1"
    if not landing.transaction.rows(earlier, {"upload_id": landing.upload_id}):
        return typed
    return f"{stored} union all {typed}"


def find_named(kind: Kind, landing: Landing) -> None:
    """Fill in the ids in `typed_<kind>` of what its rows name in another way.

    Values that still name nothing are noted once each in the temporary table `unknown_<column>`.
    """
    noted = set()
    find_meant(kind, landing)
    if "credential" in [column.name for column in kind.read_only]:
        _note_unknown(kind, "credential_id", "credentials", landing)
        if not _name_the_credentials(kind, landing):
            noted.add("credential_id")
    count_back(kind, landing)
    take_addresses(kind, landing)
    if kind.addressed_on:
        find_holders(kind, landing, known_ids(kind, "roster", landing))
        tell_nobody(kind, landing)
    if kind.names_people:
        _note_unknown(kind, kind.about, "roster", landing)
        more = PEOPLE_OF_UPLOAD.format(upload_id=landing.upload_id) if _lands_too("roster", landing) else ""
        if not find_people(kind, landing, more):
            noted.add(kind.about)
    ask_about_addresses(kind, landing)
    if kind.holds_awards:
        find_awards(landing)
    for column, target in references(kind):
        if column not in noted:
            _note_unknown(kind, column, target, landing)
            _name_the_things(kind, column, target, landing)
            if column == "skill_id":
                ask_about_skills(kind, landing)
    if kind.lists_people:
        _note_unknown(kind, "manager_id", "roster", landing)
        if name_managers(landing):
            _note_unknown(kind, "manager_id", "roster", landing)


def _note_unknown(kind: Kind, column: str, target: str, landing: Landing) -> None:
    landing.transaction.run(
        f"create or replace temp table unknown_{column} as "
        + with_definitions(
            f"select t.{column} as value, min(t.file_no) as file_no from typed_{kind.name} as t "
            f"where t.{column} not in (select k.id from ({known_ids(kind, target, landing)}) as k) group by t.{column}"
        ),
        {"known_at": END_OF_TIME},
    )


def is_any_unknown(column: str, landing: Landing) -> bool:
    """Whether some value of a column names nothing."""
    return bool(landing.transaction.rows(f"select 1 from unknown_{column} limit 1"))


PEOPLE_OF_UPLOAD = "union all select s.employee_id, s.email, s.name, s.team, {upload_id} from typed_roster as s"
"""People in the same upload, with their addresses, names and teams."""


def _name_the_things(kind: Kind, column: str, target: str, landing: Landing) -> None:
    """Give rows the id of the skill or credential whose name is in place of an id, where only one has that name."""
    transaction = landing.transaction
    thing = target.removesuffix("s")
    is_named = not KINDS[target].lists_people and any(other.name == "name" for other in KINDS[target].columns)
    has_names = any(other.name == thing for other in kind.read_only)
    is_out = not is_named or has_names or landing.is_as_before(kind.name)
    if is_out or not is_any_unknown(column, landing):
        return
    key = KINDS[target].key[0]
    called = f"select {key} as id, name from {target}"
    if _lands_too(target, landing):
        called += f" union all select s.{key}, s.name from typed_{target} as s"
    with_ids = (
        f"with called as (select lower(trim(c.name)) as spelling, min(c.id) as id from ({called}) as c "
        "where trim(c.name) <> '' group by spelling having count(distinct c.id) = 1) "
        f"select t.* replace (case when t.{column} in (select u.value from unknown_{column} as u) "
        f"then coalesce(c.id, t.{column}) else t.{column} end as {column}) "
        f"from typed_{kind.name} as t left join called as c on c.spelling = lower(trim(t.{column}))"
    )
    before = transaction.rows(f"select count(*) as n, min(file_no) as file_no from unknown_{column}")[0]
    retype(transaction, kind.name, with_definitions(with_ids))
    _note_unknown(kind, column, target, landing)
    left = transaction.rows(f"select count(*) as n from unknown_{column}")[0]["n"]
    if left < before["n"]:
        values = counted(before["n"] - left, "value")
        message = sentence("{values} read as the name of a {thing} and replaced by its id.", values=values, thing=thing)
        landing.problems.append(Problem(landing.file_names[before["file_no"]], None, column, None, message, "notice"))


def _lands_too(target: str, landing: Landing) -> bool:
    """Whether the same upload brings rows of a kind."""
    return bool(landing.files_of(target)) and not landing.keeps_good_rows


def _fill(kind: Kind, landing: Landing) -> str:
    """A select of the rows with the credential that their id or, failing that, their name means."""
    spelling, joins, by_name = "lower(t.raw_credential)", "", "n.credential_id"
    if kind.holds_awards and have_checks(landing):
        joins = "left join unconfirmed as x on x.file_no = t.file_no and x.line_no = t.line_no "
        spelling = f"case when x.line_no is null then {spelling} end"
    joins += f"left join named as n on n.spelling = {spelling}"
    if not landing.lands_as_fourth(kind.name):  # of several that are called so, the one of the issuer that is named
        joins += f" left join issued as s on s.spelling = {spelling} and s.issuer = lower(trim(t.raw_issuer))"
        by_name = "s.credential_id, n.credential_id"
    expression = f"coalesce(t.credential_id, {by_name})"
    if not landing.is_as_before(kind.name):
        expression = (
            "case when t.credential_id is not null and t.credential_id not in (select u.value from "
            "unknown_credential_id as u) then t.credential_id "
            f"else coalesce({by_name}, i.credential_id, m.credential_id, t.credential_id) end"
        )
        joins += (
            " left join known_credentials as i on i.credential_id = t.raw_credential"
            " left join named as m on m.spelling = lower(t.credential_id)"
        )
    keys = "".join(f", {key}" for key in derived_columns(kind, credential_id=expression))
    return NAMED.format(replaced=f"{expression} as credential_id{keys}", kind=kind.name, joins=joins)


def _name_the_credentials(kind: Kind, landing: Landing) -> bool:
    """Give rows the credential_id of the one credential they name; ask about the other names, or add them.

    Returns whether there was any row to look at.
    """
    transaction, at = landing.transaction, {"known_at": END_OF_TIME, "upload_id": landing.upload_id}
    has_names = transaction.rows(f"select 1 from typed_{kind.name} where raw_credential <> '' limit 1")
    has_unknown = not landing.is_as_before(kind.name) and transaction.rows(
        "select 1 from unknown_credential_id limit 1"
    )
    if not has_names and not has_unknown:
        return False
    remember = "create or replace temp table known_credentials as " + with_definitions(
        "select credential_id, name, issuer from credentials"
    )
    transaction.run(remember, at)
    retype(transaction, kind.name, _fill(kind, landing))
    is_lost = "credential_id is null and coalesce(raw_credential, '') <> ''"
    if has_unknown:
        _note_unknown(kind, "credential_id", "credentials", landing)
        is_lost = f"({is_lost}) or credential_id in (select u.value from unknown_credential_id as u)"
    apart = "" if landing.lands_as_fourth(kind.name) else ", nullif(trim(raw_issuer), '')"
    lost = transaction.rows(
        "select coalesce(nullif(raw_credential, ''), credential_id) as name, "
        "coalesce(min(credential_id), name) as credential_id, "
        "bool_or(coalesce(raw_credential, '') = '') as is_id, min(file_no) as file_no, min(line_no) as line_no, "
        f"count(*) as rows, min(nullif(trim(raw_issuer), '')) as issuer from typed_{kind.name} where {is_lost} "
        f"group by name, credential_id is null{apart} order by rows desc, name, issuer"
    )
    for row in _second(lost):
        row["credential_id"] = with_issuer(row["name"], row["issuer"] or "")
    if not lost:
        return True
    if landing.creates_credentials:
        for row in lost:
            transaction.run(
                "insert into credential_rows (upload_id, file_no, line_no, credential_id, name, issuer, demonstrates) "
                "values ($upload_id, $file_no, $line_no, $credential_id, $name, $issuer, true)",
                {
                    **{part: row[part] for part in ("file_no", "line_no", "credential_id", "name")},
                    "upload_id": landing.upload_id,
                    "issuer": row["issuer"] or "Unknown issuer",
                },
            )
        transaction.run(remember, at)
        _note_unknown(kind, "credential_id", "credentials", landing)
        retype(transaction, kind.name, _fill(kind, landing))
        listed = ", ".join(row["name"] for row in lost[:ASKED])
        new = counted(len(lost), "new credential")
        message = sentence(
            "{new}, which count for no skill until somebody maps them: {listed}.{seat_time}",
            new=new,
            listed=listed,
            seat_time=_seat_time(landing, lost),
        )
        landing.problems.append(Problem(landing.file_names[0], None, "credential", None, message, "warning"))
        return True
    _ask_about(kind, landing, lost)
    return True


def _seat_time(landing: Landing, added: list[dict[str, Any]]) -> Sentence:
    """Which of the credentials that were added show attendance by the kind that their badges name; empty for none."""
    checks = [one for file in landing.files if file.badges for one in file.badges.checked.values()]
    kinds = {each.achievement: each.achievement_type for one in checks if (each := one.credential)}
    named = [f"{row['name']} ({kinds[row['name']]})" for row in added if kinds.get(row["name"]) in SEAT_TIME]
    if not named:
        return NOTHING
    listed = ", ".join(named[:ASKED])
    return sentence(
        " By their badges these show attendance, not a skill; if so, set demonstrates to false: {listed}.",
        listed=listed,
    )


def _second(lost: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those that would be added with the id of an earlier one: another issuer gives its credential the same name."""
    ids = set[str]()
    for row in lost:
        if row["credential_id"] in ids:
            yield row
        ids.add(row["credential_id"])


def _ask_about(kind: Kind, landing: Landing, lost: list[dict[str, Any]]) -> None:
    """Ask whether credentials that the catalogue lacks are similar ones that it has, or should be added."""
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
        answers = {name: sentence("{likeness:.0f} % alike", likeness=likeness) for name, likeness, _ in close}
        if landing.files[row["file_no"]].mapped.mapping.is_of_matrix:
            answers |= {LEAVE_OUT: sentence("not a credential: leave it out")}
        if answers:
            issuer = "" if row["is_id"] or not row["issuer"] else row["issuer"]
            of_issuer = sentence(" of {issuer!r}", issuer=issuer) if issuer else NOTHING
            text = sentence(
                "{name!r}{of_issuer} ({rows}) is not in the catalogue. Is it one of these?",
                name=row["name"],
                of_issuer=of_issuer,
                rows=counted(row["rows"], "row"),
            )
            if ends := [part for part in phrases_of(row["name"])[1:] if says_an_end(kind, part)]:
                header = "credential_id" if row["is_id"] else "credential"
                text += sentence(
                    " {ends!r} may say that it was not earned: then leave these rows out, [skip] {header} = "
                    '["{name}"].',
                    ends=ends[0],
                    header=header,
                    name=row["name"],
                )
            place = about("values", "credential_id" if row["is_id"] else "credential", with_issuer(row["name"], issuer))
            landing.questions.append(Question(landing.file_names[row["file_no"]], place, text, answers))
    text = counting(
        "One credential is not in the catalogue. Add what is missing? It counts for no skill until somebody maps it.",
        "{n:,} credentials are not in the catalogue. Add what is missing? It counts for no skill until somebody maps "
        "it.",
        n=len(lost),
    )
    called = [
        row["name"] if row["name"] == row["credential_id"] else f"{row['name']} ({row['credential_id']})"
        for row in lost
    ]
    listed = ", ".join(called[:3]) + " …" * (len(lost) > 3)
    answers = {"create": sentence("yes: {listed}", listed=listed)}
    landing.questions.append(Question(landing.file_names[0], "unknown_credentials", text, answers))
