"""What is accepted, as a small file that goes the way of every other import."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from skilltrack.errors import Refused
from skilltrack.ingest import Options, Outcome, Source, import_sources
from skilltrack.language import _
from skilltrack.storage import Store


def bring(store: Store, kind: str, row: Mapping[str, Any], name: str, options: Options) -> Outcome:
    """Import one row as an upload of its own; a column without a value is left out, and so takes nothing back."""
    given = {column: value for column, value in row.items() if value not in (None, "")}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(given))
    writer.writeheader()
    writer.writerow(given)
    return import_sources(store, [Source(kind, name, text.getvalue().encode())], options)


def refuse_unless_stored(outcome: Outcome) -> Outcome:
    """The outcome of what was stored; raises `Refused` with the reasons where nothing was."""
    if outcome.status == "stored":
        return outcome
    if outcome.status == "repeated":
        raise Refused(_("It is on record already, by upload {n}.", n=str(outcome.upload_id)))
    reasons = [problem.message for problem in outcome.problems if problem.severity in ("error", "alarm")]
    reasons += [str(question) for question in outcome.questions]
    raise Refused(_("It cannot be stored: {reasons}", reasons=" ".join(reasons)))
