"""The verdict on a file of credentials: each step that was checked, what came of it, and one state for all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from skilltrack.badges import carriers, credentials, older, proofs, status
from skilltrack.badges.checked import Checked, Signer, State, Step
from skilltrack.badges.credentials import Credential, NotACredential, text
from skilltrack.badges.fetching import Fetcher, NotFetched, Pages, fetched_object, have_one_host
from skilltrack.badges.issuers import Issuers
from skilltrack.badges.key_names import did_of
from skilltrack.badges.keys import IssuerKey, KnownKeys
from skilltrack.badges.proofs import Outcome, Proved
from skilltrack.reasons import english
from skilltrack.text import visible


def verify(
    data: bytes, name: str, on_day: date | None, fetcher: Fetcher | None = None, issuer_keys: Iterable[IssuerKey] = ()
) -> list[Checked]:
    """Check every credential that a file carries, as of a day; without one, whether it has begun or ended is left open.

    Nothing is fetched unless a `fetcher` is given. A credential is verified only with a key of `issuer_keys`. Raises
    `BadFile` where the file as a whole cannot be read.
    """
    checking = Checking(on_day, fetcher, issuer_keys)
    return [checked for part in carriers.read(data, name) for checked in checking.part(part)]


def count(part: carriers.Part, depth: int = 0) -> int:
    """How many credentials `Checking.part` gives of a part whose pages are not looked up, without a check."""
    inside = credentials.children(_document(part)) if isinstance(part, carriers.Carried) else []
    if not inside or depth == 2:
        return 1
    return sum(count(carriers.one_part(child, "", ""), depth + 1) for child in inside)


class Checking:
    """A run of checks: on one day, with one fetcher and the keys that are known, each page looked up and read once."""

    def __init__(
        self,
        on_day: date | None,
        fetcher: Fetcher | None = None,
        issuer_keys: Iterable[IssuerKey] = (),
        looked_on: date | None = None,
        is_earlier: bool = False,
    ) -> None:
        """`looked_on`: the day on which the pages were fetched.

        `is_earlier`: as programs checked that knew no credential with the address of a service to refresh it.
        """
        self.on_day, self.known, self.is_earlier = on_day, KnownKeys(issuer_keys), is_earlier
        self.pages = Pages(fetcher, looked_on or on_day or date.max)
        self.issuers = Issuers(self.known, self.pages)

    def part(self, part: carriers.Part) -> Iterator[Checked]:
        """The credentials of one part of a file."""
        if isinstance(part, carriers.Unreadable):
            yield _unreadable(part.where, "", part.reason)
        elif isinstance(part, carriers.Address):
            yield from self._at_address(part)
        else:
            yield from self._carried(part)

    def _at_address(self, part: carriers.Address) -> Iterator[Checked]:
        what = english("{where}: the picture holds only the address of its badge, which", where=part.where)
        try:
            document = fetched_object(part.url, what, self.pages)
        except NotFetched as error:
            reason = english("{why}. Ask for the badge as JSON, or as a picture with the whole badge in it.", why=error)
            yield _unreadable(part.where, part.carrier, reason)
        else:
            yield from self._carried(carriers.Carried(part.where, part.carrier, document))

    def _carried(self, part: carriers.Carried, depth: int = 0) -> Iterator[Checked]:
        proved = self.proved(part) if credentials.is_newer(part.document) or part.token else None
        document = _document(part)
        children = credentials.children(document)
        if not children:
            yield self._checked(part, proved)
            return
        if depth == 2:
            yield _unreadable(part.where, part.carrier, english("It is a record inside a record inside a record."))
            return
        signed = {credentials.written(child) for child in credentials.children(proved.document)} if proved else set()
        for number, child in enumerate(children, 1):
            inner = carriers.one_part(
                child,
                english("{where}, credential {number} of the record", where=part.where, number=number),
                part.carrier,
            )
            if not isinstance(inner, carriers.Carried):
                yield from self.part(inner)
            elif inner.token or "proof" in inner.document or credentials.children(inner.document):
                for checked in self._carried(inner, depth + 1):
                    yield _in_record(checked, document)
            else:
                is_signed = credentials.written(credentials.normal(child)) in signed
                is_broken = proved is not None and proved.outcome is Outcome.FAILED
                own = _covered(inner.document, proved if is_signed or is_broken else None)
                whole = _whole(part, proved) if proved and own.outcome is Outcome.PASSED else None
                yield _in_record(self._checked(inner, own, whole), document)

    def proved(self, part: carriers.Carried) -> Proved:
        """The signature of a credential."""
        if part.token:
            return proofs.around(part.token, part.document, part.where, self.pages, self.known)
        return proofs.inside(part.document, self.pages, self.known, self.is_earlier)

    def _checked(self, part: carriers.Carried, proved: Proved | None, record: dict[str, Any] | None = None) -> Checked:
        """A credential; with a `record` its proof is that record's, which must not have ended or been taken back."""
        document = proved.document if proved else part.document
        try:
            if older.is_older(document):
                return self._older(part, proved)
            if proved is None or not credentials.is_newer(document):
                raise NotACredential(english("it has neither a credentialSubject nor a badge with a recipient"))
            credential = credentials.credential_of(document)
            whole = _whole(part, proved)
            credential = replace(credential, expires_on=credentials.expires_on(whole))
            lists = status.of_credential(whole, self.pages, self._signed_list)
            if record is not None:
                of_record = status.of_credential(record, self.pages, self._signed_list)
                lists = status.worse(
                    lists, replace(of_record, reason=english("Of its record: {why}", why=of_record.reason))
                )
                starts, ends = credentials.valid_from(record), credentials.expires_on(record)
                proved = replace(proved, signed_on=starts, valid_from=starts, valid_to=_earlier(proved.valid_to, ends))
            return self._judged(part, proved, credential, lists)
        except NotACredential as error:
            return _unreadable(
                part.where,
                part.carrier,
                english("{where} cannot be read as a credential: {why}.", where=part.where, why=error),
            )

    def _older(self, part: carriers.Carried, proved: Proved | None) -> Checked:
        document = proved.document if proved else part.document
        credential = older.assertion_of(document)
        if proved is None and older.is_hosted(document) and credential.standard == "Open Badges 2.0":
            proved = self._hosted(document)
        elif proved is None and older.verification(document):
            reason = english(
                "{standard} is read here, not checked: it says that it is checked elsewhere.",
                standard=credential.standard,
            )
            proved = Proved(Outcome.OPEN, reason, None, document)
        proved = proved or Proved(
            Outcome.ABSENT, english("It has no signature: anybody could have written it."), None, document
        )
        if proved.outcome is Outcome.PASSED:
            proved = replace(proved, document=self._completed(proved.document))
        credential = older.assertion_of(proved.document)
        return self._judged(part, proved, credential, status.of_assertion(proved.document, self.pages))

    def _hosted(self, document: dict[str, Any]) -> Proved:
        """An assertion as its host shows it, which is the proof of a hosted badge."""
        address = document.get("id")
        try:
            shown = fetched_object(address, english("its host's copy"), self.pages)
        except NotFetched as error:
            return Proved(
                Outcome.OPEN,
                english("It is a hosted badge, which only its host can confirm: {why}.", why=error),
                None,
                document,
            )
        if older.is_revoked(shown) and not older.is_older(shown) and shown.get("id", address) == address:
            words: dict[str, Any] = {key: shown[key] for key in ("revoked", "revocationReason") if key in shown}
            reason = english("Its host at {address} shows only that it was revoked.", address=visible(address)[:160])
            return Proved(Outcome.OPEN, reason, None, {**document, **words})
        if not older.say_the_same(shown, document):
            return Proved(
                Outcome.FAILED,
                english("Its host at {address} shows another badge.", address=visible(address)[:160]),
                None,
                document,
            )
        return Proved(
            Outcome.PASSED,
            english("Its host at {address} shows the same badge.", address=visible(address)[:160]),
            None,
            shown,
        )

    def _completed(self, document: dict[str, Any]) -> dict[str, Any]:
        """An assertion with its badge and issuer in it, as far as they can be fetched."""
        try:
            badge = self._at_home(document.get("badge"), english("its badge class"))
            issuer = badge.get("issuer")
            if isinstance(issuer, dict) and self.pages.fetcher and text(issuer.get("id")).startswith("https:"):
                issuer = issuer["id"]  # what the badge says of its issuer is the badge's word only
            return {**document, "badge": {**badge, "issuer": self._at_home(issuer, english("its issuer's profile"))}}
        except NotFetched:
            return document

    def _at_home(self, value: Any, what: str) -> dict[str, Any]:
        """An object, or what lies at its address, which is then its id whatever it says itself."""
        return value if isinstance(value, dict) else {**fetched_object(value, what, self.pages), "id": value}

    def _signed_list(self, part: carriers.Carried) -> dict[str, Any]:
        proved = self.proved(part)
        if proved.outcome is not Outcome.PASSED or proved.key is None:
            raise NotFetched(
                english("the signature of its status list does not hold ({why})", why=proved.reason.rstrip("."))
            )
        owner = credentials.issuer_id(proved.document)
        is_known = bool(self.known.issuers_of(proved.key, credentials.valid_from(proved.document)))
        if proved.key.owner != owner and not have_one_host(proved.key.name, owner) and not is_known:
            raise NotFetched(english("its status list is not signed by its own issuer"))
        return proved.document

    def _judged(self, part: carriers.Carried, proved: Proved, credential: Credential, lists: status.Status) -> Checked:
        speaks = self.issuers.speaks(proved, credential)
        known, issuer = self.issuers.issuer(proved, credential, speaks)
        starts = max((day for day in (credential.valid_from, proved.valid_from) if day), default=None)
        ends = _earlier(credential.expires_on, proved.valid_to)
        spanned = replace(credential, valid_from=starts, expires_on=ends)
        is_reversed = _is_reversed(credential)
        dates = self._dates(spanned, proved.left_out, is_reversed)
        left_out = ", ".join(proved.left_out[:5])
        reason = proved.reason + (
            " " + english("It does not cover {places}, which is left out.", places=visible(left_out)[:200])
            if left_out
            else ""
        )
        steps = (
            Step(
                "parsed",
                Outcome.PASSED,
                english("It is {standard}, as {carrier}.", standard=credential.standard, carrier=part.carrier),
            ),
            Step("signature", proved.outcome, reason),
            Step("key", proved.key_outcome, proved.key_reason),
            issuer,
            dates,
            Step("status", lists.outcome, lists.reason),
        )
        state = self._state(steps, spanned, lists, known, is_reversed)
        return Checked(
            part.where, part.carrier, credential, state, steps, known, proved.left_out, _signer(proved), speaks,
            lists.taken_back, proved.signed_on or credential.issued_on, _looked_up(proved, speaks, credential),
            starts, ends,
        )  # fmt: skip

    def _dates(self, credential: Credential, left_out: tuple[str, ...], is_reversed: bool) -> Step:
        starts, ends = credential.valid_from, credential.expires_on
        if is_reversed:
            return Step(
                "dates",
                Outcome.FAILED,
                english("It ends on {ends}, before it begins on {starts}.", ends=ends, starts=starts),
            )
        if self.on_day and ends and ends < self.on_day:
            return Step("dates", Outcome.FAILED, english("It ended on {ends}.", ends=ends))
        if self.on_day and starts and starts > self.on_day:
            return Step(
                "dates",
                Outcome.FAILED,
                english("It begins on {starts}, after {on_day}.", starts=starts, on_day=self.on_day),
            )
        if {"validFrom", "issuanceDate", "awardedDate"} & set(left_out):
            return Step(
                "dates", Outcome.OPEN, english("When it was issued is not signed: anybody could have changed the date.")
            )
        if starts is None and credential.issued_on is None:
            return Step("dates", Outcome.ABSENT, english("It does not say when it was issued."))
        return Step(
            "dates",
            Outcome.PASSED,
            english("It holds from {starts} to {ends}.", starts=starts or credential.issued_on, ends=ends)
            if ends
            else english("It holds from {starts}, without an end.", starts=starts or credential.issued_on),
        )

    def _state(
        self, steps: tuple[Step, ...], credential: Credential, lists: status.Status, known: str, is_reversed: bool
    ) -> State:
        outcome = {step.name: step.outcome for step in steps}
        starts, ends = credential.valid_from, credential.expires_on
        states = {
            State.INVALID: Outcome.FAILED in (outcome["signature"], outcome["key"], outcome["issuer"]) or is_reversed,
            State.REVOKED: lists.taken_back == "revoked",
            State.SUSPENDED: lists.taken_back == "suspended",
            State.EXPIRED: bool(ends and self.on_day and ends < self.on_day),
            State.NOT_YET_VALID: bool(starts and self.on_day and starts > self.on_day),
            State.UNSIGNED: outcome["signature"] is Outcome.ABSENT,
            State.NOT_CHECKABLE: Outcome.OPEN in (outcome["signature"], outcome["dates"], outcome["status"]),
            State.ISSUER_UNKNOWN: not known,
        }
        return next((state for state, holds in states.items() if holds), State.VERIFIED)


def _covered(child: dict[str, Any], record: Proved | None) -> Proved:
    """A credential without a signature of its own: its record's counts where one issuer issued both."""
    own = credentials.issuer_id(child)
    if record and record.outcome is Outcome.FAILED:
        return Proved(
            Outcome.FAILED,
            english("The record that it came in is not to be believed.") + " " + record.reason,
            None,
            child,
        )
    if record and record.outcome is Outcome.OPEN and own and own == credentials.issuer_id(record.document):
        return replace(
            record, document=child, reason=record.reason + " " + english("It has no other than that of its record.")
        )
    if record and record.outcome is Outcome.PASSED and own and own == credentials.issuer_id(record.document):
        return replace(
            record, document=child, left_out=(), reason=record.reason + " " + english("It is that of its record.")
        )
    return Proved(Outcome.ABSENT, english("It has no signature of its own that says who issued it."), None, child)


def _document(part: carriers.Carried) -> dict[str, Any]:
    """The credential or presentation itself, which a token may carry in a claim."""
    inside = part.document.get("vc", part.document.get("vp")) if part.token else None
    return inside if isinstance(inside, dict) else part.document


def _whole(part: carriers.Carried, proved: Proved) -> dict[str, Any]:
    """A credential with what its signature leaves out: that gives nothing, but it may still take away."""
    covers_all = part.token or not proved.left_out
    return proved.document if covers_all else {**credentials.normal(part.document), **proved.document}


def _earlier(*ends: date | None) -> date | None:
    """The first of some last days; none where there is none."""
    return min((end for end in ends if end), default=None)


def _is_reversed(credential: Credential) -> bool:
    """Whether a credential ends before it begins by its own words."""
    starts, ends = credential.valid_from, credential.expires_on
    return starts is not None and ends is not None and starts > ends


def _signer(proved: Proved) -> Signer | None:
    key = proved.key if proved.outcome is Outcome.PASSED else None
    return Signer(did_of(key.public), key.name, key.owner if key.owner.startswith("did:") else "") if key else None


def _looked_up(proved: Proved, speaks: Step, credential: Credential) -> str:
    """Where the key, or of a badge that its host confirms its issuer's profile, was looked up."""
    if proved.outcome is not Outcome.PASSED:
        return ""
    if proved.key is not None:
        return proved.key.looked_up
    return credential.issuer_id if speaks.outcome is Outcome.PASSED else ""


def _in_record(checked: Checked, record: dict[str, Any]) -> Checked:
    credential = checked.credential
    if credential is None or credential.parent_id:
        return checked
    return replace(checked, credential=replace(credential, parent_id=text(record.get("id"))))


def _unreadable(where: str, carrier: str, reason: str) -> Checked:
    return Checked(where, carrier, None, State.UNREADABLE, (Step("parsed", Outcome.FAILED, reason),))
