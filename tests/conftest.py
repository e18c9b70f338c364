"""Shared by all tests: how many random examples a property is tried on, how small stores run, who looks at screens."""

import gc
import os
import sys
import time
from datetime import UTC, datetime
from datetime import time as clock
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

from skilltrack.each_day import until
from skilltrack.storage.engine import OPENING
from tests import long, once
from tests.beacon import listening

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("SKILLTRACK_EXAMPLES", "4")),  # `make torture` tries many more
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("suite")

# On a few rows more threads only wait for each other; commands, servers and the bench run as they do for everybody.
OPENING["threads"] = 1

# Each process that a test starts loads the program: compiled once, whatever the environment says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

once.folder()  # here, in the process that starts the others

LONGEST = (
    "test_journeys.py", "test_keeping.py", "test_hostile.py", "test_versions.py", "test_signin.py", "test_durability.py",
    "test_uploads.py", "test_refresh.py", "test_sight.py", "test_erasure.py", "test_awards.py",
)  # fmt: skip
"""Files that are begun first, the longest at the beginning, so that nobody waits for one of them at the end."""
LONG = 300
"""Seconds within which a file of tests is over, also on a busy machine."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items, config):
    long.mark(items)
    is_all = Path(config.args[0]).resolve() == Path(__file__).parent and not config.option.keyword
    if is_all and (gone := long.missing(items)):
        raise pytest.UsageError(f"long.toml names tests that are not there: {', '.join(gone)}")
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


def pytest_collection_finish():
    """What is loaded by now stays: looking through it for garbage again and again would take its time."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def one_day():
    """What a file's tests make and ask about today is of one day: none begins so late that midnight (UTC) is within it."""
    left = until(clock(), datetime.now(UTC)).total_seconds()
    if left < LONG:
        time.sleep(left + 1)


@pytest.fixture(autouse=True, scope="session")
def local_mode():
    """The screens, and servers that tests start, show what whoever runs them may see: everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_LOCAL", "1")
        yield


@pytest.fixture(autouse=True, scope="session")
def components_looked_for_once():
    """Each `AppTest` would look through every installed package for components of streamlit: most of a page's time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def beacon():
    """A server that nobody has a reason to ask anything; yields its address and what it was asked."""
    with listening() as found:
        yield found
