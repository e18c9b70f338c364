"""The open store, and answers kept until the next upload or undo."""

import logging

import pandas as pd
import streamlit as st

from skilltrack.access import Viewer
from skilltrack.config import settings
from skilltrack.durability import open_store
from skilltrack.metrics import Filters, Metrics
from skilltrack.refresh import make_fresh
from skilltrack.store import Store
from skilltrack.ui.shell import viewer

log = logging.getLogger("skilltrack")


@st.cache_resource(show_spinner=False)
def _open(path: str) -> Store:
    opened = open_store(path, log.warning)
    make_fresh(opened)
    return opened


def store() -> Store:
    """The one open store of this process."""
    path = settings().database
    path.parent.mkdir(parents=True, exist_ok=True)
    return _open(str(path))


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs={Filters: repr, Viewer: repr})
def _answer(name: str, filters: Filters, asked_by: Viewer, path: str, version: str) -> pd.DataFrame:
    return Metrics(_open(path)).ask(name, asked_by, filters)


def ask(name: str, filters: Filters) -> pd.DataFrame:
    """The answer for the current viewer; its key holds viewer and data version, so nothing stale or foreign shows."""
    held = store()
    return _answer(name, filters, viewer(), held.path, held.data_version())


def is_empty() -> bool:
    """Whether no upload counts yet."""
    return len(ask("choices", Filters())) == 0
