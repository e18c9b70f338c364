"""Text to typed rows: every cell that is wrong is named with its line, its value and what would work.

The text goes into a temporary table first and is typed from there, each type behind a pattern, so that nothing is
silently reinterpreted (`1e3` is not a number, `10.005` is not an amount, `epoch` is not a date).
"""

from dataclasses import dataclass

import pyarrow as pa

from skilltrack.errors import BadFile
from skilltrack.ingest.landing.amending import keep_the_rest
from skilltrack.ingest.landing.awards import OF_ANOTHER_HOLDER, derived_columns
from skilltrack.ingest.landing.badge_checks import (
    NAMES_SEVERAL,
    OF_SEVERAL,
    OUTDONE_BY_SIGNED,
    have_checks,
    refuse_badges,
)
from skilltrack.ingest.landing.beside import tell_other_names
from skilltrack.ingest.landing.by_id import MESSAGE as NO_AWARD
from skilltrack.ingest.landing.by_id import UNKNOWN, complete_by_id
from skilltrack.ingest.landing.called_off import MESSAGE, called_off
from skilltrack.ingest.landing.cell_types import OUTSIDE, TYPES
from skilltrack.ingest.landing.duplicates import complete, settle_duplicates
from skilltrack.ingest.landing.ended import date_ends
from skilltrack.ingest.landing.hints import hint
from skilltrack.ingest.landing.holders import TWO_PEOPLE
from skilltrack.ingest.landing.issuers import ask_about_issuers
from skilltrack.ingest.landing.keys_listed import read_keys
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.managers import TWO_MANAGERS, find_managers
from skilltrack.ingest.landing.naming import UNKNOWN_CREDENTIAL, find_named
from skilltrack.ingest.landing.people import NAMED
from skilltrack.ingest.landing.taken_back import stage_left_out, take_back
from skilltrack.ingest.landing.wording import as_sql, in_sql, worded
from skilltrack.ingest.reading.columns import Mapped
from skilltrack.ingest.reading.content import repeated
from skilltrack.ingest.reading.outcome import IN_FILE, MOST_LISTED, ON_LINE, Problem
from skilltrack.ingest.reading.workbook import NO_RESULT
from skilltrack.kinds import KEPT_APART, KINDS, Column, Kind, references
from skilltrack.language import Sentence, mark, sentence
from skilltrack.storage import Transaction

OTHER_CURRENCY = (
    " when t.currency is not null and regexp_matches({x}, '\\d') "
    "and regexp_matches({x}, '\\p{{Sc}}|\\b[A-Z]{{3}}\\b|kr|Fr') then {sentence}"
)
IN_OTHER_CURRENCY = in_sql(
    mark(
        "is not an amount in {currency}, the currency of its row, written like the others; correct its sign, its "
        "decimals, or the currency."
    ),
    currency="t.currency",
)
"""The sentence about an amount with the symbol of another currency, as SQL."""
MOST_APART = 100_000
"""With more problems than this, rows are not set aside: it is probably the wrong file."""
NOTHING = "cast(null as varchar)"
FAILED = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
"""What a spreadsheet shows and exports where a formula failed; `#N/A` (not found) is read as empty."""

_NO_RESULT = in_sql(
    mark("is a formula without a result; open the file in a spreadsheet and save it there, or give the value.")
)
_FAILED = in_sql(
    mark("is an error of the spreadsheet, not a value; correct the formula there, or leave the cell empty.")
)
FAILURE = f"case when starts_with({{x}}, '{NO_RESULT}') then {_NO_RESULT} else {_FAILED} end"
"""The sentence about such a cell, as SQL."""


def stage(kind: Kind, files: dict[int, Mapped], transaction: Transaction) -> str:
    """Type the rows of all files of one kind into the temporary table `given_<kind>`.

    Returns a select of them for `typed_<kind>`, in which columns that no file has are empty.
    """
    given = {name for mapped in files.values() for name in mapped.columns}
    typed = {column.name: _typed(column, column.name in given) for column in kind.columns}
    raw = {column.name for column in kind.file_columns if _has_raw(kind, column)}
    kept = [name for name in typed if name in given]
    columns = ["file_no", "line_no", *(f"{text} as {name}" for name, text in typed.items())]
    columns += [f"{name} as raw_{name}" for name in sorted(raw & given)]
    shown = [name if name in given else f"{text} as {name}" for name, text in typed.items()]
    shown += [f"raw_{name}" if name in given else f"{NOTHING} as raw_{name}" for name in sorted(raw)]
    keys, more = derived_columns(kind), [column.name for column in kind.derived]
    if kind.addressed_on:
        more = [*more, f"{NOTHING} as email_problem"]
    taken = ", ".join(["file_no", "line_no", *kept, *(f"raw_{name}" for name in sorted(raw & given)), *keys])
    select = f"select {taken} from (select {', '.join(columns)} from landing) as t"
    transaction.stage(f"given_{kind.name}", _landing(kind, files), select)
    stage_left_out(kind, files, transaction)
    return f"select {', '.join(['file_no', 'line_no', *shown, *more])} from given_{kind.name}"


@dataclass(frozen=True)
class Fault:
    """Something that may be wrong with rows: the column, the value, the message, and which rows."""

    column: str
    value: str
    message: str
    """A sentence, or SQL that makes one of a row."""
    where: str
    source: str = ""
    """The rows to look at, where they are not the kind's typed rows."""

    def select(self, kind: Kind) -> str:
        """A select of the rows for the table `bad`."""
        text = as_sql(self.message) if isinstance(self.message, Sentence) else self.message
        return (
            f"select $kind as kind, t.file_no, t.line_no, '{self.column}' as column_name, {self.value} as value, "
            f"{text} as message\nfrom {self.source or f'typed_{kind.name}'} as t where {self.where}"
        )


def check(kind: Kind, landing: Landing) -> list[Problem]:
    """Fill in the ids of what the rows of `typed_<kind>` name, and return every problem of the rows.

    Rows with an error are also in the temporary table `bad` as (kind, file_no, line_no, problem...).
    """
    transaction = landing.transaction
    if kind.lists_people:
        keep_the_rest(landing)
        find_managers(landing)
    are_by_id = complete_by_id(kind, landing)
    find_named(kind, landing)
    refuse_badges(kind, landing)
    take_back(kind, landing)
    date_ends(kind, landing)
    hint(kind, landing)
    ask_about_issuers(kind, landing)
    read_keys(kind, landing)
    tell_other_names(kind, landing)
    but = " and (t.file_no, t.line_no) not in (select (s.file_no, s.line_no) from stored_by_id as s)" * are_by_id
    faults = _occurring([*_cells(kind, but), *_references(kind, landing), *_ahead(kind, landing)], kind, transaction)
    if are_by_id:
        faults.append(Fault("award_id", "t.award_id", NO_AWARD, "true", f"({UNKNOWN})"))
    if rows := called_off(kind, landing):
        name = kind.optional_id or kind.key[0]
        faults.append(Fault(name, f"t.{name}", MESSAGE, "true", rows))
    if settle_duplicates(kind, landing):
        faults.append(_duplicates(kind, landing))
    if faults:
        transaction.run(
            "insert into bad\n" + "\nunion all\n".join(fault.select(kind) for fault in faults),
            {"kind": kind.name, "names": landing.file_names},
        )
    return bad_rows(kind, landing)


def bad_rows(kind: Kind, landing: Landing) -> list[Problem]:
    """The problems of a kind's rows so far: all of them where bad rows are set aside, else the first of each column.

    Raises `BadFile` when there are too many to set aside.
    """
    totals = landing.transaction.rows(
        "select file_no, column_name, count(*) as n from bad where kind = $kind group by all order by all",
        {"kind": kind.name},
    )
    total = sum(row["n"] for row in totals)
    if landing.keeps_good_rows and total > MOST_APART:
        raise BadFile(
            sentence(
                "{file}: {total:,} problems, more than the {most:,} that can be set aside. Import it without "
                "quarantine to see what is wrong with the file as a whole.",
                file=landing.file_names[totals[0]["file_no"]],
                total=total,
                most=MOST_APART,
            )
        )
    most = MOST_APART if landing.keeps_good_rows else MOST_LISTED
    rows = []
    for one in totals:  # a list a column, of which only the first are kept: a file may have millions of problems
        rows += landing.transaction.rows(
            "select file_no, line_no, column_name, value, message from bad "
            "where kind = $kind and file_no = $file_no and column_name is not distinct from $column_name "
            f"order by all limit {most}",
            {"kind": kind.name, "file_no": one["file_no"], "column_name": one["column_name"]},
        )
    rows.sort(key=lambda row: (row["file_no"], row["line_no"], row["column_name"] or "", row["value"] or ""))
    problems = [
        Problem(
            landing.file_names[row["file_no"]], row["line_no"], row["column_name"], row["value"], worded(row["message"])
        )
        for row in rows
    ]
    for row in totals:
        if row["n"] > most:
            more = row["n"] - most
            message = sentence("and {n:,} more rows with a problem in this column.", n=more)
            file = landing.file_names[row["file_no"]]
            problems.append(Problem(file, None, row["column_name"], None, message, count=more))
    return problems


def _has_raw(kind: Kind, column: Column) -> bool:
    """Whether the text as it came is needed later, because it is more than the typed value."""
    return (
        column.type != "text" or column in (*kind.read_only, KEPT_APART) or column.name in (*kind.one_of, "manager_id")
    )


def _landing(kind: Kind, files: dict[int, Mapped]) -> pa.Table:
    """The cells, as text, of every column that some file has, with file and line."""
    parts = []
    given = {name for mapped in files.values() for name in mapped.columns}
    for file_no, mapped in files.items():
        arrays: dict[str, pa.ChunkedArray] = {
            "file_no": repeated(file_no, pa.int32(), mapped.lines),
            "line_no": mapped.lines,
        }
        for column in kind.file_columns:
            if column.name in given:
                cells = mapped.columns.get(column.name)
                arrays[column.name] = repeated(None, pa.string(), mapped.lines) if cells is None else cells
        parts.append(pa.table(arrays))
    return pa.concat_tables(parts)


def _typed(column: Column, is_given: bool) -> str:
    cell = column.name if is_given else NOTHING
    cell = cell if column.default is None else f"coalesce(nullif({cell}, ''), '{column.default}')"
    if column.type == "choice":
        listed = ", ".join(f"'{choice}'" for choice in column.choices)
        return f"case when lower({cell}) in ({listed}) then lower({cell}) end"
    return TYPES[column.type][0].format(x=cell)


def _occurring(faults: list[Fault], kind: Kind, transaction: Transaction) -> list[Fault]:
    """The faults that some row has, looked for in one pass: most files have none."""
    asked = [fault for fault in faults if not fault.source]
    some = ", ".join(f"bool_or({fault.where}) as fault_{n}" for n, fault in enumerate(asked))
    row = transaction.rows(f"select {some} from typed_{kind.name} as t")[0]
    return [fault for fault in faults if fault.source] + [fault for n, fault in enumerate(asked) if row[f"fault_{n}"]]


def _cells(kind: Kind, but: str) -> list[Fault]:
    """Faults of single cells; `but` limits the rows whose needed cells may not be empty, as SQL."""
    faults = []
    for column in (*kind.columns, *kind.read_only):
        cell = f"t.raw_{column.name}" if _has_raw(kind, column) else f"t.{column.name}"
        faults.append(Fault(column.name, cell, FAILURE.format(x=cell), _is_failed(cell)))
    for column in kind.columns:
        raw = f"t.raw_{column.name}" if _has_raw(kind, column) else f"t.{column.name}"
        if column.required:
            # An unknown name in place of an id is reported as a problem of its own.
            unless = "".join(f" and coalesce(t.raw_{other}, '') = ''" for other in column.instead if column.refers_to)
            faults.append(
                Fault(
                    column.name,
                    "null",
                    sentence("is empty; every row needs a value here."),
                    f"coalesce({raw}, '') = '' and t.{column.name} is null{unless}{but}",
                )
            )
        if column.type == "public_key":
            unread = f"(select t.*, k.message from typed_{kind.name} as t join unread_keys as k on k.value = {raw})"
            faults.append(Fault(column.name, raw, "t.message", "true", unread))
        elif column.type != "text":
            wrong = sentence("is not one of: {listed}.", listed=", ".join(column.choices))
            if column.type != "choice":
                wrong = sentence(TYPES[column.type][1])
            where = f"coalesce({raw}, '') <> '' and t.{column.name} is null and not {_is_failed(raw)}"
            message: str = wrong
            if column.type in OUTSIDE:
                is_outside, why = OUTSIDE[column.type]
                other = OTHER_CURRENCY.format(x=raw, sentence=IN_OTHER_CURRENCY) if column.type == "money" else ""
                otherwise = f"{other} else {as_sql(wrong)} end"
                message = f"case when {is_outside.format(x=raw)} then {in_sql(why)}{otherwise}"
            faults.append(Fault(column.name, raw, message, where))
    if kind.one_of:
        empty = " and ".join(f"coalesce(t.raw_{name}, '') = ''" for name in kind.one_of)
        names = " or ".join(kind.one_of)
        faults.append(
            Fault(kind.one_of[0], "null", sentence("is empty; every row needs {names}.", names=names), empty + but)
        )
    return faults


def _is_failed(cell: str) -> str:
    """Whether a cell is what a spreadsheet shows instead of a result, as SQL."""
    listed = ", ".join(f"'{code}'" for code in FAILED)
    return f"(starts_with({cell}, '#') and ({cell} in ({listed}) or starts_with({cell}, '{NO_RESULT}')))"


def _unknown(kind: Kind, column: str, target: str) -> Sentence:
    """What is wrong with an id of a kind that nothing has."""
    if column == kind.naming("skills") and kind.about:
        return sentence(
            "is not among the skills; correct the id, say that it is new, or import skills with skill_id and name "
            "first."
        )
    if not KINDS[target].lists_people:
        return sentence("is not among the {target}; import it first, or correct the id.", target=target)
    if column in kind.one_of:
        return sentence("is an employee no roster lists; import it first, or correct the id or employee_id.")
    return sentence("is an employee no roster lists; import it first, or correct the id.")


def _references(kind: Kind, landing: Landing) -> list[Fault]:
    faults = []
    for column, target in references(kind):
        if target == kind.name:
            continue
        message = _unknown(kind, column, target)
        where = f"t.{column} in (select k.value from unknown_{column} as k)"
        faults.append(Fault(column, f"t.{column}", message, where))
    if kind.addressed_on:
        where = "t.email_problem is not null and t.employee_id is null and coalesce(t.raw_email, '') <> ''"
        faults.append(Fault("email", "t.raw_email", "t.email_problem", where))
        two = (
            f"(select r.*, d.of_email from typed_{kind.name} as r join two_holders as d "
            "on d.employee_id = r.employee_id and d.email = lower(r.raw_email))"
        )
        faults.append(Fault("email", "t.raw_email", TWO_PEOPLE, "true", two))
    if kind.names_people:
        for column in NAMED:
            where = f"t.column_name = '{column}'"
            faults.append(Fault(column, "t.value", "t.message", where, "people_problems"))
    if kind.lists_people:
        faults.append(Fault("manager_id", "t.shown", TWO_MANAGERS, "true", "two_managers"))
    if kind.holds_awards and have_checks(landing):
        refused = (
            f"(select t.*, c.refusal from typed_{kind.name} as t join refused_badges as c "
            "on c.file_no = t.file_no and c.line_no = t.line_no where c.refusal is {what})"
        )
        broken, outdone = refused.format(what="not null"), refused.format(what="null")
        faults.append(Fault("credential", "t.raw_credential", "t.refusal", "true", broken))
        faults.append(Fault("award_id", "t.award_id", OUTDONE_BY_SIGNED, "true", outdone))
        if not landing.is_again or landing.keeps_good_rows:
            faults.append(Fault("email", "t.addresses", NAMES_SEVERAL, "true", OF_SEVERAL))
    if kind.holds_awards:
        moved = "(select * from moved_awards where not is_correction)"
        faults.append(Fault("award_id", "t.award", OF_ANOTHER_HOLDER, "true", moved))
    if any(column.name == "credential" for column in kind.read_only):
        where = "t.credential_id is null and coalesce(t.raw_credential, '') <> ''"
        faults.append(Fault("credential", "t.raw_credential", UNKNOWN_CREDENTIAL, where))
    return faults


def _ahead(kind: Kind, landing: Landing) -> list[Fault]:
    """Faults for days in a matrix of awards after the day of the upload: nobody can have earned anything then."""
    matrices = [str(no) for no, file in landing.files_of(kind.name).items() if file.mapped.mapping.is_of_matrix]
    if not kind.holds_awards or not matrices:
        return []
    message = sentence(
        "is in the future; an award needs the day on which it was earned. Correct it, or leave the cell empty."
    )
    where = f"t.issued_on > date '{landing.landed_on}' and t.file_no in ({', '.join(matrices)})"
    return [Fault("issued_on", "t.raw_issued_on", message, where)]


def _duplicates(kind: Kind, landing: Landing) -> Fault:
    key = ", ".join(kind.key)
    shown, same = " || ' ' || ".join(f"coalesce(cast(t.{name} as varchar), '')" for name in kind.key), key
    if kind.optional_id:  # an award may come once with its award_id and once without, and as a badge with its own id
        signed = ", ".join(str(no) for no, file in landing.files_of(kind.name).items() if file.badges) or "null"
        shown = f"coalesce(t.{kind.optional_id}, t.employee_id || ' ' || t.credential_id || ' ' || t.issued_on)"
        same = f"{key}, {kind.optional_id} is null, file_no in ({signed})"
    order = (
        f"over (partition by {same} order by file_no, line_no rows between unbounded preceding and unbounded following)"
    )
    place = "{'file': file_no, 'line': line_no}"
    doubled = (
        f"(select *, count(*) over (partition by {same}) as times, "
        f"case when row_number() over (partition by {same} order by file_no, line_no) = 1 "
        f"then last_value({place}) {order} else first_value({place}) {order} end as other "
        f"from typed_{kind.name} where {complete(kind, landing)} and hash({key}) in (select s.key from several as s))"
    )
    names = kind.optional_id or kind.key[0]
    other = {"line": "t.other.line", "advice": sentence(kind.advice)}
    there = in_sql(IN_FILE, file="$names[t.other.file + 1]", **other)
    message = f"case when t.other.file = t.file_no then {in_sql(ON_LINE, **other)} else {there} end"
    return Fault(names, f"trim({shown})", message, "t.times > 1", doubled)
