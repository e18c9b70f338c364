"""Answers as files: one writer a format, all over the same DataFrame."""

from collections.abc import Callable

import pandas as pd

from skilltrack.errors import BadQuestion
from skilltrack.reports import as_csv, as_json

WRITERS: dict[str, Callable[[pd.DataFrame], bytes]] = {"csv": as_csv.write, "json": as_json.write}


def render(frame: pd.DataFrame, form: str) -> bytes:
    """The frame in format `form`; raises `BadQuestion` for one that is not written yet."""
    if form not in WRITERS:
        raise BadQuestion(f"The format {form!r} is not written yet. Use one of: {', '.join(WRITERS)}.")
    return WRITERS[form](frame)
