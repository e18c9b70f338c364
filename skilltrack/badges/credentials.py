"""One shape for every standard: Open Badges 3.0 and CLR 2.0 here, 2.0 and older in `older`.

What the document says is taken as it is given. A field that decides something and is not of its shape makes the
document unreadable: none is ever passed over.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from skilltrack.reasons import english
from skilltrack.text import visible

MOST_IDENTIFIERS = 20
"""Ways in which a credential may name its holder: each hash is compared with every address there is."""

ENDORSEMENT = english("an endorsement of Open Badges 3.0")
"""What says something of a badge or an issuer, and not who earned what."""
RECORD = english("a record of CLR 2.0 without a credential in it")
OF_RECORD = english(
    "it is a record without a credential in it; that its achievements were earned, only credentials say"
)
OTHER = english("another W3C credential")
_NUMBERED = re.compile(r"((level|lvl|l|grade|stage|stufe|niveau|nivel)[\s.:#-]*)?0*(\d{1,6})(\.0+)?", re.IGNORECASE)


class NotACredential(Exception):
    """A document cannot be read as a credential; the message is a sentence without its full stop."""


@dataclass(frozen=True)
class Identity:
    """How a credential names who earned it."""

    kind: str
    """As the credential says it: email, emailAddress, did, name, systemId …"""
    value: str
    is_hashed: bool = False
    salt: str = ""
    is_loosely: bool = field(default=False, compare=False)
    """Whether `hashed` is written in another way than earlier programs knew."""


@dataclass(frozen=True)
class Alignment:
    """A skill or standard that an achievement says it is about."""

    name: str
    url: str
    code: str
    framework: str


@dataclass(frozen=True)
class Result:
    """What was reached in one of an achievement's measures."""

    name: str
    kind: str
    """Its resultType, such as RubricCriterionLevel or LetterGrade."""
    status: str
    value: str
    level: str
    """What the rubric calls the level that was reached: its level, else its name."""
    points: str
    is_required_level: bool | None
    """Whether the level that the achievement requires was reached; none where it requires none."""
    alignments: tuple[Alignment, ...] = ()

    @property
    def reached(self) -> int | None:
        """The level of the rubric that was reached, where it has a number: `3`, `Level 3`; none for any other."""
        match = _NUMBERED.fullmatch(self.level.strip())
        return int(match[3]) if match else None


@dataclass(frozen=True)
class Credential:
    """One badge, as its document gives it."""

    standard: str
    id: str
    recipients: tuple[Identity, ...]
    achievement_id: str
    achievement: str
    achievement_type: str
    criteria: str
    alignments: tuple[Alignment, ...]
    issuer_id: str
    issuer: str
    issued_on: date | None
    valid_from: date | None
    expires_on: date | None
    """Its last day."""
    evidence: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    parent_id: str = ""
    """The record (CLR) or presentation that it came in."""


def is_newer(document: dict[str, Any]) -> bool:
    """Whether a document is of the family of Open Badges 3.0 and CLR 2.0."""
    return "credentialSubject" in document or "VerifiableCredential" in listed(document.get("type"))


def children(document: dict[str, Any]) -> list[Any]:
    """The credentials in a record or a presentation, each once; endorsements too, which nobody has earned."""
    subject = _alone(document.get("credentialSubject"))
    holder = subject if isinstance(subject, dict) and "ClrCredential" in listed(document.get("type")) else None
    if "VerifiablePresentation" in listed(document.get("type")):
        holder = document
    listed_there = listed(holder.get("verifiableCredential")) if holder else []
    return list({written(child): child for child in listed_there}.values())


def is_endorsement(document: Any) -> bool:
    """Whether a credential only says something of a badge or an issuer: nobody has earned it."""
    if not isinstance(document, dict) or "EndorsementCredential" not in listed(document.get("type")):
        return False
    subject = _alone(document.get("credentialSubject"))
    return not (isinstance(subject, dict) and "achievement" in subject)


def written(value: Any) -> str:
    """A JSON value as a text that is the same for equal ones."""
    return json.dumps(value, sort_keys=True)


def normal(value: Any) -> Any:
    """A document in the one form in which it is read: what is signed as statements can be written in several.

    Lists in lists are one list, equal items are one, a list of one item is that item; contexts stay as they are.
    """
    if isinstance(value, dict):
        return {key: item if key == "@context" else normal(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    once = {written(item): item for item in map(normal, listed(value)) if item is not None}
    return next(iter(once.values())) if len(once) == 1 else list(once.values())


def credential_of(document: dict[str, Any], parent_id: str = "") -> Credential:
    """An Open Badges 3.0 credential, or another W3C credential about an achievement, from its normal form."""
    subject = _object(document, "credentialSubject", english("who earned what"))
    if "ClrCredential" in listed(document.get("type")) and isinstance(subject.get("achievement"), list):
        raise NotACredential(OF_RECORD)
    achievement = _optional(subject, "achievement")
    issuer = document.get("issuer")
    profile = issuer if isinstance(issuer, dict) else {"id": issuer}
    starts, ends = valid_from(document), expires_on(document)
    identifiers = [_identity(item) for item in objects(subject.get("identifier"))]
    if len(identifiers) > MOST_IDENTIFIERS:
        raise NotACredential(
            english(
                "it names its holder in {n:,} ways; at most {most} are looked at",
                n=len(identifiers),
                most=MOST_IDENTIFIERS,
            )
        )
    subject_id = text(subject.get("id"))
    own = [Identity("did" if subject_id.startswith("did:") else "id", subject_id)] if subject_id else []
    return Credential(
        standard=_standard(document, achievement),
        id=text(document.get("id")),
        recipients=(*own, *(identity for identity in identifiers if identity.value)),
        achievement_id=text(achievement.get("id")),
        achievement=text(achievement.get("name")),
        achievement_type=text(achievement.get("achievementType")),
        criteria=criteria(achievement.get("criteria")),
        alignments=alignments(achievement),
        issuer_id=text(profile.get("id")),
        issuer=text(profile.get("name")),
        issued_on=day(document, "awardedDate") or starts,
        valid_from=starts,
        expires_on=ends,
        evidence=addresses(document.get("evidence")),
        results=_results(subject, achievement),
        parent_id=parent_id,
    )


def _standard(document: dict[str, Any], achievement: dict[str, Any]) -> str:
    if "ClrCredential" in listed(document.get("type")):
        return RECORD
    return "Open Badges 3.0" if achievement else ENDORSEMENT if is_endorsement(document) else OTHER


def valid_from(document: dict[str, Any]) -> date | None:
    """The day from which a credential holds."""
    return day(document, "validFrom") or day(document, "issuanceDate")


def expires_on(document: dict[str, Any]) -> date | None:
    """The last day of a credential; of two that it names, the earlier."""
    ends = [day(document, key) for key in ("validUntil", "expirationDate")]
    return min((end for end in ends if end), default=None)


def issuer_id(document: dict[str, Any]) -> str:
    """Who a credential says issued it."""
    issuer = _alone(document.get("issuer"))
    return text(issuer.get("id") if isinstance(issuer, dict) else issuer)


def _alone(value: Any) -> Any:
    """A value that may stand in a list of its own."""
    inside = listed(value)
    return inside[0] if len(inside) == 1 else value


def _object(document: dict[str, Any], key: str, what: str) -> dict[str, Any]:
    value = _only(document.get(key), key)
    if not isinstance(value, dict):
        raise NotACredential(english("it has no {key}, which says {what}", key=key, what=what))
    return value


def _optional(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = _only(document.get(key), key)
    if value is not None and not isinstance(value, dict):
        raise NotACredential(english("its {key} is not an object", key=key))
    return value or {}


def _only(value: Any, key: str) -> Any:
    """A value, alone or in a list of one. The order of several is not signed, so none of them is the first."""
    value = normal(value) if isinstance(value, list) else value
    if isinstance(value, list) and value:
        raise NotACredential(english("it has {n} of {key}; one credential is about one", n=len(value), key=key))
    return value or None


def day(document: dict[str, Any], key: str) -> date | None:
    """The calendar day of a time, as its writer wrote it; raises `NotACredential` for what is not a time."""
    value = _only(document.get(key), key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**35:
        return datetime.fromtimestamp(value, UTC).date()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d([T ][0-9:.,]+)?\s*(Z|[+-]\d\d:?\d\d)?", value.strip()):
        try:
            return date.fromisoformat(value.strip()[:10])
        except ValueError:
            pass
    raise NotACredential(english("its {key} is {value!r}, which is not a date", key=key, value=visible(value)[:40]))


def text(value: Any) -> str:
    """A text, alone, with its language or as an address; empty for anything else."""
    value = _alone(value)
    if isinstance(value, dict):
        value = value.get("@value", value.get("id"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def listed(value: Any) -> list[Any]:
    """A value or several, as a list without lists in it."""
    if isinstance(value, list):
        return [item for inner in value for item in listed(inner)]
    return [] if value is None else [value]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects among one or several values."""
    return [item for item in listed(value) if isinstance(item, dict)]


def addresses(value: Any) -> tuple[str, ...]:
    """The addresses of pieces of evidence."""
    addresses = [
        text(item.get("id") or item.get("url")) if isinstance(item, dict) else text(item) for item in listed(value)
    ]
    return tuple(address for address in addresses if address)


def criteria(value: Any) -> str:
    """What had to be done: its address, else its text."""
    return text(value.get("id") or value.get("narrative")) if isinstance(value, dict) else text(value)


def alignments(holder: dict[str, Any]) -> tuple[Alignment, ...]:
    """The skills and standards that something says it is about."""
    return tuple(
        Alignment(
            text(item.get("targetName") or item.get("name")),
            text(item.get("targetUrl") or item.get("url")),
            text(item.get("targetCode")),
            text(item.get("targetFramework")),
        )
        for item in objects(holder.get("alignment"))
    )


def says_true(value: Any) -> bool:
    """Whether a value is true, also as a number or, against the letter of the standards, as a word."""
    return value in (True, 1) or str(value).strip().lower() == "true"


def _identity(item: dict[str, Any]) -> Identity:
    word = item.get("hashed")
    kind, value, salt = (text(item.get(key)) for key in ("identityType", "identityHash", "salt"))
    return Identity(kind, value, says_true(word), salt, word not in (True, "true", "True"))


def _results(subject: dict[str, Any], achievement: dict[str, Any]) -> tuple[Result, ...]:
    described = {text(item.get("id")): item for item in objects(achievement.get("resultDescription"))}
    return tuple(
        _result(item, described.get(text(item.get("resultDescription")), {})) for item in objects(subject.get("result"))
    )


def _result(item: dict[str, Any], description: dict[str, Any]) -> Result:
    levels = objects(description.get("rubricCriterionLevel"))
    ids = [text(level.get("id")) for level in levels]
    reached, required = text(item.get("achievedLevel")), text(description.get("requiredLevel"))
    level = levels[ids.index(reached)] if reached in ids else {}
    return Result(
        name=text(description.get("name")),
        kind=text(description.get("resultType")),
        status=text(item.get("status")),
        value=text(item.get("value")),
        level=text(level.get("level") or level.get("name")),
        points=text(level.get("points")),
        is_required_level=_is_required(level, levels[ids.index(required)]) if level and required in ids else None,
        alignments=alignments(item) + alignments(level),
    )


def _is_required(reached: dict[str, Any], required: dict[str, Any]) -> bool | None:
    """Whether a level is as high as another, by points or numbers; the order of a list is not signed."""
    for key in ("points", "level"):
        try:
            return float(text(reached.get(key))) >= float(text(required.get(key)))
        except ValueError:
            continue
    return True if reached == required else None


def is_about(identity: Identity, values: Iterable[str]) -> bool:
    """Whether an identity is one of the e-mails or other ids of a person, plain or hashed.

    A hash is taken of the value as it is stored and of the value in lower case, with the salt after it. An empty value,
    of somebody without an e-mail, is nobody's.
    """
    stored = {value.strip() for value in values} - {""}
    if not identity.is_hashed and not re.match(r"(sha256|md5)\$", identity.value, re.IGNORECASE):
        return identity.value.strip().lower().removeprefix("mailto:") in {value.lower() for value in stored}
    algorithm, _, digest = identity.value.rpartition("$")
    algorithm = algorithm.lower()
    if algorithm not in ("sha256", "md5", ""):
        return False
    forms = stored | {value.lower() for value in stored}
    # MD5 proves little, but the standard allows it and a recipient is bound by the signature, not by the hash.
    made = (
        hashlib.new(algorithm or "sha256", (form + identity.salt).encode(), usedforsecurity=False).hexdigest()
        for form in forms
    )
    return digest.lower() in made
