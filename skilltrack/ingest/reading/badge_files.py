"""Badges as files: a row of badges for each credential that a file carries, and what was checked of it.

The rows have the columns of a table, so that everything behind reads them as it reads one. The number of a credential
in its file stands for the line of a row.
"""

import base64
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from skilltrack.badges import (
    ENDORSEMENT,
    KNOWN,
    OF_RECORD,
    RECORD,
    Checked,
    Checking,
    Credential,
    Identity,
    IssuerKey,
    Outcome,
    Result,
    State,
    Step,
    count,
    read,
)
from skilltrack.errors import BadFile
from skilltrack.ingest.reading.badge_copies import Copy, Gap, LookedUp, Staying, Unproved, is_copy, read_copy
from skilltrack.ingest.reading.content import Content, Room
from skilltrack.ingest.reading.decode import BEFORE_SVG, BEGINNING, JSON, Decoded
from skilltrack.ingest.reading.outcome import IN_FILE, IN_PLACE, ON_LINE, Problem
from skilltrack.ingest.reading.sheets import is_workbook
from skilltrack.kinds import Kind
from skilltrack.language import NOTHING, Sentence, as_it_is, sentence
from skilltrack.reasons import recognised
from skilltrack.text import readable

ENDINGS = ("json", "jwt", "jws", "png", "svg", "zip")
"""Endings of the names of such files."""
SOURCE = "open badges"
"""Where all of them come from: what was answered about one is remembered for the next, and ids mean the same in all."""
LARGEST, LARGEST_ZIP = 10 * 2**20, 2**29
"""Most bytes of a file, and of a zip: they are read as a whole."""
LONGEST_ADDRESS = 2_000
COLUMNS = (
    "award_id", "employee_id", "email", "credential_id", "credential", "issuer", "issued_on", "expires_on",
    "evidence_url", "status",
)  # fmt: skip
IF_ANY = ("employee_id", "evidence_url", "status")
"""Columns that a file has only if some credential fills them: an empty one would take back what is known."""
FAILED = {"failed": "failed", "withdrew": "withdrawn", "withdrawn": "withdrawn"}
UNFINISHED = {"enrolled": "in progress", "inprogress": "in progress", "onhold": "in progress"}
ADDRESSES = ("email", "emailaddress")
_BEGINNINGS = re.compile(rb"\x89PNG|" + BEFORE_SVG + rb"<svg|" + JSON + rb'|"?eyJ[\w-]+\.[\w-]+\.', re.DOTALL)
_WORDS = re.compile(rb"credentialSubject|[vV]erifiableCredential|openbadge|\"(badge|recipient)\"")
"""Words of which every badge has one, also in a picture."""
_OTHER_ZIP = re.compile(rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", re.DOTALL)


@dataclass
class Badges:
    """The credentials of one file, by the number that stands for their line."""

    checked: dict[int, Checked] = field(default_factory=dict)
    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    """Those that can be read as rows; some were not checked, because their proof was lost when somebody was erased."""
    parts: list[tuple[Staying, list[int]]] = field(default_factory=list)
    """What they were read from, and the lines of each: a record has several."""
    looked_up: LookedUp | None = None
    """The pages that were looked up to check them; none where nothing was."""
    given: dict[int, dict[str, str] | None] = field(default_factory=dict)
    """By line the cells that are on record for the award, whatever the badge says; none for one that is left out."""


def holds_badges(kind: Kind, content: Content) -> bool:
    """Whether a file of a kind carries credentials, by its bytes."""
    if not kind.holds_awards:
        return False
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return not is_workbook(content) and not _OTHER_ZIP.match(content[:100])
    return _BEGINNINGS.match(content[:BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip()) is not None


def look_like_badges(kind: Kind, content: Content) -> bool:
    """Whether such a file seems to hold badges, where nobody has said what it holds."""
    if not holds_badges(kind, content):
        return False
    if content[:2] == b"PK":
        try:
            with zipfile.ZipFile(pa.BufferReader(pa.py_buffer(content))) as parts:
                return any(name.lower().rpartition(".")[2] in ENDINGS for name in parts.namelist())
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            return False
    start = content[: BEGINNING * 4]
    for token in re.findall(rb"eyJ[\w-]+\.(eyJ[\w-]+)", start)[:1]:
        start += base64.urlsafe_b64decode(token[: len(token) // 4 * 4])
    return _WORDS.search(start) is not None


def read_badges(
    content: Content, name: str, issuer_keys: Iterable[IssuerKey], is_own: bool = False, is_earlier: bool = False
) -> Badges:
    """Every credential of a file, checked as far as its bytes and the known keys allow; raises `BadFile`.

    Nothing is asked of the outside world, and nothing depends on the day: the same file gives the same at any time.
    `is_own`: whether it is a file that we keep or have made, and may be a copy of ours; in any other that is a forgery.
    `is_earlier`: whether it landed by `SIXTH_READING` or an earlier one.
    """
    is_own_copy = is_own and is_copy(content)
    most = LARGEST_ZIP if content[:2] == b"PK" or is_own_copy else LARGEST
    if len(content) > most:
        raise BadFile(
            sentence(
                "{name} has {n:,} bytes; at most {most:,} can be read. Give it in several parts.",
                name=name,
                n=len(content),
                most=most,
            )
        )
    copy = read_copy(content, name) if is_own_copy else Copy(list(read(bytes(content), name, is_earlier)))
    badges, last = Badges(looked_up=copy.looked_up, given=copy.given), 0
    pages = copy.looked_up
    fetcher, looked_on = (pages.fetched, pages.at.date()) if pages else (None, None)
    checking = Checking(None, fetcher, issuer_keys, looked_on, is_earlier)
    for part in copy.parts:
        if isinstance(part, Gap):
            lines = list(range(last + 1, last + 1 + part.lines))
        elif isinstance(part, Unproved):
            lines = list(range(last + 1, last + 1 + len(part.rows)))
            badges.cells |= {line: row for line, row in zip(lines, part.rows, strict=True) if row is not None}
        else:
            of_part = dict(enumerate(checking.part(part), last + 1))
            lines = list(of_part)
            badges.checked.update(_as_earlier(of_part) if is_earlier else _earned(of_part))
        badges.parts.append((part, lines))
        last += len(lines)
    for line, one in badges.checked.items():
        given = copy.given.get(line, {})
        if one.credential is not None and given is not None:
            badges.cells[line] = cells_of(one.credential, one) | given
    unread = [one for one in badges.checked.values() if one.credential is None]
    if not badges.cells and not is_own_copy:
        more = sentence(" (and {n:,} more like it)", n=len(unread) - 1) if len(unread) > 1 else NOTHING
        reason = recognised(unread[0].steps[0].reason) if unread else sentence("{name} holds no credential.", name=name)
        raise BadFile(
            sentence(
                "{reason}{more} Give {known}; a table as CSV or XLSX.",
                reason=reason,
                more=more,
                known=recognised(KNOWN),
            )
        )
    return badges


def _earned(of_part: dict[int, Checked]) -> dict[int, Checked]:
    """The credentials of a part that somebody can have earned; an endorsement beside one of them is passed over."""
    standards = {line: one.credential.standard if one.credential else "" for line, one in of_part.items()}
    is_beside = set(standards.values()) != {ENDORSEMENT}
    reasons = {
        ENDORSEMENT: sentence("is an endorsement: it says something of a badge or an issuer, and not who earned what."),
        RECORD: sentence("cannot be read as a credential: {why}.", why=recognised(OF_RECORD)),
    }
    return {
        line: _unreadable(one, sentence("{where} {what}", where=one.where, what=reasons[standards[line]]))
        if standards[line] in reasons
        else one
        for line, one in of_part.items()
        if not (is_beside and standards[line] == ENDORSEMENT)
    }


def _what_is_wrong(one: Checked) -> Sentence:
    """Why a credential cannot be read, without its place."""
    reason = recognised(one.steps[0].reason)
    return reason.values["what"] if "what" in reason.values else recognised(str(reason).removeprefix(f"{one.where} "))


def _unreadable(one: Checked, reason: str) -> Checked:
    return Checked(one.where, one.carrier, None, State.UNREADABLE, (Step("parsed", Outcome.FAILED, reason),))


def _as_earlier(of_part: dict[int, Checked]) -> dict[int, Checked]:
    """The same as programs up to the sixth reading saw them: they knew fewer ways to write that a value is a hash."""
    for line, one in of_part.items():
        if one.credential is not None:
            named = [replace(i, is_hashed=i.is_hashed and not i.is_loosely) for i in one.credential.recipients]
            of_part[line] = replace(one, credential=replace(one.credential, recipients=tuple(named)))
    return of_part


def parts_kept(content: Content, name: str, is_earlier: bool) -> Iterator[tuple[Staying, range]]:
    """The parts of a kept file, each with the lines that its credentials stand for, without checking them."""
    last = 1
    for part in read_copy(content, name).parts if is_copy(content) else read(bytes(content), name, is_earlier):
        size = part.lines if isinstance(part, Gap) else len(part.rows) if isinstance(part, Unproved) else count(part)
        yield part, range(last, last + size)
        last += size


def as_decoded(content: Content, name: str, badges: Badges, folder: Path | None) -> Decoded:
    """The credentials as a table; those that cannot be read are apart from it, as rows that cannot be read are."""
    rows = dict(sorted(badges.cells.items()))
    optional = () if is_copy(content) else IF_ANY  # whoever filled it may be gone
    header = [column for column in COLUMNS if column not in optional or any(row.get(column) for row in rows.values())]
    schema = pa.schema({str(at): pa.string() for at in range(len(header))} | {"line": pa.int64()})
    columns = [pa.array([row.get(column, "") for row in rows.values()], pa.string()) for column in header]
    room = Room(folder)
    table = room.hold([pa.record_batch([*columns, pa.array(list(rows), pa.int64())], schema)], schema)
    *cells, lines = table.columns
    decoded = Decoded(name, content, header, cells, lines, room=room, header_line=0)
    decoded.places = {line: one.where for line, one in badges.checked.items()}
    for line, one in badges.checked.items():
        if one.credential is None and badges.given.get(line, {}) is not None:
            decoded.unread[line] = []
            decoded.problems.append(Problem(name, line, None, None, _what_is_wrong(one)))
    return decoded


def in_its_file(decoded: Decoded, problem: Problem) -> Problem:
    """A problem of a badge at the place of the badge, instead of the number that stands for its line."""
    if problem.file != decoded.name:
        return problem

    def called(match: re.Match[str]) -> str:
        return decoded.places.get(int(match[1]), match[0])

    message = problem.message
    if message.forms[0] in (ON_LINE, IN_FILE):
        other = decoded.places.get(int(message.values["line"]), f"line {message.values['line']}")
        if message.forms[0] == IN_FILE:
            other = f"{message.values['file']}, {other}"
        message = sentence(IN_PLACE, place=other, advice=message.values["advice"])
    elif (changed := re.sub(r"\bline (\d+)\b", called, message)) != message:
        message = as_it_is(changed)
    place = decoded.places.get(problem.line or 0)
    if place is None:
        return replace(problem, message=message)
    return replace(problem, file=place, line=None, message=message)


def refusal(one: Checked) -> Sentence:
    """Why a credential is a bad row: it was changed, is signed by somebody else, or contradicts itself; else empty."""
    if one.state is not State.INVALID:
        return NOTHING
    steps = [*one.steps, *([one.speaks] if one.speaks else [])]
    reason = next(
        (recognised(step.reason) for step in steps if step.outcome is Outcome.FAILED),
        sentence("It contradicts itself."),
    )
    return sentence("is not to be believed. {reason} Ask its issuer for the badge as it was signed.", reason=reason)


def addresses_of(credential: Credential) -> Iterator[Identity]:
    """The e-mail addresses, plain or hashed, by which a credential names its holder; a plain one in lower case."""
    for identity in credential.recipients:
        value = identity.value.strip()
        is_address = identity.kind.lower() in ADDRESSES or value.lower().startswith("mailto:")
        is_hash = identity.is_hashed or re.match(r"(sha256|md5)\$", value, re.IGNORECASE)
        if is_address and is_hash:
            algorithm, _, digest = value.rpartition("$")
            yield replace(identity, value=f"{algorithm.lower() or 'sha256'}${digest.lower()}", is_hashed=True)
        elif is_address:
            yield replace(identity, value=re.sub(r"^mailto:", "", value.lower()), is_hashed=False)


def cells_of(credential: Credential, one: Checked) -> dict[str, str]:
    """A credential as a row of badges."""
    named = [*addresses_of(credential), *credential.recipients]
    evidence = [link for link in credential.evidence if re.match(r"https?://\S+$", link)]
    cells = {
        "award_id": credential.id,
        "email": named[0].value if named else "",
        "credential_id": credential.achievement_id,
        "credential": credential.achievement,
        "issuer": credential.issuer or credential.issuer_id,
        "issued_on": str(credential.issued_on or ""),
        "expires_on": str(credential.expires_on or ""),
        "evidence_url": next((link for link in evidence if len(link) <= LONGEST_ADDRESS), ""),
        "status": one.taken_back or _status_of(credential.results),
    }
    return {column: readable(cell).strip() for column, cell in cells.items()}


def _status_of(results: Iterable[Result]) -> str:
    """What the results say where they say that nothing was reached, or not yet; empty where it was."""
    statuses = {
        "failed" if result.is_required_level is False else re.sub(r"[\W_]+", "", result.status).lower()
        for result in results
    } - {"", "completed"}
    for known in (FAILED, UNFINISHED):
        if both := statuses & set(known):
            return known[min(both)]
    return min(statuses, default="")
