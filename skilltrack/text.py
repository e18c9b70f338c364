"""Text that people read: counts in words, and characters that nobody sees made visible."""

import re
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, the space without width, and those that turn the direction of what follows them."""
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
"""A name or an address of a host, in small letters."""
FEW = 500
"""So many texts, a page of a table, are looked at one by one."""


def visible(value: Any) -> str:
    """A data value in which each such sign is a question mark in a box: none can rearrange a sentence."""
    return INVISIBLE.sub("\ufffd", str(value))


def host_of(link: str) -> str:
    """The host to which a link of the web leads, as a browser reads it; empty for whatever else a text may be.

    Links that name somebody before an @, and hosts that a browser reads otherwise than they are written, are no links.
    """
    if any(sign.isspace() or not sign.isprintable() for sign in link):
        return ""
    try:
        parts = urlsplit(link)
        host, is_web = parts.hostname or "", parts.scheme in ("http", "https") and parts.port != 0
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        return ""
    return host if is_web and "@" not in parts.netloc and HOST.fullmatch(host) else ""


def in_cells(text: str) -> str:
    """A text whose percent signs stand after a plain space, as those in tables do, so that it can be searched for."""
    return text.replace("\u00a0%", " %")


def counted(number: int, what: str) -> str:
    """A number of things, one of them without an s."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def people_have(number: int) -> str:
    """A number of people and the verb: 1 person has, 2 people have."""
    return "1 person has" if number == 1 else f"{number:,} people have"


def have(number: int) -> str:
    """What a number of things does: 1 row has, 2 rows have."""
    return "has" if number == 1 else "have"


def readable(text: str) -> str:
    """The text with a mark for each byte of it that is not UTF-8, as names of files can have; it can be stored."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _has_invisible(column: pd.Series) -> bool:
    """Whether a text of the column has such a sign; of few texts, each is looked at, which is quicker."""
    if len(column) <= FEW:
        return any(isinstance(text, str) and INVISIBLE.search(text) for text in column)
    return bool(column.str.contains(INVISIBLE.pattern).any())


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every text in it made visible, for tables and files that people read."""
    changed = {}
    for name, column in frame.items():
        if isinstance(column.dtype, pd.ArrowDtype | pd.StringDtype) and pd.api.types.is_string_dtype(column.dtype):
            if _has_invisible(column):
                changed[name] = column.str.replace(INVISIBLE.pattern, "\ufffd", regex=True)
        elif column.dtype == object:
            changed[name] = column.map(lambda value: visible(value) if isinstance(value, str) else value)
    return frame.assign(**changed) if changed else frame
