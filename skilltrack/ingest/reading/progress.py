"""How far somebody has got with a course: 40 %, 0.4 or 2/5. Until it is done, it does not count."""

import re
from collections.abc import Collection, Iterable
from collections.abc import Mapping as AnyMapping

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.mapping import LEFT_OUT, Mapping, about
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.status_words import COUNTS, LEAVE_OUT, plain, words_in
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, counting, forms, sentence

PROGRESS = words_in(
    "progress progresspercentage fortschritt lernfortschritt kursfortschritt avancement progreso avance"
)
SHARE = words_in("percent percentage pct ratio rate prozent prozentsatz quote pourcentage taux porcentaje tasa")
DONE = words_in(
    "complete completed completion abgeschlossen abschluss erledigt bearbeitet completado completada completitud "
    "finalizacion completude acheve achevement realisation"
)
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")
_PARTS = re.compile(r"(\d+)\s*(?:/|of|von|sur|de)\s*(\d+)")


def says_progress(header: str) -> bool:
    """Whether a header is one of progress: `Progress (%)`, `Percent Completed`, `Abschlussquote`."""
    words = {plain(part) for part in re.findall(r"[^\W\d_]+", header)}
    has_share = bool(words & SHARE) or "%" in header
    return bool(words & PROGRESS) or (has_share and bool(words & DONE)) or plain(header) == "abschlussquote"


def done(values: Iterable[str]) -> dict[str, bool] | None:
    """Whether each value says that everything is done; None where the values are not progress."""
    shares: dict[str, float] = {}
    is_of_one = True
    for value in values:
        parts, share = _PARTS.fullmatch(value), _SHARE.fullmatch(value)
        if parts is not None and 0 < int(parts[2]) >= int(parts[1]):
            shares[value] = 100 * int(parts[1]) / int(parts[2])
            is_of_one = False
        elif share is not None and (number := float(share[1].replace(",", "."))) <= 100:
            shares[value] = number
            is_of_one = is_of_one and number <= 1 and not share[2]
        else:
            return None
    whole = 1 if is_of_one else 100
    return {value: share >= whole for value, share in shares.items()} if shares else None


def question_about_dated(
    file: str,
    header: str,
    cells: pa.ChunkedArray,
    unfinished: Collection[str],
    days: pa.ChunkedArray,
    answers: AnyMapping[str, Sentence],
) -> list[Question]:
    """The question whether rows count that are unfinished and have a day of completion; empty without such rows.

    `answers`: what each meaning would do to a row.
    """
    rows, example = 0, ""
    for shares, day in zip(cells.chunks, days.chunks, strict=True):
        for entry in pc.value_counts(shares.filter(pc.not_equal(day, ""))).to_pylist():
            value = entry["values"].strip()
            if value in unfinished:
                rows, example = rows + entry["counts"], example or value
    if not rows:
        return []
    text = counting(
        "{n:,} row has a day of completion, although {header} is {value}. Do such rows count?",
        "{n:,} rows have a day of completion, although {header} is {value}. Do such rows count?",
        n=rows,
        header=header,
        value=example or sentence("empty"),
    )
    return [
        Question(
            file, about("values", header, "*"), text, {meaning: answers[meaning] for meaning in (LEAVE_OUT, COUNTS)}
        )
    ]


NOT_PAID = forms(
    "{n:,} of {rows:,} rows has no day on which they were paid. Were these not paid yet?",
    "{n:,} of {rows:,} rows have no day on which they were paid. Were these not paid yet?",
)
NOT_EARNED = forms(
    "{n:,} of {rows:,} rows has no day on which they were earned. Were these not completed?",
    "{n:,} of {rows:,} rows have no day on which they were earned. Were these not completed?",
)


def undated_question(
    kind: Kind, file: str, days: pa.ChunkedArray | None, is_kept: pa.ChunkedArray | None, mapping: Mapping
) -> list[Question]:
    """The question whether awards or payments without a day are still open; empty where all have a day, or none has.

    `is_kept`: which rows no status leaves out.
    """
    is_of_days = kind.holds_awards or kind.holds_payments
    if not is_of_days or days is None or mapping.undated or "" in mapping.skip.get(kind.begins, ()):
        return []
    kept = days if is_kept is None else days.filter(is_kept)
    undated = pc.sum(pc.equal(kept, "")).as_py() or 0
    if not 0 < undated < len(kept):
        return []
    text = counting(*(NOT_PAID if kind.holds_payments else NOT_EARNED), n=undated, rows=len(kept))
    answer = sentence("not completed: these rows are left out")
    if kind.holds_payments:
        answer = sentence("not paid yet: these rows are left out")
    return [Question(file, "undated", text, {LEFT_OUT: answer}, must=False)]
