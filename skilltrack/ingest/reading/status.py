"""What the status of a row says: that it counts, does not count, ended, was revoked or paid back.

A column is a status when its values are words of one (`status_words`); words in its header make that likelier. Known
words are settled and told with their numbers; the others are asked. What was settled stands in the mapping as
`[values]` of the header, so that the file lands again in the same way.
"""

from collections import Counter
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.mapping import Mapping, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.progress import question_about_dated, says_progress
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.states import look
from skilltrack.ingest.reading.status_words import ASKED, COUNTS, LEAVE_OUT, LEFT, REFUND, REVOKED
from skilltrack.kinds import Kind
from skilltrack.text import counted

MEANINGS = (COUNTS, LEAVE_OUT, LEFT, REVOKED, REFUND)
MOST = 40
"""Different values of a column from which it is not a status."""
MOST_SHARES = 1_000
"""The same of a progress: from 0 to 100 %, with decimals."""
SHOWN = 12
"""Values of one meaning that are told one by one."""
ANSWERS = {
    LEFT: {COUNTS: "works here", LEFT: "has left", LEAVE_OUT: "is nobody who works here: left out"},
    REVOKED: {
        COUNTS: "counts as an award",
        LEAVE_OUT: "is not an award: left out",
        REVOKED: "was awarded and revoked",
    },
    REFUND: {
        COUNTS: "was paid",
        LEAVE_OUT: "was not paid, or came back in full: left out",
        REFUND: "is itself a refund: taken off",
    },
}
RECORD = {COUNTS: "counts", LEAVE_OUT: "does not count: left out"}
SAID = {
    COUNTS: "count",
    LEAVE_OUT: "are left out",
    LEFT: "have left (the day before the roster holds, where no day is given)",
    REVOKED: "are revoked (where no day is given, from the day of the upload that tells it, or from the day of issue "
    "where it brings the award)",
    REFUND: "are paid back, so their amounts are taken off",
}


@dataclass
class Settled:
    """The statuses of a file, row by row."""

    mapping: Mapping
    """With what each value of each status says."""
    ranks: list[np.ndarray] = field(default_factory=list)
    """Of each row, piece by piece: 0 it counts, 1 it ended, 2 it is left out. Empty where the file has no status."""
    questions: list[Question] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    """Headers that are statuses."""
    of_headers: list[list[np.ndarray]] = field(default_factory=list)
    """The ranks that each of these headers gives."""

    @property
    def ends(self) -> bool:
        """Whether any row ended."""
        return any((rank == 1).any() for rank in self.ranks)

    @property
    def kept(self) -> pa.ChunkedArray | None:
        """Which rows are not left out; None = all."""
        if not any((rank == 2).any() for rank in self.ranks):
            return None
        return pa.chunked_array([pa.array(rank < 2) for rank in self.ranks], pa.bool_())


def few_values(cells: pa.ChunkedArray, most: int = MOST) -> Counter[str] | None:
    """Each value of a column, without blanks around it, and its rows; None where there are more than `most`."""
    found: Counter[str] = Counter()
    for piece in cells.chunks:
        if len(piece) > 10_000 and len(piece[:5_000].unique()) > 2 * most:
            return None
        counts = piece.value_counts()
        if len(counts) > 4 * most:
            return None
        for entry in counts.to_pylist():
            found[entry["values"].strip()] += entry["counts"]
        if len(found) > most:
            return None
    return found


def settle(
    kind: Kind, file: str, columns: AnyMapping[str, pa.ChunkedArray], mapping: Mapping, problems: list[Problem],
    is_again: bool, taken: AnyMapping[str, pa.ChunkedArray], lines: pa.ChunkedArray, remarked: str = "",
) -> Settled:  # fmt: skip
    """What the statuses among columns, by header, say of their rows; what is not known becomes questions.

    A file that lands `is_again` has only the statuses that its mapping names. `taken`: the columns of the kind;
    `lines`: where each row stands; `remarked`: the header whose statuses stand behind names, where most have none.
    """
    settled = Settled(mapping)
    for header, cells in columns.items():
        given, skipped = mapping.values.get(header, {}), mapping.skip.get(header, [])
        if header == remarked:
            given = {"": COUNTS} | given
        _refuse_other_meanings(kind, header, given, mapping)
        is_named = header in mapping.values or header in mapping.skip
        counts = few_values(cells, len(cells) if is_named else most_values(kind, header))
        if counts is None:
            continue
        found = None if is_again else look(kind, header, counts)
        if found is None and not is_named:
            continue
        if found is not None and not found.is_ours and not is_named:
            problems.append(_elsewhere(kind, file, header, counts))
            continue
        known = found.meanings if found is not None else {}
        if found is not None and found.is_progress:
            known = {
                value: meaning if meaning == COUNTS else given.get("*", meaning) for value, meaning in known.items()
            }
            if "*" not in given and "issued_on" in taken:
                open_shares = [value for value in counts if known[value] == LEAVE_OUT and value not in given]
                settled.questions += question_about_dated(
                    file, header, cells, open_shares, taken["issued_on"], answers(kind)
                )
            said = {value: given.get(value, known[value]) for value in counts}
        else:
            said = {value: given.get(value, given.get("*", known.get(value, COUNTS))) for value in counts}
        open_values = [value for value in said if said[value] == ASKED and not skipped]
        settled.questions += [
            _question(kind, file, header, value, counts[value], is_needed=bool(kind.about)) for value in open_values
        ]
        meant = {value: LEAVE_OUT if value in skipped else meaning or COUNTS for value, meaning in said.items()}
        settled.headers.append(header)
        if not (open_values and kind.about):
            by_mapping = found is None or all(value in given or value in skipped for value in counts)
            shown = {value: rows for value, rows in counts.items() if value or header != remarked}
            problems.append(_told(kind, file, header, shown, meant, open_values, by_mapping))
            if found is not None:
                settled.mapping = _with_values(settled.mapping, header, meant, [*skipped, *open_values])
        _rank(settled, cells, meant)
    _tell_contradictions(kind, file, settled, lines, problems)
    return settled


def most_values(kind: Kind, header: str) -> int:
    """Different values of a column from which it is not a status; of a progress there may be many."""
    return MOST_SHARES if kind.holds_awards and says_progress(header) else MOST


def _with_values(mapping: Mapping, header: str, meant: AnyMapping[str, str], without: list[str]) -> Mapping:
    """The mapping with what each value of a status says, those aside that it says otherwise or that are open."""
    said = {value: meaning for value, meaning in meant.items() if value not in without}
    return replace(mapping, values=mapping.values | {header: mapping.values.get(header, {}) | said})


def answers(kind: Kind) -> dict[str, str]:
    """What a status can say of a row of a kind, each with a sentence about it."""
    return ANSWERS.get(kind.status_ends, RECORD)


def _rank(settled: Settled, cells: pa.ChunkedArray, meant: AnyMapping[str, str]) -> None:
    found = []
    for piece in cells.chunks:
        coded = piece.dictionary_encode()
        says = [meant.get(value.strip(), COUNTS) for value in coded.dictionary.to_pylist()]
        ranks = np.array([0 if m == COUNTS else 2 if m == LEAVE_OUT else 1 for m in says], np.uint8)
        found.append(ranks[coded.indices.to_numpy(zero_copy_only=False)] if len(ranks) else np.empty(0, np.uint8))
    settled.of_headers.append(found)
    settled.ranks = [np.maximum(*pair) for pair in zip(settled.ranks, found, strict=True)] if settled.ranks else found


def _tell_contradictions(
    kind: Kind, file: str, settled: Settled, lines: pa.ChunkedArray, problems: list[Problem]
) -> None:
    """Tell where one status says that a row counts and another that it does not: the row does not."""
    if len(settled.of_headers) < 2:
        return
    against = 1 if kind.lists_people else 2  # an award that was completed may well be revoked
    counting = [np.minimum.reduce(ranks) == 0 for ranks in zip(*settled.of_headers, strict=True)]
    clashing = [here & (most >= against) for here, most in zip(counting, settled.ranks, strict=True)]
    rows = int(sum(here.sum() for here in clashing))
    if rows:
        line = lines.filter(pa.chunked_array([pa.array(here) for here in clashing], pa.bool_()))[0].as_py()
        names = " and ".join(map(repr, settled.headers))
        what = "taken as ended" if kind.lists_people else "left out"
        message = (
            f"{names} contradict each other in {counted(rows, 'row')}: one says that it counts, another that it does "
            f"not. {'It is' if rows == 1 else 'They are'} {what}. "
            "Say in a mapping which values count, if that is wrong."
        )
        problems.append(Problem(file, line, settled.headers[-1], None, message, "warning"))


def _refuse_other_meanings(kind: Kind, header: str, given: AnyMapping[str, str], mapping: Mapping) -> None:
    for value, meaning in given.items():
        if meaning not in answers(kind):
            listed = ", ".join(map(repr, answers(kind)))
            raise BadFile(
                f"The mapping {mapping.name}, [values.{header}]: {value!r} says {meaning!r}. "
                f"{header!r} is a header and no column of {kind.name}: each of its values says one of {listed}."
            )


def _question(kind: Kind, file: str, header: str, value: str, rows: int, is_needed: bool) -> Question:
    shown = repr(value) if value else "Nothing"
    text = f"Which of these count? {header}: {shown} stands in {counted(rows, 'row')}."
    return Question(
        file,
        about("values", header, value),
        text,
        dict(answers(kind)),
        is_needed,
        group=f"Which of these count? {header}",
    )


def _told(
    kind: Kind, file: str, header: str, counts: AnyMapping[str, int], meant: AnyMapping[str, str],
    open_values: list[str], by_mapping: bool,
) -> Problem:  # fmt: skip
    """How many rows have which value, and what was made of them."""
    said = []
    for meaning in MEANINGS:
        values = [value for value in counts if meant[value] == meaning]
        if values:
            listed = ", ".join(f"{value!r} ({counted(counts[value], 'row')})" for value in values[:SHOWN])
            more = f" and {len(values) - SHOWN:,} other values" * (len(values) > SHOWN)
            said.append(f"{listed}{more} {SAID[meaning]}")
    why = "As the mapping says" if by_mapping else "As a status"
    change = "" if by_mapping else " Say otherwise in a mapping, if that is wrong."
    if open_values:
        change = f" Whether {', '.join(map(repr, open_values))} should count is not known: say so in a mapping."
    message = f"{why}: {'; '.join(said)}.{change}"
    return Problem(file, None, header, None, message, "notice" if by_mapping else "warning")


def _elsewhere(kind: Kind, file: str, header: str, counts: AnyMapping[str, int]) -> Problem:
    listed = ", ".join(f"{value!r} ({counted(rows, 'row')})" for value, rows in counts.items() if value)
    message = (
        f"may hold a status, but says nothing that is known of {kind.name}, so it is not used: {listed}. If rows "
        "should be left out by it, say which in a mapping."
    )
    return Problem(file, None, header, None, message, "warning")
