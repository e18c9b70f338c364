"""Answers about the name of a credential hold for the issuer they were given for: several issuers may use one name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from skilltrack.ingest.reading.mapping import Mapping

BY = ", issued by "


def with_issuer(name: str, issuer: str) -> str:
    """A credential as an answer about it calls it: its name and, where the row says so, its issuer."""
    return f"{name}{BY}{issuer}" if issuer else name


def for_its_issuers(mapping: Mapping, named: Iterable[tuple[str, str]]) -> Mapping:
    """The mapping of a file of badges; `named` are the names and issuers in it.

    An answer by a name alone holds where one issuer of the file uses the name, and from then on for that issuer.
    """
    issuers: dict[str, set[str]] = defaultdict(set)
    for name, issuer in named:
        issuers[name].add(issuer)
    answers = {
        with_issuer(name, *issuers[name]) if BY not in name and len(issuers[name]) == 1 else name: meant
        for name, meant in mapping.values.get("credential", {}).items()
        if BY in name or len(issuers[name]) == 1
    }
    return _with(mapping, answers)


def of_issuers(mapping: Mapping) -> Mapping:
    """The mapping without answers about a name alone, which do not say whose credential was meant."""
    return _with(mapping, {name: meant for name, meant in mapping.values.get("credential", {}).items() if BY in name})


def _with(mapping: Mapping, answers: dict[str, str]) -> Mapping:
    others = {column: pairs for column, pairs in mapping.values.items() if column != "credential"}
    return replace(mapping, values=others | ({"credential": answers} if answers else {}))
