"""Whether a credential is signed, by which key, and what of it the signature covers.

Two families: a proof inside the JSON (W3C Data Integrity), and a token around it (JWT, JWS). A credential may have
several proofs; one that is wrong makes the credential wrong, one of a kind that is not known here is only mentioned.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from skilltrack.badges import canonical, json_text, keys, older, statements, tokens
from skilltrack.badges.claims import end_beside, of_claims
from skilltrack.badges.credentials import (
    NotACredential,
    day,
    issuer_id,
    listed,
    normal,
    objects,
    text,
    valid_from,
)
from skilltrack.badges.fetching import NotFetched, Pages
from skilltrack.badges.keys import BadKey, Key, KnownKeys
from skilltrack.errors import BadFile
from skilltrack.reasons import english
from skilltrack.text import visible

MOST = 8
"""Proofs of one credential that are looked at."""


class Outcome(StrEnum):
    """How one step of a check went."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """It could not be looked at here."""
    ABSENT = "absent"
    """There is nothing to look at."""


@dataclass(frozen=True)
class Suite:
    """A way of signing inside the JSON."""

    is_rdf: bool
    curves: dict[int, tuple[str, str]]
    """Size of the key's curve to the kind of signature and the hash."""


_ED = {0: ("EdDSA", "sha256")}
_EC = {256: ("ES256", "sha256"), 384: ("ES384", "sha384")}
SUITES = {
    "Ed25519Signature2020": Suite(True, _ED),
    "eddsa-rdfc-2022": Suite(True, _ED),
    "eddsa-jcs-2022": Suite(False, _ED),
    "ecdsa-rdfc-2019": Suite(True, _EC),
    "ecdsa-jcs-2019": Suite(False, _EC),
}


@dataclass(frozen=True)
class Proved:
    """What looking at the signature gave."""

    outcome: Outcome
    reason: str
    key: Key | None = None
    document: dict[str, Any] = field(default_factory=dict)
    """What the signature covers, in its normal form: the credential without its proofs and what they leave out."""
    left_out: tuple[str, ...] = ()
    """The places that the signature does not cover."""
    key_outcome: Outcome = Outcome.ABSENT
    key_reason: str = english("No key was looked for.")
    signed_on: date | None = None
    """The day of issue of the record whose signature it is; none where it is the credential's own."""
    valid_from: date | None = None
    """The first day of that record."""
    valid_to: date | None = None
    """The last day of the proof itself, or of the record that has it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "document", normal(self.document))


class _Wrong(Exception):
    """A proof is wrong; the message is a sentence without its full stop."""


def inside(document: dict[str, Any], pages: Pages, known: KnownKeys, is_earlier: bool = False) -> Proved:
    """Check the proofs that a credential has inside its JSON; `is_earlier` as in `Checking`."""
    unsecured = {key: value for key, value in document.items() if key != "proof"}
    proofs = listed(document.get("proof"))
    if not proofs:
        return Proved(Outcome.ABSENT, english("It has no signature: anybody could have written it."), None, unsecured)
    if len(proofs) > MOST or len(objects(proofs)) < len(proofs):
        return Proved(
            Outcome.FAILED,
            english("It has {n} proofs, or one that is not an object; {most} are looked at.", n=len(proofs), most=MOST),
            None,
            unsecured,
        )
    whole = _Unsecured(unsecured, is_earlier)
    looked = [_Looking(whole, proof, pages, known).proved() for proof in proofs]
    issuer = issuer_id(document)
    looked.sort(key=lambda proved: proved.key is None or proved.key.owner != issuer)
    for outcome in (Outcome.FAILED, Outcome.PASSED, Outcome.OPEN):
        chosen = next((proved for proved in looked if proved.outcome is outcome), None)
        if chosen is not None:
            others = [proved.reason for proved in looked if proved.outcome is Outcome.OPEN and proved is not chosen]
            return replace(chosen, reason=" ".join([chosen.reason, *others])) if others else chosen
    raise AssertionError("a proof has one of three outcomes")


class _Unsecured:
    """A credential without its proofs, whose statements are put in order once for all of them."""

    def __init__(self, document: dict[str, Any], is_earlier: bool) -> None:
        self.document, self.is_earlier = document, is_earlier
        self._made: dict[str, Any] = {}

    def read(self) -> statements.Statements:
        """Its statements; raises what was raised the first time."""
        return self._once("read", lambda: statements.Statements(self.document))

    def canonical(self, algorithm: str) -> bytes:
        """Its statements in order."""
        return self._once(algorithm, lambda: canonical.canonical(self.read().lines, algorithm))

    def left_out(self) -> list[statements.Path]:
        """The places that make no statement."""
        return self._once("left out", lambda: statements.unsigned_places(self.document, self.read()))

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._made:
            try:
                self._made[name] = make()
            except (statements.Malformed, statements.Unsupported, canonical.TooTangled) as error:
                self._made[name] = error
        if isinstance(self._made[name], Exception):
            raise self._made[name]
        return self._made[name]


class _Looking:
    """One proof of one credential."""

    def __init__(self, whole: _Unsecured, proof: dict[str, Any], pages: Pages, known: KnownKeys) -> None:
        self.whole, self.document, self.proof, self.pages, self.known = whole, whole.document, proof, pages, known
        kinds = [text(proof.get("type")), text(proof.get("cryptosuite"))]
        self.name = kinds[1] if kinds[0] == "DataIntegrityProof" else kinds[0]

    def proved(self) -> Proved:
        suite = SUITES.get(self.name)
        if suite is None or "previousProof" in self.proof:
            what = (
                english("a chain of proofs")
                if suite
                else english("a proof of the kind {name!r}", name=visible(self.name)[:60])
            )
            return self._of(Outcome.OPEN, english("It has {what}, which is not checked here.", what=what))
        if self.proof.get("proofPurpose") != "assertionMethod":
            purpose = visible(self.proof.get("proofPurpose"))[:40]
            return self._of(
                Outcome.FAILED,
                english("Its signature was made for {purpose!r}, not to assert a credential.", purpose=purpose),
            )
        try:
            return self._signed(suite)
        except (BadKey, _Wrong, statements.Malformed, NotACredential) as error:
            return self._of(Outcome.FAILED, english("Its signature cannot hold: {why}.", why=error), Outcome.FAILED)
        except NotFetched as error:
            return self._of(Outcome.OPEN, english("Its signature was not checked: {why}.", why=error), Outcome.OPEN)
        except statements.Unsupported as error:
            return self._of(Outcome.OPEN, english("Its signature cannot be checked here: {why}.", why=error))
        except canonical.TooTangled:
            reason = english(
                "Its signature cannot be checked here: putting its statements in order would take too long."
            )
            return self._of(Outcome.OPEN, reason)

    def _of(self, outcome: Outcome, reason: str, key: Outcome = Outcome.ABSENT) -> Proved:
        return Proved(
            outcome,
            reason,
            None,
            self.document,
            (),
            key,
            reason if key is not Outcome.ABSENT else Proved.key_reason,
        )

    def _signed(self, suite: Suite) -> Proved:
        value = self.proof.get("proofValue")
        signature = keys.base58(value[1:]) if isinstance(value, str) and value[:1] == "z" else b""
        if len(signature) not in (64, 96):
            raise _Wrong(english("its proofValue is not a signature in base58btc"))
        document = self._signed_document(suite)
        hashes: dict[str, bytes] = {}
        usable, missing = self._keys()
        for key in usable:
            kind, algorithm = suite.curves.get(_size(key), ("", ""))
            if kind and algorithm not in hashes:
                hashes[algorithm] = self._hashes(suite, document, algorithm)
            if kind and keys.holds(key.public, kind, signature, hashes[algorithm]):
                left_out = self.whole.left_out() if suite.is_rdf else []
                return Proved(
                    Outcome.PASSED,
                    english("The signature ({name}) holds.", name=self.name),
                    self.known.fitted(key),
                    statements.without_places(document, left_out),
                    tuple(".".join(map(str, path)) for path in left_out),
                    Outcome.PASSED,
                    english("It is signed with {key}.", key=key.shown),
                    valid_to=day(self.proof, "expires"),
                )
        raise missing or _Wrong(english("it was changed after it was signed, or signed with another key"))

    def _keys(self) -> tuple[list[Key], NotFetched | None]:
        """The key that the proof names; where that lies elsewhere and is not fetched, those that are known."""
        method = self.proof.get("verificationMethod")
        try:
            return [keys.resolved(method, self.pages)], None
        except NotFetched as error:
            return self.known.usable(valid_from(self.document)), error

    def _signed_document(self, suite: Suite) -> dict[str, Any]:
        if suite.is_rdf:
            _refuse_two_of(self.document, self.whole.is_earlier)
            return self.document
        contexts = self.proof.get("@context")
        if contexts is None:
            return self.document
        given, signed = listed(self.document.get("@context")), listed(contexts)
        if given[: len(signed)] != signed:
            raise _Wrong(english("its contexts are not those that were signed"))
        return {**self.document, "@context": contexts}

    def _hashes(self, suite: Suite, document: dict[str, Any], algorithm: str) -> bytes:
        options = {key: value for key, value in self.proof.items() if key != "proofValue"}
        if suite.is_rdf:
            options["@context"] = document.get("@context")
            of_options = canonical.canonical(statements.Statements(options).lines, algorithm)
            both = [of_options, self.whole.canonical(algorithm)]
        else:
            both = [json_text.canonical(options), json_text.canonical(document)]
        return b"".join(hashlib.new(algorithm, part).digest() for part in both)


def _size(key: Key) -> int:
    """The size of a key's curve as `Suite.curves` counts it."""
    curve = getattr(key.public, "curve", None)
    return curve.key_size if curve is not None else 0 if isinstance(key.public, keys.ed25519.Ed25519PublicKey) else -1


def _refuse_two_of(document: dict[str, Any], is_earlier: bool) -> None:
    """What is about one thing must stand in one place: spread over two, part of it would be passed over.

    A service to refresh a credential may have its address, as in the example of Open Badges 3.0: it says only its kind.
    """
    own = document.get("id")
    nodes = [
        value for _, value in statements.places(document) if isinstance(value, dict) and own and value.get("id") == own
    ]
    if any(is_earlier or not _says_only_its_kind(node) for node in nodes[1:]):
        raise statements.Unsupported(english("what it says of itself stands in more than one place"))


def _says_only_its_kind(node: dict[str, Any]) -> bool:
    kinds = [text(kind) for kind in listed(node.get("type"))]
    return node.keys() == {"id", "type"} and not any(
        not kind or kind.endswith(("Credential", "Presentation")) for kind in kinds
    )


def around(token: str, payload: dict[str, Any], where: str, pages: Pages, known: KnownKeys) -> Proved:
    """Check the token that a credential came in."""
    inner = payload.get("vc")
    document = inner if isinstance(inner, dict) else payload
    try:
        document = of_claims(payload)
        head = tokens.header(token, where)
        key = _signer(head, token, payload, document, pages, known, where)
        ends = end_beside(payload)
        if isinstance(inner, dict) and (own := inside(inner, pages, known)).outcome is Outcome.FAILED:
            raise _Wrong(english("the proof inside it is wrong ({why})", why=own.reason.rstrip(".")))
    except (BadFile, BadKey, NotACredential, _Wrong) as error:
        reason = english("Its signature cannot hold: {why}.", why=str(error).rstrip("."))
        return Proved(Outcome.FAILED, reason, None, document, (), Outcome.FAILED, reason)
    except (NotFetched, statements.Unsupported) as error:
        reason = english("Its signature was not checked: {why}.", why=error)
        return Proved(Outcome.OPEN, reason, None, document, (), Outcome.OPEN, reason)
    return Proved(
        Outcome.PASSED,
        english("The signature ({alg}) holds.", alg=head["alg"]),
        key,
        document,
        (),
        Outcome.PASSED,
        english("It is signed with {key}.", key=key.shown),
        valid_to=ends,
    )


def _signer(
    head: dict[str, Any],
    token: str,
    payload: dict[str, Any],
    document: dict[str, Any],
    pages: Pages,
    known: KnownKeys,
    where: str,
) -> Key:
    """The key whose signature a token has."""
    algorithm = head.get("alg")
    if algorithm in tokens.UNSAFE or not isinstance(algorithm, str):
        raise _Wrong(
            english(
                "its algorithm is {algorithm!r}, with which anybody could have signed it",
                algorithm=visible(algorithm)[:20],
            )
        )
    if algorithm not in tokens.ALGORITHMS:
        raise statements.Unsupported(
            english("the algorithm {algorithm!r} is not known here", algorithm=visible(algorithm)[:20])
        )
    if "crit" in head:
        raise statements.Unsupported(english("its token asks for an extension that is not known here"))
    signature, message = tokens.signature(token, where), tokens.signed_part(token)
    usable, missing = _named_keys(head, payload, document, pages, known)
    for key in usable:
        if keys.holds(key.public, algorithm, signature, message):
            return known.fitted(key)
    raise missing or _Wrong(english("it was changed after it was signed, or signed with another key or algorithm"))


def _named_keys(
    head: dict[str, Any], payload: dict[str, Any], document: dict[str, Any], pages: Pages, known: KnownKeys
) -> tuple[list[Key], NotFetched | None]:
    """The key that a token names, else the one that it brings along, else those that are known."""
    creator = older.verification(document).get("creator")
    issuer = text(payload.get("iss")) or issuer_id(document)
    name = head.get("kid") or creator or (issuer if issuer.startswith("did:") else None)
    if isinstance(name, str) and ":" not in name:
        name = f"{issuer}#{name.removeprefix('#')}" if issuer.startswith("did:") else None
    missing = NotFetched(english("it does not say where its key is"))
    if isinstance(name, str):
        try:
            return [keys.resolved(name, pages)], None
        except NotFetched as error:
            missing = error
    if isinstance(head.get("jwk"), dict):
        return [Key(keys.of_jwk(head["jwk"]), "")], None
    if isinstance(creator, dict):
        return [Key(keys.of_method(creator), "")], None
    return known.usable(valid_from(document) or day(document, "issuedOn")), missing
