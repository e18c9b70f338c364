"""Checking stored badges again with what lies at the hosts that may be asked."""

from skilltrack.fetching.guard import Guarded
from skilltrack.fetching.rules import FetchRules
from skilltrack.ingest import Again, Options, check_again
from skilltrack.storage import Store


def refresh_badges(store: Store, rules: FetchRules, options: Options) -> Again:
    """Check again what may be new; where no host is named, only with the keys that are listed by now."""
    return check_again(store, Guarded(rules.hosts) if rules.hosts else None, options)
