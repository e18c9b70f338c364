"""Files before they land: read, recognised, mapped; and the copy of each that is kept."""

import csv
import hashlib
import io
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from skilltrack.errors import BadFile
from skilltrack.ingest.columns import Mapped, map_columns
from skilltrack.ingest.decode import HEAD, LARGEST_FILE, UTF16, Decoded, Layout, decode
from skilltrack.ingest.kinds import KINDS, Kind
from skilltrack.ingest.mapping import Mapping, parse_mapping
from skilltrack.ingest.outcome import Problem, Progress
from skilltrack.ingest.questions import Question, Unanswered
from skilltrack.ingest.recognise import lay_out, likeliest_kinds, score, source_of
from skilltrack.ingest.records import Record
from skilltrack.ingest.sheets import is_workbook
from skilltrack.marts import END_OF_TIME, with_marts
from skilltrack.store import Store

NOT_KEPT = "(not kept)"
BARE_RETURN = re.compile(r"\r(?!\n)")  # which csv would write without quotes
LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Source:
    """One file as it comes in."""

    kind: str
    name: str
    content: bytes
    mapping: Mapping = field(default_factory=Mapping)
    is_mapped: bool = False
    """Whether the mapping was given: then what is remembered of this source is not asked."""
    sha256: str = ""
    byte_count: int = 0
    came_from: str = ""
    """Hash, size and source of the file as it came, where `content` is the copy that was kept of it."""


@dataclass(frozen=True)
class ReadFile:
    """A file as it came and as its kind understands it."""

    kind: Kind
    decoded: Decoded
    mapped: Mapped
    sha256: str
    byte_count: int
    source: str

    @property
    def to_store(self) -> bytes:
        """The bytes to keep: those that came, or without the cells of sensitive columns."""
        return _without_sensitive(self.decoded, self.mapped) if self.mapped.sensitive else self.decoded.content

    @property
    def mapping(self) -> Mapping:
        """The mapping by which both the file and the copy that is kept of it read as it did now."""
        if self.mapped.sensitive:
            return reading_of_copy(self.mapped.mapping, self.decoded)
        return replace(self.mapped.mapping, encoding=self.decoded.encoding, delimiter=self.decoded.delimiter)


def last_part(name: str) -> str:
    """The name of a file without the folders that a browser or a program may send with it."""
    return name.replace("\\", "/").split("/")[-1]


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that may be imported; raises `BadFile` with a sentence."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadFile(f"{path.name} has more than {LARGEST_FILE // 2**30} GiB. Split it.")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadFile(f"{path} does not exist. Check the name; nothing was imported.") from None
    except IsADirectoryError:
        raise BadFile(f"{path} is a folder. Name its files, or import the folder without a kind.") from None
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error


def recognised_kinds(name: str, content: bytes) -> list[str]:
    """Kinds that a file can be by its headers, the likeliest first; empty when it names none or cannot be read."""
    rows: list[list[str]] = []
    if not is_workbook(content):
        content = content[:HEAD] if len(content) > HEAD and content.startswith(UTF16) else _whole_lines(content)

    def look(records: list[Record]) -> Layout:
        rows.extend(cells for _, cells in records)
        return Layout(records[0][1], records[0][0], records[0][0])

    for encoding in ("", "cp1252"):
        with suppress(BadFile):
            decode(content, name, Mapping(encoding=encoding), look, _any_score)
            break
    return likeliest_kinds(name, rows)


def _any_score(cells: list[str]) -> int:
    return max(score(kind)(cells) for kind in KINDS.values())


def _whole_lines(content: bytes) -> bytes:
    return content if len(content) <= HEAD else content[: content.rfind(b"\n", 0, HEAD) + 1] or content[:HEAD]


def read_sources(store: Store, sources: list[Source], say: Progress) -> list[ReadFile]:
    """Decode and map every file; raises one `BadFile` that tells of each that cannot be read."""
    read, unreadable = [], []
    questions: list[Question] = []
    for source in sources:
        say(f"Reading {source.name}")
        try:
            read.append(_read(store, source))
        except BadFile as error:
            unreadable.append(str(error))
            questions += getattr(error, "questions", ())
    if questions and len(unreadable) == 1:
        raise Unanswered(questions, unreadable[0].split("\n")[0])
    if unreadable:
        raise BadFile("\n".join(unreadable))
    return read


def _read(store: Store, source: Source) -> ReadFile:
    """The file by its own mapping; where that leaves questions, by the one that its source had the last time."""
    came_from = source.came_from or source_of(source.name, source.content)
    first: ReadFile | BadFile
    try:
        first = read_one(source, came_from)
        if source.is_mapped or not first.mapped.questions:
            return first
    except BadFile as error:
        first = error
    remembered = None if source.is_mapped else remembered_mapping(store, source.kind, came_from)
    if remembered is not None:
        with suppress(BadFile):
            again = read_one(replace(source, mapping=remembered), came_from)
            said = f"read as the last file of its source was, upload {remembered.name.split()[-1]}."
            again.mapped.problems.insert(0, Problem(source.name, None, None, None, said, "notice"))
            return again
    if isinstance(first, BadFile):
        raise first
    return first


def read_one(source: Source, came_from: str) -> ReadFile:
    """Decode and map one file; raises `BadFile`."""
    kind, mapping = KINDS[source.kind], source.mapping
    decoded = decode(source.content, source.name, mapping, lay_out(kind, mapping), score(kind))
    digest = source.sha256 or hashlib.sha256(source.content).hexdigest()
    size = source.byte_count or len(source.content)
    return ReadFile(kind, decoded, map_columns(kind, decoded, mapping), digest, size, came_from)


def remembered_mapping(store: Store, kind: str, source: str) -> Mapping | None:
    """How the newest file of this source that counts was read; None when there was none."""
    rows = store.query(
        with_marts(
            "select s.mapping, s.upload_id from upload_sources as s "
            "join upload_files as f on f.upload_id = s.upload_id and f.file_no = s.file_no "
            "join live_uploads as u on u.upload_id = s.upload_id "
            "where s.source = $source and f.kind = $kind order by s.upload_id desc limit 1"
        ),
        {"source": source, "kind": kind, "known_at": END_OF_TIME},
    ).to_pylist()
    if not rows:
        return None
    return parse_mapping(rows[0]["mapping"], f"of upload {rows[0]['upload_id']}").for_other_files


def _without_sensitive(decoded: Decoded, mapped: Mapped) -> bytes:
    """The file as CSV with the sensitive cells blank, every row on the line where it was."""
    rows = {} if mapped.mapping.header else {decoded.header_line: decoded.header}
    cells = zip(*(column.to_pylist() for column in decoded.columns), strict=True)
    for line, row in zip(decoded.lines.to_pylist(), cells, strict=True):
        rows[line] = ["" if at in mapped.sensitive else cell for at, cell in enumerate(row)]
    rows |= {line: [NOT_KEPT] for line in decoded.unread}
    return as_csv(rows, decoded)


def as_csv(rows: dict[int, list[str]], of: Decoded) -> bytes:
    """Rows of a file as CSV written as it is, each on its line; a row of a workbook is one line."""
    text, at = io.StringIO(), 0
    writer = csv.writer(text, delimiter=of.delimiter or ",", lineterminator="\n")
    breaks, instead = (LINE_BREAK, of.break_in_cell) if of.break_in_cell else (BARE_RETURN, "\n")
    for line in sorted(rows):
        text.write("\n" * (line - at - 1))
        row = [breaks.sub(instead, cell) for cell in rows[line]]
        writer.writerow(row)
        at = line + sum(len(LINE_BREAK.findall(cell)) for cell in row)
    return text.getvalue().encode(of.encoding)


def reading_of_copy(mapping: Mapping, of: Decoded) -> Mapping:
    """The mapping by which what `as_csv` gives reads as the file itself, which reads in the same way."""
    delimiter = of.delimiter or ","
    return replace(mapping, encoding=of.encoding, delimiter=delimiter, line_breaks=of.break_in_cell)
