"""Days that are not written as days, ids with letters, a second header of program names, results without a verdict.

Each was stored as something else, or ended where nobody could go on. Months of October to December, `202411`, were read
as days of January.
"""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.ingest.reading import dates, lengths
from skilltrack.relations import END_OF_TIME, with_definitions
from tests.ingest.test_exports import land, warnings

BADGES = "award_id,employee_id,credential_id,issued_on{}\n"
WRITTEN = {
    "month": ("{y}-{m:02}", "{y}{m:02}", "{m:02}/{y}", "{m}.{y}", "{month} {y}", "{mon}-{yy:02}", "{y} {month}"),
    "quarter": ("Q{q} {y}", "{y}-Q{q}", "{y}Q{q}", "{q}. Quartal {y}", "{q}T {y}", "{q}er trimestre {y}"),
}


def of_award(store, name):
    """A column of the awards of the file, by their ids."""
    rows = store.query(
        with_definitions("select * from awards where award_id like 'x%' order by award_id"), {"known_at": END_OF_TIME}
    )
    return rows[name].to_pylist()


@given(st.integers(1970, 2068), st.integers(1, 12), st.sampled_from([(p, w) for p, ws in WRITTEN.items() for w in ws]))
def test_a_month_or_a_quarter_is_its_first_or_its_last_day_however_it_is_written(year, month, how):
    what, written = how
    quarter = (month + 2) // 3
    first, last = (month, month) if what == "month" else (3 * quarter - 2, 3 * quarter)
    if "{yy" in written and not 2000 <= year < 2069:
        year = 2000 + year % 69
    text = written.format(
        y=year, m=month, q=quarter, yy=year % 100, month=calendar.month_name[month], mon=calendar.month_abbr[month]
    )
    assert dates.date_styles([text]) == []
    styles = dates.period_styles([text])
    assert [dates.as_date(text, style) for style in styles] == [
        date(year, first, 1).isoformat(),
        date(year, last, calendar.monthrange(year, last)[1]).isoformat(),
    ]


@given(
    st.dates(date(1970, 1, 5), date(2068, 12, 20)),
    st.sampled_from(["{y}-W{w:02}", "KW {w}/{y}", "W{w} {y}", "Semaine {w} {y}"]),
)
def test_a_week_is_its_monday_or_its_sunday(day, written):
    year, week, weekday = day.isocalendar()
    text, monday = written.format(y=year, w=week), day - timedelta(weekday - 1)
    read = [dates.as_date(text, style) for style in dates.period_styles([text])]
    assert read == [monday.isoformat(), (monday + timedelta(6)).isoformat()]


@pytest.mark.parametrize(
    "months", [("202411", "202412"), ("Q4 2024", "Q4 2024"), ("2024-W48", "2024-W50"), ("Nov 2024", "2024-12-03")]
)
def test_a_date_without_a_day_is_asked_and_never_taken_for_another_day(company, months):
    text = BADGES.format("") + "".join(f"x{n},002,c1,{day}\n" for n, day in enumerate(months))
    outcome = land(company, "badges", text)
    assert outcome.status == "refused"
    question = next(question for question in outcome.questions if question.about == "dates.issued_on")
    assert "names no day" in question.text
    answer = next(style for style in question.answers if style.startswith("last day"))
    assert land(company, "badges", text, f'[dates]\nissued_on = "{answer}"\n').status == "stored"
    assert all(day.month >= 11 and day.year == 2024 for day in of_award(company, "issued_on"))


def test_digits_that_lost_a_zero_are_no_days_of_the_year_1112(company):
    assert dates.date_styles(["1112024", "5012024"]) == []


@pytest.mark.parametrize(
    ("first", "length", "last"),
    [
        ("2024-02-29", "2 years", date(2026, 2, 27)),
        ("2024-03-01", "18 Monate", date(2025, 8, 31)),
        ("2024-01-31", "1 an", date(2025, 1, 30)),
        ("2024-02-29", "30 días", date(2024, 3, 29)),
    ],
)
def test_a_length_of_time_is_counted_from_the_day_of_the_award_once_that_is_said(company, first, length, last):
    text = BADGES.format(",expires_on") + f"x1,002,c1,{first},{length}\n"
    outcome = land(company, "badges", text)
    question = next(question for question in outcome.questions if question.about == "dates.expires_on")
    assert (outcome.status, list(question.answers)) == ("refused", [lengths.LASTING])
    assert land(company, "badges", text, f'[dates]\nexpires_on = "{lengths.LASTING}"\n').status == "stored"
    assert of_award(company, "date_end") == [last]


@pytest.mark.parametrize("letters", ["E", "emp-", "P "])
def test_ids_with_letters_in_front_are_offered_without_them(company, letters):
    text = BADGES.format("") + f"x1,{letters}002,c1,2024-02-01\n"
    outcome = land(company, "badges", text)
    question = next(question for question in outcome.questions if question.about == "ids.employee_id")
    assert (outcome.status, question.answers) == ("refused", {"without letters": f"{letters}002 as 002"})
    assert land(company, "badges", text, '[ids]\nemployee_id = "without letters"\n').status == "stored"
    assert of_award(company, "employee_id") == ["002"]


def test_ids_that_lack_the_letters_of_the_roster_are_offered_with_them(company):
    roster = "employee_id,name,manager_id,team\nE71,Ida Roe,,Ops\nE72,Lou Fox,E71,Ops\n"
    assert land(company, "roster", roster, mode="changes").status == "stored"
    text = BADGES.format("") + "x1,71,c1,2030-01-01\nx2,72,c1,2030-01-01\n"
    outcome = land(company, "badges", text, day=2)
    question = next(question for question in outcome.questions if question.about == "prefix.employee_id")
    assert (outcome.status, question.answers) == ("refused", {"E": "71 as E71"})
    assert land(company, "badges", text, '[prefix]\nemployee_id = "E"\n', day=2).status == "stored"
    assert of_award(company, "employee_id") == ["E71", "E72"]


@pytest.mark.parametrize(
    "names",
    [
        "empl_id,full_name,mgr_id,team_cd",
        "EMPLOYEE_NBR,NAME_DISPLAY,MANAGER_NBR,TEAM_CODE",
        "employeeId,nameDisplay,managerId,teamCode",
    ],
)
def test_a_second_header_of_names_as_programs_spell_them_is_nobody(company, names):
    text = f"Employee number,Name,Manager number,Team\n{names}\n81,Ida Roe,,Ops\n82,Lou Fox,81,Ops\n"
    outcome = land(company, "roster", text, mode="changes")
    assert (outcome.status, sum(count.new for count in outcome.counts)) == ("stored", 2)
    assert any("line 2 is a second header row" in notice for notice in warnings(outcome, "notice"))


def test_a_first_row_of_data_is_no_header_because_a_program_spelled_it(company):
    outcome = land(company, "skills", "skill_id,name,category\ndata_analysis,data_analysis,it_skills\nb,B,it_skills\n")
    assert sum(count.new for count in outcome.counts) == 2


@pytest.mark.parametrize("header", ["Score", "Punkte", "Final grade %"])
def test_results_far_apart_that_nothing_decides_are_told(company, header):
    text = BADGES.format(f",{header}") + "x1,002,c1,2024-02-01,92\nx2,003,c1,2024-02-01,31\n"
    told = [warning for warning in warnings(land(company, "badges", text)) if "results from 31 to 92" in warning]
    assert len(told) == 1
    skipped = f'[skip]\n"{header}" = ["31"]\n'
    assert land(company, "badges", text, skipped, 2).status == "stored"
    assert of_award(company, "employee_id") == ["002"]


def test_that_somebody_was_not_removed_contradicts_nothing(company):
    text = BADGES.format(",Status,Removed") + "x1,002,c1,2024-02-01,Completed,No\nx2,003,c1,2024-02-01,In progress,No\n"
    outcome = land(company, "badges", text)
    assert of_award(company, "employee_id") == ["002"]
    assert not any("contradict" in warning for warning in warnings(outcome))
