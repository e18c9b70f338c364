"""Earned badges as files: read, and checked as far as that can be done here."""

from skilltrack.badges.carriers import KNOWN, Carried, Part, Unreadable, beside, one_part, read
from skilltrack.badges.checked import Checked, Signer, State, Step, Verdict
from skilltrack.badges.credentials import (
    ENDORSEMENT,
    OF_RECORD,
    RECORD,
    Alignment,
    Credential,
    Identity,
    Result,
    is_about,
)
from skilltrack.badges.fetching import Fetcher, NotFetched
from skilltrack.badges.images import Image, image_at
from skilltrack.badges.key_names import did_of as key_did
from skilltrack.badges.key_names import listed_form
from skilltrack.badges.keys import BadKey, IssuerKey
from skilltrack.badges.older import says_revoked
from skilltrack.badges.proofs import Outcome
from skilltrack.badges.signing import JCS, RDFC, signed
from skilltrack.badges.verdict import Checking, count, verify

__all__ = [
    "ENDORSEMENT",
    "JCS",
    "KNOWN",
    "OF_RECORD",
    "RDFC",
    "RECORD",
    "Alignment",
    "BadKey",
    "Carried",
    "Checked",
    "Checking",
    "Credential",
    "Fetcher",
    "Identity",
    "Image",
    "IssuerKey",
    "NotFetched",
    "Outcome",
    "Part",
    "Result",
    "Signer",
    "State",
    "Step",
    "Unreadable",
    "Verdict",
    "beside",
    "count",
    "image_at",
    "is_about",
    "key_did",
    "listed_form",
    "one_part",
    "read",
    "says_revoked",
    "signed",
    "verify",
]
