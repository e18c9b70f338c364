"""Shared by all tests: how many random examples a property is tried on."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("SKILLTRACK_EXAMPLES", "20")),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("suite")
