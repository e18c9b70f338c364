"""A database file seen from outside: whether it is one of ours, and what the engine's complaints about it mean."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skilltrack.errors import BadStore, NoMemory
from skilltrack.storage.engine import memory

DAMAGED = "it may be damaged"
"""In every sentence about a database that a backup or the journal can bring back."""
LOST = re.compile(
    r"onnection refused|ould not connect|closed the connection|terminating connection|nable to connect|"
    r"could not (send data to|receive data from) server|SSL SYSCALL error|"  # a machine that is gone
    r"no connection to the server|connection (not open|has been closed|to server)|"
    r"from DuckLake: Current transaction is aborted|"  # it has kept the first error to itself
    r"Failed to commit: Failed to execute query \"(COMMIT|ROLLBACK)\""  # of a lost connection libpq may give no reason
)
SPOILT = re.compile(
    r"orrupt \w+ file|Could not read enough bytes|Failure while replaying WAL|No magic bytes found|arquet magic bytes|"
    r"too small to be a Parquet file|TProtocolException|decompression failure|bytes outside file"
)
ROWS = re.compile(r"ducklake-[-0-9a-f]+\.parquet")
"""What a file of a lake's rows is called."""
OF_BUCKET = re.compile(r"HTTP Error: |error for HTTP [A-Z]+ to '")
"""In what is said about a bucket (S3-compatible) that holds the rows of a lake."""
NOT_LET_IN = re.compile(r"(HTTP|code|status) 40[13]\b|Forbidden|ACCESS_DENIED|INVALID_ACCESS_KEY|Secret Validation")
"""In what it says to whoever has no rights there."""
WAY_OUT = "Run `check`, restore a backup, or name another file."
"""At the end of the sentence about a damaged database."""
OTHER_FILE = "Nothing was changed; name another file with --db."
"""At the end of the sentence about a file that holds something else."""
NO_DATABASE = "is not a DuckDB database"
"""In that sentence."""
LEFT_OPEN = (
    "{} could not be reached any more when this was to be stored. It is written down: once the lake answers again "
    "(does PostgreSQL run?), whoever opens it or stores something next finishes it. Look whether it is there before "
    "you do it again."
)
"""Said where a lake is lost after the journal has what was to be stored, and before it is known to be stored."""
NOT_GONE = (
    "Who is erased is not gone from {} yet. It is written down: whoever opens the lake or stores something next "
    "finishes it. What stopped it:"
)
"""Said where an erasure stops after the journal has it."""


def refuse_foreign_file(path: Path) -> None:
    """Raise `BadStore` for what cannot be a database of ours, without opening it."""
    if path.is_dir():
        raise BadStore(f"{path} is a folder, not a database file. {OTHER_FILE}")
    if not path.parent.is_dir():
        raise BadStore(f"The folder {path.parent} does not exist. Make it first, or name another file with --db.")
    if path.exists():
        try:
            with path.open("rb") as file:
                head = file.read(12)
        except OSError as error:
            raise BadStore(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
        if head[8:12] != b"DUCK":
            what = "is a SQLite database" if head.startswith(b"SQLite") else NO_DATABASE
            raise BadStore(f"{path} {what}. {OTHER_FILE}")


def in_words(path: str, text: str) -> str:
    """DuckDB's message on opening as a sentence that says what to do; one that is such a sentence stays."""
    if DAMAGED in text:
        return text
    message = text.splitlines()[0][:200]
    damaged = f"{path} cannot be read; {DAMAGED} ({message}). {WAY_OUT}"
    return known_words(path, text) or damaged


def without_way_out(text: str) -> str:
    """The sentence about a database file that cannot be used, where somebody is to do something else about it."""
    return text.removesuffix(WAY_OUT).removesuffix(OTHER_FILE).rstrip()


def is_lost(text: str) -> bool:
    """Whether DuckDB's message tells that PostgreSQL, which holds the catalogue of a lake, is out of reach."""
    return bool(LOST.search(text))


def is_out_of_reach(text: str) -> bool:
    """Whether DuckDB's message tells that what holds a lake is out of reach: PostgreSQL, or the bucket of its rows."""
    return is_lost(text) or (bool(OF_BUCKET.search(text)) and not is_gone(text))


def bucket_in_words(path: str, text: str) -> str:
    """What is said about the bucket of a lake's rows as a sentence, which repeats nothing: it can name keys."""
    if NOT_LET_IN.search(text):
        return (
            f"The bucket that holds the rows of {path} does not let this account in. Nothing was changed; give it the "
            "rights there, in the ways of AWS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the machine's role."
        )
    if "NoSuchBucket" in text:
        return f"The bucket that is to hold the rows of {path} does not exist. Make it, or name another one."
    return (
        f"The storage that holds the rows of {path} does not answer, or fails. Nothing was changed; try again once it "
        "runs. (AWS_ENDPOINT_URL names one that is not AWS's own.)"
    )


def is_gone(text: str) -> bool:
    """Whether DuckDB's message tells of a file of a lake's rows that is not there."""
    is_missing = "No such file or directory" in text or (" 404" in text and "NoSuchBucket" not in text)
    return is_missing and bool(ROWS.search(text))


def is_damage(text: str) -> bool:
    """Whether DuckDB's message tells of a file whose content is not what was written."""
    return bool(SPOILT.search(text))


def known_words(path: str, text: str) -> str | None:
    """A sentence about what is not damage: another process, missing permissions, a full disk, too little memory."""
    holder = re.search(r"\(PID (\d+)\)", text)
    if "Could not set lock" in text:
        who = f"process {holder.group(1)}" if holder else "another process"
        return (
            f"{path} is open in {who} (is the app running?). "
            "Nothing was changed; use the app, or stop that process first."
        )
    if "ermission denied" in text or "ead-only" in text:
        return f"{path} cannot be written: permission denied. Check the file's and its folder's permissions."
    if "No space left" in text:
        return f"The disk that holds {path} is full. Nothing was changed; free some space and try again."
    if is_gone(text):
        return (
            f"{path} lacks a file of its rows, {ROWS.findall(text)[0]}. Ask again: it may have been tidied up while it "
            f"was read. If that does not help, {DAMAGED}: run `rebuild`, or restore a backup."
        )
    if OF_BUCKET.search(text):
        return bucket_in_words(path, text)
    if is_lost(text):
        return (
            f"PostgreSQL, which holds the catalogue of {path}, does not answer or has ended the connection. Nothing "
            "was stored; try again once it runs."
        )
    if "due to lock timeout" in text:
        return f"Somebody else has been storing something in {path} for 10 minutes. Nothing was stored; try again."
    if is_over_memory(text):
        return (
            f"This needs more memory than the {memory() // 2**20:,} MiB that the database may hold. {path} was not "
            "changed; give the file in parts, raise SKILLTRACK_MEMORY, or use a machine with more memory."
        )
    return None


def is_over_memory(text: str) -> bool:
    """Whether DuckDB's message tells that the database may not hold as much memory as was needed."""
    return "Out of Memory" in text


@contextmanager
def memory_in_words() -> Iterator[None]:
    """Raise `NoMemory` where a question needs more memory than the database may hold."""
    try:
        yield
    except Exception as error:
        if is_over_memory(str(error)):
            raise NoMemory(
                f"This question needs more memory than the database has left. It may hold {memory() // 2**20:,} MiB, "
                "less while a large import runs. Ask about fewer people or a shorter time, ask again later, or raise "
                "SKILLTRACK_MEMORY."
            ) from error
        raise


def is_full(error: Exception) -> bool:
    """Whether an error of the system or of the engine tells of a full disk."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
