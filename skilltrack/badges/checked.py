"""What checking a credential gives: its steps, and one state for all of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skilltrack.badges.credentials import Credential
from skilltrack.badges.proofs import Outcome


class State(StrEnum):
    """What is to be thought of a credential; the first that holds, in this order."""

    UNREADABLE = "unreadable"
    INVALID = "invalid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    UNSIGNED = "unsigned"
    NOT_CHECKABLE = "not checkable offline"
    ISSUER_UNKNOWN = "proof holds, issuer's key not known"
    VERIFIED = "verified"


class Verdict(StrEnum):
    """The same in three words."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not verified"
    NOT_CHECKED = "cannot be checked here"


_OPEN = (State.NOT_CHECKABLE, State.ISSUER_UNKNOWN)


@dataclass(frozen=True)
class Step:
    """One step of a check, with its reason as a sentence."""

    name: str
    """parsed, signature, key, issuer, dates or status."""
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Checked:
    """One credential of a file, and what checking it gave."""

    where: str
    carrier: str
    credential: Credential | None
    """What it says, as far as its signature covers it; none where it cannot be read."""
    state: State
    steps: tuple[Step, ...]
    known_issuer: str = ""
    """The issuer in `issuer_keys` whose key it is signed with: the one to believe, whatever the badge calls itself."""
    left_out: tuple[str, ...] = ()
    """Places of the document that the signature does not cover; they are not in `credential`."""
    signer: "Signer | None" = None
    """The key of a signature that holds, where one was used."""
    speaks: Step | None = None
    """Whether that key may speak for whom the credential names as its issuer, whatever `issuer_keys` says."""
    taken_back: str = ""
    """revoked or suspended; empty = neither."""
    signed_on: date | None = None
    """The day as of which it was signed: its day of issue, or that of the record whose signature it has."""
    looked_up: str = ""
    """Where its key was looked up, or, of a badge that its host confirms, its issuer's profile; empty = nowhere."""
    valid_from: date | None = None
    """The first day on which its proof counts: its own, and that of its record."""
    valid_to: date | None = None
    """The last such day, of itself, of its proof and of its record."""

    @property
    def verdict(self) -> Verdict:
        """Verified, not verified, or cannot be checked here."""
        if self.state is State.VERIFIED:
            return Verdict.VERIFIED
        return Verdict.NOT_CHECKED if self.state in _OPEN else Verdict.NOT_VERIFIED

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not verified, or what was checked where it is."""
        if self.state is State.VERIFIED:
            return tuple(step.reason for step in self.steps if step.outcome is Outcome.PASSED)
        return tuple(step.reason for step in self.steps if step.outcome in (Outcome.FAILED, Outcome.OPEN)) or tuple(
            step.reason for step in self.steps if step.name == "signature"
        )


@dataclass(frozen=True)
class Signer:
    """A key by every name under which a company may have listed it."""

    did: str
    """The key itself, in its listed form."""
    name: str
    """As the credential names it; empty for one that it brings along."""
    owner: str
    """The DID whose key it is by its own standard; empty = none."""
