"""What is left of erased rows when their file is imported again, so that nobody else's rows change.

The mapping of the kept copy says it (see `erased`): for each row that went while others with its key stay, everything
but whose it was; credentials that such rows added; and lines that were set aside for a fault that no longer shows.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.kinds import Kind
from skilltrack.language import sentence

APART = sentence("was set aside together with a row that has been erased; correct this row and import it again.")
OF_SKILL = "\x1fskill"
"""Takes the place of an issuer where a row added a skill."""
EVERYBODY = "everybody"
"""What is left of a roster all of whose people were erased: it still holds."""


def left_of(place: tuple[int, int, int], row: Mapping[str, Any]) -> str:
    """What is left of a row: the place of a row with the same key that stays and, for an award, what else it said.

    That is whether it had an id, its ends, whether it named an issuer of its own (nothing where an older program erased
    the row) and whether it told a revocation without a day.
    """
    parts = ["/".join(map(str, place)), "without" if row["lacks_id"] else "with"]
    parts += [str(row[end] or "-") for end in ("expires_on", "revoked_on")]
    if row["names_issuer"] is not None:
        parts.append("named" if row["names_issuer"] else "unnamed")
    return " ".join([*parts, *(["undated"] if row["is_undated"] else [])])


def made_as(credential_id: str, name: str) -> str:
    """A credential that a row added, as a mapping writes it: its name, preceded by its id where that differs."""
    return name if credential_id == name else f"{credential_id}\x1f{name}"


def remember_erased(landing: Landing, files: Iterable[ReadFile]) -> None:
    """Store what is left of erased rows, and add the credentials and skills that they once added."""
    for file_no, file in enumerate(files):
        at = {"upload_id": landing.upload_id, "file_no": file_no, "kind": file.kind.name}
        for text in file.mapped.mapping.erased:
            landing.transaction.run(
                "insert into erased_rows values ($upload_id, $file_no, $kind, $of_upload, $of_file, $of_line, "
                "$lacks_id, $expires_on, $revoked_on, $names_issuer, $is_undated)",
                at | _parsed(text),
            )
        for made, issuer in file.mapped.mapping.made.items():
            if issuer == OF_SKILL:
                landing.transaction.run(
                    "insert into skill_rows (upload_id, file_no, line_no, skill_id, name) "
                    "values ($upload_id, $file_no, $line_no, $name, $name)",
                    {name: at[name] for name in ("upload_id", "file_no")}
                    | {"line_no": file.decoded.header_line, "name": made},
                )
                continue
            credential_id, name = made.split("\x1f")[0], made.split("\x1f")[-1]
            landing.transaction.run(
                "insert into credential_rows (upload_id, file_no, line_no, credential_id, name, issuer, demonstrates) "
                "values ($upload_id, $file_no, $line_no, $credential_id, $name, $issuer, true)",
                at
                | {"line_no": file.decoded.header_line, "credential_id": credential_id, "name": name, "issuer": issuer},
            )


def _parsed(text: str) -> dict[str, object]:
    """The columns of a text of `left_of`."""
    names = ("of_upload", "of_file", "of_line", "lacks_id", "expires_on", "revoked_on", "names_issuer", "is_undated")
    if text == EVERYBODY:
        return dict.fromkeys(names)
    place, form, expires_on, revoked_on, *more = text.split()
    ends = [None if day == "-" else date.fromisoformat(day) for day in (expires_on, revoked_on)]
    names_issuer = "named" in more if {"named", "unnamed"} & set(more) else None
    of = map(int, place.split("/"))
    return dict(zip(names, [*of, form == "without", *ends, names_issuer, "undated" in more], strict=True))


def still_apart(kind: Kind, landing: Landing, files: Mapping[int, ReadFile]) -> list[Problem]:
    """Problems of rows that have no other problem now but were set aside before; they are added to `bad`."""
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
                {"kind": kind.name, "file_no": file_no, "line_no": row["line_no"], "message": str(APART)},
            )
    return problems
