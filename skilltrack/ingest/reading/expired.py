"""Whether what a file says of an award, that it has expired or is valid, agrees with the day on which it ends.

An award ends on its day. A status that says otherwise is told, with what counts.
"""

from collections.abc import Mapping as AnyMapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.config import today
from skilltrack.ingest.reading.mapping import about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status import OPEN, Settled
from skilltrack.ingest.reading.status_words import NO, YES, lasting, listed, plain
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import mark, sentence

EXPIRED = frozenset(
    listed("expired; lapsed; abgelaufen; verfallen; expiré/e; périmé/e; échu/e; expirado/a; caducado/a; vencido/a")
)
"""Plain words that say that something has ended by itself."""
DAY = r"^\d{4}-\d{2}-\d{2}$"


LIES_AHEAD = mark(
    "is {status!r} in {rows} whose expires_on lies ahead, such as {day}. The day decides, so they count until then. "
    "Leave them out, if that is wrong."
)
HAS_PASSED = mark(
    "is {status!r} in {rows} whose expires_on has passed, such as {day}. The day decides, so they count until then. "
    "Leave them out, if that is wrong."
)


def compare_with_end(
    kind: Kind,
    file: str,
    columns: AnyMapping[str, pa.ChunkedArray],
    taken: AnyMapping[str, pa.ChunkedArray],
    lines: pa.ChunkedArray,
    settled: Settled,
    problems: list[Problem],
) -> None:
    """Tell where a status says that awards have expired and their last day lies ahead, has passed, or is missing."""
    if not kind.holds_awards or "expires_on" not in taken or not settled.headers:
        return
    ends, now = taken["expires_on"], today().isoformat()
    is_day = pc.match_substring_regex(ends, DAY)
    ahead = pc.and_(is_day, pc.greater_equal(ends, now)).to_numpy()
    passed = pc.and_(is_day, pc.less(ends, now)).to_numpy()
    is_out = np.concatenate([rank >= OPEN for rank in settled.ranks]) if settled.ranks else np.zeros(len(ends), bool)
    for header in settled.headers:
        cells = columns[header]
        words = {value: _says_expired(header, value.strip()) for value in pc.unique(cells).to_pylist()}
        ended = pc.is_in(cells, pa.array([v for v, says in words.items() if says], pa.string())).to_numpy()
        valid = pc.is_in(cells, pa.array([v for v, says in words.items() if says is False], pa.string())).to_numpy()
        _ask_with_days(file, header, words, cells, ended & ahead, ended & ~ahead & ~passed, ends, settled)
        for rows, message_of in ((ended & ahead & ~is_out, LIES_AHEAD), (valid & passed & ~is_out, HAS_PASSED)):
            if not (many := int(rows.sum())):
                continue
            first = int(np.argmax(rows))
            day, status = ends[first].as_py(), cells[first].as_py().strip()
            message = sentence(message_of, status=status, rows=counted(many, "row"), day=day)
            problems.append(Problem(file, lines[first].as_py(), header, None, message, "warning"))


def _says_expired(header: str, value: str) -> bool | None:
    """Whether a value says that an award has expired; None where it says nothing about that."""
    if any(word in EXPIRED for word in header_words(header)):
        return True if value.casefold() in YES else False if value.casefold() in NO else None
    return True if plain(value) in EXPIRED else False if plain(value) in lasting() else None


def _ask_with_days(
    file: str,
    header: str,
    words: AnyMapping[str, bool | None],
    cells: pa.ChunkedArray,
    ahead: np.ndarray,
    endless: np.ndarray,
    ends: pa.ChunkedArray,
    settled: Settled,
) -> None:
    """Add to the questions whether expired awards count what their last day says."""
    for at, question in enumerate(settled.questions):
        value = next(
            (v for v, says in words.items() if says and question.about == about("values", header, v.strip())), None
        )
        if value is None or question.file != file:
            continue
        is_this = pc.equal(cells, value).to_numpy()
        text = question.text
        if many := int((is_this & ahead).sum()):
            day = ends[int(np.argmax(is_this & ahead))].as_py()
            text += sentence(
                " In {rows} expires_on lies ahead, such as {day}: if these count, they do until then.",
                rows=counted(many, "row"),
                day=day,
            )
        if many := int((is_this & endless).sum()):
            text += sentence(
                " In {rows} there is no expires_on: if these count, they never end.", rows=counted(many, "row")
            )
        settled.questions[at] = replace(question, text=text)
