"""Data values inside Markdown: the one place that makes them plain text; and the sentence for what must not happen."""

import re
from typing import Any

from skilltrack.language import _
from skilltrack.text import visible

JOINER = "\u2060"
"""An invisible character that keeps an address from becoming a link."""


def plain(value: Any) -> str:
    """A data value that is safe inside Markdown: no link, image, markup, colour or formula can come of it."""
    unlinked = re.sub(r"(?=://|@)|(?<=www)(?=\.)", JOINER, visible(value), flags=re.IGNORECASE)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@])", r"\\\1", unlinked)


def went_wrong(reference: str) -> str:
    """What people read when a page fails; the log has the rest under the reference."""
    return _(
        "Something went wrong on our side. Reload the page. If it happens again, tell support the reference "
        "{reference}.",
        reference=reference,
    )


def no_single_match(title: str, typed: str, matches: dict[str, str], most: int) -> str:
    """What to say where a link asks for something that is not known, or for several things."""
    if not matches:
        return _(
            "The link asks for {what} {typed}, which is not known on this date. It is left out.",
            what=title,
            typed=repr(typed),
        )
    values = {"n": len(matches), "typed": repr(typed), "some": ", ".join(list(matches.values())[:5])}
    if len(matches) == most:
        return _("{n} or more match {typed}: {some} … Type more, or an id.", **values)
    return _("{n} match {typed}: {some} … Type more, or an id.", **values)
