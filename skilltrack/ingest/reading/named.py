"""What people are called, and patterns that find them in a text however it is written."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from skilltrack.ingest.reading.packed import parts

EMPTY = re.compile(rb"(?:\x00\x00){33,}")
"""Space that a database has not used yet, most of a small one. Its length is even: two-byte letters do not shift."""
BETWEEN = r"(?:_|[^\w\x00-\x08\x0b\x0c\x0e-\x1f])"
"""A character between two words of a name. Others divide cells of a database, whose neighbours mean nobody."""
TELLING = 6
"""Characters that an id needs to mean a person wherever it occurs in a text."""
NO_TIME = r"(?<![T ]\d\d:\d\d:\d\d\.)"
"""Before an id: where the text is a time, six digits are the fraction of a second and mean nobody."""


@dataclass(frozen=True)
class Named:
    """What people are called, as it was written; without the addresses and names that others share."""

    ids: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    shared: tuple[str, ...] = ()
    """Names and addresses of theirs that others have too; these stay in the rows of other people."""

    def is_meant(self, cell: str) -> bool:
        """Whether a cell that names somebody names one of them."""
        return cell.strip() in self.ids or plain(cell) in self.called

    @cached_property
    def called(self) -> frozenset[str]:
        """Their names and addresses as they are compared."""
        return frozenset(map(plain, self.emails | self.names))

    @cached_property
    def telling(self) -> tuple[tuple[str, ...], ...]:
        """What identifies them in any text, as words: addresses, and names of several words. `telling_ids` has the ids.

        A name is meant in both orders, `Ann Smith` and `Smith, Ann`.
        """
        names = [parts for parts in map(str.split, self.names) if len(parts) > 1]
        orders = [order for parts in names for order in (parts, [parts[-1], *parts[:-1]])]
        return (*(_words(" ".join(order)) for order in orders), *((address,) for address in self.emails))

    @cached_property
    def telling_ids(self) -> tuple[str, ...]:
        """Ids that are long enough to mean somebody in any text. They are exact text: `ab1234` is not `AB1234`."""
        return tuple(number for number in self.ids if len(number) >= TELLING)

    @property
    def longest_words(self) -> list[str]:
        """One word of each name, address and id that every text about them contains; lower case without accents."""
        terms = [*self.telling, *((number,) for number in self.telling_ids), *map(_words, self.names)]
        longest = (unicodedata.normalize("NFD", max(words, key=len, default="").casefold()) for words in terms)
        return sorted({re.sub("[\u0300-\u036f]", "", word) for word in longest} - {""})

    @cached_property
    def mention(self) -> re.Pattern[str]:
        """A pattern that finds them: `smith, ann`, `ann_smith.csv`, `Ann%20Smith`, their address, their id."""
        return _finding(self.telling, self.telling_ids)

    @cached_property
    def by_name(self) -> re.Pattern[str]:
        """The pattern for where people are named: with names of one word, which may be a common word elsewhere."""
        one_word = (_words(name) for name in self.names if len(name.split()) == 1)
        return _finding((*self.telling, *one_word), self.telling_ids)

    def could_mean(self, cell: str) -> bool:
        """Whether a cell that names somebody names one of them, or others who are called the same."""
        return self.is_meant(cell) or cell.strip().lower() in self.shared

    def unlike(self, texts: Iterable[str]) -> "Named":
        """The same people, by those of their ids, addresses and names that occur in none of the texts."""
        listed = list(texts)

        def are_free(alone: dict[str, Named]) -> frozenset[str]:
            return frozenset(
                term for term, one in alone.items() if not any(one.is_meant(t) or one.by_name.search(t) for t in listed)
            )

        return replace(
            self,
            ids=are_free({term: Named(ids=frozenset({term})) for term in self.ids}),
            emails=are_free({term: Named(emails=frozenset({term})) for term in self.emails}),
            names=are_free({term: Named(names=frozenset({term})) for term in self.names}),
        )

    def are_in(self, content: bytes) -> bool:
        """Whether the bytes of a file mention them, in any encoding that is read; a workbook's parts are searched."""
        return any(map(self._are_in_part, parts(content)))

    def _are_in_part(self, content: bytes) -> bool:
        encodings = ["utf-8", "cp1252", *(["utf-16-le", "utf-16-be"] if b"\x00" in content[:400] else [])]
        content = EMPTY.sub(bytes(64), content)
        return any(self.mention.search(content.decode(encoding, "ignore")) for encoding in encodings)


def plain(text: str) -> str:
    """A text in the form that is compared: without regard to case, accents joined to their letters."""
    return unicodedata.normalize("NFC", text.strip().casefold())


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*", unicodedata.normalize("NFD", text)))


def _finding(terms: Iterable[Iterable[str]], exact: Iterable[str] = ()) -> re.Pattern[str]:
    """A pattern that finds any of the terms, each given as its words, and of the exact texts, as whole words."""
    patterns = [rf"(?:%[0-9a-f]{{2}}|{BETWEEN})+".join(map(_spelled, words)) for words in terms if words]
    patterns += [f"{NO_TIME}(?-i:{_either(unicodedata.normalize('NFD', text))})" for text in exact]
    before, after = r"(?:(?<![^\W_])|(?<=%[0-9a-f]{2}))", r"(?![^\W_]|[\u0300-\u036f])"
    return re.compile(rf"{before}(?:{'|'.join(patterns)}){after}" if patterns else r"(?!)", re.IGNORECASE)


def _spelled(text: str) -> str:
    """A pattern of a text however it is written: in capitals, with separate accents, percent-encoded."""
    letters = re.findall(r".[\u0300-\u036f]*", unicodedata.normalize("NFD", text.casefold()))
    return "".join(map(_letter, letters)).replace("ss", "(?:ss|ß|ẞ|%C3%9F|%E1%BA%9E)")


def _either(text: str) -> str:
    """A pattern of exact text, as it is or percent-encoded."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    return "|".join(sorted({re.escape(spelling) for form in forms for spelling in (form, quote(form, safe=""))}))


def _letter(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    cases = (letter, letter.upper())
    forms = {unicodedata.normalize(form, case) for case in cases for form in ("NFC", "NFD")}
    return f"(?:{'|'.join(sorted(map(re.escape, forms | {quote(form, safe='') for form in forms}), reverse=True))})"
