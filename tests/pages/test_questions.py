"""The fifteen questions of docs/questions.md: each address opens, and what it says to look at is there."""

import json
import re
from urllib.parse import parse_qsl

import pytest

from skilltrack.config import ROOT
from skilltrack.ui.shell import NAMES
from tests.pages.test_pages import opened, texts

ROWS = re.findall(
    r"^\| [^|]+ \| ([^|]+) \| `([^`]+)` \| ([^|]+) \| [^|]+ \|$",
    (ROOT / "docs" / "questions.md").read_text("utf-8"),
    re.MULTILINE,
)


def test_there_are_fifteen():
    assert len(ROWS) == 15


@pytest.mark.parametrize(("question", "address", "shown"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_the_page_of_a_question_shows_what_to_look_at(demo_db, monkeypatch, question, address, shown):
    name, _, query = address.partition("?")
    page = opened(demo_db, next(n for n in NAMES if n.endswith(f"/{name}")), monkeypatch, **dict(parse_qsl(query)))
    labels = [
        column.get("label") or title
        for table in page.dataframe
        for title, column in json.loads(table.proto.columns).items()
    ]

    assert not page.exception
    assert [warning.value for warning in page.warning] == []
    assert shown in texts(page) or shown in labels
