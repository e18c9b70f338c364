"""A company's own tables on a Spark cluster, as views that are called as the relations they stand for.

What cannot be right is refused when they are made: a table or column that is not there, a type that differs. What is in
them can change at any moment, so it is looked at before the first answer that rests on them, and again after a while.
"""

import hashlib
import threading
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.errors import (
    AnalysisException,
    ArithmeticException,
    DateTimeException,
    NumberFormatException,
    PySparkException,
    SparkRuntimeException,
)

from skilltrack.errors import BadStore
from skilltrack.storage.own_tables import (
    OwnTable,
    OwnTables,
    broken,
    cast,
    completed,
    counts,
    overlaps,
    selected,
    without_rows,
)
from skilltrack.storage.portable import to_spark
from skilltrack.storage.published import Declared, Manifest, resting_on

AS_GIVEN = "skilltrack_given_"
"""How views begin that hold what a table gives.

They are made before any view is called as a relation: a text of the company's cannot read ours by mistake."""

UNREADABLE = (ArithmeticException, DateTimeException, NumberFormatException, SparkRuntimeException)
"""What a cluster raises where a row holds something that an expression cannot take."""


class OwnViews:
    """Views on own tables, made in a session."""

    def __init__(self, session: Any, tables: OwnTables, published: Manifest):
        """Raises `BadStore` with every fault that can be seen without reading a row."""
        self.tables = tables
        self.read_at = datetime.now(UTC).replace(tzinfo=None)
        """Since when (UTC) answers from these views have been asked for."""
        self._session = session
        self.published = published
        """What was published beside them."""
        self._checking = threading.Lock()
        self._checked: set[str] = set()
        self._refuse(fault for table in tables.tables.values() for fault in self._make(table))
        for declared in tables.empty:
            self._view(AS_GIVEN + declared.name, without_rows(declared))
        for declared in (*self.declared, *tables.empty):
            self._view(declared.name, to_spark(completed(declared, AS_GIVEN + declared.name)))

    @property
    def declared(self) -> list[Declared]:
        """The relations that own tables give rows of."""
        return [table.declared for table in self.tables.tables.values()]

    @property
    def not_used(self) -> list[str]:
        """Relations that were published, and say something about what own tables say otherwise."""
        return sorted(resting_on(self.tables.names) & set(self.published.relations))

    @property
    def manifest(self) -> Manifest:
        """What lies ready beside them, and of when all of it is: another text each time the tables are opened."""
        version = f"{self.published.data_version} {self.tables.digest} {self.read_at.isoformat()}"
        used = set(self.published.relations) - self.tables.names - set(self.not_used)
        return replace(
            self.published,
            data_version=hashlib.sha256(version.encode()).hexdigest()[:16],
            computed_at=self.published.computed_at or self.read_at.isoformat(timespec="seconds"),
            relations={name: each for name, each in self.published.relations.items() if name in used},
        )

    @property
    def is_over(self) -> bool:
        """Whether what was answered from them may no longer be shown."""
        return datetime.now(UTC).replace(tzinfo=None) - self.read_at >= timedelta(seconds=self.tables.kept_seconds)

    def prepare(self, names: Collection[str]) -> None:
        """Have the next select read the newest files of these relations, and look at their rows, unless that was done.

        Raises `BadStore` for what is wrong with them.
        """
        for name in self.tables.tables.keys() & names:
            self._session.sql(f"refresh table `{AS_GIVEN}{name}`").collect()
        with self._checking:
            ahead = [each for each in self.declared if each.name in names and each.name not in self._checked]
            self._refuse(fault for each in ahead for fault in self.faults(each))
            self._checked |= {each.name for each in ahead}

    def faults(self, declared: Declared) -> Iterator[str]:
        """What the rows of a relation break, in sentences."""
        name, key = declared.name, ", ".join(declared.key)
        called = f"{name} ({self.tables.tables[name].called})"
        try:
            row = self._rows(counts(declared))[0]
        except UNREADABLE as error:
            unreadable = [each for each in declared.columns if not self._is_readable(name, each)]
            columns = f", column {', '.join(unreadable)}" if len(unreadable) < len(declared.columns) else ""
            yield (
                f"{called}{columns}: a row cannot be read ({_first(error)}). Write an expression for it in "
                f"[{name}.columns], such as one with try_cast, or leave those rows out by a select."
            )
            return
        if row["same"]:
            twice = f"select {key} from {name} group by {key} having count(*) > 1 order by {key} limit 1"
            yield (
                f"{called}: {row['same']:,} of {row['n']:,} rows have a key that another row has, such as "
                f"{self._example(twice)}. {key} must tell rows apart, one row a {declared.grain}. Give a select that "
                "says which row counts."
            )
        elif declared.has_one_a_day and self._rows(overlaps(declared)):
            yield (
                f"{called}: two rows hold on the same day, such as {self._example(overlaps(declared))} and the one "
                "before it. End one of them before the other begins; valid_from and valid_to both count."
            )
        for n, (column, condition, what) in enumerate(broken(declared)):
            if row[f"c{n}"]:
                about = ", ".join(dict.fromkeys([*declared.key, column]))
                example = self._example(f"select {about} from {name} where {condition} limit 1")
                yield (
                    f"{called}, column {column}: {row[f'c{n}']:,} of {row['n']:,} rows {what}, such as {example}. "
                    f"Write an expression for it in [{name}.columns], or leave them out by a select."
                )

    def _make(self, table: OwnTable) -> Iterator[str]:
        """Make the view of what a table gives; yields a sentence for each fault, and makes none then."""
        try:
            there = {column.lower() for column in self._session.sql(f"select * from {table.source} as given").columns}
        except AnalysisException as error:
            yield (
                f"{table.declared.name} cannot be read from {table.called} ({_first(error)}). Name a table or view "
                "that this account may read."
            )
            return
        if absent := [each for each in table.given if each not in table.columns and each.lower() not in there]:
            yield from (table.absence(column) for column in absent)
            return
        types = self._types(table)
        faults = [fault for column, given in types.items() if (fault := table.fault_of(column, given))]
        yield from faults
        if not faults:
            self._view(AS_GIVEN + table.declared.name, cast(table))

    def _types(self, table: OwnTable) -> dict[str, str]:
        """The type of each column; of one that cannot be read what the cluster says, in brackets."""
        try:
            return self._typed(selected(table))
        except AnalysisException:  # which column it is about is asked below
            types: dict[str, str] = {}
            for column in table.given:
                try:
                    types |= self._typed(selected(table, [column]))
                except AnalysisException as error:
                    types[column] = f"({_first(error)})"
            return types

    def _typed(self, text: str) -> dict[str, str]:
        return {field.name: field.dataType.simpleString() for field in self._session.sql(text).schema.fields}

    def _view(self, name: str, text: str) -> None:
        """Make a view of a text, which is read anew each time: the tables change."""
        self._session.sql(f"create or replace temporary view `{name}` as {text}").collect()

    def _rows(self, text: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._session.sql(to_spark(text)).toArrow().to_pylist()
        return rows

    def _is_readable(self, name: str, column: str) -> bool:
        try:
            self._rows(f"select count({column}) as n from {name}")
        except UNREADABLE:
            return False
        return True

    def _example(self, text: str) -> str:
        """A row as a sentence shows it."""
        row = next(iter(self._rows(text)), {})
        return ", ".join(f"{name} = {'nothing' if value is None else value}" for name, value in row.items())

    def _refuse(self, faults: Iterator[str]) -> None:
        if each := [f"{self.tables.file}: {fault}" for fault in faults]:
            raise BadStore(" ".join(each))


def _first(error: PySparkException) -> str:
    """The first line of what a cluster says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
