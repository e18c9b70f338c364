"""The command line, one module a group."""

import sys

from skilltrack.commands.handing import done_by_app

__all__ = [
    "main",
]


def main() -> None:
    """Run the command that this process was started for; the app that holds the database does it, if any."""
    code = done_by_app(sys.argv[1:])
    if code is None:
        from skilltrack.commands.cli import run  # loads everything, which an app has done already

        code = run(sys.argv[1:])
    if code:
        sys.exit(code)
