"""The engine on a lake (DuckLake): catalogue in PostgreSQL or a file, rows as Parquet in a folder or a bucket.

The extensions come from the extra `lake`, or from the engine's own folder of extensions; none is fetched. From the
moment a lake is attached no text reads another file than those of its rows.
"""

import logging
import re
import tempfile
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from skilltrack.config import secret_in
from skilltrack.errors import BadStore
from skilltrack.storage.address import Address
from skilltrack.storage.database_file import bucket_in_words
from skilltrack.storage.engine import lock, quoted, unlocked
from skilltrack.storage.lake_bucket import secret_for

log = logging.getLogger("skilltrack")

PASSWORD = "SKILLTRACK_DB_PASSWORD"  # noqa: S105 - what the variable is called
"""The variable that holds the password of PostgreSQL; with `_FILE` it names a file that does."""
EXTENSIONS = {"postgres": ("ducklake", "postgres_scanner"), "duckdb": ("ducklake",)}
OF_BUCKET = ("httpfs", "aws")
"""Further ones, where the rows lie in a bucket."""
AWAY = re.compile(r"onnection refused|could not (connect|translate)|[Tt]imeout|No such file|database system is")
"""In what is said of a PostgreSQL that does not answer, or not yet."""
REACHED_WITH = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""What PostgreSQL is reached with: a machine that is gone is noticed within a minute, and not after two hours."""
ENGLISH = re.compile(r"(C|POSIX|en)\b.*|en_.*", re.IGNORECASE)
"""Settings of `lc_messages` in which what is told apart by its text is told in that text."""
RETRIES = 100
"""How often a commit is tried again that met another in the catalogue."""
NO_LAKE = "There is no database at {}. Check the address given with --db; `import` makes a new one."
DROP = (
    "do $$ begin execute (select ''drop table '' || string_agg(format(''%I.%I'', schemaname, tablename), '', '') "
    "from pg_tables where schemaname = ''public'' and tablename like ''ducklake\\_%''); end $$"
)
"""Has PostgreSQL drop the tables of the catalogue."""
CATALOGUE = "__ducklake_metadata_lake"
"""Under which name the tables of the catalogue can be read."""


def connect_lake(address: Address, creates: bool) -> duckdb.DuckDBPyConnection:
    """A connection to a lake; its cursors begin with `use lake`. Raises `BadStore` with a sentence."""
    connection = unlocked(":memory:")
    kind, _, place = address.catalogue.partition(":")
    password = secret_in(PASSWORD) if kind == "postgres" else ""
    made = None
    try:
        for name in (*EXTENSIONS[kind], *(OF_BUCKET if address.is_in_bucket else ())):
            _load(connection, name, address)
        if address.is_in_bucket:
            connection.execute(secret_for(address))
        elif creates and not Path(address.tables).exists():
            made = Path(address.tables)
            made.mkdir(parents=True, exist_ok=True)
        options = [
            f"data_path {quoted(f'{address.tables}/')}",
            "data_inlining_row_limit 0",  # every row in a file: what is erased is gone with its file
            f"create_if_not_exists {str(creates).lower()}",
        ]
        source = f"ducklake:{place}"
        if kind == "postgres":
            place = _reached_by(place)
            words = f", password {quoted(password)}" if password else ""
            connection.execute(f"create secret catalogue (type postgres{words})")
            how = "type postgres, secret catalogue, isolation_level 'READ COMMITTED'"  # a lock keeps no old state alive
            connection.execute(f"attach {quoted(place)} as catalogue ({how})")
            _warn_of_language(address, connection)
            source = f"ducklake:postgres:{place}"
            options.append("meta_secret 'catalogue'")
        connection.execute(f"attach {quoted(source)} as lake ({', '.join(options)})")
        connection.execute(f"set ducklake_max_retry_count = {RETRIES}")
        connection.execute(f"set temp_directory = {quoted(f'{tempfile.gettempdir()}/skilltrack-{uuid4().hex}')}")
        connection.execute(f"set allowed_directories = [{quoted(f'{address.tables}/')}]")
        lock(connection)
    except (duckdb.Error, OSError) as error:
        with suppress(duckdb.Error):
            connection.close()
        if made:
            with suppress(OSError):  # somebody has put something into it meanwhile
                made.rmdir()
        raise BadStore(_in_words(address, str(error), password)) from None  # its text may hold the password
    return connection


def _reached_by(place: str) -> str:
    """How PostgreSQL is reached, with what the address leaves open."""
    named = {word.partition("=")[0] for word in place.split()}
    return " ".join([place, *(f"{name}={value}" for name, value in REACHED_WITH.items() if name not in named)])


def _warn_of_language(address: Address, connection: duckdb.DuckDBPyConnection) -> None:
    with closing(connection.cursor()) as cursor:
        language = str(ask_postgres(cursor, "select current_setting(''lc_messages'')")[0][0])
    if not ENGLISH.fullmatch(language):
        log.warning(
            "%s: PostgreSQL says what goes wrong in another language than English (lc_messages is %s): no commit is "
            "tried again, and a lost connection is not told as one. Have its administrator set lc_messages to C.",
            address,
            language,
        )


def ask_postgres(cursor: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """Run a statement in the connection to PostgreSQL that a transaction has."""
    call = "select * from postgres_query" if sql.startswith("select") else "call postgres_execute"
    return cursor.execute(f"{call}('catalogue', '{sql}')").fetchall()


def unmake(connection: duckdb.DuckDBPyConnection, address: Address) -> None:
    """Take away the catalogue of a lake in which nothing was ever stored; the connection can do nothing more.

    No file of rows goes: those that are there may be another catalogue's.
    """
    kind, _, place = address.catalogue.partition(":")
    with closing(connection.cursor()) as cursor:
        cursor.execute("use memory; detach lake")
        if kind == "postgres":
            cursor.execute("begin")
            ask_postgres(cursor, "set local lock_timeout = ''10s''")
            ask_postgres(cursor, DROP)
            cursor.execute("commit")
    connection.close()
    if kind == "duckdb":
        Path(place).unlink(missing_ok=True)
    if not address.is_in_bucket:
        with suppress(OSError):  # there is something in it
            Path(address.tables).rmdir()


def _load(connection: duckdb.DuckDBPyConnection, name: str, address: Address) -> None:
    try:
        folder = Path(str(import_module(f"duckdb_extension_{name}").__file__)).parent
        named = quoted(str(next(folder.rglob(f"{name}.duckdb_extension"))))
    except (ImportError, StopIteration):
        named = name  # one that `install` has put into the engine's own folder
    try:
        connection.execute(f"load {named}")
    except duckdb.Error:
        raise BadStore(
            f"{address} needs the extra lake, for duckdb 1.5.5: `pip install 'skilltrack[lake]'`. (Of "
            f"another duckdb: `install {name}` in it.)"
        ) from None


def _in_words(address: Address, message: str, password: str) -> str:
    first = message.strip().splitlines()[0][:300]
    shown = first.replace(password, "…") if password else first
    if "does not match existing data path" in message or "DATA_PATH" in message:
        return (
            f"{address}: the lake of this catalogue has its files in another folder ({shown}). Nothing was changed; "
            "name that folder, by the same name on every server."
        )
    if "Secret Validation" in message:
        return bucket_in_words(str(address), message)
    if "creating a new DuckLake is explicitly disabled" in message:
        return NO_LAKE.format(address)
    if versions := re.search(r"catalog version is (\S+), but the extension requires version (\d[\d.]*\d)", message):
        return (
            f"{address} has a catalogue of DuckLake {versions[1]}, and this program reads {versions[2]}. Nothing was "
            "changed; use the Skilltrack that wrote it, or a newer one."
        )
    if absent := re.search(r'database "(.+?)" does not exist', message):
        return f"{address}: PostgreSQL does not know {absent[1]}. Make it with `createdb`, or name another one."
    if "password" in message or "authentication" in message:
        return f"{address}: PostgreSQL lets nobody in with this password. Set {PASSWORD} or {PASSWORD}_FILE."
    if address.is_shared and AWAY.search(message):
        return f"{address}: PostgreSQL does not answer ({shown}). Start it, or name another one. Nothing was changed."
    if not address.is_shared and not (folder := Path(address.catalogue.partition(":")[2]).parent).is_dir():
        return f"{address}: the folder of the catalogue, {folder}, does not exist. Make it first, or name another one."
    return f"{address} cannot be opened ({shown}). Nothing was changed; correct the address or what it leads to."
