"""Who issued a credential: whether the key of its signature may speak for whom it names, and whose key it is."""

from dataclasses import dataclass
from typing import Any

from skilltrack.badges import credentials, older
from skilltrack.badges.checked import Step
from skilltrack.badges.credentials import Credential, text
from skilltrack.badges.fetching import NotFetched, Pages, fetched_object, have_one_host
from skilltrack.badges.keys import Key, KnownKeys
from skilltrack.badges.proofs import Outcome, Proved
from skilltrack.reasons import english
from skilltrack.text import visible


@dataclass(frozen=True)
class Issuers:
    """The keys that are known, and the pages on which issuers say what is theirs."""

    known: KnownKeys
    pages: Pages

    def speaks(self, proved: Proved, credential: Credential) -> Step:
        """Whether the key of a signature may speak for the issuer that is named."""
        own, key = credential.issuer_id, proved.key
        shown = visible(own or english("nobody"))[:160]
        if proved.outcome is not Outcome.PASSED:
            return Step("issuer", Outcome.ABSENT, english("No signature holds, so nothing says who issued it."))
        if key is None:
            outcome, reason = self._host_speaks(text(proved.document.get("id")), own)
        elif key.owner and key.owner == own and not own.startswith("https:"):
            outcome, reason = Outcome.PASSED, english("The key is that of {own}.", own=shown)
        elif key.name and own.startswith("https:"):
            outcome, reason = self._address_speaks(key, proved.document, own)
        elif key.owner and own.startswith("did:"):
            outcome, reason = (
                Outcome.FAILED,
                english(
                    "It names {own} as its issuer and is signed by {owner}.", own=shown, owner=visible(key.owner)[:160]
                ),
            )
        else:
            outcome, reason = Outcome.OPEN, english("Nothing says that the key is that of {own}.", own=shown)
        return Step("issuer", outcome, reason)

    def issuer(self, proved: Proved, credential: Credential, speaks: Step) -> tuple[str, Step]:
        """Whose key it is: the issuer in `issuer_keys`, where the key may speak for the issuer that is named."""
        own, key, outcome, reason = credential.issuer_id, proved.key, speaks.outcome, speaks.reason
        if outcome is Outcome.ABSENT:
            return "", speaks
        of_key = self.known.issuers_of(key, credential.issued_on)
        called = self.known.issuers_called(own, credential.issued_on)
        if of_key and called and not of_key & called:
            named, signing = (visible(" or ".join(sorted(issuers)))[:160] for issuers in (called, of_key))
            return "", Step(
                "issuer",
                Outcome.FAILED,
                english(
                    "It names {named} as its issuer and is signed with a key of {signing}.",
                    named=named,
                    signing=signing,
                ),
            )
        known = min(of_key & called or of_key or called, default="")
        if of_key and outcome is Outcome.OPEN:
            outcome, reason = Outcome.PASSED, english("The key is one of {known}.", known=visible(known)[:80])
        if known and outcome is Outcome.PASSED:
            return known, Step(
                "issuer", outcome, reason + " " + english("issuer_keys has it for {known}.", known=visible(known)[:80])
            )
        if outcome is Outcome.PASSED:
            reason += " " + (
                english(
                    "Anybody can make one: issuer_keys does not say whose it is on {day}.", day=credential.issued_on
                )
                if credential.issued_on
                else english("Anybody can make one: issuer_keys does not say whose it is.")
            )
        return "", Step("issuer", Outcome.OPEN if outcome is Outcome.PASSED else outcome, reason)

    def _address_speaks(self, key: Key, document: dict[str, Any], own: str) -> tuple[Outcome, str]:
        """Whether a key that lies at an address is that of an issuer at an address."""
        if key.owner and key.owner != own and not key.owner.startswith("did:"):
            return Outcome.FAILED, english(
                "The key belongs to {owner}, not to {own}.", owner=visible(key.owner)[:160], own=visible(own)[:160]
            )
        if older.is_older(document):
            names = credentials.listed(self._profile(own).get("publicKey"))
            if key.owner == own and key.name in [text(name) for name in names]:
                return Outcome.PASSED, english("The key and {own} name each other.", own=visible(own)[:160])
        elif key.name.startswith("https:") and have_one_host(key.name, own):
            return Outcome.PASSED, english("The key lies with {own}.", own=visible(own)[:160])
        return Outcome.OPEN, english("Nothing says that the key is that of {own}.", own=visible(own)[:160])

    def _profile(self, own: str) -> dict[str, Any]:
        """An issuer's profile as it stands at the issuer's own address; empty where it is not fetched."""
        try:
            return fetched_object(own, english("its issuer's profile"), self.pages)
        except NotFetched:
            return {}

    def _host_speaks(self, address: str, own: str) -> tuple[Outcome, str]:
        """Whether the host of an assertion is its issuer's."""
        rule = self._profile(own).get("verification")
        starts = credentials.listed(rule.get("startsWith")) if isinstance(rule, dict) else []
        if any(isinstance(start, str) and start.endswith("/") and address.startswith(start) for start in starts):
            return Outcome.PASSED, english("{own} issues badges at that address.", own=visible(own)[:160])
        if starts:
            return Outcome.FAILED, english("{own} issues badges at other addresses only.", own=visible(own)[:160])
        if have_one_host(address, own):
            return Outcome.PASSED, english("The host is that of {own}.", own=visible(own)[:160])
        if not own:
            return Outcome.OPEN, english("It does not say who its issuer is, or that lies elsewhere.")
        return Outcome.FAILED, english("The host of the badge is not that of its issuer {own}.", own=visible(own)[:160])
