"""docs/definitions.md says what the metric headers say."""

from skilltrack.config import ROOT
from skilltrack.reports.definitions import markdown


def test_the_definitions_document_is_what_the_metric_headers_say():
    written = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")

    assert written == markdown(), "run `make docs`"
