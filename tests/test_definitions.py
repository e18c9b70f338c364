"""docs/definitions.md says what the metric headers say, docs/files.md what the declarations of files say."""

from skilltrack.config import ROOT
from skilltrack.ingest.kinds import KINDS
from skilltrack.ingest.listing import listing
from skilltrack.reports.definitions import markdown


def test_the_definitions_document_is_what_the_metric_headers_say():
    written = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")

    assert written == markdown(), "run `make docs`"


def test_the_page_of_files_lists_every_kind_and_column_as_it_is_declared():
    written = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")

    assert written == listing(), "run `make docs`"
    for kind in KINDS.values():
        section = written.split(f"## {kind.name}\n")[1].split("\n## ")[0]
        assert all(f"| {column.name} |" in section or f"| **{column.name}** |" in section for column in kind.columns)
