"""Text that was read in a wrong encoding before the file came here, such as `JÃ¶rg` for Jörg.

A warning shows it, and it is repaired when the mapping says so. The bytes of such a text are UTF-8 once more; ftfy
knows which of them no language writes on purpose.
"""

from collections.abc import Iterator

import ftfy
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import is_bad

from skilltrack.ingest.reading.mapping import KEEP, REPAIR, Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import joined, sentence

LOST = "\ufffd"
"""The character in place of a letter that could not be read."""
SHOWN = 3


def repaired(text: str) -> str:
    """The text as it was before it was read in a wrong encoding; unchanged where it is not broken."""
    if text.isascii():
        return text
    if is_bad(text):
        return ftfy.fix_encoding(text)
    # ftfy misses broken Cyrillic, two letters for each one, and broken text of a Mac, a root sign inside a word.
    for codec, is_odd in (("cp1251", len(text) > 3), ("mac_roman", "√" in text)):
        try:
            other = text.encode(codec).decode("utf-8") if is_odd else text
        except UnicodeError:
            continue
        if len(text) - len(other) >= (2 if codec == "cp1251" else 1):
            return other
    return text


def repaired_cells(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells with broken text repaired, each distinct one once."""
    if not any(True for _ in _beyond_ascii(cells)):
        return cells
    coded = cells.combine_chunks().dictionary_encode()
    texts = pa.array([repaired(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([texts.take(coded.indices)], pa.string())


def tell_broken(
    kind: Kind,
    taken: dict[str, pa.ChunkedArray],
    mapping: Mapping,
    file: str,
    problems: list[Problem],
    questions: list[Question],
) -> dict[str, pa.ChunkedArray]:
    """The cells, repaired where the mapping says so; otherwise a warning, and a question that offers the repair."""
    if mapping.broken_text == KEEP:
        return taken
    repairs: dict[str, str] = {}
    lost: list[str] = []
    count = 0
    for column in kind.file_columns:
        if column.type != "text" or column.name not in taken:
            continue
        for piece in _beyond_ascii(taken[column.name]):
            values = piece.unique().to_pylist()
            new = {value: other for value in values if (other := repaired(value)) != value}
            lost += [value for value in values if LOST in value]
            count += pc.sum(pc.is_in(piece, pa.array(list(new), pa.string()))).as_py() or 0
            repairs |= new
    if lost:
        shown = ", ".join(map(repr, list(dict.fromkeys(lost))[:SHOWN]))
        message = sentence(
            "letters were lost before the file came here, such as in {shown}. Export it again as UTF-8.", shown=shown
        )
        problems.append(Problem(file, None, None, None, message, "warning"))
    if not repairs:
        return taken
    pairs = [sentence("{value!r} as {becomes!r}", value=value, becomes=repairs[value]) for value in list(repairs)]
    shown = joined(pairs[:SHOWN], ", ")
    if mapping.broken_text == REPAIR:
        problems.append(
            Problem(
                file,
                None,
                None,
                None,
                sentence("broken text in {cells} is repaired: {shown}.", cells=counted(count, "cell"), shown=shown),
                "notice",
            )
        )
        return {name: repaired_cells(cells) for name, cells in taken.items()}
    message = sentence(
        "the text of {cells} was read in a wrong encoding before the file came here. Probably {shown}.",
        cells=counted(count, "cell"),
        shown=shown,
    )
    problems.append(Problem(file, None, None, None, message, "warning"))
    answers = {REPAIR: shown, KEEP: sentence("every cell as it is")}
    text = sentence("The text of {cells} looks broken. Repair it?", cells=counted(count, "cell"))
    questions.append(Question(file, "broken_text", text, answers, must=False))
    return taken


def _beyond_ascii(cells: pa.ChunkedArray) -> Iterator[pa.Array]:
    """The cells of each piece that are not ASCII."""
    for piece in cells.chunks:
        is_ascii = pc.string_is_ascii(piece)
        if not pc.all(is_ascii).as_py():
            yield piece.filter(pc.invert(is_ascii))
