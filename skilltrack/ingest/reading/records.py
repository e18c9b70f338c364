"""Text to records: which character separates the cells, and every row with the physical line it starts on."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Unanswered
from skilltrack.language import Sentence, sentence

LARGEST_CELL = 131_072
DELIMITERS = {
    ",": sentence("comma"),
    ";": sentence("semicolon"),
    "\t": sentence("tab"),
    "|": sentence("vertical bar"),
    "^": sentence("caret"),
}

REMARK = re.compile(
    r"((report|bericht|rapport|informe|relatório|list|liste) )?"
    r"(generated|created|printed|exported|produced|downloaded|run|erstellt|gedruckt|exportiert|generiert|généré|imprimé|exporté|créé|édité|generado|impreso|exportado|creado|generato|"
    r"stampato|gerado|gegenereerd|afgedrukt)\b.*|(applied |active |used )?(filters?|filtres|filtros|filtri)\b.*|"
    r"(angewandte|gesetzte|aktive) filter\b.*|(page|seite|página|pagina) \d+.*|(strictly )?(confidential|vertraulich|"
    r"confidentiel|confidencial|riservato)\b.*|(end of|ende des|fin du|fin del) .*|(copyright|©|\(c\)).*|"
    r"(note|notes|hinweis|source|quelle|stand|as of|data as of|printed on)\b.*|\*.*",
    re.IGNORECASE,
)
"""What systems write below a table."""
SENTENCE = 4
"""Words that make the only cell of a row a sentence."""
Record = tuple[int, list[str]]


def is_remark(cells: list[str]) -> bool:
    """Whether a line has one cell only, and that says something about the table."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) == 1 and (bool(REMARK.fullmatch(filled[0])) or len(filled[0].split()) >= SENTENCE)


@dataclass(frozen=True)
class Layout:
    """Where the table begins: its header, the line of the first row below it, and what was passed over."""

    header: list[str]
    header_line: int
    first_line: int
    needed: int = 0
    """How many cells a row must have so that every required column is among them."""
    notices: list[Sentence] = field(default_factory=list)


def delimiter_of(name: str, head: str, score: Callable[[list[str]], int]) -> str:
    """The character that separates the cells: the one that makes most known headers, then the most even rows."""
    if head[:4].lower() == "sep=" and len(head) > 4:
        return head[4]
    candidates = []
    for delimiter in DELIMITERS:
        rows = [cells for _, cells in first_records(name, head, delimiter)]
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=widths.count, default=1)
        if usual > 1:
            candidates.append((max(map(score, rows)), widths.count(usual) / len(widths), delimiter))
    best = sorted(candidates, reverse=True)[:2]
    if len(best) == 2 and best[0][:2] == best[1][:2]:
        answers = {delimiter: DELIMITERS[delimiter] for _, _, delimiter in best}
        raise Unanswered([Question(name, "delimiter", sentence("Two characters could separate the cells."), answers)])
    return best[0][2] if best else ","


def first_records(name: str, head: str, delimiter: str) -> list[Record]:
    """Records at the beginning of a file as far as they can be read."""
    rows: list[Record] = []
    with suppress(BadFile):
        rows += (
            r
            for r in islice(records(name, io.StringIO(head, newline=""), delimiter, {}), 30)
            if not isinstance(r, Problem)
        )
    return rows


def records(
    name: str, lines: Iterable[str], delimiter: str, unread: dict[int, list[str]]
) -> Iterator[Record | Problem]:
    """(line, cells) for each record that is not blank, or a Problem for each line that cannot be read.

    Lines that cannot be read are put into `unread` as they are. Raises `BadFile` where nothing shows which rows a quote
    has swallowed.
    """
    taken: list[str] = []
    reader = csv.reader(_noted(lines, taken), delimiter=delimiter, strict=True)
    csv.field_size_limit(LARGEST_CELL)
    while True:
        line = reader.line_num + 1
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = str(error)
            if "unexpected end of data" in reason:
                raise BadFile(
                    sentence(
                        "{name}, line {line}: a quote is opened and never closed. Close it, or double it to mean a "
                        "quote.",
                        name=name,
                        line=line,
                    )
                ) from None
            if "field larger" in reason:
                raise BadFile(
                    sentence(
                        "{name}, line {line}: a cell has more than {most} characters. Shorten it, or close "
                        "the quote that it begins with.",
                        name=name,
                        line=line,
                        most=LARGEST_CELL,
                    )
                ) from None
            for number, raw in enumerate(taken, line):
                unread[number] = [raw.rstrip("\r\n")]
                message = sentence("this row cannot be read ({reason}). Double a quote inside quotes.", reason=reason)
                yield Problem(name, number, None, None, message)
            continue
        if len(taken) > 1 and any(_holds_a_row(cell, delimiter, len(cells)) for cell in cells):
            message = sentence("a cell holds what looks like another row. Is a quote missing or one too many?")
            yield Problem(name, line, None, None, message, "warning")
        if any(cell.strip() for cell in cells):
            yield line, cells


def _noted(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _holds_a_row(cell: str, delimiter: str, width: int) -> bool:
    return "\n" in cell and any(line.count(delimiter) >= max(3, width - 2) for line in cell.split("\n"))
