"""What a metric's header says is complete; docs/definitions.md says the same, docs/files.md what files are declared."""

import pytest

from skilltrack.config import ROOT
from skilltrack.errors import BadDefinition
from skilltrack.kinds.declared import KINDS
from skilltrack.kinds.listing import listing
from skilltrack.questions.headers import catalogue, read_metric
from skilltrack.reports.definitions import markdown
from skilltrack.ui import labels
from skilltrack.ui.shell import AREA_OF, refuse_strange_areas
from skilltrack.ui.text import plain

METRIC = """-- title: Lines
-- question: Which lines are there?
-- definition: every line, one row each: none is left out.
-- unit: lines
-- area: money
-- column line_no (Line): number of the line
select line_no -- counted from 1
from lines
"""
WRONG = {
    "a typo": ("-- area:", "-- aera:", "line 5: 'aera' is not a key of a metric's header. Use one of: title, .*area"),
    "another case": ("-- area:", "-- Area:", "line 5: 'Area' is not a key"),
    "no colon": ("-- area: money", "-- area money", "line 5: 'area money' is not a key"),
    "a remark": ("-- area:", "-- for those who pay\n-- area:", "line 5: 'for those who pay' is not a key"),
    "a typo after an empty line": ("-- area:", "\n-- aera:", "line 6: 'aera' is not a key"),
    "twice": ("-- unit:", "-- area: people\n-- unit:", "line 6: 'area' is in the header already"),
    "a column twice": ("select", "-- column line_no (No): again\nselect", "line 7: column 'line_no' is in the header already"),
    "a label twice": ("select", "-- column text (Line): again\nselect", "line 7: the label 'Line' is in the header already"),
    "no label": ("line_no (Line)", "line_no", "line 6: column 'line_no' lacks its name, its label or what it holds"),
    "an empty label": ("(Line)", "( )", "line 6: column .* lacks its name, its label or what it holds. Write it as"),
    "an open label": ("(Line)", "(Line", "line 6: column .* lacks its name, its label"),
    "a label alone": ("line_no (Line)", "(Line)", "line 6: column .* lacks its name"),
    "a column that holds nothing": (": number of the line", ":", "line 6: column .* lacks its name, its label or what it holds"),
    "another area": ("money", "mony", "line 5: area is 'mony'. Use one of: person, people, money"),
    "no area": (": money", ":", "line 5: area is ''. Use one of: person"),
    "no text": ("Which lines are there?", "", "line 2: question is ''. Use text"),
    "other days": ("-- area: money", "-- days: as-of", "line 5: days is 'as-of'. Use one of: as_of"),
    "below the header": ("from lines", "-- area: people\nfrom lines", "line 8: 'area' is below the header"),
    "a column below": ("from lines", "  -- column b: c\nfrom lines", "line 8: 'column b' is below the header"),
    "no unit": ("-- unit: lines\n", "", "the header lacks unit"),
}  # fmt: skip


def test_the_definitions_document_is_what_the_metric_headers_say():
    written = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")

    assert written == markdown(), "run `make docs`"


def test_the_page_of_files_lists_every_kind_and_column_as_it_is_declared():
    written = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")

    assert written == listing(), "run `make docs`"
    for kind in KINDS.values():
        section = written.split(f"## {kind.name}\n")[1].split("\n## ")[0]
        assert all(f"| {column.name} |" in section or f"| **{column.name}** |" in section for column in kind.columns)


def test_a_header_says_who_may_ask_and_the_select_below_it_stays_as_it_is(tmp_path):
    path = tmp_path / "lines.sql"
    path.write_text(METRIC, encoding="utf-8")
    metric = read_metric(path)

    assert (metric.name, metric.area, metric.days, metric.role, metric.report) == (
        "lines",
        "money",
        "as_of",
        "scope",
        "yes",
    )
    assert metric.definition == "every line, one row each: none is left out."
    assert metric.columns == {"line_no": "number of the line"}
    assert metric.labels == metric.labelled("line_no") == {"line_no": "Line"}
    with pytest.raises(BadDefinition, match="The metric Lines has no column line. Use one of: line_no"):
        metric.labelled("line")
    assert metric.sql == "select line_no -- counted from 1\nfrom lines"


def test_a_table_on_a_page_is_headed_by_the_labels_and_tells_what_each_column_holds():
    shown = labels.columns("gaps", "reason", "gap")

    assert [(name, column["label"]) for name, column in shown.items()] == [("reason", "Why"), ("gap", "Short by")]
    assert shown["gap"]["help"] == plain(catalogue()["gaps"].columns["gap"]) != ""
    assert labels.columns("readiness", "readiness")["readiness"]["type_config"]["type"] == "progress"
    with pytest.raises(BadDefinition, match="The table gaps has no column salary"):
        labels.columns("gaps", "salary")


@pytest.mark.parametrize("fault", WRONG)
def test_a_header_that_says_something_unknown_or_twice_is_refused(tmp_path, fault):
    old, new, sentence = WRONG[fault]
    path = tmp_path / "lines.sql"
    assert METRIC.count(old) == 1
    path.write_text(METRIC.replace(old, new), encoding="utf-8")

    with pytest.raises(BadDefinition, match=rf"^lines\.sql.*{sentence}"):
        read_metric(path)


def test_a_page_of_an_area_that_there_is_not_is_refused():
    """A typo would close the page to everybody, or open it to another role."""
    refuse_strange_areas(AREA_OF)
    with pytest.raises(BadDefinition, match=r"money/spend has the area 'mony' .* Give it one of: person, people"):
        refuse_strange_areas(AREA_OF | {"money/spend": "mony"})
