"""A kept file of badges without some of the people in it.

Their credentials go. What others were given stays as it was signed, unless what was signed names one of the people: a
signature covers every word, so such a badge stays as a row without its proof.
"""

import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from skilltrack.badges import Carried, Checked, Unreadable, is_about
from skilltrack.ingest.reading.badge_copies import Gap, Staying, Unproved, written
from skilltrack.ingest.reading.badge_files import Badges
from skilltrack.ingest.reading.named import Named
from skilltrack.text import visible

ERASED = "erased"


def badges_without(badges: Badges, people: Named, own: AbstractSet[int]) -> tuple[bytes | None, list[int]]:
    """The file without the people, and the lines that change; no file where it mentions none of them.

    `own`: lines that are known to be theirs; others are theirs by what the badges say.
    """
    staying, changed = [], []
    for part, lines in badges.parts:
        theirs = {line for line in lines if line in own or _is_theirs(badges.checked.get(line), people)}
        left = _left(part, lines, theirs, badges, people)
        if left is not part:
            changed += lines
        staying.append(left)
    return (written(staying), changed) if changed else (None, [])


def _left(part: Staying, lines: list[int], theirs: set[int], badges: Badges, people: Named) -> Staying:
    """What stays of one part of the file; the part itself where nothing of it goes."""
    if lines and theirs == set(lines):
        return Gap(len(lines))
    if isinstance(part, Gap):
        return part
    if isinstance(part, Unreadable):
        where, reason = _without(part.where, people), _without(part.reason, people)
        return part if (where, reason) == (part.where, part.reason) else Unreadable(where, reason)
    if not theirs and not _mentions(part, people):
        where = _without(part.where, people)
        return part if where == part.where else replace(part, where=where)
    return Unproved(_without(part.where, people), tuple(_rows(lines, theirs, badges, people)))


def _rows(lines: Iterable[int], theirs: set[int], badges: Badges, people: Named) -> Iterable[dict[str, str] | None]:
    """The cells of the credentials of a part, without those of the people."""
    for line in lines:
        cells = badges.cells.get(line)
        gone = line in theirs or cells is None
        yield None if gone else {name: _without(cell, people) for name, cell in (cells or {}).items()}


def _is_theirs(one: Checked | None, people: Named) -> bool:
    """Whether a badge says that it is one of theirs: by an address, its hash, a name or an id."""
    named = one.credential.recipients if one is not None and one.credential is not None else ()
    return any(is_about(identity, people.emails) or people.is_meant(identity.value) for identity in named)


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
