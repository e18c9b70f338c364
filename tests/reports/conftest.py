"""The demo company, built once for all tests of reports, and the orders they place."""

from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.language import ENGLISH
from skilltrack.questions import Filters, catalogue
from skilltrack.reports.exports import Order, export
from skilltrack.storage.store import Store
from tests.companies import demo_in

EVERYONE = Viewer.everyone()
TODAY = today()
"""The day that everything is about unless a test says another: midnight changes no answer between two questions."""


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return demo_in(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def store(built):
    opened = Store.open(built)
    yield opened
    opened.close()


def order(name, form, **asked):
    suppress, language = asked.pop("suppress", False), asked.pop("language", ENGLISH)
    if name in catalogue() and catalogue()[name].report == "employee":
        asked.setdefault("employee", "00126")
    return Order(name, form, on_the_day(**asked), suppress, language)


def on_the_day(**asked):
    """What is asked, about one day in all tests."""
    return Filters(**{"as_of": TODAY} | asked)


def made(store, name, form, path=None, viewer=EVERYONE, **asked):
    return export(store, viewer, order(name, form, **asked), path)[1]


def day(text):
    return date.fromisoformat(text)
