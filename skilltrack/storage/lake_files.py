"""The files in which the rows of a lake lie, in a folder or a bucket: tidied up, removed, read to the last text."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from skilltrack.storage.lake_engine import CATALOGUE
from skilltrack.storage.lines import sync

STATISTICS = ("ducklake_file_column_stats", "ducklake_table_column_stats")
"""Tables of the catalogue that hold texts of rows: the least and the greatest of each column."""
IN_USE = f"select count(*) as n from {CATALOGUE}.ducklake_data_file where end_snapshot is null"
"""Files that the newest state needs."""
DAYS_READ, DAYS_LEFT = 1, 2
"""Days after which nobody reads an old state, and nobody writes a file that no state names."""


class Files:
    """The files of one lake; who removes any has its lock meanwhile."""

    def __init__(
        self, cursor: Callable[[], duckdb.DuckDBPyConnection], tables: str, mark: Path, confirm: Callable[[], None]
    ):
        """`cursor` gives one on the lake; `tables`: where its rows lie; `confirm` raises where the lock is lost.

        `mark` is a file that is there while the lake may hold an old state with somebody who was erased.
        """
        self._cursor, self._tables, self._mark, self._confirm = cursor, tables, mark, confirm

    @property
    def is_to_forget(self) -> bool:
        """Whether the past is to be forgotten, also where who began with it was stopped."""
        return self._mark.exists()

    def begin_to_forget(self) -> None:
        """Have it known that the past is to be forgotten, before there is anything to forget."""
        self._mark.touch()
        sync(self._mark.parent)

    def forget_the_past(self) -> None:
        """Remove every state but the newest one, with its files, and every file that no state names."""
        now = datetime.now(UTC) + timedelta(days=1)
        self._call("ducklake_expire_snapshots", older_than=now)
        self._call("ducklake_cleanup_old_files", cleanup_all=True)
        self._confirm()  # a PostgreSQL that was started again has let others write, whose files no state names yet
        self._call("ducklake_delete_orphaned_files", cleanup_all=True)
        self._mark.unlink(missing_ok=True)

    def tidy_up(self, say: Callable[[str], None]) -> None:
        """Merge small files, forget states that nobody reads any more, and remove the files of these."""
        now, before = datetime.now(UTC), self._in_use()
        say("Merging small files")
        self._call("ducklake_merge_adjacent_files")
        self._call("ducklake_rewrite_data_files")
        say("Removing what no state needs")
        self._call("ducklake_expire_snapshots", older_than=now - timedelta(days=DAYS_READ))
        self._call("ducklake_cleanup_old_files", older_than=now - timedelta(days=DAYS_READ))
        self._call("ducklake_delete_orphaned_files", older_than=now - timedelta(days=DAYS_LEFT))
        say(f"{before} files are {self._in_use()} now; the old ones go in a day.")

    def texts(self, rows: int) -> Iterator[bytes]:
        """Every text in every file, whether a state names it or not, and in the catalogue; so many rows at once."""
        with closing(self._cursor()) as cursor:
            named = {"all": f"{self._tables}/**/*.parquet"}
            for (file,) in cursor.execute("select file from glob($all) order by file", named).fetchall():
                read = "select * from read_parquet($file, hive_partitioning = false)"
                content: Any = cursor.execute(read, {"file": file}).to_arrow_reader(rows)
                with content:
                    for batch in content:
                        yield "\n".join(str(value) for column in batch.columns for value in column.to_pylist()).encode()
            for table in STATISTICS:
                cursor.execute(f"select min_value, max_value from {CATALOGUE}.{table}")
                yield "\n".join(map(str, cursor.fetchall())).encode()

    def _in_use(self) -> int:
        with closing(self._cursor()) as cursor:
            return int(cursor.execute(IN_USE).fetchall()[0][0])

    def _call(self, what: str, **options: bool | datetime) -> None:
        words = ["'lake'"]
        for name, value in options.items():
            words.append(f"{name} => {f'timestamptz {value.isoformat()!r}' if isinstance(value, datetime) else value}")
        with closing(self._cursor()) as cursor:
            cursor.execute(f"select count(*) from {what}({', '.join(words)})").fetchall()
