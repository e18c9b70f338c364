"""Where the program's own files are, and where a database is."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
SQL = PACKAGE / "sql"
"""Every SQL text that stands in a file."""
IS_INSTALLED = (PACKAGE / "root").is_dir()
"""Whether this is the wheel's copy of the package, and not a checkout."""
ROOT = PACKAGE / "root" if IS_INSTALLED else PACKAGE.parent
"""The folder of app.py, pages/ and data/demo/: the checkout, or what the wheel brings instead of it."""


def located(database: Path) -> Path:
    """The file that a database's name leads to, so that what lies beside it is found by whatever link it is named.

    A link that leads nowhere stays what it is, and so does the address of a lake.
    """
    if str(database).startswith(("ducklake:", "sc:")):
        return database
    real, leads_nowhere = Path(os.path.realpath(database)), database.is_symlink() and not database.exists()
    return database if leads_nowhere or real == database.absolute() else real
