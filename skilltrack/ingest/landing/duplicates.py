"""Several rows with one key: equal rows count once; about others a question asks what makes them different.

Rows are equal when all their cells are, including columns that are not used: two lines of one invoice that differ only
in their number are two payments. The mapping says which rows were left out, so that a file whose kept copy lacks cells
is imported again in the same way.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pyarrow as pa

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.badge_checks import have_checks, keep_equal_checks
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import FROM_ROW
from skilltrack.ingest.reading.mapping import KEEP_FIRST, KEEP_LAST, KEEP_NEWEST, LINE, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.places import JOIN
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.ingest.reading.states import header_words, look
from skilltrack.ingest.reading.status import few_values
from skilltrack.ingest.reading.status_words import LEAVE_OUT, NO, words_in
from skilltrack.ingest.reading.things import and_more
from skilltrack.kinds import Kind
from skilltrack.language import counting, sentence

MOST = 100_000
"""With more rows than this that share a key none is compared: it is probably the wrong file."""
SHOWN = 10
OF_LINES = words_in("line position pos item row seq sequence number no zeile posten zeilennummer ligne poste linea")
"""Words in headers of the line numbers of invoices."""
OF_MAIN = words_in("primary main principal haupt hauptstelle hauptbeschaftigung primare principale primaria")
"""Words in headers that say which of somebody's jobs is the main one."""


def several_of(kind: Kind, landing: Landing) -> str:
    """A select of the hashes of keys that several complete rows of `typed_<kind>` share."""
    return (
        f"select hash({', '.join(kind.key)}) as key from typed_{kind.name} where {complete(kind, landing)} "
        "group by all having count(*) > 1"
    )


def complete(kind: Kind, landing: Landing) -> str:
    """Whether a row has its whole key, as SQL; a badge that is refused for what was checked of it is no row."""
    parts = [f"{name} is not null" for name in kind.key if name != "valid_from"]
    if kind.holds_awards and have_checks(landing):
        parts.append("(file_no, line_no) not in (select (r.file_no, r.line_no) from refused_badges as r)")
    return " and ".join(parts)


def settle_duplicates(kind: Kind, landing: Landing) -> bool:
    """Leave out rows that equal an earlier one of their file and ask about the others; returns whether there are any.

    The temporary table `several` has the keys that several rows share.
    """
    transaction = landing.transaction
    transaction.run(f"create or replace temp table several as {several_of(kind, landing)}")
    if not transaction.rows("select 1 from several limit 1"):
        return False
    if landing.is_again:
        equal = {no: list(map(int, file.mapped.mapping.same)) for no, file in landing.files_of(kind.name).items()}
    else:
        equal = _equal_rows(kind, landing)
    if any(equal.values()):
        _leave_out(kind, landing, equal)
        transaction.run(f"create or replace temp table several as {several_of(kind, landing)}")
    if not transaction.rows("select 1 from several limit 1"):
        return False
    if not landing.is_again:
        for file_no, lines in _doubled(kind, landing).items():
            landing.questions.extend(_questions(kind, landing.files[file_no], lines))
    return True


def _doubled(kind: Kind, landing: Landing) -> dict[int, list[int]]:
    """By file, the lines of rows that share a key; empty where there are very many."""
    rows = landing.transaction.columns(
        f"select file_no, line_no from typed_{kind.name} as t where {complete(kind, landing)} "
        f"and hash({', '.join(kind.key)}) in (select s.key from several as s) order by all limit {MOST + 1}"
    )
    by_file: dict[int, list[int]] = defaultdict(list)
    if len(rows) <= MOST:
        for file_no, line in zip(rows["file_no"].to_pylist(), rows["line_no"].to_pylist(), strict=True):
            by_file[file_no].append(line)
    return by_file


def _equal_rows(kind: Kind, landing: Landing) -> dict[int, list[int]]:
    """By file, the lines of rows that equal an earlier row in every cell."""
    equal = {}
    for file_no, lines in _doubled(kind, landing).items():
        seen, again = set(), []
        for line, row in zip(lines, _rows_on(landing.files[file_no].decoded, lines), strict=True):
            if row in seen:
                again.append(line)
            seen.add(row)
        equal[file_no] = again
    return equal


def _rows_on(decoded: Decoded, lines: list[int]) -> list[tuple[str, ...]]:
    """The cells of the rows on some lines, in the order of the lines."""
    at = pa.array(np.searchsorted(decoded.lines.to_numpy(), lines))
    columns = [cells for header, cells in zip(decoded.header, decoded.columns, strict=True) if header != LINE]
    return list(zip(*([cell.strip() for cell in cells.take(at).to_pylist()] for cells in columns), strict=True))


def _leave_out(kind: Kind, landing: Landing, equal: dict[int, list[int]]) -> None:
    transaction = landing.transaction
    transaction.run("create or replace temp table equal_rows (file_no integer, line_no bigint)")
    for file_no, lines in equal.items():
        if not lines:
            continue
        transaction.run("insert into equal_rows select $file_no, unnest($lines)", {"file_no": file_no, "lines": lines})
        file = landing.files[file_no]
        mapping = landing.mappings.get(file_no, file.mapping)
        landing.mappings[file_no] = replace(mapping, same=[str(line) for line in lines])
        message = counting(
            "One row equals an earlier one in every cell: taken once, without line {shown}{more}.",
            "{n:,} rows equal an earlier one in every cell: taken once, without line {shown}{more}.",
            n=len(lines),
            shown=", ".join(map(str, lines[:SHOWN])),
            more=and_more(len(lines) - SHOWN),
        )
        landing.problems.append(Problem(file.decoded.name, lines[0], None, None, message, "warning"))
    if kind.holds_awards:
        keep_equal_checks(landing)
    retype(
        transaction,
        kind.name,
        f"select t.* from typed_{kind.name} as t where not exists "
        "(select 1 from equal_rows as e where e.file_no = t.file_no and e.line_no = t.line_no)",
        {},
    )


def _questions(kind: Kind, file: ReadFile, lines: list[int]) -> list[Question]:
    if kind.lists_people:
        return _about_jobs(file, lines)
    if kind.holds_payments:
        return _about_lines(file, lines)
    return []


def _about_jobs(file: ReadFile, lines: list[int]) -> list[Question]:
    """Questions about which row of a person counts: the main job, the newest or the first."""
    name, questions = file.decoded.name, []
    for header, cells in zip(file.decoded.header, file.decoded.columns, strict=True):
        counts = few_values(cells) if any(word in OF_MAIN for word in header_words(header)) else None
        for value in counts or ():
            if value.casefold() in NO:
                text = sentence(
                    "{n:,} rows are of people with several jobs. Does {header} say which one counts?",
                    n=len(lines),
                    header=header,
                )
                answers = {LEAVE_OUT: sentence("yes: rows with {value!r} are left out", value=value)}
                questions.append(Question(name, about("values", header, value), text, answers, must=False))
    answers = {
        KEEP_FIRST: sentence("the first row of each person, as the file has them"),
        KEEP_LAST: sentence("the last row of each person, as in a history of changes"),
    }
    if "hired_on" in file.mapped.columns:
        answers = {KEEP_NEWEST: sentence("the row of each person that was hired last")} | answers
    text = sentence("{n:,} rows are about people who are listed more than once. Which row counts?", n=len(lines))
    return [*questions, Question(name, "duplicates", text, answers, must=False)]


def _about_lines(file: ReadFile, lines: list[int]) -> list[Question]:
    """A question about what makes payments of one number different: the line number, or what each row says."""
    named = file.mapped.mapping.columns.get("spend_id", [])
    headers = [named] if isinstance(named, str) else list(named)
    decoded = file.decoded
    rows = _rows_on(decoded, lines)
    header_of = [header for header in decoded.header if header != LINE]  # as the rows have them
    own = [header_of.index(header) for header in headers if header in header_of]
    answers = {}
    for at, header in enumerate(header_of):
        counts = few_values(decoded.columns[decoded.header.index(header)])
        is_status = counts is not None and (status := look(file.kind, header, counts)) is not None and status.is_ours
        if not header or at in own or is_sensitive(header) or not own or is_status:
            continue
        keys = {tuple(row[i] for i in (*own, at)) for row in rows}
        if len(keys) == len(rows):
            is_line = any(word in OF_LINES for word in header_words(header))
            answers[JOIN.join([*headers, header])] = (not is_line, " ".join(rows[0][i] for i in (*own, at)))
    ordered = {
        key: sentence("{sample} and so on", sample=sample)
        for key, (_, sample) in sorted(answers.items(), key=lambda pair: pair[1][0])
    }
    text = counting(
        "{n:,} row has the id of another payment, as lines of one invoice do. What tells them apart?",
        "{n:,} rows have the id of another payment, as lines of one invoice do. What tells them apart?",
        n=len(lines),
    )
    instead = Typed("constants.spend_id", sentence("Make an id of what each row says"), (FROM_ROW,))
    return [Question(decoded.name, "columns.spend_id", text, ordered, typed=(instead,))]
