"""Data values inside Markdown: the one place that makes them plain text."""

import re
from typing import Any

from skilltrack.text import visible

JOINER = "\u2060"
"""An invisible character that keeps an address from becoming a link."""


def plain(value: Any) -> str:
    """A data value that is safe inside Markdown: no link, image, markup, colour or formula can come of it."""
    unlinked = re.sub(r"(?=://|@)|(?<=www)(?=\.)", JOINER, visible(value), flags=re.IGNORECASE)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@])", r"\\\1", unlinked)
