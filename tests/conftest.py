"""Shared by all tests: how many random examples a property is tried on, and how many threads a small store has."""

import os

from hypothesis import HealthCheck, settings

from skilltrack.store import OPENING

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("SKILLTRACK_EXAMPLES", "20")),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("suite")

# On a few rows more threads only wait for each other; commands, servers and the bench run as they do for everybody.
OPENING["threads"] = 1
