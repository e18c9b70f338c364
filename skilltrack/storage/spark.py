"""Published relations on a Spark cluster, read only, by way of Spark Connect (the extra `spark`)."""

import logging
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import pandas as pd
import pyarrow as pa
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from skilltrack.config import secret_in
from skilltrack.errors import BadDefinition, BadQuestion, BadStore, NotPublished, Refused
from skilltrack.language import _
from skilltrack.storage.address import Address
from skilltrack.storage.own_tables import own_tables
from skilltrack.storage.own_views import OwnViews
from skilltrack.storage.parsing import parameters_named, relations_read
from skilltrack.storage.portable import to_spark
from skilltrack.storage.published import MANIFEST, NOTHING, Manifest, manifest_of
from skilltrack.storage.transactions import Snapshot, frame

PASSWORD = "SKILLTRACK_DB_PASSWORD"  # noqa: S105 - what the variable is called
"""The variable that holds what opens a cluster; with `_FILE` it names a file that does."""
LOST = ("UNAVAILABLE", "INVALID_HANDLE")
"""What an answer has where the server is gone, or was begun anew and knows the session no longer."""
PATIENCE = 10.0
"""Seconds that a server may take to answer at all."""
RETRIES = 5
"""How often a call that is not answered is tried again: for some 10 seconds, which people wait."""
MOST_APART = 4_000
"""Milliseconds between two tries at most."""
NOISY = ("SQLQueryContextLogger", "pyspark.sql.connect.client", "pyspark.sql.connect.logging")
"""Loggers that write every error of a query once more, with details of the server."""


class Lake:
    """Published relations, open. What may be asked of it is what may be asked of `Store`; nothing can be stored."""

    def __init__(self, address: Address, session: Any, manifest: Manifest, own: OwnViews | None = None):
        self.path = str(address)
        self.manifest = manifest
        self.own = own
        """Views on a company's own tables, where the address names such."""
        self._address, self._session = address, session

    @classmethod
    def open(cls, address: Address) -> "Lake":
        """Connect to a cluster and find the relations; raises `BadStore` with a sentence where that cannot be."""
        tables = own_tables(address.own) if address.own else None
        password = secret_in(PASSWORD)
        if password and not address.is_encrypted and address.host != "localhost":
            raise BadStore(f"{address}: a token goes over TLS only. Add &ssl=true, or reach the server as localhost.")
        _reach(address)
        for name in NOISY:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        url = f"sc://{address.host}:{address.port}/"
        url += ";use_ssl=true" * address.is_encrypted + f";token={password}" * bool(password)
        session: Any = None
        try:
            session = SparkSession.builder.remote(url).create()
            session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES, max_backoff=MOST_APART)])
            session.conf.set("spark.sql.session.timeZone", "UTC")
            session.conf.set("spark.sql.cteRecursionRowLimit", "-1")  # reporting lines of all are many rows
            manifest = _manifest(session, address) if address.data else NOTHING
            own = OwnViews(session, tables, manifest) if tables else None
            manifest = own.manifest if own else manifest
            for name, relation in manifest.relations.items():
                session.read.parquet(f"{address.data}/{relation.file}").createOrReplaceTempView(name)
        except Refused:
            _close(session)
            raise
        except Exception as error:  # noqa: BLE001 - pyspark and grpc have many, and what they say may hold the token
            _close(session)
            _refuse(address, error)
        return cls(address, session, manifest, own)

    def is_newest(self) -> bool:
        """Whether what was published last is this, and answers from own tables may be shown yet.

        Raises `BadStore` where that cannot be known.
        """
        published = self.own.published if self.own else self.manifest
        _reach(self._address)
        try:
            is_same = not self._address.data or _manifest(self._session, self._address) == published
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            _refuse(self._address, error)
        return is_same and not (self.own and self.own.is_over)

    def close(self) -> None:
        """Let go of the session."""
        _close(self._session)

    @contextmanager
    def snapshot(self) -> Iterator["PublishedSnapshot"]:
        """Several selects about what was published when this was opened, and about own tables as they are now."""
        yield PublishedSnapshot(self.path, self._session, self.given, self.own)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of one select as an Arrow table."""
        with self.snapshot() as reading:
            return reading.query(sql, parameters)

    @property
    def given(self) -> frozenset[str]:
        """The relations that lie ready."""
        return frozenset(self.manifest.relations) | (self.own.tables.names if self.own else frozenset())

    def faults(self) -> list[str]:
        """What the rows of all own tables break, in sentences."""
        if not self.own:
            return []
        try:
            return [f"{self.own.tables.file}: {fault}" for each in self.own.declared for fault in self.own.faults(each)]
        except Exception as error:  # noqa: BLE001 - as above
            _refuse(self.path, error)

    @property
    def moments(self) -> str:
        """A sentence: as of when what was published is known, and since when own tables are read."""
        computed = f"Computed at {self.manifest.computed_at}Z" if self._address.data else ""
        if not self.own:
            return f"{computed}."
        names = ", ".join(self.own.tables.tables)
        own = f"Read from tables of your own ({names}) at {self.own.read_at.isoformat(timespec='seconds')}Z or later."
        return f"{computed}. {own}" if computed else own

    def data_version(self) -> str:
        """The state of the data that was published; of own tables, which change unseen, the moment of opening them."""
        return self.manifest.data_version

    def write(self) -> NoReturn:
        """Refused: a lake is read only."""
        raise Refused(f"{self.path} is read only. Nothing was stored; name the database itself with --db.")


class PublishedSnapshot(Snapshot):
    """What may be read inside `Lake.snapshot`: relations that lie ready. Nothing is remembered."""

    def __init__(self, place: str, session: Any, given: frozenset[str], own: OwnViews | None):
        super().__init__(session)
        self._place, self._own, self.given = place, own, given

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of one select, written for duckdb, as an Arrow table."""
        named = parameters_named(sql)
        used = {name: value for name, value in (parameters or {}).items() if name in named}
        try:
            text = to_spark(sql)
        except BadDefinition as error:
            raise NotPublished(_("Spark cannot answer this. Ask the database itself.")) from error
        try:
            if self._own:
                self._own.prepare(relations_read(sql))
            rows: pa.Table = self._cursor.sql(text, args=used).toArrow()
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            _refuse(self._place, error)
        return rows

    def frame(self, sql: str, parameters: Mapping[str, Any] | None, most: int) -> pd.DataFrame | None:
        """Rows of one select as `Store.frame` gives them; None over `most` cells."""
        rows = self.query(sql, parameters)
        return frame(rows) if rows.num_rows * rows.num_columns <= most else None


def _reach(address: Address) -> None:
    """Raise `BadStore` where nobody answers at an address."""
    try:
        socket.create_connection((address.host, address.port), PATIENCE).close()
    except OSError as error:
        raise BadStore(
            f"{address}: nobody answers at {address.host}:{address.port} ({error.strerror or error}). "
            "Start the Connect server of the cluster, or name another one."
        ) from None


def _manifest(session: Any, address: Address) -> Manifest:
    """What was published last."""
    content = session.read.text(f"{address.data}/{MANIFEST}", wholetext=True).collect()[0][0]
    return manifest_of(content, address.data)


def _close(session: Any) -> None:
    if session is not None:
        with suppress(Exception):
            session.stop()


def _refuse(place: Any, error: Exception) -> NoReturn:
    """Say what a cluster answered, in a sentence and without its stack."""
    password = secret_in(PASSWORD)
    answer = str(error).replace(password, "…") if password else str(error)
    if "PATH_NOT_FOUND" in answer or "FILE_NOT_EXIST" in answer or "FileNotFound" in answer:
        raise BadStore(
            f"{place}: the cluster does not find the published relations, or the files of a table. Publish to that "
            "folder, or ask again where somebody publishes, or writes that table, right now; and see that the cluster "
            "reaches the folder by this very name."
        ) from None
    if "UNAUTHENTICATED" in answer or "PERMISSION_DENIED" in answer:
        raise BadStore(f"{place}: the cluster lets nobody in with this token. Set SKILLTRACK_DB_PASSWORD.") from None
    details = re.search(r'details = "([^"]+)"', answer)
    shown = (details[1] if details else answer.strip().partition("\n")[0])[:300]
    if any(word in answer for word in LOST) or not shown:
        raise BadStore(
            f"{place}: the cluster does not answer ({shown}). Ask again, and start it where it has ended."
        ) from None
    raise BadQuestion(f"{place}: the cluster could not answer ({type(error).__name__}: {shown}).") from None
