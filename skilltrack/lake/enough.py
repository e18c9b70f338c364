"""What relations are enough for: of each report, what it would need besides those that lie ready."""

from collections.abc import Collection, Iterator

from skilltrack.questions import catalogue, lacking, reports
from skilltrack.storage import OwnTables, contract, is_computable


def lacking_by_report(given: Collection[str]) -> dict[str, list[str]]:
    """Every report with the relations that it lacks where these lie ready; none where it is answered."""
    return {name: lacking(catalogue()[name].sql, frozenset(given)) for name in reports()}


def described(tables: OwnTables, given: Collection[str], not_used: Collection[str]) -> Iterator[str]:
    """Each relation in a line: what gives it. `not_used`: published ones that are about other rows than own tables."""
    empty = {each.name for each in tables.empty}
    for name, declared in contract().items():
        if name in tables.tables:
            yield f"{name}: {tables.tables[name].called}"
        elif name in empty:
            yield f"{name}: no rows"
        elif name in given:
            yield f"{name}: published"
        elif is_computable(name, given):
            yield f"{name}: follows from {', '.join(declared.follows_from)}"
        elif name in not_used:
            yield f"{name}: not given; what was published of it is about other rows than tables of your own"
        else:
            yield f"{name}: not given"
