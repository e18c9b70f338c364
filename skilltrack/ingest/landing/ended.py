"""The days for what a status says has ended: people left before their roster, awards were revoked when first said.

A day that a file gives is kept; where it contradicts the status, there is a warning.
"""

from typing import Any

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import Kind
from skilltrack.language import NOTHING, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

ENDED_BEFORE = read_text("landing/ended/ended_before")

REVOKED = read_text("landing/ended/revoked")

FEW = 3
"""Fewer rows in which a day contradicts a status are no alarm."""
AGAINST = {
    "roster": (
        ("left_on", "t.raw_status_says = 'left' and t.left_on >= cast($effective_on as date)",
         sentence("is not past, but the status says that the person has left; the day is used")),
        ("left_on", "t.raw_status_says = 'counts' and t.left_on < cast($effective_on as date)",
         sentence("is in the past, but the status says that the person works here; the day is used")),
    ),
    "badges": (
        ("revoked_on", "t.raw_status_says = 'counts' and t.revoked_on <= cast($landed_on as date)",
         sentence("is a day of revocation, but the status says that the award counts; the day is used")),
    ),
}  # fmt: skip
"""By kind, the days that contradict a status: column, condition and message."""


def date_ends(kind: Kind, landing: Landing) -> None:
    """Give the rows of `typed_<kind>` that have ended by their status the day on which they did."""
    if kind.name not in AGAINST or not landing.transaction.rows(
        f"select 1 from typed_{kind.name} where raw_status_says is not null limit 1"
    ):
        return
    at = {"effective_on": landing.effective_on, "landed_on": landing.landed_on}
    for column, where, message in AGAINST[kind.name]:
        row = landing.transaction.rows(
            f"select count(*) as n, coalesce(arg_min(t.file_no, (t.file_no, t.line_no)), 0) as file_no, "
            f"arg_min(t.line_no, (t.file_no, t.line_no)) as line_no, "
            f"arg_min(cast(t.{column} as varchar), (t.file_no, t.line_no)) as value, "
            f"(select count(*) from typed_{kind.name}) as rows "
            f"from typed_{kind.name} as t where {where}",
            {name: value for name, value in at.items() if f"${name}" in where},
        )[0]
        if row["n"]:
            more = sentence(" ({n:,} rows)", n=row["n"]) if row["n"] > 1 else NOTHING
            file = landing.file_names[row["file_no"]]
            is_most = row["n"] >= FEW and 2 * row["n"] > row["rows"]
            if is_most:
                more += sentence(
                    ". As most rows contradict each other, one of the two columns probably means something else"
                )
            severity = "alarm" if is_most else "warning"
            problem = Problem(file, row["line_no"], column, row["value"], message + more + ".", severity, is_most)
            landing.problems.append(problem)
    if kind.lists_people:
        mappings = [file.mapped.mapping for file in landing.files_of("roster").values()]
        is_as_earlier = any(mapping.lands_as_third for mapping in mappings)
        asked: dict[str, Any] = {"effective_on": landing.effective_on, "is_as_earlier": is_as_earlier}
        retype(landing.transaction, "roster", with_definitions(ENDED_BEFORE), asked | {"known_at": END_OF_TIME})
    else:
        asked = {"landed_on": landing.landed_on, "known_at": END_OF_TIME}
        retype(landing.transaction, "badges", with_definitions(REVOKED), asked)


def note_undated(landing: Landing) -> None:
    """Note which good rows of badges say that an award is revoked, but not when."""
    landing.transaction.run(
        "insert into undated_revocations select $upload_id, file_no, line_no from good "
        "where raw_status_says = 'revoked' and coalesce(raw_revoked_on, '') = ''",
        {"upload_id": landing.upload_id},
    )
