"""What the letters share: days and lists in words, addresses of pages, and how many rows a letter has room for."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from skilltrack.mail.letter import Link
from skilltrack.text import counted

MOST = 15
"""Rows of a list in a letter; the page that it leads to has all."""


def day_in_words(day: date) -> str:
    """A day as people write it."""
    return f"{day:%-d %B %Y}"


def days_left(days: int) -> str:
    """How long it is until a day."""
    if days < 0:
        return f"ended {counted(-days, 'day')} ago"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def shortened(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The rows that a letter has room for, and what is said of the others."""
    left = len(rows) - MOST
    return tuple(rows[:MOST]), f"And {left:,} more." if left > 0 else ""


def greeting(name: str) -> str:
    """How a letter begins."""
    return f"Hello {name}," if name else "Hello,"


def page_link(url: str, page: str, label: str, **parameters: str) -> Link:
    """A link to a page of the app, such as `renewals`."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return Link(label, f"{url}/{page}{query}")
