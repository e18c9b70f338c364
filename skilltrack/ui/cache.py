"""The open store, and answers kept until the next upload or undo."""

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from skilltrack.access import Viewer
from skilltrack.config import settings, today
from skilltrack.metrics import Filters, Metrics
from skilltrack.opened import store_at
from skilltrack.store import Store
from skilltrack.ui.signin import viewer


def store() -> Store:
    """The one open store of this process."""
    return store_at(settings().database)


def scope_of(asked_by: Viewer) -> str:
    """Everything about a viewer that an answer depends on, in a stable order."""
    return repr((asked_by.account, sorted(asked_by.roles), asked_by.employee_id, asked_by.lines))


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs={Filters: repr, Viewer: scope_of})
def _answer(name: str, filters: Filters, asked_by: Viewer, path: str, version: str, day: date) -> pd.DataFrame:
    return Metrics(store_at(Path(path))).ask(name, asked_by, filters)


def ask(name: str, filters: Filters) -> pd.DataFrame:
    """The answer for the current viewer; its key holds whom they see, data version and day."""
    held = store()
    return _answer(name, filters, viewer(), held.path, held.data_version(), today())


def is_empty() -> bool:
    """Whether no upload counts yet."""
    return len(ask("choices" if viewer().may("person") else "upload_files", Filters())) == 0
