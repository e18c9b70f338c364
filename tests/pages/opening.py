"""A page as somebody opens it: through the menu, with filters in the address."""

from streamlit.testing.v1 import AppTest

from skilltrack.config import ROOT
from skilltrack.ui.shell import page_file

ENTRY = str(ROOT / "skilltrack" / "ui" / "main.py")
PATIENCE = 90
"""Seconds that a page may take."""


def opened(name, **query):
    """The page of this name, run on the database of the environment."""
    page = AppTest.from_file(ENTRY, default_timeout=PATIENCE)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    return page.switch_page(page_file(name)).run()
