"""Every number of the contract equals a plain-Python reference, on random companies and random questions."""

import tempfile
from collections import Counter
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.storage.store import Store
from tests.companies import PEOPLE, ROLES, companies, days, land
from tests.reference import MONEY, REPORTS, Asked
from tests.reference.numbers import counted_levels, transcript_of_plain_evidence


@st.composite
def questions(draw, company):
    times = [
        *[u.landed_at + timedelta(minutes=d) for u in company.uploads for d in (-1, 0, 1)],
        *[u.undone_at for u in company.uploads if u.undone_at],
    ]
    as_of, paid_to = draw(days), draw(st.one_of(st.none(), st.none(), days))
    return Asked(
        as_of=as_of,
        known_at=draw(st.one_of(st.none(), st.sampled_from(times))),
        assurance=draw(st.sampled_from(["attested", "attested", "claimed", "verified"])),
        manager=draw(st.sampled_from([None, None, *PEOPLE[:4]])),
        direct=draw(st.sampled_from([None, None, True])),
        team=draw(st.sampled_from([None, None, "A", "B", ""])),
        role=draw(st.sampled_from([None, None, *ROLES])),
        paid_from=draw(st.one_of(st.none(), days.map(lambda day: min(day, paid_to or as_of)))),
        paid_to=paid_to,
        months=draw(st.integers(1, 4)),
        employee=draw(st.sampled_from(PEOPLE)),
    )


def answer(metrics: Metrics, name: str, asked: Asked) -> list[tuple]:
    filters = Filters(**asdict(asked if name == "transcript" else replace(asked, employee=None)))
    return rows_of(metrics.ask(name, Viewer.everyone(), filters))


def rows_of(frame: pd.DataFrame) -> list[tuple]:
    columns = [[None if value is pd.NA else value for value in frame[name].tolist()] for name in frame.columns]
    return list(zip(*columns, strict=True))


def same(ours: list[tuple], theirs: list[tuple]) -> bool:
    return len(ours) == len(theirs) and all(
        len(a) == len(b)
        and all(x == pytest.approx(y, abs=1e-9) if isinstance(y, float) else x == y for x, y in zip(a, b, strict=True))
        for a, b in zip(ours, theirs, strict=True)
    )


def organisations_are_those_of_totals(metrics: Metrics, asked: Asked) -> None:
    """Each row of the picker of organisations is what the same manager's organisation, and the person, have in Totals."""
    given = asdict(replace(asked, employee=None))
    tops = metrics.ask("organisations", Viewer.everyone(), Filters(**given))
    for manager in [None, *tops[tops["listed_below"] > 0]["employee_id"][:1]]:
        below = metrics.ask("organisations", Viewer.everyone(), Filters(**given | {"manager": manager}))
        for row in below.head(4).itertuples():
            for who, numbers in (("manager", row[6:9]), ("employee", (None, *row[3:5]))):
                totals = metrics.ask("totals", Viewer.everyone(), Filters(**given | {who: row.employee_id})).iloc[0]
                whole = tuple(totals[["people", "required", "met"]])
                assert numbers[1:] == whole[1:], (who, row, asked)
                assert numbers[0] in (None, whole[0]), (who, row, asked)


LISTINGS = {"origins", "badge_checks"}
"""Reports of what is stored, line by line: they work out no number."""


def test_every_report_is_in_the_reference():
    """A report that the reference does not know could be wrong on every page and in every pack."""
    reports = {name for name, metric in catalogue().items() if metric.report != "no"}
    of_a_person = {"transcript"}  # see test_transcript_gaps_and_coverage_of_a_person_agree_on_every_date
    assert reports - {*REPORTS, *MONEY} - of_a_person == LISTINGS


@given(data=st.data())
def test_every_report_equals_the_plain_python_reference(data):
    company = data.draw(companies())
    store = Store.open(":memory:")
    metrics, defined = Metrics(store), Metrics(store, reads_kept=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            land(company, store, Path(folder))
        for _ in range(3):
            asked = data.draw(questions(company))
            for name, reference in (REPORTS | MONEY).items():
                try:
                    ours = answer(metrics, name, asked)
                except BadQuestion:  # a manager, team or role that nothing known by then mentions
                    break
                theirs = reference(company, asked)
                assert same(ours, theirs), f"{name} for {asked}\nours   {ours}\ntheirs {theirs}\n{company}"
                assert asked.known_at is not None or same(answer(defined, name, asked), theirs), f"{name} for {asked}"
            else:
                filled = {row[:4]: row[5] for row in answer(metrics, "staffing", asked) if row[5]}
                assert filled == Counter(row[:4] for row in answer(metrics, "seats", asked) if row[-1] == "seated")
                organisations_are_those_of_totals(metrics, replace(asked, manager=None, direct=None, role=None))
    finally:
        store.close()


@settings(max_examples=-(-settings().max_examples // 2))
@given(data=st.data())
def test_transcript_gaps_and_coverage_of_a_person_agree_on_every_date(data):
    company = data.draw(companies())
    store = Store.open(":memory:")
    metrics = Metrics(store)
    try:
        with tempfile.TemporaryDirectory() as folder:
            land(company, store, Path(folder))
        for _ in range(3):
            asked = Asked(
                as_of=data.draw(days),
                assurance=data.draw(st.sampled_from(["attested", "claimed"])),
                employee=data.draw(st.sampled_from(PEOPLE)),
            )
            try:
                lines = answer(metrics, "transcript", asked)
            except BadQuestion:  # nobody lists this person any more
                continue
            can = {}
            for line in lines:
                if line[10]:
                    can[line[4]] = max(can.get(line[4], 0), line[6])
            assert can == counted_levels(company, asked)
            plain = sorted((line for line in lines if line[0] != "stack"), key=str)
            assert same(plain, transcript_of_plain_evidence(company, asked))

            met = [row for row in answer(metrics, "requirements_met", asked) if row[0] == asked.employee]
            missing = {row[4]: row[7] for row in answer(metrics, "gaps", asked) if row[0] == asked.employee}
            for _, _, _, _, skill, _, required, level, _, is_met, is_exempt in met:
                assert level == can.get(skill, 0)
                assert is_met == (level >= required)
                assert (skill in missing) == (not is_met and not is_exempt)
                assert missing.get(skill, level) == level
    finally:
        store.close()
