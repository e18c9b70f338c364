"""Chat rooms that are told of the feed, by webhook. Who reads there is not known, so nobody is named."""

import logging
from collections.abc import Sequence


def told_room(address: str, title: str, text: str) -> bool:
    """Whether a room has taken a message. `address`: as Apprise writes it, such as `slack://…` or `jsons://host/path`."""
    import apprise  # takes a while to load, and few installations need it

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its addresses hold secrets
    room = apprise.Apprise()
    return bool(room.add(address) and room.notify(body=text, title=title, body_format="text"))


def late_in_words(kinds: Sequence[str], url: str) -> str:
    """That files have not come in time."""
    what = " and ".join(kind.replace("_", " ") for kind in kinds)
    return f"No file of {what} has come in time. {url}/uploads shows what came."


def refused_in_words(count: int, url: str) -> str:
    """That an import was refused."""
    why = "1 problem" if count == 1 else f"{count:,} problems"
    return f"The nightly feed was refused: {why}. HR has a mail that lists them. {url}/uploads shows what came."
