"""What pages read, and answers kept until the next upload, undo or publication."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar, copy_context
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from skilltrack.access import Viewer, trail
from skilltrack.config import settings, today
from skilltrack.errors import NotPublished, Refused
from skilltrack.keeping import data_at
from skilltrack.language import _, current, listed
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.storage import Data, Store
from skilltrack.ui.signin import viewer
from skilltrack.ui.text import plain

T = TypeVar("T")


AT_ONCE = 4
"""Questions that one page asks a cluster at once."""

EXTRAS = {"proofs", "issued_by", "skills_suggested"}
"""Questions whose answers only add to what a page shows."""
_OPEN: ContextVar[Data | None] = ContextVar("what this run reads", default=None)
_WAITING: ContextVar[bool] = ContextVar("whether this run says already what it waits for", default=False)


def data() -> Data:
    """What the pages of this process read, looked up once in a run."""
    return _OPEN.get() or data_at(settings().database)


def store() -> Store:
    """The one open store of this process; raises `NotPublished` where pages read what was published."""
    database = data()
    if not isinstance(database, Store):
        raise NotPublished(_("The database itself has this, and not what was published of it."))
    return database


@contextmanager
def one_state() -> Iterator[None]:
    """Have all questions of a run be about one state of the data; one that cannot be opened is told by what asks it."""
    with ExitStack() as stack:
        with suppress(Refused):
            stack.enter_context(data().held())
            stack.callback(_OPEN.reset, _OPEN.set(data()))
        yield


@contextmanager
def _waiting(*names: str) -> Iterator[None]:
    """Say what is asked of a cluster, once it takes a while; a database answers before that."""
    if data().computed_at is None or _WAITING.get():
        yield
        return
    before = _WAITING.set(True)
    try:
        asked = listed([_(catalogue()[name].title) for name in dict.fromkeys(names)])
        with st.spinner(plain(_("Asking the cluster: {what}", what=asked)), show_time=True):
            yield
    finally:
        _WAITING.reset(before)


def ask(name: str, filters: Filters, more: Hashable = ()) -> pd.DataFrame:
    """The answer for the current viewer, as a copy that the caller may change; `more` is what else it depends on."""
    with _waiting(name):
        return _asking(name, filters, more)()


def _asking(name: str, filters: Filters, more: Hashable = ()) -> Callable[[], pd.DataFrame]:
    """What asks a question, in whatever thread."""
    asked_by, asked = viewer(), data()
    return partial(
        _answer,
        key=key_of(name, (filters, more), asked_by, asked),
        _ask=lambda: _metrics(asked, name, asked_by, filters),
    )


def _metrics(asked: Data, name: str, asked_by: Viewer, filters: Filters) -> pd.DataFrame:
    """The answer; of `EXTRAS` that were not published none, so that a page shows the rest."""
    try:
        return Metrics(asked).ask(name, asked_by, filters)
    except NotPublished:
        if name not in EXTRAS:
            raise
        return pd.DataFrame({column: pd.Series(dtype=object) for column in catalogue()[name].columns})


def _answers(questions: Sequence[tuple[str, Filters]]) -> list[pd.DataFrame]:
    """The answers to several questions; a cluster is asked several at once."""
    asking = [_asking(*question) for question in questions]
    if len(asking) < 2 or data().computed_at is None:
        return [ask_one() for ask_one in asking]
    with data().held(), ThreadPoolExecutor(AT_ONCE) as pool:
        return [each.result() for each in [pool.submit(copy_context().run, ask_one) for ask_one in asking]]


def ahead(*questions: tuple[str, Filters]) -> None:
    """Ask a cluster at once what a page will ask one after the other; of a database nothing is asked ahead."""
    if data().computed_at is None:
        return
    with _waiting(*(name for name, _filters in questions)):
        _answers(questions)


def shaped(shape: Callable[..., T], *questions: tuple[str, Filters], more: tuple[Hashable, ...] = ()) -> T:
    """The result of the pure function `shape` for the answers to `questions` and for `more`, kept as long as they are.

    Viewers who see the same in the same language share one object: do not change it.
    """
    key = key_of(f"{shape.__module__}.{shape.__qualname__}", (questions, more, current()), viewer(), data())
    with _waiting(*(name for name, _filters in questions)):
        made: T = _shape(key=key, _make=lambda: shape(*_answers(questions), *more))
    return made


def remembered(what: str, about: Hashable, make: Callable[[], T]) -> T:
    """What `make` looks up about the current viewer and `about`, kept until the next upload or change of roles."""
    made: T = _shape(key=key_of(what, about, viewer(), data()), _make=make)
    return made


def key_of(what: str, about: Hashable, asked_by: Viewer, asked: Data) -> str:
    """Everything that an answer depends on: the question, whom the viewer sees, the data version and the day."""
    return repr((what, about, scope_of(asked_by), asked.path, asked.data_version(), today()))


def scope_of(asked_by: Viewer) -> str:
    """Everything about a viewer that an answer depends on, in a stable order."""
    return repr((asked_by.account, sorted(asked_by.roles), asked_by.employee_id, asked_by.lines))


# The key is one text, passed by name: Streamlit takes anything else apart, argument by argument, at each call.
@st.cache_data(max_entries=1000, show_spinner=False)
def _answer(*, key: str, _ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return _ask()


@st.cache_resource(max_entries=1000, show_spinner=False)
def _shape(*, key: str, _make: Callable[[], Any]) -> Any:
    return _make()


def is_empty(known_at: datetime | None = None) -> bool:
    """Whether no upload counts yet, or did by a time."""
    return shaped(len, ("choices" if viewer().may("person") else "upload_files", Filters(known_at=known_at))) == 0


def note(account: str, event: str, about: str | None = None, **what: Any) -> None:
    """Note in the audit log what an account does; what was published has none."""
    if isinstance(database := data(), Store):
        trail.note(database.journal.audit, account, event, about, **what)
