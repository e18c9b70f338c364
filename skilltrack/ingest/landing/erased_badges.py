"""A kept file of badges without some of the people in it.

Their credentials go. What others were given stays as it was signed, unless what was signed names one of the people,
also as a second holder: a signature covers every word, so such a badge stays as a row without its proof. What only
reads like one of them and names the badge, its issuer, its credential or a skill is never changed.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from typing import Any, NamedTuple

from skilltrack.badges import Carried, Checked, Credential, Unreadable, beside, is_about
from skilltrack.errors import BadFile
from skilltrack.ingest.reading.badge_copies import Copy, Gap, LookedUp, Staying, Unproved, written
from skilltrack.ingest.reading.badge_files import Badges, addresses_of, read_badges
from skilltrack.ingest.reading.named import Named
from skilltrack.text import visible

ERASED = "erased"
TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]+\.(eyJ[\w-]+)", re.ASCII)
"""A token, and what it says."""


OF_THE_PROOF = ("@context", "proof", "credentialStatus", "credentialSchema")
"""Parts of a credential that name keys, lists and standards."""

OnRecord = Mapping[int, Mapping[str, str | None]]
"""By line, the `employee_id` and `credential_id` of its award."""
Kept = dict[tuple[str, str], set[str]]
"""Texts that read like the people and stay, by what they name and whether that is a thing or another person."""


class BadgesLeft(NamedTuple):
    """A file of badges without some people."""

    content: bytes | None
    """None where it mentions none of them and stays as it is."""
    changed: list[int]
    """Lines that changed."""
    gone: frozenset[int]
    """Lines of theirs."""
    unproved: frozenset[int]
    """Lines of badges of others that stay, and lose their proof now."""
    kept: Kept


def badges_without(
    badges: Badges, content: bytes, people: Named, own: AbstractSet[int], on_record: OnRecord
) -> BadgesLeft:
    """The file without the people.

    `own`: lines that are known to be theirs; `on_record`: of lines that are known to be somebody else's, whose
    they are and which credential they mean. The
    rest is theirs by what the badges say.
    """
    staying, changed, gone, unproved, kept = [], [], set[int](), set[int](), Kept()
    naming = {line for line, one in badges.checked.items() if _named_in(one, people)}
    theirs = {*own, *(naming - on_record.keys())}
    parts = [
        (part, lines, _left(part, lines, theirs, naming, badges, people, on_record)) for part, lines in badges.parts
    ]
    signed = {line for _, lines, left in parts if isinstance(left, Carried) for line in lines}
    before: set[int] | None = None
    while signed != before:  # what a badge calls itself is a mention of somebody once that badge is a row without proof
        pages, mentioned = _pages_without(badges, people, {*own, *naming}, signed)
        before, signed = signed, signed - {line for _, lines, _ in parts for line in lines if mentioned & {*lines}}
    for part, lines, left in parts:
        if isinstance(left, Carried) and not signed.issuperset(lines):
            left = Unproved(left.where, tuple(_rows(lines, theirs, badges, people, on_record)))
        if left is not part:
            changed += lines
            gone |= theirs.intersection(lines)
            unproved |= set(lines) - theirs if isinstance(left, Unproved) and not isinstance(part, Unproved) else set()
        staying.append(left)
        for line in set(lines) - theirs:
            for names, text in _names_in(line, badges, people):
                if people.is_meant(text) or people.mention.search(text):
                    kept.setdefault(names, set()).add(text)
    # The rest of a picture or of a zip, or a page about no badge that still has its proof.
    if not changed and (any(map(people.are_in, beside(content))) or pages != badges.looked_up):
        changed = [line for _, lines in badges.parts for line in lines]
    given = _given_without(badges, staying, people)
    changed += [line for line, cells in given.items() if cells != badges.given[line] and line not in changed]
    copy = written(Copy(staying, pages, given)) if changed else None
    return BadgesLeft(copy, changed, frozenset(gone), frozenset(unproved), kept)


def _given_without(badges: Badges, staying: list[Staying], people: Named) -> dict[int, dict[str, str] | None]:
    """The cells on record of badges that stay as they were signed; those of rows without a proof are in the rows."""
    given = {}
    for left, (_, lines) in zip(staying, badges.parts, strict=True):
        if not isinstance(left, (Gap, Unproved)):
            for line in (line for line in lines if line in badges.given):
                cells = badges.given[line]
                given[line] = cells and _cells_without(cells, _named_in(badges.checked.get(line), people), people)
    return given


def _pages_without(
    badges: Badges, people: Named, naming: AbstractSet[int], signed: AbstractSet[int]
) -> tuple[LookedUp | None, set[int]]:
    """The pages that were looked up, without those that are about the people, and the lines that these have checked.

    A page at the address of a badge is about that badge, also where it has its holder as a hash; any other may be
    about all of them. `naming`: lines of badges that name one of the people; `signed`: those that stay as they were.
    """
    if badges.looked_up is None:
        return None, set()
    staying, lines = {}, dict[str, set[int]]()
    for line, one in badges.checked.items():
        lines.setdefault(one.credential.id if one.credential else "", set()).add(line)
    mentioned: set[int] = set()
    for address, page in badges.looked_up.pages.items():
        about = lines.get(address) or set(badges.checked)
        staying_names = (text for line in about & signed for _, text in _names_in(line, badges, people))
        called = {text for text in staying_names if people.mention.search(text)}
        if naming & lines.get(address, set()) or any(
            people.mention.search(text) for text in _page_texts(address, page, called)
        ):
            mentioned |= about
        else:
            staying[address] = page
    return replace(badges.looked_up, pages=staying), mentioned


def mentioned_in_badges(content: bytes, name: str, people: Named) -> tuple[bool, Kept]:
    """Whether a file of badges that somebody else proposed mentions them, and what of it only reads like them."""
    try:
        badges = read_badges(content, name, ())
    except BadFile:
        return people.are_in(content), {}
    left = badges_without(badges, content, people, frozenset(), {})
    return left.content is not None, left.kept


def _page_texts(address: str, page: bytes | str, called: Iterable[str]) -> Iterator[str]:
    """What a page says: as it came, and without what JSON and tokens hide (letters as numbers, base64).

    `called`: what things are called that only reads like one of the people, which is left out.
    """
    text = page if isinstance(page, str) else page.decode("utf-8", "replace")
    packed = [base64.urlsafe_b64decode(f"{part}==").decode("utf-8", "replace") for part in TOKEN.findall(text)]
    plain = [f"{address} {text}"]
    for json_text in (text, *packed):
        with suppress(ValueError, RecursionError):
            plain.append(json.dumps(json.loads(json_text), ensure_ascii=False))
    names = sorted(called, key=len, reverse=True)
    for words in plain:
        yield reduce(lambda left, name: left.replace(name, ""), names, words)


def _left(
    part: Staying,
    lines: list[int],
    theirs: set[int],
    naming: set[int],
    badges: Badges,
    people: Named,
    on_record: OnRecord,
) -> Staying:
    """What stays of one part of the file; the part itself where nothing of it goes."""
    if lines and theirs.issuperset(lines):
        return Gap(len(lines))
    if isinstance(part, Gap):
        return part
    if isinstance(part, Unreadable):
        where, reason = _without(part.where, people), _without(part.reason, people)
        return part if (where, reason) == (part.where, part.reason) else Unreadable(where, reason)
    if not (theirs | naming).intersection(lines) and not _mentions(part, lines, badges, people):
        where = _without(part.where, people)
        return part if where == part.where else replace(part, where=where)
    return Unproved(_without(part.where, people), tuple(_rows(lines, theirs, badges, people, on_record)))


def _rows(
    lines: Iterable[int], theirs: set[int], badges: Badges, people: Named, on_record: OnRecord
) -> Iterable[dict[str, str] | None]:
    """The cells of the credentials of a part, without those of the people.

    Whose they are is said by their id, and so is what they are of: without the badge nothing tells it where that names
    the hash of an address, or its credential in words of its own.
    """
    for line in lines:
        cells = badges.cells.get(line)
        if line in theirs or cells is None:
            yield None
            continue
        left = _cells_without(cells, _named_in(badges.checked.get(line), people), people)
        if record := on_record.get(line):
            left |= {"employee_id": record["employee_id"] or "", "email": ""}
            left |= {"credential_id": record["credential_id"], "credential": ""} if record["credential_id"] else {}
        yield left


def _cells_without(cells: dict[str, str], gone: set[str], people: Named) -> dict[str, str]:
    """The cells of somebody else's badge: what names a thing stays as it is."""
    holder, link = cells.get("email", ""), cells.get("evidence_url", "")
    left = {"email": ERASED if holder in gone or people.is_meant(holder) else holder}
    left |= {"evidence_url": _without(link, people)}
    return {name: left.get(name, cell) for name, cell in cells.items()}


def _named_in(one: Checked | None, people: Named) -> set[str]:
    """How a badge names one of them as its holder: by an address, its hash, a name or an id."""
    if one is None or one.credential is None:
        return set()
    named = [*addresses_of(one.credential), *one.credential.recipients]
    return {i.value for i in named if is_about(i, people.emails) or people.is_meant(i.value)}


def _names_in(line: int, badges: Badges, people: Named) -> Iterator[tuple[tuple[str, str], str]]:
    """What a badge calls itself, its credential, its issuer and its skills, and how it names others as its holders."""
    one, cells = badges.checked.get(line), badges.cells.get(line, {})
    credential = one.credential if one else None
    things = {"award": ("award_id",), "credential": ("credential_id", "credential"), "issuer": ("issuer",)}
    for what, names in things.items():
        yield from (((what, "something else"), cells[name]) for name in names if cells.get(name))
    holders = {cells.get("email", "")}
    if credential:
        yield from (((what, "something else"), text) for what, text in _named_by(credential) if text)
        holders |= {i.value for i in (*addresses_of(credential), *credential.recipients)}
    for holder in holders - _named_in(one, people) - {""}:
        if not people.is_meant(holder):
            yield ("address" if "@" in holder else "name", "somebody else"), holder


def _named_by(credential: Credential) -> Iterator[tuple[str, str]]:
    yield from (("award", text) for text in (credential.id, credential.parent_id))
    yield from (("credential", text) for text in (credential.achievement_id, credential.achievement))
    yield from (("issuer", text) for text in (credential.issuer_id, credential.issuer))
    about = [*credential.alignments, *(target for result in credential.results for target in result.alignments)]
    for target in about:
        yield from (("skill", text) for text in (target.name, target.url, target.code, target.framework))


def _mentions(part: Staying, lines: Iterable[int], badges: Badges, people: Named) -> bool:
    if isinstance(part, Unproved):
        return any(_cells_without(row, set(), people) != row for row in part.rows if row)
    names = {text for line in lines for _, text in _names_in(line, badges, people)}
    addresses = tuple(text for text in names if "://" in text or text.startswith("urn:"))
    texts = _texts(part.document) if isinstance(part, Carried) else [visible(part)]
    for text in texts:
        named = max((len(address) for address in addresses if text.startswith(address)), default=0)
        if text.strip() not in names and people.mention.search(text[named:]):
            return True
    return False


def _texts(value: Any) -> Iterator[str]:
    """Every text in a document, but for those about its proof."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from () if key in OF_THE_PROOF else _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    else:
        yield str(value)


def _without(text: str, people: Named) -> str:
    return people.mention.sub(ERASED, text)
