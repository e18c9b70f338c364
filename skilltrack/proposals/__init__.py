"""Self-service: what people propose for their own record, and what a manager of their line or HR makes of it.

A proposal is a line of the journal and counts for nothing. What is accepted comes in by the ordinary import, as an
upload of its own that says which proposal it settles; so it is there once, can be undone, and is in the audit log.
"""

from skilltrack.proposals.deciding import Meant, accept, assess, decline, each, preview, settle, take_back
from skilltrack.proposals.proposing import ENDINGS, LARGEST, WHAT, Proposal, propose, rate, withdraw, withdraw_since
from skilltrack.proposals.reading import decidable, file_of, may_assess, may_propose, proposals, version, waiting_for

__all__ = [
    "ENDINGS",
    "LARGEST",
    "WHAT",
    "Meant",
    "Proposal",
    "accept",
    "assess",
    "decidable",
    "decline",
    "each",
    "file_of",
    "may_assess",
    "may_propose",
    "preview",
    "proposals",
    "propose",
    "rate",
    "settle",
    "take_back",
    "version",
    "waiting_for",
    "withdraw",
    "withdraw_since",
]
