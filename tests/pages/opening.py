"""A page as somebody opens it: through the menu or by a link, with filters in the address."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from skilltrack.config import ROOT
from skilltrack.ui.shell import page_file

ENTRY = str(ROOT / "skilltrack" / "ui" / "main.py")
PATIENCE = 90
"""Seconds that a page may take."""


def opened(name, **query):
    """The page of this name, run on the database of the environment, after the one that everybody begins with."""
    return _asked(query).run().switch_page(page_file(name)).run()


def linked(name, **query):
    """The page of this name alone, also one that is not open and has no file here."""
    page = _asked(query)
    page._page_hash = calc_hash(name.partition("/")[2])
    return page.run()


def _asked(query):
    page = AppTest.from_file(ENTRY, default_timeout=PATIENCE)
    for key, value in query.items():
        page.query_params[key] = value
    return page
