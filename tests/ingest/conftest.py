"""A small company in a store of its own, for the tests of what comes after it."""

import shutil
from datetime import date

import pytest

from skilltrack.ingest import import_folder
from skilltrack.keeping.durability import open_store
from skilltrack.storage.store import Store
from tests.ingest.test_import import COMPANY, write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    (folder / "made").mkdir()
    store = Store.open(folder / "made" / "company.duckdb")
    outcome = import_folder(store, write(folder / "company", **COMPANY), effective=date(2024, 1, 1))
    assert outcome.status == "stored", outcome.problems
    store.close()
    return folder / "made"


@pytest.fixture
def company(made, tmp_path):
    opened = open_store(shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "company.duckdb")
    yield opened
    opened.close()
