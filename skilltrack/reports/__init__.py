"""Answers as files: `exports.export` writes reports and packs; `render` returns the bytes of a plain table."""

import io

import pandas as pd

from skilltrack.errors import BadQuestion
from skilltrack.reports import answers as answers
from skilltrack.reports import as_csv, as_json
from skilltrack.reports import money_answers as money_answers
from skilltrack.text import shown

WRITERS = {"csv": as_csv.write, "json": as_json.write}


def render(frame: pd.DataFrame, form: str) -> bytes:
    """A table as CSV or JSON; raises `BadQuestion` for another format."""
    if form not in WRITERS:
        raise BadQuestion(f"There is no format {form!r} for this. Use one of: {', '.join(WRITERS)}.")
    file = io.BytesIO()
    WRITERS[form](shown(frame), file)
    return file.getvalue()
