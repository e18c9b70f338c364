"""Tables of a company's own in the place of published relations: a TOML file, held against the contract.

What is wrong with it is told in sentences that name file, relation and column, and say what would work. Whether the
cluster has those tables, and what is in them, `own_views` finds out.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from skilltrack.errors import BadStore
from skilltrack.storage.published import Declared, contract

PART = r"(?:`[^`]+`|\w[\w-]*)"
NAME = re.compile(rf"{PART}\.{PART}(?:\.{PART})?")
"""A table with its schema, and the catalogue of that. Without one it could be a relation of ours."""
KEPT_SECONDS = 300
"""For how long an answer may be shown again, where the file says nothing."""
A_DAY = 86_400
SAYS = ("from", "select", "columns")
DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 20}
"""Digits of the whole numbers of Spark, the smallest first."""
AS_SPARK = {"varchar": "string", "integer": "int"}
"""Types of the contract that Spark calls otherwise."""


@dataclass(frozen=True)
class OwnTable:
    """What gives one relation."""

    declared: Declared
    source: str
    """What stands behind FROM, in Spark's SQL."""
    called: str
    """What sentences call it."""
    columns: dict[str, str]
    """Spark's SQL by column, of those that are not simply called so."""

    @property
    def given(self) -> list[str]:
        """The columns that it must give; others follow from these."""
        return [name for name in self.declared.columns if name not in self.declared.computed]

    def absence(self, column: str) -> str:
        """What to do where nothing gives a column."""
        name, is_needed = self.declared.name, self.declared.columns[column].endswith("*")
        return f"{name}: {self.called} has no column {column}. Add to [{name}.columns] what gives it, {column} = " + (
            '"…".' if is_needed else '"…", or "null" where nothing does.'
        )

    def fault_of(self, column: str, given: str) -> str | None:
        """Why a column cannot be of this type of Spark; None where it can. In brackets: why it has none."""
        wanted, name = self.declared.columns[column], f"{self.declared.name}.{column}"
        expression = self.columns.get(column, column)
        if given.startswith("("):
            return f"{name} cannot be read as {expression!r} {given}. Write the name of a column, or an expression."
        if given == "void" and wanted.endswith("*"):
            return f"{name} is {expression!r}, and is never empty. Write what gives it."
        if not fits(given, wanted):
            plain = spark_type(wanted)
            return (
                f"{name} is {given}, and must be {plain}. If nothing is lost by that, write "
                f'{column} = "cast({expression} as {plain})".'
            )
        return None


@dataclass(frozen=True)
class OwnTables:
    """What a file of own tables says."""

    file: str
    digest: str
    """Changes with what the file says."""
    tables: dict[str, OwnTable]
    empty: tuple[Declared, ...]
    """Relations of which the company has no rows."""
    kept_seconds: int = KEPT_SECONDS
    """For how long an answer may be shown again."""

    @property
    def names(self) -> frozenset[str]:
        """The relations that the file names."""
        return frozenset(self.tables) | {each.name for each in self.empty}


def own_tables(file: str) -> OwnTables:
    """What a file says; raises `BadStore`, with every fault, for one that cannot be read as meant."""
    try:
        content = Path(file).read_bytes()
        stated = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise BadStore(
            f"{file} cannot be read ({error.strerror}). Name a TOML file on this machine: &tables=FILE.toml."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadStore(f"{file} is no TOML file: {error}. docs/lake.md shows one.") from None
    faults: list[str] = []
    empty = _empty(stated.pop("empty", []), stated, faults.append)
    seconds = stated.pop("kept_seconds", KEPT_SECONDS)
    if type(seconds) is not int or not 1 <= seconds <= A_DAY:
        faults.append(
            f"kept_seconds is {seconds!r}: write how many seconds an answer may be shown again, 1 to {A_DAY}."
        )
    tables = {name: table for name, each in stated.items() if (table := _table(name, each, faults.append))}
    if not (tables or empty or faults):
        faults.append(f"no relation is named. Name one of {', '.join(contract())}: [roster], and below it from = ….")
    if faults:
        raise BadStore(" ".join(f"{file}: {fault}" for fault in faults))
    return OwnTables(file, hashlib.sha256(content).hexdigest()[:12], tables, empty, seconds)


def _empty(names: Any, stated: dict[str, Any], tell: Callable[[str], None]) -> tuple[Declared, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        tell(f'empty is {names!r}: write a list of relations that have no rows: empty = ["self_ratings"].')
        return ()
    for name in names:
        if name not in contract():
            tell(f"empty names {name}, which is no relation. {_known(name, list(contract()))}")
        elif name in stated:
            tell(f"{name} is named as empty, and [{name}] says where its rows are. Leave one of them out.")
    return tuple(contract()[name] for name in dict.fromkeys(names) if name in contract())


def _table(name: str, stated: Any, tell: Callable[[str], None]) -> OwnTable | None:
    """What gives one relation; None, and told, where it cannot be."""
    declared = contract().get(name)
    if declared is None:
        tell(f"{name} is no relation. {_known(name, list(contract()))}")
        return None
    if not isinstance(stated, dict):
        tell(f'{name} is {stated!r}: write [{name}], and below it from = "SCHEMA.TABLE".')
        return None
    faults = [*_source_faults(name, stated), *_column_faults(declared, stated.get("columns", {}))]
    for fault in faults:
        tell(fault)
    if faults:
        return None
    if "from" in stated:
        source = ".".join(f"`{part.strip('`')}`" for part in re.findall(PART, stated["from"]))
    else:
        source = f"({stated['select'].rstrip('; ' + chr(10))}\n)"
    return OwnTable(declared, source, stated.get("from", "its select"), stated.get("columns", {}))


def _source_faults(name: str, stated: dict[str, Any]) -> Iterator[str]:
    for word in stated:
        if word not in SAYS:
            yield f"{name} says {word}, which is not known. {_known(word, SAYS)}"
    if ("from" in stated) == ("select" in stated):
        yield f'{name} needs either from = "SCHEMA.TABLE" or select = "SELECT …", and not both.'
    elif "from" in stated and not (isinstance(stated["from"], str) and NAME.fullmatch(stated["from"])):
        yield (
            f"{name} is from {stated['from']!r}: write a table or view with its schema, SCHEMA.TABLE or "
            "CATALOGUE.SCHEMA.TABLE, other signs in `…`; or a select."
        )
    elif "select" in stated and not (isinstance(stated["select"], str) and stated["select"].strip()):
        yield f"{name} has a select that is {stated['select']!r}: write one in the SQL of the cluster."


def _column_faults(declared: Declared, columns: Any) -> Iterator[str]:
    name = declared.name
    if not isinstance(columns, dict):
        yield f'{name} has columns that are {columns!r}: write [{name}.columns], and below it employee_id = "emp_no".'
        return
    for column, expression in columns.items():
        if column in declared.computed:
            yield f"{name}.{column} follows from other columns ({declared.computed[column]}). Leave it out."
        elif column not in declared.columns:
            given = [each for each in declared.columns if each not in declared.computed]
            yield f"{name} has no column {column}. {_known(column, given)}"
        elif not (isinstance(expression, str) and expression.strip()):
            yield f"{name}.{column} is {expression!r}: write the name of a column in quotes, or an expression."


def _known(word: str, known: Any) -> str:
    """What could have been meant by a word."""
    near = get_close_matches(word, known, 1)
    return f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."


def spark_type(written: str) -> str:
    """A type of the contract as Spark calls it."""
    plain = written.removesuffix("*")
    return AS_SPARK.get(plain, plain.replace(" ", ""))


def fits(given: str, wanted: str) -> bool:
    """Whether every value of a type of Spark is one of a type of the contract too, so that nothing is lost."""
    wanted = spark_type(wanted)
    if given in (wanted, "void"):
        return True
    if decimal := DECIMAL.fullmatch(wanted):
        digits, places = int(decimal[1]), int(decimal[2])
        if other := DECIMAL.fullmatch(given):
            return int(other[2]) <= places and int(other[1]) - int(other[2]) <= digits - places
        return given in DIGITS and DIGITS[given] <= digits - places
    return given in DIGITS and wanted in DIGITS and DIGITS[given] <= DIGITS[wanted]


def selected(table: OwnTable, columns: list[str] | None = None) -> str:
    """Spark's SQL of the columns that a table gives, as they are there."""
    each = ", ".join(f"({table.columns.get(name, f'`{name}`')}\n) as `{name}`" for name in columns or table.given)
    return f"select {each} from {table.source} as given"


def cast(table: OwnTable) -> str:
    """The same, each column of the type that the contract has."""
    types = table.declared.columns
    each = ", ".join(f"cast(`{name}` as {spark_type(types[name])}) as `{name}`" for name in table.given)
    return f"select {each} from ({selected(table)}) as given"


def without_rows(declared: Declared) -> str:
    """Spark's SQL of a relation that has no rows."""
    each = ", ".join(f"cast(null as {spark_type(written)}) as `{name}`" for name, written in declared.columns.items())
    return f"select {each} where false"


def completed(declared: Declared, source: str) -> str:
    """A text of ours that adds the columns that follow from others, in the order of the contract."""
    each = (
        f"({declared.computed[name]}) as {name}" if name in declared.computed else name for name in declared.columns
    )
    return f"select {', '.join(each)} from {source}"


def counts(declared: Declared) -> str:
    """A text of ours that counts what must not be: `n` rows, `same` keys too many, and what `broken` names.

    It reads every column, so that one that cannot be worked out for some row fails here and not in an answer.
    """
    key = " || chr(31) || ".join(f"coalesce(cast({column} as varchar), chr(30))" for column in declared.key)
    each = [f"count(*) filter ({condition}) as c{n}" for n, (_, condition, _) in enumerate(broken(declared))]
    each += [f"count({name}) as has_{name}" for name in declared.columns]
    same = f"count(*) - count(distinct {key}) as same"
    return f"select {', '.join(['count(*) as n', same, *each])} from {declared.name}"


def broken(declared: Declared) -> list[tuple[str, str, str]]:
    """Columns, conditions under which a row breaks the contract, and what it does then."""
    never_empty = [name for name, written in declared.columns.items() if written.endswith("*")]
    empty = [(name, f"{name} is null", "are empty, and none may be") for name in never_empty]
    return empty + [(name, f"not ({rule})", f"break the rule {rule}") for name, rule in declared.rules.items()]


def overlaps(declared: Declared) -> str:
    """A text of ours that gives the key and the days of a row that holds on a day of the one before it."""
    about = [column for column in declared.key if column != "valid_from"]
    before = f"lag(valid_to) over (partition by {', '.join(about)} order by valid_from)"
    inner = f"select {', '.join([*about, 'valid_from'])}, {before} as ended_on from {declared.name}"
    return f"select {', '.join([*about, 'valid_from'])} from ({inner}) as o where valid_from <= ended_on limit 1"
