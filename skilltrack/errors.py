"""What can go wrong, as one small tree.

SkilltrackError
└── Refused           the request cannot be carried out as it is; the text says what was found and what would work
    ├── BadQuestion   a report or screen was asked with a filter that means nothing here
    │   ├── NotOpen   what is asked is not open to whoever asks
    │   ├── NotPublished what was published of a database does not answer it, and the database itself does
    │   └── NotThere  what is named does not exist, or is out of the sight of whoever asks
    ├── BadFile       a file, folder or mapping cannot be read at all (rows that are wrong are `ingest.Problem`s)
    ├── BadStore      the database file cannot be used: damaged, foreign, too new, or held by another process; or its
    │   │             audit log cannot be written
    │   └── Superseded what was read is gone, since something newer was published in its place: ask again
    ├── BadDefinition a metric or another SQL text of this program cannot be used as it is written
    ├── BadToken      a program's token is unknown, was ended, or is over
    ├── NoMemory      the database may not hold as much memory as this needs
    └── NoRoom        the disk is full

Every `Refused` is worded for the person who asked; commands print it and exit with 2, screens show it in place.
"""

from skilltrack.language import Sentence, _


class SkilltrackError(Exception):
    """Anything Skilltrack raises on purpose; a sentence is said in the language of the run that shows it."""

    def __str__(self) -> str:
        text = super().__str__()
        return _(self.args[0]) if self.args and isinstance(self.args[0], Sentence) else text


class Refused(SkilltrackError):
    """Not done, nothing stored; the message says what would work."""


class BadQuestion(Refused):
    """The metric, date, person, team or role asked for does not exist."""


class NotOpen(BadQuestion):
    """The part of the program, the report or the file is not open to whoever asks."""


class NotPublished(BadQuestion):
    """The database itself answers this, and not what was published of it."""


class NotThere(BadQuestion):
    """Nothing that whoever asks may see has this name or number."""


class WouldReplace(Refused):
    """It would change what is on record, and is to be done only where nothing is."""


class BadFile(Refused):
    """The file as a whole cannot be read or mapped."""


class BadStore(Refused):
    """The database file cannot be opened as it is."""


class Superseded(BadStore):
    """Something newer was published in the place of what was read; whoever asks again is answered from that."""


class BadDefinition(Refused):
    """A SQL text, or the header of a metric, cannot be used as it is written."""


class BadToken(Refused):
    """The token lets nobody in."""


class NoMemory(Refused):
    """It needs more memory than the database may hold; nothing was changed."""


class NoRoom(Refused):
    """The disk is full; nothing of what was begun is left on it."""
