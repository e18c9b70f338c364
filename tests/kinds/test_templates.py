"""Templates to fill in: what HR downloads on the first day lands as it is."""

import io

import openpyxl
import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.kinds import KINDS, template_csv, template_workbook
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from skilltrack.ui.first_steps import STEPS

FILLED = {
    "roster": {"employee_id": "007", "name": "Ann Example", "team": "North", "role_id": "rigger"},
    "skills": {"skill_id": "rope", "name": "Rope work"},
    "roles": {
        "role_id": "rigger",
        "role_name": "Rigger",
        "skill_id": "rope",
        "required_level": "2",
        "critical": "true",
    },
    "credentials": {"credential_id": "r2", "name": "Rope 2", "issuer": "Guild", "demonstrates": "true"},
    "credential_skills": {"credential_id": "r2", "skill_id": "rope", "level": "2"},
    "badges": {"employee_id": "007", "credential_id": "r2", "issued_on": "2026-01-31"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_every_column_of_its_kind(kind):
    names = [column.name for column in KINDS[kind].columns]
    sheet = openpyxl.load_workbook(io.BytesIO(template_workbook(kind)))[kind]

    assert template_csv(kind).decode().split("\r\n")[0].split(",") == names
    assert [cell.value for cell in sheet[1]] == names
    assert all(cell.comment.text for cell in sheet[1])


def test_a_template_offers_the_words_that_a_column_takes():
    sheet = openpyxl.load_workbook(io.BytesIO(template_workbook("issuers")))["issuers"]
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}

    assert offered == {"B2:B1001": '"trusted,recognised,unrecognised"'}


def test_the_templates_filled_in_make_the_first_numbers_without_a_question():
    """An id with leading zeros stays one: the cells of a template are text."""
    store = Store.open(":memory:")
    kinds = [kind for of_step, _ in STEPS.values() for kind in of_step]
    for kind in kinds:
        book = openpyxl.load_workbook(io.BytesIO(template_workbook(kind)))
        for at, column in enumerate(KINDS[kind].columns, 1):
            assert book[kind].column_dimensions[book[kind].cell(1, at).column_letter].width > 8
            book[kind].cell(2, at).value = FILLED[kind].get(column.name)
        content = io.BytesIO()
        book.save(content)
        outcome = import_sources(store, [Source(kind, f"{kind}.xlsx", content.getvalue())], Options())
        assert (outcome.status, outcome.questions) == ("stored", []), f"{kind}: {list(map(str, outcome.problems))}"

    coverage = Metrics(store).ask("coverage", Viewer.everyone(), Filters())
    assert coverage.to_numpy().tolist() == [["North", "rope", "Rope work", 1, 1, 1.0]]
