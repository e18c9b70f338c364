"""What a column of a file holds, in words: for the list of files and for templates."""

from skilltrack.kinds.meanings import Column, Kind
from skilltrack.language import _, mark

TYPES = {
    "date": "a date",
    "level": "a whole number from 1",
    "level_or_0": "a whole number; 0 takes the mapping back",
    "whole": "a whole number from 1",
    "weight": "a number from 0, at most four decimals",
    "money": "an amount, 1234.50",
    "yes_no": "true or false",
    "currency": "three letters, EUR",
    "public_key": "a DID, an https address, or a public key as PEM",
}


def holds(kind: Kind, column: Column) -> str:
    """What a column of a kind holds, in words."""
    holds = TYPES.get(column.type, "text")
    if column.choices:
        holds = f"one of {', '.join(column.choices)}"
    if column.refers_to:
        holds = "an employee_id of the roster" if column.refers_to == "roster" else f"an id of {column.refers_to}"
    if column.default is not None:
        holds += f"; empty: {column.default}"
    if column.required and column.instead:
        holds += f"; needed, or {' and '.join(column.instead)}"
    if column.name in kind.one_of:
        holds += f"; needed, or {' or '.join(name for name in kind.one_of if name != column.name)}"
    if column in kind.read_only:
        holds += "; only to find what the row is about"
    return holds


CALLED = {
    "skills": mark("Skills"), "issuers": mark("Issuers"), "issuer_keys": mark("Issuers' keys"),
    "credentials": mark("Credentials"), "credential_skills": mark("What credentials show"),
    "stacks": mark("Certificate paths"), "roles": mark("Roles and what they need"), "job_titles": mark("Job titles"),
    "roster": mark("Roster"), "badges": mark("Badges"), "prior_learning": mark("Prior learning"),
    "self_ratings": mark("Self ratings"), "exemptions": mark("Exemptions"), "targets": mark("Targets"),
    "spend": mark("Spend"),
}  # fmt: skip
"""What the kinds of file are called."""


def kind_called(name: str) -> str:
    """The name of a kind of file; its own word for one that has no name here."""
    return _(CALLED[name]) if name in CALLED else name.replace("_", " ")
