"""A small company in a store of its own, for the tests of what comes after it."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest

from skilltrack.ingest import import_folder
from skilltrack.keeping.durability import open_store
from skilltrack.storage.store import Store
from tests.ingest.test_import import COMPANY, write
from tests.once import once


def make(folder):
    store = Store.open(folder / "company.duckdb")
    with tempfile.TemporaryDirectory() as files:
        outcome = import_folder(store, write(Path(files) / "company", **COMPANY), effective=date(2024, 1, 1))
    assert outcome.status == "stored", outcome.problems
    store.close()


@pytest.fixture(scope="session")
def made():
    return once("company", make)


@pytest.fixture
def company(made, tmp_path):
    opened = open_store(shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "company.duckdb")
    yield opened
    opened.close()
