"""Each test has the minutes of its tokens for itself: the token of the settings has one name in all of them."""

import pytest

from skilltrack.api import calls


@pytest.fixture(autouse=True)
def minutes_of_its_own(monkeypatch):
    monkeypatch.setattr(calls, "rate", calls.Rate())
