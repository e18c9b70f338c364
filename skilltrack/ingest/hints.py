"""What is probably meant by ids that match nobody: zeros that a spreadsheet took, or another system's numbers."""

from skilltrack.ingest.kinds import Kind
from skilltrack.ingest.landing import Landing
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question
from skilltrack.marts import END_OF_TIME, with_marts

STORED = "select r.employee_id from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id " \
    "where r.upload_id <> $upload_id"  # fmt: skip
MANGLED = r"\d(\.\d+)?[eE]\+\d+"
FOREIGN = 0.8
"""Share of a manager column that matches nobody, from which it is called another system's."""


def hint(kind: Kind, landing: Landing) -> None:
    """Add a question where zeros would make ids match, and a warning where a column holds other numbers."""
    if kind.name == "roster":
        _pad(kind, landing, "employee_id", STORED)
        _pad(kind, landing, "manager_id", "select s.employee_id from typed_roster as s")
        _tell_foreign_managers(landing)
    for column in kind.columns:
        if column.refers_to == "roster":
            _pad(kind, landing, column.name, STORED)
    for column in kind.columns:
        if column.name.endswith("_id"):
            _tell_mangled(kind, landing, column.name)


def _pad(kind: Kind, landing: Landing, column: str, known: str) -> None:
    asked = {"upload_id": landing.upload_id, "known_at": END_OF_TIME}
    landing.transaction.run(
        "create or replace temp table unknown_ids as "
        + with_marts(
            f"select t.{column} as value, min(t.file_no) as file_no from typed_{kind.name} as t "
            f"where t.{column} not in (select e.employee_id from ({known}) as e where e.employee_id is not null) "
            f"and regexp_full_match(t.{column}, '[0-9]+') group by t.{column}"
        ),
        asked,
    )
    if not landing.transaction.rows("select 1 from unknown_ids limit 1"):
        return
    found = landing.transaction.rows(
        with_marts(
            "select length(k.employee_id) as width, min(t.value) as value, count(distinct t.value) as n, "
            f"min(t.file_no) as file_no from (select distinct employee_id from ({known}) as ids) as k "
            "join unknown_ids as t on ltrim(k.employee_id, '0') = ltrim(t.value, '0') "
            "and length(t.value) < length(k.employee_id) group by width order by n desc limit 1"
        ),
        asked,
    )
    for row in found:
        text = f"{row['n']} values of {column} match nobody as they are, but do with leading zeros. Were zeros lost?"
        padded = row["value"].zfill(row["width"])
        answers = {str(row["width"]): f"{row['value']} as {padded}"}
        file = landing.file_names[row["file_no"]]
        landing.questions.append(Question(file, f"pad.{column}", text, answers, must=False))


def _tell_foreign_managers(landing: Landing) -> None:
    row = landing.transaction.rows(
        "select count(distinct t.manager_id) as n, coalesce(min(t.file_no), 0) as file_no, "
        "count(distinct t.manager_id) filter (t.manager_id not in "
        "(select s.employee_id from typed_roster as s where s.employee_id is not null)) as unknown "
        "from typed_roster as t"
    )[0]
    if landing.mode == "snapshot" and row["n"] > 2 and row["unknown"] >= FOREIGN * row["n"]:
        said = (
            f"{row['unknown']} of {row['n']} managers are nobody's employee_id: this column seems to hold another "
            "system's numbers. Map a column with the managers' employee_ids, names or e-mail addresses."
        )
        landing.problems.append(
            Problem(landing.file_names[row["file_no"]], None, "manager_id", None, said, "warning")
        )  # fmt: skip


def _tell_mangled(kind: Kind, landing: Landing, column: str) -> None:
    row = landing.transaction.rows(
        f"select count(*) as n, min(t.{column}) as value, coalesce(min(t.file_no), 0) as file_no, "
        f"min(t.line_no) as line_no from typed_{kind.name} as t where regexp_full_match(t.{column}, $mangled)",
        {"mangled": MANGLED},
    )[0]
    if row["n"]:
        said = f"a spreadsheet has rounded {row['n']} ids; export them as text, or several may have become one."
        landing.problems.append(
            Problem(landing.file_names[row["file_no"]], row["line_no"], column, row["value"], said, "alarm")
        )  # fmt: skip
