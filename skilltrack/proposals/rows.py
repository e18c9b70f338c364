"""What is accepted, as a small file that goes the way of every other import."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from skilltrack.errors import Refused
from skilltrack.ingest import Outcome, Source
from skilltrack.language import _

CAME_FROM = "self-service"
"""The source of these files, so that how they are read is remembered for no other."""


def as_file(kind: str, row: Mapping[str, Any], name: str) -> Source:
    """A file with one row of a kind, read as it stands and not as other files with these columns were.

    A column without a value is left out, and so takes nothing back.
    """
    given = {column: value for column, value in row.items() if value not in (None, "")}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(given))
    writer.writeheader()
    writer.writerow(given)
    return Source(kind, name, text.getvalue().encode(), is_mapped=True, came_from=f"{CAME_FROM}: {kind}")


def refuse_unless(outcome: Outcome, status: str = "stored") -> Outcome:
    """The outcome, if it has this status; raises `Refused` with the reasons where it has another one."""
    if outcome.status == status:
        return outcome
    if outcome.status == "repeated":
        raise Refused(_("It is on record already, by upload {n}.", n=str(outcome.upload_id)))
    reasons = [_(problem.message) for problem in outcome.problems if problem.severity in ("error", "alarm")]
    reasons += [str(question) for question in outcome.questions]
    raise Refused(_("It cannot be stored: {reasons}", reasons=" ".join(reasons)))
