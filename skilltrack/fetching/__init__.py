"""The one way out to other hosts: what badges name there is looked up, only at the hosts that a setting names."""

from skilltrack.fetching.guard import Guarded, is_public
from skilltrack.fetching.nightly import begin_refreshing
from skilltrack.fetching.refreshing import refresh_badges
from skilltrack.fetching.rules import FetchRules, fetch_rules

__all__ = ["FetchRules", "Guarded", "begin_refreshing", "fetch_rules", "is_public", "refresh_badges"]
