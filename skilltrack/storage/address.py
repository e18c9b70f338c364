"""Which database a text names: a file, a lake on DuckLake, or published relations on Spark. None holds a password."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from skilltrack.errors import BadStore

SCHEMES = ("sc:", "ducklake:", "postgres:", "postgresql:")
ITS_ADDRESS = "The address of the database"
SPARK = "sc://HOST:PORT/?data=FOLDER"
OWN = "sc://HOST:PORT/?tables=FILE.toml"
LAKE = "ducklake:postgres:dbname=NAME host=HOST?data=FOLDER"
BUCKET = "ducklake:postgres:dbname=NAME host=HOST?data=s3://BUCKET/PREFIX&beside=FOLDER"
BEGINNING = re.compile(r"^ducklake:(postgres:|duckdb:)?|[a-z][a-z0-9+.-]*://", re.IGNORECASE)
"""What may stand before a colon that is not the one between an account and its password."""
SECRET = re.compile(r"(pass|pwd|tok|secret|key)\w*\s*=|:[^?]*@", re.IGNORECASE)
"""In an address that holds a password, behind its beginning."""
ACCOUNT = re.compile(r"//[^/?#\s]*@")
"""In one that holds a token in the place of an account."""
KEY = re.compile(r"[a-z_]{1,20}", re.IGNORECASE)
"""What a sentence repeats of an address that is none."""
PARAMETERS = {"data", "ssl", "tables"}
CATALOGUES = ("postgres:", "duckdb:")
CONNECTED_BY = {"dbname", "host", "hostaddr", "port", "user", "sslmode", "sslrootcert", "connect_timeout", "service"}
"""What an address may say to PostgreSQL."""
IN_BUCKET = "s3://"
"""How the place of rows begins that lie in a bucket (S3-compatible)."""
AS_PATH = re.compile(r"(?<==)s3:/+")
"""The same as the name of a file has it, which knows no two slashes: a setting is read as one."""
SLASHES = "/%2F"
"""Two slashes as the setting has them that names published relations (`config.settings`), for the same reason."""
PLACE = re.compile(r"(/|s3://[A-Za-z0-9][\w.-]*(/|$))[^*?\[]*")
"""A folder or a part of a bucket whose files the engine can list: it takes some characters for patterns."""


@dataclass(frozen=True)
class Address:
    """Where data lies that is not in a file of this machine."""

    engine: Literal["spark", "ducklake"]
    text: str
    """As it was written: it holds no password."""
    host: str = ""
    port: int = 0
    data: str = ""
    """The folder of the files, or `s3://BUCKET/PREFIX`, as the engine reaches it."""
    is_encrypted: bool = False
    catalogue: str = ""
    """Of a lake on DuckLake: `postgres:` and how PostgreSQL is reached, or `duckdb:` and a file."""
    folder: str = ""
    """Of a lake on DuckLake: the folder of what lies beside its rows; that of the rows, where they lie in one."""
    own: str = ""
    """Of a cluster: the file that says which of a company's own tables give relations."""

    def __str__(self) -> str:
        return self.text

    @property
    def is_published(self) -> bool:
        """Whether it names what was published, which can only be read."""
        return self.engine == "spark"

    @property
    def is_shared(self) -> bool:
        """Of a lake on DuckLake: whether several processes can have it open at once."""
        return self.catalogue.startswith("postgres:")

    @property
    def is_in_bucket(self) -> bool:
        """Whether its files are objects in a bucket (S3-compatible)."""
        return self.data.startswith(IN_BUCKET)

    @property
    def tables(self) -> str:
        """Of a lake on DuckLake: where its rows lie, to which only the engine writes."""
        return f"{self.data}/tables"

    @property
    def beside(self) -> Path:
        """Of a lake on DuckLake: what the journal, the audit log and the kept files are named after, as of a file."""
        return Path(self.folder) / "skilltrack"


def beside(database: Path | Address) -> Path:
    """What the files beside a database are named after: a file itself, or the place in a lake's folder."""
    address = database if isinstance(database, Address) else address_of(str(database))
    return address.beside if address else Path(str(database))


def address_of(text: str) -> Address | None:
    """The address that a text is; None for the name of a file. Raises `BadStore` where it is meant as one and is none.

    No sentence repeats more of it than a key: it may hold a password in a place where nobody looks for one.
    """
    text = AS_PATH.sub(IN_BUCKET, text.strip())
    if text.startswith("sc:"):
        text = text.replace(SLASHES, "//")
    if not text.startswith(SCHEMES) and "://" not in text:
        return None
    if ACCOUNT.search(text) or SECRET.search(BEGINNING.sub("", text)):
        raise BadStore(
            "The address of the database holds a password or token, which others would read in lists of processes and "
            "in logs. Leave it out, and set SKILLTRACK_DB_PASSWORD or SKILLTRACK_DB_PASSWORD_FILE."
        )
    if text.startswith("ducklake:"):
        return _ducklake(text)
    if not text.startswith("sc://"):
        raise BadStore(f"{ITS_ADDRESS} names no database that is known. Name a file, {SPARK}, or {LAKE}.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or 15002
    except ValueError:
        raise BadStore(f"{ITS_ADDRESS} has no port that can be. Write {SPARK}.") from None
    asked = parse_qs(parts.query, keep_blank_values=True)
    if unknown := sorted(set(asked) - PARAMETERS):
        raise BadStore(
            f"{ITS_ADDRESS} says {_shown(unknown[0])}, which is not known. Write {SPARK}, and &ssl=true for TLS."
        )
    data, own = asked.get("data", [""])[0], asked.get("tables", [""])[0]
    ssl = asked.get("ssl", ["false"])[0]
    if not host or not (data or own) or parts.path not in ("", "/"):
        raise BadStore(
            f"{ITS_ADDRESS} lacks its host or the folder of the published relations. Write {SPARK}, or {OWN}, for "
            "tables of your own."
        )
    if ssl not in ("true", "false"):
        raise BadStore(f"{ITS_ADDRESS} says neither ssl=true nor ssl=false. Write {SPARK}&ssl=true for TLS.")
    return Address("spark", text, host, port, data.rstrip("/"), ssl == "true", own=own)


def _ducklake(text: str) -> Address:
    catalogue, _, query = text.removeprefix("ducklake:").partition("?")
    asked = {name: values[0].rstrip("/") for name, values in parse_qs(query).items()}
    data = asked.pop("data", "")
    if not catalogue.startswith(CATALOGUES) or not data:
        raise BadStore(f"{ITS_ADDRESS} lacks its catalogue in PostgreSQL or the folder of its files. Write {LAKE}.")
    folder = _folder(data, asked.pop("beside", ""))
    if asked:
        raise BadStore(f"{ITS_ADDRESS} says {_shown(min(asked))}, which is not known. Write {LAKE}, or {BUCKET}.")
    kind, _, place = catalogue.partition(":")
    if kind == "postgres":
        words = [part.partition("=") for part in place.split()]
        if unknown := [name if sign else "" for name, sign, _ in words if not sign or name not in CONNECTED_BY]:
            raise BadStore(
                f"{ITS_ADDRESS} says {_shown(unknown[0])} to PostgreSQL, which is not known. Write {LAKE}, with any of "
                f"{', '.join(sorted(CONNECTED_BY))}."
            )
    return Address("ducklake", text, data=data, folder=folder, catalogue=catalogue)


def _shown(key: str) -> str:
    return key if KEY.fullmatch(key) else "something"


def _folder(data: str, beside: str) -> str:
    """The folder of what lies beside the rows of a lake; raises `BadStore` where it or that of the rows can be none."""
    is_bucket = data.startswith(IN_BUCKET)
    if not is_bucket and "://" in data:
        raise BadStore(f"{ITS_ADDRESS} names neither a folder nor a bucket. Write {LAKE}, or {BUCKET}.")
    if not is_bucket and beside:
        raise BadStore(
            f"{ITS_ADDRESS} says beside, and its rows lie in a folder, where all else does too. Write {LAKE}."
        )
    if is_bucket and not beside:
        raise BadStore(
            f"{ITS_ADDRESS} lacks the folder of the journal, the kept files and the audit log, which no bucket can "
            f"hold. Add &beside=FOLDER, on a disk that all servers reach: {BUCKET}."
        )
    folder = beside or data
    if not folder.startswith("/"):
        raise BadStore(f"{ITS_ADDRESS} names a folder that is another one on each server. Begin it with /: {LAKE}.")
    if not PLACE.fullmatch(data):
        raise BadStore(
            f"{ITS_ADDRESS} names a place whose files cannot be listed: choose one without *, ? and [. {LAKE}."
        )
    return folder
