"""The open store, and answers kept until the next upload or undo."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from skilltrack.access import Viewer
from skilltrack.config import settings, today
from skilltrack.keeping import store_at
from skilltrack.questions import Filters, Metrics
from skilltrack.storage import Store
from skilltrack.ui.signin import viewer

T = TypeVar("T")


def store() -> Store:
    """The one open store of this process."""
    return store_at(settings().database)


def ask(name: str, filters: Filters) -> pd.DataFrame:
    """The answer for the current viewer, a copy of one's own."""
    asked_by, database = viewer(), store()
    return _answer(
        key=key_of(name, filters, asked_by, database), _ask=lambda: Metrics(database).ask(name, asked_by, filters)
    )


def shaped(shape: Callable[..., T], *questions: tuple[str, Filters], more: tuple[Hashable, ...] = ()) -> T:
    """What the pure function `shape` makes of the answers (name, filters) and of `more`, kept as long as they are.

    Everybody who sees the same gets one and the same object: it is not to be changed.
    """
    key = key_of(f"{shape.__module__}.{shape.__qualname__}", (questions, more), viewer(), store())
    made: T = _shape(key=key, _make=lambda: shape(*[ask(*question) for question in questions], *more))
    return made


def key_of(what: str, about: Hashable, asked_by: Viewer, database: Store) -> str:
    """Everything that an answer depends on: what is asked, whom the viewer sees, data version and day."""
    return repr((what, about, scope_of(asked_by), database.path, database.data_version(), today()))


def scope_of(asked_by: Viewer) -> str:
    """Everything about a viewer that an answer depends on, in a stable order."""
    return repr((asked_by.account, sorted(asked_by.roles), asked_by.employee_id, asked_by.lines))


# One text as the key, given by name: anything else Streamlit takes apart argument by argument at each call.
@st.cache_data(max_entries=1000, show_spinner=False)
def _answer(*, key: str, _ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return _ask()


@st.cache_resource(max_entries=1000, show_spinner=False)
def _shape(*, key: str, _make: Callable[[], Any]) -> Any:
    return _make()


def is_empty() -> bool:
    """Whether no upload counts yet."""
    return shaped(len, ("choices" if viewer().may("person") else "upload_files", Filters())) == 0
