"""Why this number: the rows behind each number of each page are as many as it says; and the way down to a page."""

import base64
import contextlib
import itertools
import json
import re
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings

from skilltrack import grounds, money_grounds, tables
from skilltrack.access import Viewer
from skilltrack.config import today
from skilltrack.keeping.shared_store import store_at
from skilltrack.people_tables import moved, thinnest_teams
from skilltrack.questions import Filters, Metrics, a_year_before
from skilltrack.questions.preview import preview_take_back
from skilltrack.reports import money_answers
from skilltrack.storage.store import Store
from skilltrack.ui.pictures import PICTURES
from tests.companies import companies, land
from tests.long import some, sweep
from tests.pages.test_pages import BEFORE, opened, texts, unescaped

PAGES = {
    "team/overview": {},
    "team/coverage": {},
    "team/organisation": {},
    "team/gaps": {},
    "team/readiness": {"role": ""},
    "team/renewals": {},
    "team/staffing": {},
    "team/changes": {},
    "team/people": {"employee": ""},
    "money/spend": {},
    "data/catalogue": {},
    "data/issuers": {},
}
AND_OTHERS = {"team/experts": {"skill": ""}, "data/uploads": {}}
"""Pages with sentences and without cards."""


def reasons_of(page, name):
    """The parts of the panel of a number, each with how much it says it is; and the rows of the first, if they open."""
    page.query_params["why"] = name
    page.run()
    assert not page.exception, name
    group = [one for one in page.get("button_group") if one.key == f"part_of_{name}"]
    parts = dict(unescaped(option.content).split(": ", 1) for one in group for option in one.proto.options)
    rows = [len(table.value) for table in page.dataframe if table.key == f"table_rows_of_{name}"]
    del page.query_params["why"]
    return parts, rows


def number(text):
    return int("".join(sign for sign in text if sign.isdigit()) or 0)


def numbers_add_up(page):
    """Each number of the page has its panel, whose rows are as many as it says; how many numbers those are."""
    cards = [(unescaped(card.value), unescaped(card.delta), unescaped(card.label)) for card in page.metric]
    names = [name for name in signs(page) if not name.startswith(("says_", "picture_"))]
    assert len(names) == len(cards)
    for (value, below, label), name in zip(cards, names, strict=True):
        parts, rows = reasons_of(page, name)
        counted, rest = parts.get("Counted", "0"), parts.get("Not counted", "0")
        if " of " in value:
            part, whole = map(number, value.split(" of "))
            assert (number(counted), number(counted) + number(rest)) == (part, whole), label
        elif value in ("Yes", "Not yet"):
            assert number(counted) == number(below), label
        else:
            assert counted == value or number(counted) == number(value) == 0, label
        if name not in SUMS and rows and number(counted):
            assert rows == [min(number(counted), 500)], label
    return len(cards)


def signs(page):
    """What opens the panels that the page has a sign for."""
    return [button.key.removeprefix("why_") for button in page.button if str(button.key).startswith("why_")]


def sentences_add_up(page):
    """Each sentence with a figure has its panel, whose rows are as many as it says; how many sentences those are."""
    texts = [unescaped(link.proto.label) for link in page.main.get("page_link")]
    texts += [unescaped(text.value) for text in page.markdown]
    names = [name for name in signs(page) if name.startswith("says_")]
    for name in names:
        strong = unescaped(page.button(key=f"why_{name}").label).removeprefix("Why: ")
        sentence = next(text for text in texts if text.startswith(f"**{strong}**"))
        parts, _rows = reasons_of(page, name)
        if name == "says_changes":
            net = number(parts.get("Newly met", "0")) - number(parts.get("No longer met", "0"))
            assert sentence.startswith(f"**{abs(net)} " if net else "**As many"), (sentence, parts)
            continue
        counted, rest = parts.get("Counted", "0").lstrip("-\u2212"), parts.get("Not counted", "0")
        said = re.findall(r"\d[\d,]*", sentence)
        assert counted in sentence or counted == "0", (name, sentence, parts)
        if of := re.search(r"(\d[\d,]*) of (\d[\d,]*)(?! \w+ paid)", sentence):
            part, whole = map(number, of.groups())
            assert number(counted) != part or number(counted) + number(rest) == whole, (name, sentence, parts)
        assert said, sentence
    return len(names)


SUMS = {"paid_all", "paid_unconverted", "paid_seat_time", "paid_own", "gains", "titles", "idle", "verified", "attested"}
"""Numbers that are a sum over their rows, or count what several rows share."""


def test_each_number_of_each_page_adds_up_to_the_rows_that_it_is_said_to_rest_on(demo_db, monkeypatch):
    """A manager who looks up why 9 of 14 would be shown 8 people, and believe none of it any more."""
    seen = 0
    for name, more in PAGES.items():
        asked = {key: {"role": "grid-sr", "employee": "00126"}[key] for key in more}
        seen += numbers_add_up(opened(demo_db, name, monkeypatch, **asked))
    assert seen > 30


def test_nothing_is_listed_where_a_number_is_none(demo_db, monkeypatch):
    """A team without a skill at risk, and a company whose job titles all stand for a role, would see rows without a name."""
    page = opened(demo_db, "team/gaps", monkeypatch, team="Grid software", by="risk")
    assert "Nothing to list" in texts(page)
    for name, number_ in {"team/overview": "thin", "data/catalogue": "titles"}.items():
        page = opened(demo_db, name, monkeypatch, team="Grid software")
        parts, _rows = reasons_of(page, number_)
        assert set(parts) <= {"Not counted", "In neither"}, number_


def test_of_very_many_people_a_team_is_listed_as_it_is_in_the_whole(demo_db, monkeypatch):
    """Of the largest companies, a manager's own reports would be anybody whose manager is in another team."""

    def listed(page, name, of=None):
        page.query_params["why"] = name
        page.run()
        if of:
            page.selectbox(key="why_team").set_value(of).run()
        rows = [table.value for table in page.dataframe if table.key == f"table_rows_of_{name}"]
        return rows[0][[one for one in rows[0] if one != "why"]].astype(str) if rows else pd.DataFrame({"team": []})

    for name, number_ in {"team/organisation": "reports", "money/spend": "gains"}.items():
        whole = listed(opened(demo_db, name, monkeypatch), number_)
        with monkeypatch.context() as patched:
            patched.setattr(tables, "LISTED", 10)
            page = opened(demo_db, name, patched)
            for team in ("Grid software", whole["team"].iloc[0]):
                own = listed(page, number_, team)
                assert len(own) == (whole["team"] == team).sum(), (number_, team)


def test_each_sentence_with_a_figure_says_who_it_counts(demo_db, monkeypatch):
    """Whoever is called first in a meeting asks who the twelve are."""
    seen = 0
    for name, more in {**PAGES, **AND_OTHERS}.items():
        asked = {key: {"role": "grid-sr", "employee": "00126", "skill": "sa-first"}[key] for key in more}
        seen += sentences_add_up(opened(demo_db, name, monkeypatch, **asked))
    seen += sentences_add_up(opened(demo_db, "team/people", monkeypatch))
    assert seen > 25


def parts_of(block, inside=""):
    """Everything drawn in a part of a page, in the order of the page, each with the keys of what it is inside of."""
    for _at, part in sorted(block.children.items()):
        if hasattr(part, "children"):
            key = str(getattr(part.proto, "id", ""))
            yield part, inside
            yield from parts_of(part, f"{inside} {key}")
        else:
            yield part, inside


def figures_without_a_sign(page):
    """Sentences, tables, folded lists and captions of a page that tell a figure and have no "Why this number"."""
    has_sign, found = False, []
    for part, inside in parts_of(page.main):
        if part.type == "button" and str(part.key).startswith("why_picture"):
            has_sign = True
        elif part.type in ("page_link", "markdown") and "answers" in inside and "sentence_" not in inside:
            text = part.proto.label if part.type == "page_link" else part.value
            found += [unescaped(text)] if re.search(r"\d", text) else []
        elif part.type == "arrow_data_frame":
            found += [] if has_sign else [part.key]
            has_sign = False
        elif part.type == "expander" and re.search(r"\d", part.label):
            own = [str(button.key) for button in part.get("button")]
            found += [] if any(key.startswith("why_") for key in own) else [part.label]
        elif part.type == "caption" and re.search(r"\d of \d", part.value):
            is_of_the_whole = "context" in inside or "the CSV holds all" in part.value
            found += [] if is_of_the_whole else [part.value]
    return found


VIEWS = [
    *((name, {key: {"role": "grid-sr", "employee": "00126"}[key] for key in more}) for name, more in PAGES.items()),
    ("team/coverage", {"team": "Grid north"}),
    ("team/coverage", {"cell_team": "Grid north", "cell_skill": "sa-first"}),
    ("team/readiness", {}),
    ("team/experts", {}),
    ("team/experts", {"skill": "sa-first"}),
    ("team/experts", {"skill": "sa-first", "team": "Executive office"}),
    *(("team/gaps", {"by": by}) for by in ("team", "role", "person", "risk")),
    *(("team/staffing", {"list": of}) for of in ("who", "ahead")),
    *(("money/spend", {"list": of}) for of in ("waiting", "own", "centers", "prices")),
]


@sweep
def test_no_figure_is_told_without_saying_why(demo_db, monkeypatch):
    """A manager who reads that nobody can do something would not learn who was looked at, and who was left out."""
    for name, asked in some(VIEWS, 6):
        page = opened(demo_db, name, monkeypatch, **asked)
        assert figures_without_a_sign(page) == [], (name, asked)
        cards = [sign for sign in signs(page) if not sign.startswith(("says_", "picture_"))]
        assert len(page.metric) == len(cards), (name, asked)


def test_what_the_new_signs_open_is_what_their_figures_count(demo_db, monkeypatch):
    """The sign beside a figure would explain another one."""
    everybody, metrics = Viewer.everyone(), Metrics(store_at(demo_db))
    by_skill = metrics.ask("coverage_by_skill", everybody, Filters())
    page = opened(demo_db, "team/experts", monkeypatch)
    never = ((by_skill["met"] == 0) & (by_skill["required"] > 0)).sum()
    parts, _rows = reasons_of(page, "says_unreached")
    assert number(parts.get("Counted", "0")) == never > 0

    page = opened(demo_db, "team/experts", monkeypatch, skill="sa-first", team="Executive office")
    parts, _rows = reasons_of(page, "says_able")
    team = metrics.ask("readiness", everybody, Filters(team="Executive office"))
    assert "Nobody can show First aid at level 1" in unescaped(texts(page)).replace("*", "")
    assert (parts.get("Counted"), number(parts["Not counted"])) == (None, len(team))

    asked = {"cell_team": "Grid north", "cell_skill": "sa-first"}
    page = opened(demo_db, "team/coverage", monkeypatch, **asked)
    card = next(card.value for card in page.metric if card.label == "Have it")
    parts, _rows = reasons_of(page, "cell")
    met, required = map(number, unescaped(card).split(" of "))
    assert (number(parts["Counted"]), number(parts["Counted"]) + number(parts["Not counted"])) == (met, required)

    page = opened(demo_db, "team/readiness", monkeypatch)
    title = next(one.label for one in page.expander if one.label.startswith("Ready"))
    page.query_params["why"] = "picture_ready"
    page.run()
    assert counted(page, "ready")[0] == number(title) > 0
    page = opened(demo_db, "team/staffing", monkeypatch, list="who")
    seated = next((one.value["sits"] == "Fills a seat").sum() for one in page.dataframe if "sits" in one.value)
    assert "picture_seats" not in signs(page)
    page.query_params["why"] = "picture_who_sits"
    page.run()
    assert counted(page, "who_sits")[0] == seated > 0
    assert "picture_short_next" in signs(opened(demo_db, "team/staffing", monkeypatch, list="ahead"))
    assert not page.exception


def test_who_is_in_no_team_or_without_a_profile_and_how_long_refunds_took_is_told_by_its_own_rows():
    """The group without a team would be explained by everybody's requirements."""
    on, day = ["employee_id", "skill_id"], date(2026, 1, 1)
    people = pd.DataFrame(
        {"employee_id": ["1", "2"], "name": ["Ann", "Bo"], "team": ["", "A"], "is_active": True, "hired_on": None}
    )
    levels = people[["employee_id", "name", "team"]].assign(
        skill_id="s", skill="S", required_level=1, level=0, is_met=False, is_exempt=False, is_critical=False
    )
    gaps = levels[[*on, "team"]].assign(gap=1, reason="missing")
    readiness = people[["employee_id", "name", "team"]].assign(role_id=["r", None], requirements=[1, 0])
    rows = grounds.of_no_team(levels, gaps, levels, readiness, people, day, "attested", "unmet")
    assert [frame["name"].tolist() for frame in rows] == [["Ann"], [], []]
    rows = grounds.without_profile(readiness, people, day)
    assert [frame["name"].tolist() for frame in rows] == [["Bo"], ["Ann"], []]
    assert rows.counted["why"].tolist() == ["No role"]
    paid = pd.DataFrame({"employee_id": list("1112"), "currency": "EUR", "open": [0, 0, 0, 5], "days": [9, 30, 40, 90]})
    rows = money_grounds.refunds(paid.assign(name="Ann"), people, "EUR")
    assert [frame["days"].tolist() for frame in rows] == [[40, 30], [9], [90]]
    answer = money_answers.refunded(paid, "EUR")
    assert f"{answer.strong} {answer.rest}" == "2 of 3 refunds took 30 days or longer."


@pytest.mark.parametrize(
    ("name", "asked", "picture", "row", "column"),
    [
        ("team/gaps", {"by": "skill"}, "gaps_skill", "skill", "missing"),
        ("team/gaps", {"by": "team"}, "gaps_team", "team", "missing"),
        ("money/spend", {"list": "centers"}, "money_centers", "cost_center", "amount"),
        ("money/spend", {"list": "prices"}, "money_prices", "credential", "amount"),
        ("data/issuers", {}, "issuers", "issuer", "attested"),
        ("data/issuers", {}, "verify_next", "issuer", "hangs"),
        ("data/issuers", {}, "without_issuer", "issuer", "rests"),
        ("data/catalogue", {}, "idle", "credential", "awards"),
        ("team/people", {"employee": "00373"}, "learning", "credential", "closes"),
    ],
)
def test_a_row_of_a_table_is_as_much_as_the_rows_that_it_is_said_to_rest_on(
    demo_db, monkeypatch, name, asked, picture, row, column
):
    """A budget holder who asks for the payments of a cost centre would add up another sum."""
    page = opened(demo_db, name, monkeypatch, **asked)
    table = next(one.value for one in page.dataframe if {row, column} <= set(one.value))
    page.query_params["why"] = f"picture_{picture}"
    page.run()

    def counted():
        group = next(one for one in page.get("button_group") if str(one.key).startswith(f"part_of_{picture}"))
        parts = dict(unescaped(option.content).split(": ", 1) for option in group.proto.options)
        return number(parts.get("Counted", "0"))

    assert counted() == round(table[column].sum())
    for line in table.head(3).to_dict("records"):
        page.selectbox(key=f"point_by_{row}").set_value(line[row]).run()
        assert counted() == round(line[column]), line
    assert not page.exception


def counted(page, picture):
    """How much is counted, and how much is not, in the open panel of a picture."""
    group = [one for one in page.get("button_group") if str(one.key).startswith(f"part_of_{picture}")]
    parts = dict(unescaped(option.content).split(": ", 1) for one in group for option in one.proto.options)
    return [number(parts.get(name, "0")) for name in ("Counted", "Not counted")]


def points_of(page):
    """Of the last chart of a page, the value behind each point, and how high or long its bars are together."""
    figure, heights = json.loads(page.get("plotly_chart")[-1].proto.spec), {}
    for trace in figure["data"]:
        along = trace["x"] if trace.get("orientation") == "h" else trace["y"]
        along = decoded(along) if isinstance(along, dict) else along
        for (*_said, point), height in zip(trace["customdata"], along, strict=True):
            heights[point] = heights.get(point, 0) + height
    return heights


def decoded(numbers):
    return np.frombuffer(base64.b64decode(numbers["bdata"]), numbers["dtype"]).tolist()


@pytest.mark.parametrize(
    ("name", "asked", "picture"),
    [
        ("team/renewals", {}, "months"),
        ("money/spend", {"list": "waiting"}, "outcomes"),
        ("money/spend", {"list": "credentials"}, "money_credentials"),
    ],
)
def test_a_point_of_a_chart_opens_as_many_rows_as_it_is_high(demo_db, monkeypatch, name, asked, picture):
    """Whoever clicks on the bar of a month would get the certificates of another one, or nothing at all."""
    page = opened(demo_db, name, monkeypatch, **asked)
    points = points_of(page)
    for point, height in sorted(points.items(), key=lambda item: item[1])[-3:]:
        page.query_params["why"], page.query_params["point"] = f"picture_{picture}", point
        page.run()
        assert not page.exception, point
        assert abs(counted(page, picture)[0] - height) <= 0.5, point
    assert len(points) > 3


def test_a_month_of_the_trend_opens_what_was_met_then_and_one_to_come_what_ends_by_then(demo_db, monkeypatch):
    """A board that asks why July was lower would be shown who meets what today."""
    page = opened(demo_db, "team/overview", monkeypatch, why="picture_forecast")
    past, ahead = json.loads(page.get("plotly_chart")[-1].proto.spec)["data"]
    for words, day in (past["customdata"][0], past["customdata"][-1]):
        page.query_params["point"] = day
        page.run()
        met, unmet = counted(page, "month")
        assert f"{met:,} of {met + unmet:,}" in words
    for (_words, day), next_ in zip(ahead["customdata"], [*ahead["customdata"][1:], None], strict=True):
        page.query_params["point"] = day
        page.run()
        ends = next(one.value for one in page.dataframe if one.key == "table_rows_of_ending")
        assert str(max(ends["valid_to"])) <= day
        assert next_ is None or len(ends) > 0
    assert not page.exception


def test_a_row_of_the_organisation_opens_what_all_below_that_person_meet(demo_db, monkeypatch):
    """A director who asks about a division of 60 would be shown the six requirements of its head."""
    page = opened(demo_db, "team/organisation", monkeypatch)
    metrics = Metrics(store_at(demo_db))
    top = metrics.ask("organisations", Viewer.everyone(), Filters())["employee_id"].iloc[0]
    rows = metrics.ask("organisations", Viewer.everyone(), Filters(manager=top))
    page.query_params["manager"], page.query_params["why"] = top, "picture_organisations"
    for row in [*rows.head(2).to_dict("records"), rows.iloc[-1].to_dict()]:
        page.query_params["point"] = row["employee_id"]
        page.run()
        met, required = ("met", "required") if row["listed_below"] else ("own_met", "own_required")
        is_met, unmet = counted(page, "below")
        assert (is_met, is_met + unmet) == (row[met], row[required]), row["name"]
    assert not page.exception


@pytest.mark.parametrize(
    ("name", "asked", "picture"),
    [
        ("team/gaps", {"by": "person"}, "gaps_person"),
        ("team/gaps", {"by": "person", "skill": "risk-assess", "reason": "expired"}, "gaps_person"),
        ("team/gaps", {"by": "person", "of_role": "grid", "reason": "missing"}, "gaps_person"),
        ("team/changes", {}, "each_change"),
        ("team/changes", {"cause": "lapsed"}, "each_change"),
    ],
)
def test_a_table_that_is_limited_is_explained_by_its_own_rows_alone(demo_db, monkeypatch, name, asked, picture):
    """Somebody who looks for the nine expired gaps of one skill would be told that there are 400."""
    page = opened(demo_db, name, monkeypatch, **asked)
    rows = page.dataframe[-1].value
    page.query_params["why"] = f"picture_{picture}"
    page.run()
    assert not page.exception
    is_it, is_another = counted(page, picture)
    assert 0 < min(is_it, 500) == len(rows)
    assert (is_another > 0) == bool(asked.keys() - {"by"})


def test_each_person_of_the_directory_has_their_own_rows(demo_db, monkeypatch):
    """Two people of one name would be added up, and each explained by the other's requirements."""
    page = opened(demo_db, "team/people", monkeypatch, team="Grid north", why="picture_directory")
    people = Metrics(store_at(demo_db)).ask("readiness", Viewer.everyone(), Filters(team="Grid north"))
    for person in people.head(3).to_dict("records"):
        page.query_params["point"] = person["employee_id"]
        page.run()
        assert counted(page, "directory") == [person["met"], person["requirements"] - person["met"]]
    assert not page.exception


OF_PAYMENTS_AND_AWARDS = (
    "payment_lines", "unconverted_payments", "own_payments", "gains", "award_lines", "awards_believed", "people_ever",
)  # fmt: skip


def lists_of_teams_add_up(metrics, name, view):
    """The lists of all teams, and that of nobody on the roster, are together what is asked without a team."""
    everybody = Viewer.everyone()
    whole = metrics.ask(name, everybody, view)
    teams = thinnest_teams(*(metrics.ask(which, everybody, view) for which in ("teams", "listed_teams")))
    places = [*(replace(view, team=team) for team in teams), replace(view, outside=True)]
    by = list(whole.columns.difference(["team"]))
    rows = [row for place in places for row in metrics.ask(name, everybody, place)[by].map(str).to_numpy().tolist()]
    assert sorted(rows) == sorted(whole[by].map(str).to_numpy().tolist()), name
    return len(rows)


@pytest.mark.parametrize("name", OF_PAYMENTS_AND_AWARDS)
def test_the_lists_of_all_teams_and_of_nobody_on_the_roster_are_the_whole(demo_db, name):
    """A controller who adds up the teams would miss what was paid for nobody, and for those who have left."""
    assert lists_of_teams_add_up(Metrics(store_at(demo_db)), name, Filters(paid_from=date(2020, 1, 1)))


@settings(max_examples=5, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
@given(company=companies())
def test_the_lists_of_teams_add_up_in_random_companies(company, tmp_path_factory):
    """What was paid for the people of a team that all have left would be in no list."""
    folder = tmp_path_factory.mktemp("lists")
    with contextlib.closing(Store.open(folder / "c.duckdb")) as store:
        land(company, store, folder / "files")
        for name, day in itertools.product(OF_PAYMENTS_AND_AWARDS, (date(2024, 1, 31), date(2024, 9, 1))):
            lists_of_teams_add_up(Metrics(store), name, Filters(as_of=day, paid_from=date(2020, 1, 1)))


def test_of_very_many_people_what_names_nobody_on_the_roster_has_a_place_of_its_own(demo_db, monkeypatch):
    """Of a company of 100,000 the lists of payments would not add up to what was paid."""
    monkeypatch.setattr(tables, "LISTED", 100)
    page = opened(demo_db, "money/spend", monkeypatch, why="paid_all")
    place = page.selectbox(key="why_team")
    assert place.options[-1] == "Nobody on the roster of this day"
    place.select_index(len(place.options) - 1).run()
    rows = page.dataframe[-1].value
    lines = Metrics(store_at(demo_db)).ask(
        "payment_lines", Viewer.everyone(), Filters(paid_from=a_year_before(today()), outside=True)
    )
    assert len(rows) == (lines["currency"] == "EUR").sum() > 0
    assert not page.exception
    limited = opened(demo_db, "money/spend", monkeypatch, why="paid_all", manager="00101")
    assert limited.selectbox(key="why_team").options[-1] != place.options[-1]


def test_people_who_have_left_have_a_name_in_the_lists_of_awards_and_payments(demo_db, monkeypatch):
    """An auditor would be told that 00124 holds a certificate, and have to look up elsewhere who that was."""
    ever = Metrics(store_at(demo_db)).ask("people_ever", Viewer.everyone(), Filters(outside=True))
    for name, number_ in {"data/issuers": "attested", "money/spend": "gains", "data/catalogue": "idle"}.items():
        page = opened(demo_db, name, monkeypatch, why=number_)
        names = {
            name for table in page.dataframe if table.key == f"table_rows_of_{number_}" for name in table.value["name"]
        }
        assert names, name
        assert not names & set(ever["employee_id"]), name
        assert number_ != "attested" or names & set(ever["name"]), name


def test_of_very_many_people_the_rows_are_listed_by_team_and_for_a_person_who_is_searched(demo_db, monkeypatch):
    """In a company of 100,000 nobody would learn who is behind a number."""
    whole = opened(demo_db, "team/overview", monkeypatch, why="met")
    assert "why" not in whole.dataframe[-1].value  # what is met needs no reason
    monkeypatch.setattr(tables, "LISTED", 100)
    page = opened(demo_db, "team/overview", monkeypatch, why="met")
    team = page.selectbox(key="why_team").value
    assert team == "Grid north"
    assert set(page.dataframe[-1].value["team"]) == {team}
    page.text_input(key="why_person").set_value("freja jansson").run()
    rows = page.dataframe[-1].value
    assert 0 < len(rows) == rows["skill"].nunique() < 20
    page.text_input(key="why_person").set_value("nobody is called so").run()
    assert "Nobody here has this" in page.info[-1].value
    assert not page.exception


def test_a_preview_lists_whose_requirements_change_in_each_team_that_it_moves(demo_db, tmp_path):
    """HR would undo a file of badges and not learn whose evidence goes with it."""
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    with contextlib.closing(Store.open(path)) as store:
        files = store.query("select max(upload_id) as last from upload_files where kind = 'badges'")
        effects = preview_take_back(store, Viewer.everyone(), files["last"][0].as_py())
    assert len(effects.teams)
    for team in effects.teams.to_dict("records"):
        rows = effects.requirements[effects.requirements["team"] == team["team"]]
        gained = rows["is_met"].fillna(0).sum() - rows["was_met"].fillna(0).sum()
        assert gained == team["met_after"] - team["met_before"], team
    first = effects.teams["team"].iloc[0]
    assert moved(effects.requirements, first)[["was", "now"]].ne("Not required").all(axis=None)


def test_a_certificate_that_a_team_renews_together_is_that_of_its_own_people_only(demo_db, monkeypatch):
    """Whoever books a course for five people of a team would be given the names of nine, of other teams too."""
    page = opened(demo_db, "team/renewals", monkeypatch)
    table = next(one.value for one in page.dataframe if {"people", "team", "first", "last"} <= set(one.value))
    page.query_params["why"] = "picture_clusters"
    page.run()
    for line in table.head(3).to_dict("records"):
        page.selectbox(key="point_by_cluster").set_value(f"{line['credential']} · {line['team']}").run()
        listed = next(one.value for one in page.dataframe if str(one.key).startswith("table_rows_of_clusters"))
        assert listed["name"].nunique() == line["people"]
        assert set(listed["team"]) == {line["team"]}
    assert len(table)


def test_a_file_and_what_taking_another_back_would_do_are_looked_at_side_by_side(demo_db, monkeypatch):
    """Whoever wants to replace a wrong upload would see an error of ours once both are previewed."""
    people = Metrics(store_at(demo_db)).ask("people", Viewer.everyone(), Filters(team="Grid software"))["employee_id"]
    rows = "".join(f"{one},pm-agile,on parental leave,2020-01-01\n" for one in people)
    page = opened(demo_db, "data/uploads", monkeypatch, upload="5")
    page.button(key="take_back").click().run()
    page.file_uploader(key="upload_files_0").upload(
        "exemptions.csv", f"employee_id,skill_id,reason,valid_from\n{rows}".encode()
    )
    page.run()
    pictures = [name for name in signs(page) if name.startswith("picture_")]
    assert pictures == ["picture_teams_moved", "picture_teams_moved_taken_back"]
    page.query_params["why"] = "picture_teams_moved"
    page.run()
    assert not page.exception
    assert page.selectbox(key="team_moved").options == ["Grid software"]


def test_every_chart_and_table_with_a_sign_says_how_it_is_counted(demo_db, monkeypatch):
    """A picture without its definition is believed by nobody who got another number elsewhere."""
    seen = set()
    for name, more in {**PAGES, "team/experts": {}}.items():
        asked = {key: {"role": "grid-sr", "employee": "00126"}[key] for key in more}
        page = opened(demo_db, name, monkeypatch, **asked)
        for sign in [one for one in signs(page) if one.startswith("picture_")]:
            page.query_params["why"] = sign
            page.run()
            assert not page.exception, sign
            counted = PICTURES[sign.removeprefix("picture_")].counted
            assert counted in [unescaped(text.value) for text in page.text], sign
            seen.add(sign)
    assert len(seen) > 12


SEEN_BY_A_MANAGER = [name for name in PAGES if name.startswith("team/")]
SIGNS = {
    "team/overview": {"picture_forecast", "picture_biggest"},
    "team/people": {"picture_missing", "picture_learning", "picture_can_do", "picture_evidence"},
    "team/readiness": {"picture_waiting", "picture_levels"},
    "team/changes": {"picture_causes", "picture_each_change"},
    "data/catalogue": {"picture_to_map", "picture_titles", "picture_idle"},
    "data/issuers": {"picture_issuers", "picture_keys", "picture_verify_next", "picture_without_issuer"},
}
"""Signs that pages have for whoever sees them, of what was without one for long."""


@pytest.mark.parametrize(
    ("most", "asked", "names"),
    [
        (20_000, {}, [*SIGNS]),
        (10, {}, ["team/overview", "team/coverage", "team/gaps", "team/readiness", *SIGNS]),
        (20_000, {"as": "00125"}, SEEN_BY_A_MANAGER),
        (20_000, {"as": "00373"}, ["team/people"]),
    ],
    ids=["everybody", "very many people", "a manager", "an employee"],
)
def test_every_sign_opens_for_whoever_sees_it(demo_db, monkeypatch, most, asked, names):
    """A manager, an employee, or L&D of a company of 100,000 would get an error of ours in the place of the rows."""
    monkeypatch.setattr(tables, "LISTED", most)
    for name in dict.fromkeys(names):
        more = {"role": "grid-sr"} if name == "team/readiness" else {}
        more |= {"employee": "00373"} if name == "team/people" and not asked else {}
        page = opened(demo_db, name, monkeypatch, **more, **asked)
        assert most < 20_000 or asked or SIGNS[name] <= set(signs(page)), name
        for sign in signs(page):
            page.query_params["why"] = sign
            page.run()
            assert not page.exception, (name, sign)
            assert not [text.value for text in page.error], (name, sign)


@settings(max_examples=2, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
@given(company=companies())
def test_the_same_on_random_companies(company, tmp_path_factory):
    """A company with exemptions, stacks, refunds and people without a role would be explained by rows that are not its own."""
    folder = tmp_path_factory.mktemp("random")
    store = Store.open(folder / "c.duckdb")
    land(company, store, folder / "files")
    store.close()
    with pytest.MonkeyPatch.context() as patched:
        for name, more in PAGES.items():
            asked = {key: {"role": "r1", "employee": "01"}[key] for key in more}
            numbers_add_up(opened(folder / "c.duckdb", name, patched, as_of="2024-03-15", team="A", **asked))


def steps(page):
    """The links of the way down, each with what it leaves in the address, and the step that is no link."""
    way = next(block for block in page.main.children.values() if "crumbs" in str(getattr(block.proto, "id", "")))
    links = [(unescaped(link.proto.label), link.proto.query_string) for link in way.get("page_link")]
    return links, [text.value for text in way.get("text")]


def test_the_way_down_leads_up_again_and_keeps_the_filters(demo_db, monkeypatch):
    """Somebody three clicks down would have to start again to see the team, or would see it on another day."""
    asked = {"as_of": str(BEFORE), "assurance": "claimed", "employee": "00126"}
    links, here = steps(opened(demo_db, "team/people", monkeypatch, **asked))
    kept = f"as_of={BEFORE}&assurance=claimed"
    assert links[0] == ("Whole company", kept)
    assert ("Grid coast", f"{kept}&team=Grid+coast") in links
    assert here[-1] == "Freja Jansson"

    page = opened(demo_db, "team/gaps", monkeypatch, manager="00125", by="team")
    assert steps(page)[1] == ["Greta Lind"]
    page.button(key="crumb_0").click().run()
    assert dict(page.query_params) == {"by": "team"}
    assert not page.exception


def test_a_manager_is_led_no_further_up_than_to_their_own_organisation(demo_db, monkeypatch):
    """A link to a manager above them would name whom they may not see."""
    page = opened(demo_db, "team/people", monkeypatch, **{"as": "00125", "employee": "00126"})
    links, here = steps(page)
    assert links[0][0] == "My organisation"
    assert "Greta Lind" not in [label for label, _ in links]
    assert here[-1] == "Freja Jansson"
    own = opened(demo_db, "team/people", monkeypatch, **{"as": "00126"})
    assert not [block for block in own.main.children.values() if "crumbs" in str(getattr(block.proto, "id", ""))]


def test_an_address_that_names_a_cell_and_a_number_opens_one_of_both(demo_db, monkeypatch):
    """Who is sent such a link would see an error of ours in the place of the page."""
    asked = {"cell_team": "Grid north", "cell_skill": "sa-first", "why": "met"}
    assert not opened(demo_db, "team/coverage", monkeypatch, **asked).exception
