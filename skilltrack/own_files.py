"""What a database's own files are: nothing is written over them, and none is made anew while one is out of reach."""

from pathlib import Path

from skilltrack.errors import BadStore, Refused
from skilltrack.journal import Journal
from skilltrack.replacing import log_of


def refuse_own_file(database: Path, target: Path | None) -> None:
    """Raise `Refused` when `target`, by whatever name or link, is a file of this database or another database."""
    if target is None:
        return  # standard output
    journal = Journal(str(database))
    own = [database, log_of(database), journal.audit.path, journal.audit.anchor]
    own += database.parent.glob(f"{database.name}.*")
    place = target.resolve()
    is_inside = any(folder.name.endswith(".duckdb.files") for folder in place.parents)
    is_own = place in [path.resolve() for path in own] or journal.folder.resolve() in place.parents
    if target.exists():
        is_own = is_own or any(path.exists() and target.samefile(path) for path in own)
        is_own = is_own or any(path.samefile(target) for path in journal.folder.glob("*"))
    if is_own or is_inside:
        raise Refused(f"{target} is one of the database's own files. Nothing was written; choose another name.")
    if place.is_file() and place.stat().st_mode & 0o200:
        with place.open("rb") as file:
            if file.read(12)[8:] == b"DUCK":
                raise Refused(f"{target} is a database. Nothing was written; choose another name, or delete it first.")


def refuse_dangling(database: Path) -> None:
    """Raise `BadStore` when a part of a database is a link that leads nowhere, as to a disk that is not mounted."""
    journal = Journal(str(database))
    for part in (database, journal.folder, journal.path, journal.audit.path):
        if part.is_symlink() and not part.exists():
            raise BadStore(
                f"{part} leads to {part.readlink()}, which is not there. Nothing was changed or made anew. Mount the "
                "disk that holds it, mend the link, or name the database itself."
            )
    if journal.folder.exists() and not journal.folder.is_dir():
        raise BadStore(f"{journal.folder} is a file, not the folder of {database}. Nothing was changed; move it away.")
