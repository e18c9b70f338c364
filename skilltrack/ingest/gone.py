"""What rows of people who were erased leave behind when their file lands again, so that nobody else's rows change.

The mapping of the kept file says it (see `erased`): keys that stay superseded, credentials that those rows had made,
lines that were kept apart for a fault which nobody sees any more.
"""

from collections.abc import Iterable, Mapping

from skilltrack.ingest.kinds import Kind
from skilltrack.ingest.landing import Landing
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.sources import ReadFile

APART = "was kept apart together with a row that has been erased; correct this row and import it again."


def remember_erased(landing: Landing, files: Iterable[ReadFile]) -> None:
    """Store the keys that stay superseded, and make the credentials that rows of the file once made."""
    for file_no, file in enumerate(files):
        said = {"upload_id": landing.upload_id, "file_no": file_no, "kind": file.kind.name}
        for key in file.mapped.mapping.erased:
            landing.transaction.run(
                "insert into erased_keys values ($upload_id, $file_no, $kind, $key)", said | {"key": key}
            )
        for name, issuer in file.mapped.mapping.made.items():
            landing.transaction.run(
                "insert into credential_rows (upload_id, file_no, line_no, credential_id, name, issuer, demonstrates) "
                "values ($upload_id, $file_no, $line_no, $name, $name, $issuer, true)",
                said | {"line_no": file.decoded.header_line, "name": name, "issuer": issuer},
            )


def still_apart(kind: Kind, landing: Landing, files: Mapping[int, ReadFile]) -> list[Problem]:
    """Problems of rows that have no other now and were kept apart before; such rows are in `bad` then."""
    problems = []
    for file_no, file in files.items():
        lines = [int(line) for line in file.mapped.mapping.apart if line.isdigit()]
        if not lines:
            continue
        rows = landing.transaction.rows(
            f"select t.line_no from typed_{kind.name} as t where t.file_no = $file_no "
            "and t.line_no in (select unnest($lines)) and not exists (select 1 from bad as b "
            "where b.kind = $kind and b.file_no = t.file_no and b.line_no = t.line_no) order by 1",
            {"file_no": file_no, "lines": lines, "kind": kind.name},
        )
        for row in rows:
            problems.append(Problem(landing.file_names[file_no], row["line_no"], None, None, APART))
            landing.transaction.run(
                "insert into bad values ($kind, $file_no, $line_no, null, null, $message)",
                {"kind": kind.name, "file_no": file_no, "line_no": row["line_no"], "message": APART},
            )
    return problems
