"""The formats in which reports and packs leave, each declared once: screens, API and mails have them from here.

A format that is a plain table needs nothing more than its entry; one that is laid out (pages, sheets) or carries its
receipt is written by a branch of `exports.write`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import pandas as pd

from skilltrack.language import mark
from skilltrack.reports import as_csv, as_json


@dataclass(frozen=True)
class Format:
    """One format."""

    label: str
    """What people read: a name, or a marked text."""
    media: str
    """Its media type, for browsers and programs."""
    ending: str = ""
    """How its files end, where that is not its name."""
    carries_receipt: bool = False
    """Whether a file has its receipt inside; the others have it in a file beside them."""
    is_of_transcript: bool = False
    """Whether only a transcript is available in it."""
    is_signed: bool = False
    """Whether the company signs it: it is about the day on which it is made, and cannot be made again."""
    is_read: bool = False
    """Whether people read it as it is: it is in the language of its order, and the others are the same in all."""
    is_lines: bool = False
    """Whether it is text in lines, so that a difference can be told by its line."""
    write: Callable[[pd.DataFrame, BinaryIO, as_csv.Tell], None] | None = None
    """Writes the answer where the file is nothing but its table."""


FORMATS = {
    "csv": Format("CSV", "text/csv", is_lines=True, write=as_csv.write),
    "xlsx": Format(
        mark("Excel workbook"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        carries_receipt=True,
        is_read=True,
    ),
    "pdf": Format("PDF", "application/pdf", carries_receipt=True, is_read=True),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", carries_receipt=True),
    "json": Format("JSON", "application/json", is_lines=True, write=as_json.write),
    "ob3": Format(
        mark("Open Badges 3.0, unsigned"), "application/json", ending="json", is_of_transcript=True, is_lines=True
    ),
    "badge": Format(
        mark("Open Badges 3.0, signed by the company"),
        "application/json",
        ending="json",
        is_of_transcript=True,
        is_signed=True,
        is_lines=True,
    ),
}
"""Every format by what `--format` calls it, in the order in which they are offered."""


def ending(form: str) -> str:
    """How the files of a format end."""
    return FORMATS[form].ending or form
