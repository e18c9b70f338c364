"""What an examination of an installation finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something about an installation that whoever runs it should know, and what to do about it."""

    about: str
    """One or two words: a condition (`condition.py`), settings, secrets, database, machine, clock, versions, proxy …"""
    message: str
    is_wrong: bool = True
    """Whether something does not work, or can be lost or read by others; else it is advice."""


def advice(about: str, message: str) -> Finding:
    """Something that works, and could be better."""
    return Finding(about, message, is_wrong=False)
