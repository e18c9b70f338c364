"""Whether a database file that nobody has open is whole, before it is relied on or takes another's place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import damaged_uploads
from skilltrack.storage import DAMAGED, NO_DATABASE, Store, log_of


def faults(path: Path) -> list[str]:
    """What is wrong with a database file that nobody has open; it is not changed."""
    try:
        store = Store.open(path, is_read_only=True)
    except BadStore as error:
        return [str(error)]
    try:
        if not store.is_up_to_date():
            return []  # written by an older program: it is brought up to date when it is used
        return [f"the rows of upload {upload} are not those that were imported." for upload in damaged_uploads(store)]
    except BadStore as error:
        return [str(error)]
    finally:
        store.close()


def refuse_unproved(fresh: Path) -> None:
    """Raise `Refused` when a database that was just made and closed is not whole in its one file."""
    if log_of(fresh).exists():
        raise Refused(
            f"{fresh} could not be written as a whole: the disk is full. Nothing was changed; free some space."
        )
    if problems := faults(fresh):
        raise Refused(f"{fresh}, which was to replace the database, is not whole. Nothing was changed. {problems[0]}")


@contextmanager
def reserved(path: Path) -> Iterator[Store | None]:
    """Open the database so that no other process can; None where it is damaged or absent.

    Raises `BadStore` when another process has it open.
    """
    store = None
    if path.exists():
        try:
            store = Store.open(path, is_read_only=True)
        except BadStore as error:
            if DAMAGED not in str(error) and NO_DATABASE not in str(error):
                raise
    try:
        yield store
    finally:
        if store is not None:
            store.close()
