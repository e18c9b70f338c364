"""Rows that name a stored award by its id: what they lack is taken from the award as it holds now."""

from skilltrack.ingest.landing.awards import derived_columns, retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.numberings import EARLIER, numberings_of
from skilltrack.ingest.landing.wording import in_sql
from skilltrack.ingest.reading.recognise import missing_columns
from skilltrack.kinds import Kind
from skilltrack.language import mark
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

STORED = read_text("landing/by_id/stored_by_id")

COMPLETED = read_text("landing/by_id/completed")

UNKNOWN = "select s.* from stored_by_id as s where s.awards <> 1"
"""Rows whose id names no award, or several."""
_OF_NONE = in_sql(
    mark(
        "is not the id of an award here, and the file does not say whose award it is. Import the awards first, or "
        "correct the id."
    )
)
_OF_SEVERAL = in_sql(
    mark(
        'is the id of {awards} awards of different systems. Say which: award_ids = "NAME" in a mapping file, as it was '
        "when the awards were imported."
    ),
    awards="t.awards",
)
MESSAGE = f"case when t.awards = 0 then {_OF_NONE} else {_OF_SEVERAL} end"


def complete_by_id(kind: Kind, landing: Landing) -> bool:
    """Complete the rows of `typed_badges` that name stored awards by their ids; whether there are such files.

    Fills `stored_by_id`: for each of these rows, how many awards it can mean, and which.
    """
    files = [
        no
        for no, file in landing.files_of(kind.name).items()
        if kind.optional_id in file.mapped.columns and missing_columns(kind, set(file.mapped.columns))
    ]
    if not kind.holds_awards or not files:
        return False
    transaction = landing.transaction
    transaction.run("create or replace temp table own_numberings (file_no integer, numbering varchar)")
    for file_no in files:
        file = landing.files[file_no]
        for name in [file.mapping.award_ids] if file.mapping.award_ids else numberings_of(landing, file.source):
            transaction.run("insert into own_numberings values ($no, $name)", {"no": file_no, "name": name})
    transaction.run(
        f"create or replace temp table stored_by_id as {with_definitions(STORED)}",
        {"files": files, "earlier": EARLIER, "known_at": END_OF_TIME},
    )
    is_unnamed = " and ".join(f"coalesce(t.raw_{name}, '') = ''" for name in kind.one_of)
    retype(transaction, kind.name, COMPLETED.format(is_unnamed=is_unnamed, keyed=", ".join(derived_columns(kind))), {})
    return True
