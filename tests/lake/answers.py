"""Whether two stores answer a question alike: a file and whatever else holds the same company."""

from dataclasses import asdict, replace

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import NotThere
from skilltrack.questions import Filters, Metrics, catalogue
from tests.questions.test_numbers import rows_of, same

EVERYONE = Viewer.everyone()


def plain(rows):
    """Lists as tuples, so that rows can be compared."""
    return [
        tuple(tuple(cell) if hasattr(cell, "tolist") or isinstance(cell, list) else cell for cell in row)
        for row in rows
    ]


def fitting(store, name, asked):
    """The filters of a question with its rows (None where it is refused); of a wider one where it has none."""
    if catalogue()[name].report != "employee" and "$employee" not in catalogue()[name].sql:
        asked = replace(asked, employee=None)
    roles = Metrics(store).ask("role_names", EVERYONE, Filters())["role_id"].tolist()
    role = min(roles, default=None)
    wider = replace(asked, manager=None, team=None, role=role if name == "closest" else None, paid_from=None)
    tried = []
    for each in (asked, wider, replace(wider, assurance="claimed")):
        filters = Filters(**asdict(each))
        try:
            tried.append((filters, plain(rows_of(Metrics(store).ask(name, EVERYONE, filters)))))
        except NotThere:
            tried.append((filters, None))
    return next(((filters, rows) for filters, rows in tried if rows), tried[0])


def compare(lake, store, name, asked):
    """Ask both the same question; returns whether there was an answer with rows."""
    filters, ours = fitting(store, name, asked)
    if ours is None:  # a manager, team or role that nothing mentions: the lake says so too
        with pytest.raises(NotThere):
            Metrics(lake).ask(name, EVERYONE, filters)
        return False
    theirs = plain(rows_of(Metrics(lake).ask(name, EVERYONE, filters)))
    assert same(ours, theirs), f"{name} for {filters}\nfile  {ours}\nlake  {theirs}"
    return bool(ours)
