"""Accounts as people read them: the name of whomever the viewer may see, then the id, which tells namesakes apart."""

from typing import Any

import pandas as pd

from skilltrack.errors import Refused
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.ui.cache import shaped
from skilltrack.ui.signin import viewer


def called(account: Any) -> str:
    """The name and the id of a person; what names nobody whom the viewer may see stays as it is."""
    if pd.isna(account) or not account:
        return ""
    name = known().get(str(account), "")
    return f"{name} ({account})" if name and name != account else str(account)


def with_names(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with the accounts in these columns as people read them."""
    return frame.assign(**{name: frame[name].map(called) for name in columns})


def account_of(text: str) -> str:
    """The account that somebody typed: an id or an address as it is, or the id of the one person of that name.

    Raises `Refused` where several people have the name.
    """
    text, by_id = text.strip(), known()
    wanted = text.casefold()
    if not text or text in by_id or "@" in text:
        return text
    people = [one for one, name in by_id.items() if wanted in (name.casefold(), f"{name} ({one})".casefold())]
    if len(people) > 1:
        ids = ", ".join(sorted(people)[:10])
        raise Refused(_("{n} people are called {name}: {ids}. Write the id.", n=len(people), name=text, ids=ids))
    return people[0] if people else text


def known() -> dict[str, str]:
    """The names of all people whom the viewer may see, those who left included, by id."""
    return shaped(_by_id, ("people_ever", Filters())) if viewer().may("people") else {}


def _by_id(people: pd.DataFrame) -> dict[str, str]:
    return dict(zip(people["employee_id"], people["name"], strict=True))
