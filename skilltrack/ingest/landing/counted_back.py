"""The day on which awards began, where a file has only their ends: counted back by the validity in the catalogue."""

from skilltrack.ingest.landing.awards import derived_columns, retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.likeness import FROM_END
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import KEPT_APART, Kind
from skilltrack.language import sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

ISSUED = (
    "(case when t.raw_issued_on = $from_end "
    "then cast(t.expires_on + 1 - to_months(v.validity_months) as date) else t.issued_on end)"
)


def count_back(kind: Kind, landing: Landing) -> None:
    """Give awards the first day of a validity that ends on their last day, in rows that say so in place of a day."""
    files = [file.mapped for file in landing.files_of(kind.name).values()]
    may_say_so = [one for one in files if kind.begins in one.mapping.constants or KEPT_APART in one.columns]
    if not kind.holds_awards or not may_say_so:
        return
    rows = landing.transaction.rows(
        f"select distinct file_no from typed_{kind.name} where raw_issued_on = $from_end order by file_no",
        {"from_end": FROM_END},
    )
    if not rows:
        return
    keys = "".join(f", {key}" for key in derived_columns(kind, issued_on=ISSUED))
    select = with_definitions(read_text("landing/counted_back/issued").format(issued_on=ISSUED, keys=keys))
    retype(landing.transaction, kind.name, select, {"known_at": END_OF_TIME, "from_end": FROM_END})
    for row in rows:
        message = sentence("is counted back from the end of each award by the validity that the catalogue gives.")
        landing.problems.append(
            Problem(landing.file_names[row["file_no"]], None, kind.begins, None, message, "warning")
        )
