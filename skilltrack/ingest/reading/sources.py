"""Files before they are stored: read, recognised and mapped; and the copy of each that is kept."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from heapq import merge
from pathlib import Path
from typing import Any, BinaryIO

from skilltrack.badges import IssuerKey
from skilltrack.errors import BadFile
from skilltrack.ingest.reading.again import (
    STYLES,
    added,
    answered,
    beside,
    for_next_file,
    in_short,
    styles_of,
    with_own,
    with_styles,
)
from skilltrack.ingest.reading.badge_files import (
    SOURCE,
    Badges,
    as_decoded,
    holds_badges,
    look_like_badges,
    read_badges,
)
from skilltrack.ingest.reading.columns import Mapped, map_columns
from skilltrack.ingest.reading.content import BLOCK, Content, Spool, blocks
from skilltrack.ingest.reading.decode import LARGEST_FILE, Decoded, Layout, decode
from skilltrack.ingest.reading.encodings import HEAD, UTF16
from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.issued import for_its_issuers
from skilltrack.ingest.reading.keys_given import keys_in, refuse_private
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.matrix import lay_out as lay_out_matrix
from skilltrack.ingest.reading.matrix import of_file
from skilltrack.ingest.reading.outcome import Problem, Progress
from skilltrack.ingest.reading.questions import Question, Unanswered
from skilltrack.ingest.reading.recognise import lay_out, score, source_of
from skilltrack.ingest.reading.records import Record
from skilltrack.ingest.reading.several import one_each
from skilltrack.ingest.reading.sheets import is_workbook
from skilltrack.ingest.reading.unpivot import taken_apart, with_unread
from skilltrack.kinds import KINDS, NOT_KEPT, Kind
from skilltrack.language import _, joined, sentence
from skilltrack.text import readable

BARE_RETURN = re.compile(r"\r(?!\n)")  # which csv would write without quotes
LINE_BREAK = re.compile(r"\r\n|\r|\n")
Remembered = Callable[[str, str], Mapping | None]
"""The mapping that the last file of a source had, by kind of file and source."""
FEW = 10_000
"""Rows that are written at once."""


@dataclass(frozen=True)
class Source:
    """One file as it comes in."""

    kind: str
    name: str
    content: Content
    """The file, in memory or on the disk."""
    mapping: Mapping = field(default_factory=Mapping)
    is_mapped: bool = False
    """Whether the mapping was given: then the remembered one of this source is not used."""
    sha256: str = ""
    byte_count: int = 0
    came_from: str = ""
    """Hash, size and source of the file as it came, where `content` is the kept copy of it."""
    is_again: bool = False
    """Whether it landed before: then its mapping says everything, and nothing is recognised again."""
    is_own: bool = False
    """Whether we made it ourselves, of badges that are stored."""
    issuer_keys: tuple[IssuerKey, ...] = ()
    """The keys that are known when it is read, for badges that do not bring theirs along."""
    badges: list[Badges] = field(default_factory=list, compare=False, repr=False)
    """The badges in it once they were checked, so that reading it with another mapping does not check them again."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", readable(self.name))


@dataclass(frozen=True)
class ReadFile:
    """A file as it came and as its kind understands it."""

    kind: Kind
    decoded: Decoded
    mapped: Mapped
    sha256: str
    byte_count: int
    source: str
    badges: Badges | None = None
    """Where the file carries credentials: what was checked of each, by line."""

    @property
    def is_copied(self) -> bool:
        """Whether a copy is kept instead of the bytes that came: of the used columns, or of a matrix taken apart."""
        return not self.badges and (bool(self.mapped.unused) or self.mapped.mapping.is_taken_apart)

    @property
    def to_store(self) -> Iterable[bytes]:
        """What to keep, piece by piece: the bytes that came, or only the cells that are used."""
        if self.is_copied:
            return _used_only(self.decoded, self.mapped)
        return blocks(self.decoded.content)

    @property
    def mapping(self) -> Mapping:
        """The mapping by which both the file and its kept copy are read as the file was now."""
        if self.is_copied:
            return reading_of_copy(self.mapped.mapping, self.decoded)
        return replace(self.mapped.mapping, encoding=self.decoded.encoding, delimiter=self.decoded.delimiter)


def last_part(name: str) -> str:
    """The name of a file without the folders that a browser or a program may send with it."""
    return name.replace("\\", "/").split("/")[-1]


def open_file(path: Path) -> BinaryIO:
    """Open a file that may be imported; raises `BadFile`, which says why it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadFile(
                sentence("{path} has more than {value} GiB. Split it.", path=path.name, value=LARGEST_FILE // 2**30)
            )
        return path.open("rb")
    except FileNotFoundError:
        raise BadFile(sentence("{path} does not exist. Check the name; nothing was imported.", path=path)) from None
    except IsADirectoryError:
        raise BadFile(
            sentence("{path} is a folder. Name its files, or import the folder without a kind.", path=path)
        ) from None
    except OSError as error:
        raise BadFile(sentence("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror)) from error


def source_from(folder: Path | None, kind: str, name: str, path: Path, mapping: Mapping | None = None) -> Source:
    """The file at a path as it is now: a copy without a name beside the database, which nobody can change meanwhile."""
    with open_file(path) as file, Spool(folder) as spool:
        while piece := file.read(BLOCK):
            spool.write(piece)
        return Source(kind, name, spool.content(), mapping or Mapping(), mapping is not None, spool.sha256())


def recognised_kinds(name: str, content: Content) -> list[str]:
    """Kinds that a file can be by its headers, the likeliest first; empty when none fits or it cannot be read."""
    rows: list[list[str]] = []
    if any(look_like_badges(kind, content) for kind in KINDS.values()):
        return [kind.name for kind in KINDS.values() if kind.holds_awards]
    if not is_workbook(content):
        content = content[:HEAD] if len(content) > HEAD and content[:2] in UTF16 else _whole_lines(content)

    def look(records: list[Record]) -> Layout:
        rows[:] = [cells for _, cells in records]
        return Layout(records[0][1], records[0][0], records[0][0])

    mapping = Mapping()
    for _turn in range(3):  # a file that leaves its encoding or its sheet open has the same headers with any answer
        try:
            decode(content, name, mapping, look, _any_score)
            break
        except Unanswered as unanswered:
            about, answers = unanswered.questions[0].about, list(unanswered.questions[0].answers)
            mapping = mapping.answered({about: "cp1252" if about == "encoding" else answers[-1]})
        except BadFile:
            break
    return likeliest_kinds(name, rows)


def _any_score(cells: list[str]) -> int:
    return max(score(kind)(cells) for kind in KINDS.values())


def _whole_lines(content: Content) -> bytes:
    start = content[:HEAD]
    return start if len(content) <= HEAD else start[: start.rfind(b"\n") + 1] or start


def read_sources(sources: list[Source], say: Progress, folder: Path | None, remembered: Remembered) -> list[ReadFile]:
    """Decode and map every file; raises one `BadFile` that names each file that cannot be read.

    Cells are in memory, or in `folder` where they are many. `remembered`: the mapping of the last file of a source.
    Where only questions are in the way, it is an `Unanswered` with the questions about all files.
    """
    read: list[ReadFile] = []
    keys: list[IssuerKey] = []
    unreadable: list[BadFile] = []
    for source in sources:
        say(_("Reading {file}", file=source.name))
        try:
            read.append(_read(replace(source, issuer_keys=(*source.issuer_keys, *keys)), folder, remembered))
            keys += keys_in(read[-1].kind, read[-1].mapped.columns)
        except BadFile as error:
            unreadable.append(error)
    unanswered = [error for error in unreadable if isinstance(error, Unanswered)]
    if unreadable and len(unanswered) == len(unreadable):
        questions = [question for error in unanswered for question in error.questions]
        message = joined((error.message for error in unanswered), "\n")
        raise Unanswered(questions, message, joined((error.advice for error in unanswered), "\n"))
    if unreadable:
        raise BadFile(joined((error.args[0] for error in unreadable), "\n"))
    return read


def _read(source: Source, folder: Path | None, remembered: Remembered) -> ReadFile:
    """The file by its own mapping; without one, by that of the last file of its source."""
    is_badge = holds_badges(KINDS[source.kind], source.content)
    came_from = source.came_from or (SOURCE if is_badge else source_of(source.name, source.content))
    first: ReadFile | BadFile
    try:
        first = read_one(source, came_from, folder)
    except BadFile as error:
        first = error
    last = None if source.is_mapped else remembered(source.kind, came_from)
    if last is not None:
        kind, mapping, additions = KINDS[source.kind], for_next_file(KINDS[source.kind], last), list[str]()
        asked = first.mapped.questions if isinstance(first, ReadFile) else getattr(first, "questions", ())
        if isinstance(first, ReadFile):
            mapping = beside(mapping, {question.about for question in asked})
            additions = added(kind, mapping, first.mapped.mapping)
        else:
            asked = [
                *asked,
                *_open_styles(source, with_own(with_styles(mapping, ()), source.mapping), came_from, folder),
            ]
            mapping = with_styles(mapping, {question.about for question in asked})
        additions += styles_of(mapping, {question.about for question in asked})
        if asked or additions or isinstance(first, BadFile):
            with suppress(BadFile):
                again = read_one(replace(source, mapping=with_own(mapping, source.mapping)), came_from, folder)
                upload = last.name.split()[-1]
                message = sentence(
                    "read in the same way as the last file of its source, upload {upload}{additions}.",
                    upload=upload,
                    additions=in_short(additions),
                )
                severity = "warning" if additions else "notice"
                again.mapped.problems.insert(0, Problem(source.name, None, None, None, message, severity))
                again.mapped.questions[:0] = answered(last, asked)
                return again
    if isinstance(first, BadFile):
        raise first
    return first


def _open_styles(source: Source, mapping: Mapping, came_from: str, folder: Path | None) -> list[Question]:
    """The questions about dates and amounts that a file leaves open where everything else is as in the last one."""
    try:
        read = read_one(replace(source, mapping=mapping), came_from, folder)
    except BadFile as error:
        questions = getattr(error, "questions", [])
    else:
        questions = read.mapped.questions
    return [question for question in questions if question.about.split(".")[0] in STYLES]


def read_one(source: Source, came_from: str, folder: Path | None = None) -> ReadFile:
    """Decode and map one file; raises `BadFile`. Its cells are in memory, or in `folder` where they are many."""
    kind, mapping = KINDS[source.kind], source.mapping
    if holds_badges(kind, source.content):
        return _read_badges(source, came_from, folder)
    is_copy = source.is_again and mapping.is_taken_apart
    as_it_is = mapping if is_copy else of_file(mapping)
    find = lay_out_matrix(kind, as_it_is, lay_out(kind, as_it_is), is_copy)
    decoded = decode(source.content, source.name, as_it_is, find, score(kind), folder=folder)
    if is_copy:
        decoded = with_unread(decoded)
    elif not source.is_again:
        decoded, mapping = one_each(kind, decoded, as_it_is)
        decoded, mapping = taken_apart(kind, decoded, mapping)
    digest = source.sha256 or hashlib.sha256(source.content).hexdigest()
    size = source.byte_count or len(source.content)
    read = map_columns(kind, decoded, mapping, source.is_again)
    refuse_private(kind, source.name, read.columns, read.lines)
    return ReadFile(kind, decoded, read, digest, size, came_from)


def _read_badges(source: Source, came_from: str, folder: Path | None) -> ReadFile:
    """Read the credentials that a file carries as rows."""
    if not source.badges:
        is_own = source.is_again or source.is_own
        is_earlier = source.mapping.lands_as_sixth
        source.badges.append(read_badges(source.content, source.name, source.issuer_keys, is_own, is_earlier))
    kind, badges = KINDS[source.kind], source.badges[0]
    decoded = as_decoded(source.content, source.name, badges, folder)
    mapping = source.mapping
    known = {*decoded.header, *(column.name for column in kind.file_columns)}  # the last file, or this one, had others
    values = {name: pairs for name, pairs in mapping.values.items() if name in known}
    columns = {name: of for name, of in mapping.columns.items() if isinstance(of, list) or of in decoded.header}
    mapping = replace(mapping, columns=columns, values=values)
    if not source.is_again:  # its columns are ours already
        mapping = replace(mapping, header=[], columns={})
        mapping = for_its_issuers(mapping, {(row["credential"], row["issuer"]) for row in badges.cells.values()})
    read = map_columns(kind, decoded, mapping, source.is_again)
    digest = source.sha256 or hashlib.sha256(source.content).hexdigest()
    return ReadFile(kind, decoded, read, digest, source.byte_count or len(source.content), came_from, badges)


def _used_only(decoded: Decoded, mapped: Mapped) -> Iterator[bytes]:
    """The file as CSV without the cells of columns that are not used, every row that was read on its own line.

    Lines of totals, repeated headers and rows that the mapping skips are blank, so that it reads as the file does.
    """
    marked = [f"{h} {NOT_KEPT}" if h and at in mapped.unused else h for at, h in enumerate(decoded.header)]
    header = [] if mapped.mapping.header else [(decoded.header_line, marked)]
    other_width = sorted(decoded.unread.items())  # any of their cells could be a sensitive one
    unread = ((line, [NOT_KEPT] * len(cells) if mapped.sensitive else cells) for line, cells in other_width)
    return csv_pieces(merge(header, _rows_used(decoded, mapped), unread), decoded)


def _rows_used(decoded: Decoded, mapped: Mapped) -> Iterator[Record]:
    taken = set(mapped.lines.to_pylist()) if len(mapped.lines) < len(decoded.lines) else None
    if mapped.mapping.fill:  # a row that does not count may be the one that names those below it
        taken = None
    if taken is not None and mapped.left_out is not None:
        taken.update(mapped.left_out.lines.to_pylist())  # the same rows may be stored already, and are then taken back
    for lines, *columns in zip(*(column.chunks for column in (decoded.lines, *decoded.columns)), strict=True):
        for at in range(0, len(lines), FEW):
            numbers = lines[at : at + FEW].to_pylist()
            nothing = [""] * len(numbers)
            kept = [
                nothing if number in mapped.unused else piece[at : at + FEW].to_pylist()
                for number, piece in enumerate(columns)
            ]
            if mapped.unused:
                kept[mapped.unused[0]] = _marks(kept, [piece[at : at + FEW] for piece in columns], mapped)
            for line, *row in zip(numbers, *kept, strict=True):
                if taken is None or line in taken:
                    yield line, row


def _marks(kept: list[list[str]], came: list[Any], mapped: Mapped) -> list[str]:
    """Cells for the first unused column: a mark where the row would otherwise be blank, or begin with another cell."""
    first = came[0].to_pylist() if 0 in mapped.unused and 0 not in mapped.sensitive else [""] * len(kept[0])
    rows = zip(first, zip(*kept, strict=True), strict=True)
    return [NOT_KEPT if cell.strip() or not "".join(row).strip() else "" for cell, row in rows]


def as_csv(rows: dict[int, list[str]], of: Decoded) -> bytes:
    """Rows of a file as CSV in its own style, each on its line; a row of a workbook is one line."""
    return b"".join(csv_pieces(sorted(rows.items()), of))


def csv_pieces(rows: Iterable[Record], of: Decoded) -> Iterator[bytes]:
    """Rows in the order of their lines as `as_csv` writes them, piece by piece."""
    text, at, encoder = io.StringIO(), 0, codecs.getincrementalencoder(of.encoding)()
    writer = csv.writer(text, delimiter=of.delimiter or ",", lineterminator="\n")
    breaks, instead = (LINE_BREAK, of.break_in_cell) if of.break_in_cell else (BARE_RETURN, "\n")
    for line, cells in rows:
        text.write("\n" * (line - at - 1))
        row, at = cells, line
        if LINE_BREAK.search("".join(cells)):  # few rows have any, and cell by cell it is slow
            row = [breaks.sub(instead, cell) for cell in cells]
            at += sum(len(LINE_BREAK.findall(cell)) for cell in row)
        writer.writerow(row)
        if text.tell() > BLOCK:
            yield encoder.encode(text.getvalue())
            text.seek(0)
            text.truncate()
    yield encoder.encode(text.getvalue(), final=True)


def reading_of_copy(mapping: Mapping, of: Decoded) -> Mapping:
    """The mapping by which the output of `as_csv` is read like the file itself, which it fits as well."""
    delimiter = of.delimiter or ","
    return replace(mapping, encoding=of.encoding, delimiter=delimiter, line_breaks=of.break_in_cell)
