"""The command line, one module a group."""

from skilltrack.commands.cli import main

__all__ = [
    "main",
]
