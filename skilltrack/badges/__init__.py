"""Earned badges as files: read, and checked as far as that can be done here."""

from skilltrack.badges.carriers import KNOWN
from skilltrack.badges.credentials import Alignment, Credential, Identity, Result, is_about
from skilltrack.badges.fetching import Fetcher, NotFetched
from skilltrack.badges.keys import IssuerKey
from skilltrack.badges.proofs import Outcome
from skilltrack.badges.verdict import Checked, State, Step, Verdict, verify

__all__ = [
    "KNOWN",
    "Alignment",
    "Checked",
    "Credential",
    "Fetcher",
    "Identity",
    "IssuerKey",
    "NotFetched",
    "Outcome",
    "Result",
    "State",
    "Step",
    "Verdict",
    "is_about",
    "verify",
]
