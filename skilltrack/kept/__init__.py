"""What is computed ahead of questions: built, and brought up to date inside each upload."""

from skilltrack.kept.affected import ABOUT_PEOPLE
from skilltrack.kept.refreshing import BEHIND, freshness_sql, is_fresh, kept_sums, make_fresh, rebuild, refresh

__all__ = [
    "ABOUT_PEOPLE",
    "BEHIND",
    "freshness_sql",
    "is_fresh",
    "kept_sums",
    "make_fresh",
    "rebuild",
    "refresh",
]
