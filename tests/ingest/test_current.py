"""The catalogue as it stands, and the small file of what somebody changed in it by hand."""

from datetime import date

import pytest

from skilltrack.errors import Refused
from skilltrack.ingest import KINDS, Options, Source, import_sources
from skilltrack.ingest.landing.current import as_file, current_rows
from skilltrack.storage.store import Store
from tests.ingest.test_job_titles import CATALOGUE

TODAY = date(2026, 3, 1)


@pytest.fixture
def store():
    opened = Store.open(":memory:")
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in CATALOGUE.items()]
    assert import_sources(opened, sources, Options(date(2024, 1, 1))).status == "stored"
    yield opened
    opened.close()


def changed(store, kind, edited=None, added=(), removed=()):
    content = as_file(KINDS[kind], current_rows(store, KINDS[kind]), edited or {}, added, removed, TODAY)
    outcome = import_sources(store, [Source(kind, "changed.csv", content)], Options())
    assert outcome.status == "stored", outcome.errors
    return current_rows(store, KINDS[kind]).to_dict("records")


def test_a_changed_cell_keeps_the_rest_of_its_row_and_an_added_row_comes_with_it(store):
    rows = changed(
        store,
        "credentials",
        {0: {"validity_months": 24.0}},
        [{"credential_id": "sql2", "name": "SQL II", "issuer": "Board", "demonstrates": False}],
    )

    assert [(r["credential_id"], r["issuer"], r["demonstrates"], r["validity_months"]) for r in rows[:1]] == [
        ("sql1", "Board", True, 24)
    ]
    assert (rows[1]["credential_id"], rows[1]["demonstrates"]) == ("sql2", False)


def test_a_removed_row_ends_the_day_before_or_is_taken_back(store):
    assert changed(store, "credential_skills", removed=[0]) == []
    assert [row["valid_to"] for row in changed(store, "roles", removed=[0])] == [date(2026, 2, 28)]
    changed(store, "job_titles", added=[{"job_title": "Sr. Data Analyst", "role_id": "analyst"}])
    assert changed(store, "job_titles", removed=[0]) == []


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"edited": {0: {"skill_id": "python"}}}, "cannot become 'python'. Add a row for 'python'"),
        ({"removed": [0]}, "cannot be removed, because others name them. Undo the upload"),
    ],
)
def test_a_change_that_no_file_can_say_is_refused_with_what_would_work(store, edits, message):
    with pytest.raises(Refused, match=message):
        changed(store, "skills", **edits)
