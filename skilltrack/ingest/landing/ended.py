"""The day of what a status says has ended: people left before their roster holds, awards are revoked when it is told.

A day that a file gives is kept; where it contradicts the status, that is told.
"""

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import Kind
from skilltrack.relations import END_OF_TIME, with_definitions

ENDED_BEFORE = """
select t.* replace (
    case
        when t.raw_status_says = 'left' and coalesce(t.raw_left_on, '') = ''
            then cast($effective_on as date) - 1
        else t.left_on
    end as left_on
)
from typed_roster as t
"""

REVOKED = """
with earlier as (
    select
        r.award_key,
        arg_min(r.revoked_on, r.upload_id) filter (r.revoked_on is not null) as revoked_on
    from badge_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.award_key in (
        select t.award_key from typed_badges as t where t.raw_status_says = 'revoked' and t.revoked_on is null
    )
    group by r.award_key
)
select t.* replace (
    case
        when t.raw_status_says = 'revoked' and coalesce(t.raw_revoked_on, '') = ''
            then coalesce(
                e.revoked_on,
                case when e.award_key is null then t.issued_on else greatest(cast($landed_on as date), t.issued_on) end
            )
        else t.revoked_on
    end as revoked_on
)
from typed_badges as t
left join earlier as e on e.award_key = t.award_key
"""
"""A revocation without a day holds from the day of the first upload that tells it, or from the day of issue where that
upload brings the award too. That is its day now; once an upload is undone, `newest_badges` says which it is."""

AGAINST = {
    "roster": (
        ("left_on", "t.raw_status_says = 'left' and t.left_on >= cast($effective_on as date)",
         "is the last day of people whose status says that they have left; the day is taken"),
        ("left_on", "t.raw_status_says = 'counts' and t.left_on < cast($effective_on as date)",
         "is in the past, of people whose status says that they work here; the day is taken"),
    ),
    "badges": (
        ("revoked_on", "t.raw_status_says = 'counts' and t.revoked_on <= cast($landed_on as date)",
         "is the day of revocation of awards whose status says that they count; the day is taken"),
    ),
}  # fmt: skip
"""By kind, where a day contradicts a status."""


def date_ends(kind: Kind, landing: Landing) -> None:
    """Give the rows of `typed_<kind>` that ended by their status the day on which they did."""
    if kind.name not in AGAINST or not landing.transaction.rows(
        f"select 1 from typed_{kind.name} where raw_status_says is not null limit 1"
    ):
        return
    at = {"effective_on": landing.effective_on, "landed_on": landing.landed_on}
    for column, where, message in AGAINST[kind.name]:
        row = landing.transaction.rows(
            f"select count(*) as n, coalesce(arg_min(t.file_no, (t.file_no, t.line_no)), 0) as file_no, "
            f"arg_min(t.line_no, (t.file_no, t.line_no)) as line_no, "
            f"arg_min(cast(t.{column} as varchar), (t.file_no, t.line_no)) as value "
            f"from typed_{kind.name} as t where {where}",
            {name: value for name, value in at.items() if f"${name}" in where},
        )[0]
        if row["n"]:
            more = f" ({row['n']:,} rows)" if row["n"] > 1 else ""
            file = landing.file_names[row["file_no"]]
            landing.problems.append(Problem(file, row["line_no"], column, row["value"], f"{message}{more}.", "warning"))
    if kind.lists_people:
        retype(landing.transaction, "roster", ENDED_BEFORE, {"effective_on": landing.effective_on})
    else:
        asked = {"landed_on": landing.landed_on, "known_at": END_OF_TIME}
        retype(landing.transaction, "badges", with_definitions(REVOKED), asked)


def note_undated(landing: Landing) -> None:
    """Note which of the good rows of badges tell a revocation without its day."""
    landing.transaction.run(
        "insert into undated_revocations select $upload_id, file_no, line_no from good "
        "where raw_status_says = 'revoked' and coalesce(raw_revoked_on, '') = ''",
        {"upload_id": landing.upload_id},
    )
