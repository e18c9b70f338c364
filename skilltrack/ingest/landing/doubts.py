"""What an import accepts but warns about: unknown managers and roles, ends before beginnings, and the like."""

from dataclasses import dataclass

from skilltrack.days import LAST
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, mark, sentence
from skilltrack.relations import END_OF_TIME, with_definitions

LISTED = 50
"""At most this many values of one doubt are listed one by one."""


@dataclass(frozen=True)
class Doubt:
    """Rows of a kind that are probably wrong: one warning per value, with the first line and the number of rows."""

    column: str
    where: str
    message: Sentence


_ENDS_FIRST = Doubt("valid_to", "t.valid_to < t.valid_from", sentence("ends before it begins, so it never holds"))

DOUBTS: dict[str, tuple[Doubt, ...]] = {
    "roster": (
        Doubt(
            "manager_id",
            "t.manager_id is not null and t.manager_id not in "
            "(select r.employee_id from roster_listings as r join live_uploads as u on u.upload_id = r.upload_id)",
            sentence("is a manager the roster does not list, so these people have no reporting line above them"),
        ),
        Doubt(
            "role_id",
            "t.role_id is not null and t.role_id not in (select r.role_id from roles as r) "
            "and t.role_id not in (select j.job_title from job_titles as j)",
            sentence(
                "is a role without requirements, so these people count in no coverage; say on the Catalogue page which "
                "role it means"
            ),
        ),
        Doubt(
            "name",
            "t.left_on is null and regexp_matches(lower(t.name), "
            "'[(\\[](past|former|ex|terminated|inactive|left|ehemalige?r?|ausgeschieden|ancien(ne)?|exemplead[oa])"
            "\\b[^)\\]]*[)\\]]$')",
            sentence(
                "says that this person has left, and no column says when: they count as active. Give their last day"
            ),
        ),
        Doubt(
            "left_on",
            "t.left_on < t.hired_on",
            sentence("is before the day of hiring, so the person is never active"),
        ),
    ),
    "badges": (
        Doubt(
            "expires_on",
            "t.expires_on < t.issued_on",
            sentence("is before the day of issue, so the award never counts"),
        ),
        Doubt(
            "revoked_on",
            "t.revoked_on < t.issued_on",
            sentence("is before the day of issue, so the award never counts"),
        ),
    ),
    "stacks": (
        Doubt(
            "min_components",
            "t.min_components > (select max(p.components) from stack_parts as p where p.stack_id = t.credential_id)",
            sentence("is more components than the stack has, so nobody can hold it"),
        ),
    ),
    "targets": (
        Doubt(
            "team",
            "t.team not in (select r.team from roster as r)",
            sentence("is a team the roster does not list"),
        ),
        _ENDS_FIRST,
    ),
    "issuers": (_ENDS_FIRST,),
    "issuer_keys": (_ENDS_FIRST,),
    "roles": (_ENDS_FIRST,),
    "prior_learning": (_ENDS_FIRST,),
    "self_ratings": (_ENDS_FIRST,),
    "exemptions": (_ENDS_FIRST,),
}


def doubts(kind: Kind, landing: Landing) -> list[Problem]:
    """Warnings about the rows of `kind` that have just been stored."""
    problems = []
    for doubt in DOUBTS.get(kind.name, ()):
        rows = landing.transaction.rows(
            with_definitions(
                f"select cast(t.{doubt.column} as varchar) as value, count(*) as rows, "
                f"min(t.file_no) as file_no, arg_min(t.line_no, (t.file_no, t.line_no)) as line_no "
                f"from {kind.table} as t where t.upload_id = $upload_id and {doubt.where} "
                f"group by t.{doubt.column} order by file_no, line_no"
            ),
            {"upload_id": landing.upload_id, "known_at": END_OF_TIME},
        )
        if len(rows) > LISTED:
            others = sum(row["rows"] for row in rows[LISTED:])
            message = sentence(
                "and {n:,} more values in {rows:,} rows: {message}.",
                n=len(rows) - LISTED,
                rows=others,
                message=doubt.message,
            )
            problems.append(
                Problem(landing.file_names[rows[0]["file_no"]], None, doubt.column, None, message, "warning")
            )
        for row in rows[:LISTED]:
            more = sentence(" ({n} rows)", n=row["rows"]) if row["rows"] > 1 else ""
            problems.append(
                Problem(
                    landing.file_names[row["file_no"]],
                    row["line_no"],
                    doubt.column,
                    row["value"],
                    doubt.message + more + ".",
                    "warning",
                )
            )
    return problems + _after_the_last_day(kind, landing)


def _after_the_last_day(kind: Kind, landing: Landing) -> list[Problem]:
    """A sentence for each column of days with one after the last day that can be asked about."""
    days = [column for column in kind.columns if column.type == "date"]
    asked = ", ".join(
        f"count(*) filter (where t.{column.name} > $last) as rows_{column.name}, "
        f"arg_min({{'file_no': t.file_no, 'line_no': t.line_no, 'value': cast(t.{column.name} as varchar)}}, "
        f"(t.file_no, t.line_no)) filter (where t.{column.name} > $last) as first_{column.name}"
        for column in days
    )
    if not days:
        return []
    row = landing.transaction.rows(
        f"select {asked} from {kind.table} as t where t.upload_id = $upload_id",
        {"upload_id": landing.upload_id, "last": LAST},
    )[0]
    problems = []
    for column in days:
        if first := row[f"first_{column.name}"]:
            is_end = (column.ends and not column.begins) or column.name == "left_on"
            never = mark("is after {last}, so it never ends ({rows}).")
            nothing_later = mark("is after {last}, so no day that can be asked about comes after it ({rows}).")
            rows = counted(row[f"rows_{column.name}"], "row")
            message = sentence(never if is_end else nothing_later, last=LAST, rows=rows)
            file, severity = landing.file_names[first["file_no"]], "notice" if is_end else "warning"
            problems.append(Problem(file, first["line_no"], column.name, first["value"], message, severity))
    return problems
