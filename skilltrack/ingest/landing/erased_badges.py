"""A kept file of badges without some of the people in it.

Their credentials go. What others were given stays as it was signed, unless what was signed names one of the people,
also as a second holder: a signature covers every word, so such a badge stays as a row without its proof.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace

from skilltrack.badges import Carried, Checked, Unreadable, is_about
from skilltrack.ingest.reading.badge_copies import Copy, Gap, LookedUp, Staying, Unproved, written
from skilltrack.ingest.reading.badge_files import Badges, addresses_of
from skilltrack.ingest.reading.named import Named
from skilltrack.text import visible

ERASED = "erased"
TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]+\.(eyJ[\w-]+)", re.ASCII)
"""A token, and what it says."""


def badges_without(
    badges: Badges, people: Named, own: AbstractSet[int], of_others: AbstractSet[int]
) -> tuple[bytes | None, list[int]]:
    """The file without the people, and the lines that change; no file where it mentions none of them.

    `own`: lines that are known to be theirs; `of_others`: known to be somebody else's. The rest is theirs by what the
    badges say.
    """
    staying, changed = [], []
    pages, unproved = _pages_without(badges, people, own)
    for part, lines in badges.parts:
        naming = {line for line in lines if _named_in(badges.checked.get(line), people)}
        theirs = {line for line in lines if line in own} | (naming - of_others)
        left = _left(part, lines, theirs, naming, badges, people)
        if isinstance(left, Carried) and unproved.intersection(lines):
            left = Unproved(left.where, tuple(_rows(lines, theirs, badges, people)))
        if left is not part:
            changed += lines
        staying.append(left)
    if not changed:
        return None, []
    given = {line: cells for line, cells in badges.given.items() if line not in changed}
    return written(Copy(staying, pages, given)), changed


def _pages_without(badges: Badges, people: Named, own: AbstractSet[int]) -> tuple[LookedUp | None, set[int]]:
    """The pages that were looked up, without those that are about the people, and the lines that these have checked.

    A page at the address of a badge is about that badge, also where it has its holder as a hash; any other may be
    about all of them.
    """
    if badges.looked_up is None:
        return None, set()
    staying, lines = {}, dict[str, set[int]]()
    for line, one in badges.checked.items():
        lines.setdefault(one.credential.id if one.credential else "", set()).add(line)
    unproved: set[int] = set()
    for address, page in badges.looked_up.pages.items():
        of_page = lines.get(address, set())
        is_theirs = any(line in own or _named_in(badges.checked[line], people) for line in of_page)
        if is_theirs or any(people.mention.search(text) for text in _texts(address, page)):
            unproved |= of_page or set(badges.checked)
        else:
            staying[address] = page
    return replace(badges.looked_up, pages=staying), unproved


def _texts(address: str, page: bytes | str) -> Iterator[str]:
    """What a page says: as it came, and without what JSON and tokens hide (letters as numbers, base64)."""
    text = page if isinstance(page, str) else page.decode("utf-8", "replace")
    yield f"{address} {text}"
    packed = [base64.urlsafe_b64decode(f"{part}==").decode("utf-8", "replace") for part in TOKEN.findall(text)]
    for json_text in (text, *packed):
        with suppress(ValueError, RecursionError):
            yield json.dumps(json.loads(json_text), ensure_ascii=False)


def _left(
    part: Staying, lines: list[int], theirs: set[int], naming: set[int], badges: Badges, people: Named
) -> Staying:
    """What stays of one part of the file; the part itself where nothing of it goes."""
    if lines and theirs == set(lines):
        return Gap(len(lines))
    if isinstance(part, Gap):
        return part
    if isinstance(part, Unreadable):
        where, reason = _without(part.where, people), _without(part.reason, people)
        return part if (where, reason) == (part.where, part.reason) else Unreadable(where, reason)
    if not theirs and not naming and not _mentions(part, people):
        where = _without(part.where, people)
        return part if where == part.where else replace(part, where=where)
    return Unproved(_without(part.where, people), tuple(_rows(lines, theirs, badges, people)))


def _rows(lines: Iterable[int], theirs: set[int], badges: Badges, people: Named) -> Iterable[dict[str, str] | None]:
    """The cells of the credentials of a part, without those of the people."""
    for line in lines:
        cells = badges.cells.get(line)
        if line in theirs or cells is None:
            yield None
            continue
        gone = _named_in(badges.checked.get(line), people)
        yield {name: ERASED if cell in gone else _without(cell, people) for name, cell in cells.items()}


def _named_in(one: Checked | None, people: Named) -> set[str]:
    """How a badge names one of them as its holder: by an address, its hash, a name or an id."""
    if one is None or one.credential is None:
        return set()
    named = [*addresses_of(one.credential), *one.credential.recipients]
    return {i.value for i in named if is_about(i, people.emails) or people.is_meant(i.value)}


def _mentions(part: Staying, people: Named) -> bool:
    if isinstance(part, Carried):
        texts = [json.dumps(part.document, ensure_ascii=False)]
    elif isinstance(part, Unproved):
        texts = [cell for row in part.rows for cell in (row or {}).values()]
    else:
        texts = [visible(part)]
    return any(people.mention.search(text) for text in texts)


def _without(text: str, people: Named) -> str:
    return people.mention.sub(ERASED, text)
