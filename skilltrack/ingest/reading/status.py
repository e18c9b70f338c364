"""What the status of a row says: that it counts, does not count, ended, was revoked or paid back.

A column is a status when its values are words of one (`status_words`); words in its header make that likelier. Known
words are settled, and a message counts their rows; the others are asked. What was settled is in the mapping as
`[values]` of the header, so that the file lands again in the same way.
"""

from collections import Counter
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.codes import are_doubtful, says_sides
from skilltrack.ingest.reading.finality import is_for_good
from skilltrack.ingest.reading.mapping import Mapping, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.progress import question_about_dated, says_progress
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.states import header_words, look, of_remarks
from skilltrack.ingest.reading.status_words import ASKED, COUNTS, LEAVE_OUT, LEFT, NO, REFUND, REVOKED, YES, plain
from skilltrack.ingest.reading.things import counted, with_counts
from skilltrack.kinds import Kind
from skilltrack.language import NOTHING, Sentence, counting, forms, joined, mark, sentence

MEANINGS = (COUNTS, LEAVE_OUT, LEFT, REVOKED, REFUND)
SILENT, HERE, ENDED, OPEN, FOR_GOOD, SKIPPED = range(6)
"""What the statuses make of a row: nothing, it counts, it ended, it does not count (yet), it never will, the mapping
skips it.
Where several statuses differ, the last of these holds."""
MOST = 40
"""Most different values of a column of statuses."""
MOST_SHARES = 1_000
"""The same for progress: from 0 to 100 %, with decimals."""
SHOWN = 12
"""Most values of one meaning that a message lists one by one."""
ANSWERS = {
    LEFT: {
        COUNTS: sentence("works here"),
        LEFT: sentence("has left"),
        LEAVE_OUT: sentence("is not an employee: left out"),
    },
    REVOKED: {
        COUNTS: sentence("counts as an award"),
        LEAVE_OUT: sentence("is not an award: left out"),
        REVOKED: sentence("was awarded and revoked"),
    },
    REFUND: {
        COUNTS: sentence("was paid"),
        LEAVE_OUT: sentence("was not paid, or came back in full: left out"),
        REFUND: sentence("is itself a refund: taken off"),
    },
}
RECORD = {COUNTS: sentence("counts"), LEAVE_OUT: sentence("does not count: left out")}
ENDED_AGAINST = forms(
    "{names} contradict each other in {n:,} row: in line {line}, {says}. It is taken as ended. Say in a mapping which "
    "values count, if that is wrong.",
    "{names} contradict each other in {n:,} rows: in line {line}, {says}. They are taken as ended. Say in a mapping "
    "which values count, if that is wrong.",
)
LEFT_OUT_AGAINST = forms(
    "{names} contradict each other in {n:,} row: in line {line}, {says}. It is left out. Say in a mapping which values "
    "count, if that is wrong.",
    "{names} contradict each other in {n:,} rows: in line {line}, {says}. They are left out. Say in a mapping which "
    "values count, if that is wrong.",
)
EFFECTS = {
    COUNTS: sentence("count"),
    LEAVE_OUT: sentence("are left out"),
    LEFT: sentence("have left (where no day is given, on the day before the roster takes effect)"),
    REVOKED: sentence(
        "are revoked (where no day is given, from the day of the upload that says so, or from the day of issue "
        "where that upload brings the award too)"
    ),
    REFUND: sentence("are paid back, so their amounts are taken off"),
}


@dataclass
class Settled:
    """The statuses of a file, row by row."""

    mapping: Mapping
    """The mapping with the meaning of each value of each status."""
    ranks: list[np.ndarray] = field(default_factory=list)
    """For each row, piece by piece, one of the ranks below. Empty where the file has no status."""
    questions: list[Question] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    """Headers that are statuses."""
    of_headers: list[list[np.ndarray]] = field(default_factory=list)
    """The ranks that each of these headers gives."""

    @property
    def ends(self) -> bool:
        """Whether any row ended."""
        return any((rank == ENDED).any() for rank in self.ranks)

    @property
    def kept(self) -> pa.ChunkedArray | None:
        """Which rows are not left out; None = all."""
        if not any((rank >= OPEN).any() for rank in self.ranks):
            return None
        return pa.chunked_array([pa.array(rank < OPEN) for rank in self.ranks], pa.bool_())


def few_values(cells: pa.ChunkedArray, most: int = MOST) -> Counter[str] | None:
    """Each value of a column, without blanks around it, and the number of its rows; None where more than `most`."""
    rows_of: Counter[str] = Counter()
    for piece in cells.chunks:
        if len(piece) > 10_000 and len(piece[:5_000].unique()) > 2 * most:
            return None
        counts = piece.value_counts()
        if len(counts) > 4 * most:
            return None
        for entry in counts.to_pylist():
            rows_of[entry["values"].strip()] += entry["counts"]
        if len(rows_of) > most:
            return None
    return rows_of


def settle(
    kind: Kind, file: str, columns: AnyMapping[str, pa.ChunkedArray], mapping: Mapping, problems: list[Problem],
    is_again: bool, taken: AnyMapping[str, pa.ChunkedArray], lines: pa.ChunkedArray, remarked: str = "",
) -> Settled:  # fmt: skip
    """What the statuses among columns, by header, say about their rows; unknown values become questions.

    A file that lands `is_again` has only the statuses that its mapping names. `taken`: the columns of the kind;
    `lines`: the line of each row; `remarked`: the header whose statuses are remarks behind names, which most lack.
    """
    settled = Settled(mapping)
    read: list[_Column] = []
    for header, cells in columns.items():
        given = mapping.values.get(header, {})
        if header == remarked:
            given = {"": COUNTS} | given
        _refuse_other_meanings(kind, header, given, mapping)
        is_named = header in mapping.values or header in mapping.skip
        counts = few_values(cells, len(cells) if is_named else most_values(kind, header))
        if counts is None:
            continue
        wanted = {plain(value) for value in mapping.skip.get(header, [])}
        skipped = [value for value in counts if plain(value) in wanted]
        if absent := [value for value in mapping.skip.get(header, []) if plain(value) not in {*map(plain, counts)}]:
            message = sentence(
                "[skip] names {listed}, which no row has: nothing is left out for it.",
                listed=", ".join(map(repr, absent)),
            )
            problems.append(Problem(file, None, header, None, message, "notice"))
        status = None if is_again else of_remarks(kind, counts) if header == remarked else look(kind, header, counts)
        if status is None and not is_named:
            continue
        if status is not None and not status.is_ours and not is_named:
            problems.append(_elsewhere(kind, file, header, counts))
            continue
        known = status.meanings if status is not None else {}
        is_ledger = says_sides(kind, header_words(header)) and "amount" in taken
        if is_ledger and are_doubtful(cells, taken["amount"], known):
            known = {value: ASKED if value else meaning for value, meaning in known.items()}
        if status is not None and status.is_progress:
            known = {
                value: meaning if meaning == COUNTS else given.get("*", meaning) for value, meaning in known.items()
            }
            if "*" not in given and "issued_on" in taken:
                open_shares = [value for value in counts if known[value] == LEAVE_OUT and value not in given]
                settled.questions += question_about_dated(
                    file, header, cells, open_shares, taken["issued_on"], answers(kind)
                )
            meanings = {value: given.get(value, known[value]) for value in counts}
        else:
            meanings = {value: given.get(value, given.get("*", known.get(value, COUNTS))) for value in counts}
        settled.headers.append(header)
        _rank(kind, settled, cells, meanings, skipped)
        by_mapping = status is None or all(value in given or value in skipped for value in counts)
        shown = {value: rows for value, rows in counts.items() if value or header != remarked}
        read.append(_Column(header, cells, shown, meanings, skipped, status is not None, by_mapping))
    for number, column in enumerate(read):
        _ask_what_is_open(kind, file, settled, number, column, problems)
    _tell_contradictions(kind, file, settled, columns, lines, problems)
    return settled


@dataclass(frozen=True)
class _Column:
    """A column of statuses: its cells, the rows of each value, what each means, and which the mapping skips."""

    header: str
    cells: pa.ChunkedArray
    counts: AnyMapping[str, int]
    meanings: AnyMapping[str, str]
    skipped: list[str]
    is_status: bool
    by_mapping: bool


def _ask_what_is_open(
    kind: Kind, file: str, settled: Settled, number: int, column: _Column, problems: list[Problem]
) -> None:
    """Ask what the values of a column mean that are not known, except where another column leaves all their rows out.

    Where none is left, a message counts the rows of each value, and the mapping gets what they mean.
    """
    open_values = [v for v, meaning in column.meanings.items() if meaning == ASKED and not column.skipped]
    settled_elsewhere = [value for value in open_values if _is_left_out(settled, number, column.cells, value)]
    open_values = [value for value in open_values if value not in settled_elsewhere]
    rows_of, header = column.counts, column.header
    settled.questions += [
        _question(kind, file, header, value, rows_of.get(value, 0), is_needed=bool(kind.about)) for value in open_values
    ]
    if open_values and kind.about:
        return
    skipped = column.skipped
    meant = {value: LEAVE_OUT if value in skipped else m or COUNTS for value, m in column.meanings.items()}
    shown = {value: rows for value, rows in rows_of.items() if value not in settled_elsewhere}
    problems.append(_summary(kind, file, header, shown, meant, open_values, column.by_mapping))
    if settled_elsewhere:
        listed = ", ".join(repr(value) for value in settled_elsewhere[:SHOWN])
        message = sentence(
            "{listed} is not known, and changes nothing: other columns leave all of these rows out.", listed=listed
        )
        problems.append(Problem(file, None, header, None, message, "notice"))
    if column.is_status:
        settled.mapping = _with_values(settled.mapping, header, meant, [*skipped, *open_values, *settled_elsewhere])


def _is_left_out(settled: Settled, number: int, cells: pa.ChunkedArray, value: str) -> bool:
    """Whether other columns of statuses leave out every row with a value."""
    others = [ranks for place, ranks in enumerate(settled.of_headers) if place != number]
    if not others:
        return False
    for piece, *ranks in zip(cells.chunks, *others, strict=True):
        here = pc.equal(pc.utf8_trim_whitespace(piece), value).to_numpy(zero_copy_only=False)
        if (np.maximum.reduce(ranks)[here] < OPEN).any():
            return False
    return True


def most_values(kind: Kind, header: str) -> int:
    """Most different values of a column of statuses; progress may have many."""
    return MOST_SHARES if kind.holds_awards and says_progress(header) else MOST


def _with_values(mapping: Mapping, header: str, meant: AnyMapping[str, str], without: list[str]) -> Mapping:
    """The mapping with the meaning of each value of a status, except for those in `without`."""
    meanings = {value: meaning for value, meaning in meant.items() if value not in without}
    return replace(mapping, values=mapping.values | {header: mapping.values.get(header, {}) | meanings})


def answers(kind: Kind) -> dict[str, Sentence]:
    """What a status can say about a row of a kind, each with a sentence about it."""
    return ANSWERS.get(kind.status_ends, RECORD)


def _rank(
    kind: Kind, settled: Settled, cells: pa.ChunkedArray, meant: AnyMapping[str, str], skipped: list[str]
) -> None:
    comes_back = kind.holds_payments and not settled.mapping.lands_as_third

    # An empty cell and a yes contradict nothing; `Removed: No` says nothing about whether somebody passed.
    silent = YES if kind.lists_people else YES | NO

    def rank(value: str) -> int:
        meaning = meant.get(value, COUNTS)
        if value in skipped:
            return SKIPPED
        if meaning == ASKED:
            return SILENT
        if meaning != LEAVE_OUT:
            says = value and value.casefold() not in silent
            return ENDED if meaning != COUNTS else HERE if says else SILENT
        return FOR_GOOD if is_for_good(settled.headers[-1], value, comes_back) else OPEN

    pieces = []
    for piece in cells.chunks:
        coded = piece.dictionary_encode()
        ranks = np.array([rank(value.strip()) for value in coded.dictionary.to_pylist()], np.uint8)
        pieces.append(ranks[coded.indices.to_numpy(zero_copy_only=False)] if len(ranks) else np.empty(0, np.uint8))
    settled.of_headers.append(pieces)
    settled.ranks = [np.maximum(*pair) for pair in zip(settled.ranks, pieces, strict=True)] if settled.ranks else pieces


def _tell_contradictions(
    kind: Kind,
    file: str,
    settled: Settled,
    columns: AnyMapping[str, pa.ChunkedArray],
    lines: pa.ChunkedArray,
    problems: list[Problem],
) -> None:
    """Warn where one status says that a row counts and another that it does not: then it does not count."""
    if len(settled.of_headers) < 2:
        return
    against = ENDED if kind.lists_people else OPEN  # an award that was completed may well be revoked
    are_here = [
        np.logical_or.reduce([rank == HERE for rank in ranks]) for ranks in zip(*settled.of_headers, strict=True)
    ]
    clashing = [here & (most >= against) for here, most in zip(are_here, settled.ranks, strict=True)]
    rows = int(sum(here.sum() for here in clashing))
    if rows:
        first = int(np.argmax(np.concatenate(clashing)))
        line, ranks_of = lines[first].as_py(), [np.concatenate(ranks)[first] for ranks in settled.of_headers]
        here = mark("{header} is {value!r}, which counts")
        not_here = mark("{header} is {value!r}, which does not")
        says = [
            sentence(here if rank <= HERE else not_here, header=header, value=columns[header][first].as_py().strip())
            for header, rank in zip(settled.headers, ranks_of, strict=True)
            if rank != SILENT
        ]
        names = [repr(h) for h, rank in zip(settled.headers, ranks_of, strict=True) if rank != SILENT]
        message = counting(
            *(ENDED_AGAINST if kind.lists_people else LEFT_OUT_AGAINST),
            n=rows,
            names=joined(names, sentence(" and ")),
            line=line,
            says=joined(says, "; "),
        )
        problems.append(Problem(file, line, settled.headers[-1], None, message, "warning"))


def _refuse_other_meanings(kind: Kind, header: str, given: AnyMapping[str, str], mapping: Mapping) -> None:
    for value, meaning in given.items():
        if meaning not in answers(kind):
            listed = ", ".join(map(repr, answers(kind)))
            raise BadFile(
                sentence(
                    "The mapping {mapping}, [values.{header}]: {value!r} says {meaning!r}. {header!r} is a "
                    "header and not a column of {kind}: each of its values says one of {listed}.",
                    mapping=mapping.name,
                    header=header,
                    value=value,
                    meaning=meaning,
                    kind=kind.name,
                    listed=listed,
                )
            )


def _question(kind: Kind, file: str, header: str, value: str, rows: int, is_needed: bool) -> Question:
    shown = repr(value) if value else sentence("an empty cell")
    text = sentence(
        "Which of these count? {header}: {shown}, in {rows}.", header=header, shown=shown, rows=counted(rows, "row")
    )
    return Question(
        file,
        about("values", header, value),
        text,
        dict(answers(kind)),
        is_needed,
        group=sentence("Which of these count? {header}", header=header),
    )


def _summary(
    kind: Kind,
    file: str,
    header: str,
    counts: AnyMapping[str, int],
    meant: AnyMapping[str, str],
    open_values: list[str],
    by_mapping: bool,
) -> Problem:
    """A message about how many rows have which value, and what that means for them."""
    effects = []
    for meaning in MEANINGS:
        values = [value for value in counts if meant[value] == meaning]
        if values:
            listed = with_counts((value, counts[value]) for value in values[:SHOWN])
            if len(values) > SHOWN:
                listed += sentence(" and {n:,} other values", n=len(values) - SHOWN)
            effects.append(joined((listed, EFFECTS[meaning])))
    why = sentence("As the mapping says: {effects}.", effects=joined(effects, "; "))
    if not by_mapping:
        why = sentence("As a status: {effects}.", effects=joined(effects, "; "))
    change = NOTHING if by_mapping else sentence(" Say otherwise in a mapping, if that is wrong.")
    if open_values:
        change = sentence(
            " Whether {listed} should count is not known: say so in a mapping.",
            listed=", ".join(map(repr, open_values)),
        )
    return Problem(file, None, header, None, why + change, "notice" if by_mapping else "warning")


def _elsewhere(kind: Kind, file: str, header: str, counts: AnyMapping[str, int]) -> Problem:
    listed = with_counts((value, rows) for value, rows in counts.items() if value)
    message = sentence(
        "may hold a status, but not a known one of {kind}, so it is not used: {listed}. If rows "
        "should be left out because of it, say which in a mapping.",
        kind=kind.name,
        listed=listed,
    )
    return Problem(file, None, header, None, message, "warning")
