"""What can go wrong, as one small tree.

SkilltrackError
└── Refused           the request cannot be carried out as it is; the text says what was found and what would work
    ├── BadQuestion   a report or screen was asked with a filter that means nothing here
    ├── BadFile       a file, folder or mapping cannot be read at all (rows that are wrong are `ingest.Problem`s)
    ├── BadStore      the database file cannot be used: damaged, foreign, too new, or held by another process
    ├── BadDefinition a metric or another SQL text of this program cannot be used as it is written
    └── NoRoom        the disk is full

Every `Refused` is worded for the person who asked; commands print it and exit with 2, screens show it in place.
"""


class SkilltrackError(Exception):
    """Anything Skilltrack raises on purpose."""


class Refused(SkilltrackError):
    """Not done, nothing stored; the message says what would work."""


class BadQuestion(Refused):
    """The metric, date, person, team or role asked for does not exist."""


class BadFile(Refused):
    """The file as a whole cannot be read or mapped."""


class BadStore(Refused):
    """The database file cannot be opened as it is."""


class BadDefinition(Refused):
    """A SQL text, or the header of a metric, cannot be used as it is written."""


class NoRoom(Refused):
    """The disk is full; nothing of what was begun is left on it."""
