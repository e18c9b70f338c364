"""What `--mode changes` leaves as it is: the columns that a file about known people does not have."""

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.status_words import COUNTS
from skilltrack.kinds import KINDS
from skilltrack.language import sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

AMENDED = read_text("landing/amending/amended")

WHO = ("manager_id", "manager_name", "manager_email", "manager_first_name", "manager_last_name")
"""Columns of which each says who somebody's manager is."""
ONLY_IDS = "bool_and(t.name = t.employee_id)"


def keep_the_rest(landing: Landing) -> None:
    """Give rows of `typed_roster` the stored values of columns that their files lack, where the upload amends a roster.

    Names are kept, too, where a file has only ids. A last day is not, where the status says that somebody works here.
    """
    files = landing.files_of("roster")
    if landing.mode != "changes" or any(file.mapped.mapping.lands_as_third for file in files.values()):
        return
    transaction = landing.transaction
    kept: dict[str, list[str]] = {}
    names = [column.name for column in KINDS["roster"].columns]
    for file_no, file in files.items():
        given = set(file.mapped.columns)
        given |= {"manager_id"} if given & set(WHO) else set()
        given |= {"name"} if given & {"first_name", "last_name"} else set()
        rows = transaction.rows(
            f"select {ONLY_IDS} as are_ids from typed_roster as t where t.file_no = $no", {"no": file_no}
        )
        given -= {"name"} if rows[0]["are_ids"] else set()
        for name in set(names) - given:
            kept.setdefault(name, []).append(str(file_no))
    if not kept:
        return
    of_status = f"t.raw_status_says is not distinct from '{COUNTS}' and b.left_on < cast($effective_on as date)"
    columns = []
    for name, numbers in kept.items():
        where = f"t.file_no in ({', '.join(numbers)}) and b.employee_id is not null"
        where += f" and not ({of_status})" if name == "left_on" else ""
        columns.append(f"case when {where} then b.{name} else t.{name} end as {name}")
    retype(
        transaction,
        "roster",
        with_definitions(AMENDED.format(columns=", ".join(columns))),
        {"effective_on": landing.effective_on, "known_at": END_OF_TIME},
    )
    _tell(landing, sorted(kept, key=names.index), min(files))


def _tell(landing: Landing, kept: list[str], file_no: int) -> None:
    message = sentence(
        "the file has no {listed}: people who are known keep what they have. A column with empty "
        "cells would take the values away.",
        listed=", ".join(kept),
    )
    landing.problems.append(Problem(landing.file_names[file_no], None, None, None, message, "notice"))
