"""Statements in their canonical order and with canonical names for blank nodes (RDFC-1.0), within a bound of work.

The order is quick for every real credential. Graphs can be made for which it takes years, so each step is counted and
the counting ends it: the same graph ends at the same step on every machine.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import permutations
from math import factorial

from skilltrack.badges.statements import Statement, Term

STEPS = 100_000
"""Steps that one graph may take, about a second; a real credential takes some hundreds."""
GROUP = 8
"""Blank nodes that look alike to one neighbour: their permutations are tried."""


class TooTangled(Exception):
    """The graph would take too long: somebody made it so."""


class _Names:
    """Names given to blank nodes, in the order in which they were asked for."""

    def __init__(self, prefix: str, given: dict[Term, str] | None = None) -> None:
        self.prefix = prefix
        self.given = dict(given or {})

    def name(self, node: Term) -> str:
        return self.given.setdefault(node, f"{self.prefix}{len(self.given)}")

    def copy(self) -> "_Names":
        return _Names(self.prefix, self.given)


class _Canonical:
    """One run of the algorithm; the names of its parts are those of the standard."""

    def __init__(self, statements: Iterable[Statement], algorithm: str) -> None:
        self.statements = list(statements)
        self.algorithm = algorithm
        self.names = _Names("_:c14n")
        self.steps = STEPS
        self.of_node: dict[Term, list[Statement]] = defaultdict(list)
        for line in self.statements:
            for node in {part for part in line if part.startswith("_:")}:
                self.of_node[node].append(line)
        self.first: dict[Term, str] = {node: self._first_degree(node) for node in self.of_node}

    def _hash(self, text: str) -> str:
        return hashlib.new(self.algorithm, text.encode()).hexdigest()

    def _spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooTangled

    def _first_degree(self, node: Term) -> str:
        def alike(part: Term) -> Term:
            return part if not part.startswith("_:") else "_:a" if part == node else "_:z"

        return self._hash("".join(sorted(written(tuple(map(alike, line))) for line in self.of_node[node])))  # type: ignore[arg-type]

    def text(self) -> str:
        alike: dict[str, list[Term]] = defaultdict(list)
        for node, digest in self.first.items():
            alike[digest].append(node)
        for _, nodes in sorted(alike.items()):
            if len(nodes) == 1:
                self.names.name(nodes[0])
        for _, nodes in sorted(alike.items()):
            if len(nodes) > 1:
                self._name_alike(nodes)
        return "".join(
            sorted(
                written(tuple(self.names.given[part] if part.startswith("_:") else part for part in line))  # type: ignore[arg-type]
                for line in self.statements
            )
        )

    def _name_alike(self, nodes: list[Term]) -> None:
        results = []
        for node in nodes:
            if node not in self.names.given:
                names = _Names("_:b")
                names.name(node)
                results.append(self._n_degree(node, names))
        for _, names in sorted(results, key=lambda result: result[0]):
            for node in names.given:
                self.names.name(node)

    def _related(self, node: Term, names: _Names) -> dict[str, list[Term]]:
        """The neighbours of a node by the hash of how they are its neighbours."""
        groups: dict[str, list[Term]] = defaultdict(list)
        for line in self.of_node[node]:
            for position, part in zip("spog", line, strict=True):
                if position != "p" and part.startswith("_:") and part != node:
                    known = self.names.given.get(part) or names.given.get(part) or self.first[part]
                    groups[self._hash(f"{position}{'' if position == 'g' else line[1]}{known}")].append(part)
        self._spend(2 + len(self.of_node[node]) + sum(factorial(min(len(group), 20)) for group in groups.values()))
        return groups

    def _n_degree(self, node: Term, names: _Names) -> tuple[str, _Names]:
        digest = []
        for related_hash, group in sorted(self._related(node, names).items()):
            if len(group) > GROUP:
                raise TooTangled
            path, names = min(self._paths(group, names), key=lambda path: path[0])
            digest += [related_hash, path]
        return self._hash("".join(digest)), names

    def _paths(self, group: list[Term], names: _Names) -> Iterator[tuple[str, _Names]]:
        """Each order of a group as a path, and the names that following it gives."""
        for order in permutations(group):
            self._spend(1 + len(names.given) // 8)
            taken, path, unnamed = names.copy(), [], []
            for node in order:
                if node in self.names.given:
                    path.append(self.names.given[node])
                else:
                    if node not in taken.given:
                        unnamed.append(node)
                    path.append(taken.name(node))
            for node in unnamed:
                digest, after = self._n_degree(node, taken)
                path += [taken.name(node), f"<{digest}>"]
                taken = after
            yield "".join(path), taken


def written(line: Statement) -> str:
    """A statement as a line of N-Quads."""
    return " ".join(part for part in line if part) + " .\n"


def canonical(statements: Iterable[Statement], algorithm: str = "sha256") -> bytes:
    """The canonical N-Quads of the statements; raises `TooTangled` where that would take too long."""
    try:
        return _Canonical(statements, algorithm).text().encode()
    except RecursionError:
        raise TooTangled from None
