"""Names beside ids that do not belong to the people with these ids, which are then probably another system's."""

from typing import Any

import pyarrow.compute as pc

from skilltrack.ingest.landing.alarms import MOST_RENAMED
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.spelling import agree, spellings, words
from skilltrack.ingest.reading.called import names_among
from skilltrack.ingest.reading.likeness import sampled
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import words_in
from skilltrack.ingest.reading.things import counted
from skilltrack.ingest.reading.unused import PEOPLE
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, as_it_is, mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

MOST, SURELY = 0.5, 0.75
"""The share of values from which a column probably, and surely, has names; a name of one word counts half."""
OF_NAMES = PEOPLE | words_in("full first last given display legal preferred complete of the des der vollstandiger")
"""Words in headers of columns that name the person a row is about, not somebody else such as a trainer."""
OF_OTHERS = words_in(
    "manager supervisor boss leader lead trainer instructor teacher tutor mentor coach assessor assessed approver "
    "approved issuer issued created uploaded modified assigned sponsor contact "
    "vorgesetzter vorgesetzte vorgesetzten fuhrungskraft leiter leiterin ausbilder dozent genehmigt genehmiger "
    "responsable superieur formateur formatrice evaluateur approbateur "
    "jefe supervisora formador formadora instructora evaluador aprobador gerente"
)
"""Words in headers of columns that name somebody other than the person a row is about."""
LOOKED_AT = 100_000
"""At most this many rows of an unused column are compared."""
SHORTEST = 3
"""Ids of fewer characters are also numbers of lines, or how many were bought."""
LISTED = 5
"""At most this many names are warned about one by one."""

ID_BESIDE = r"[(\[]\s*#?([A-Za-z]{0,5}[-_.]?\d+(?:[-_.]\d+)*)\s*[)\]]"
"""An id in brackets beside a name: `Rosa Marlow (201)`."""
OTHER_IDS, IDS_OF_OTHERS = read_text("landing/beside/other_ids"), read_text("landing/beside/ids_of_others")

OTHERS = read_text("landing/beside/others").format(
    of_roster=spellings("r.name")[0],
    of_row=spellings("name")[0],
)

PAIRS = read_text("landing/beside/pairs")

ON_ROSTER = read_text("landing/beside/people").format(of_roster=spellings("r.name")[0], of_row=spellings("name")[0])

UNLIKE = read_text("landing/beside/unlike").format(
    words=words("name"),
    spelled_out=words("name", True),
    agree_plain=agree("p.plain", "b.plain"),
    agree_spelled_out=agree("p.spelled_out", "b.spelled_out"),
)


def tell_other_names(kind: Kind, landing: Landing) -> None:
    """Report names that do not belong to the people whose ids or addresses are in the same rows, and ids in them."""
    if landing.is_again:
        return
    _tell_other_ids(kind, landing)
    if not kind.names_people:
        return
    has_names = landing.transaction.rows(f"select 1 from typed_{kind.name} where raw_name <> '' limit 1")
    for file_no, file in landing.files_of(kind.name).items():
        if {"employee_id", "email"} & set(file.mapped.columns):
            if has_names and "name" in file.mapped.columns:
                transaction = landing.transaction
                transaction.run(
                    "create or replace temp table pairs_beside as "
                    "select p.*, p.is_own or n.ids is not null as is_known from pairs_named as p "
                    "left join people_meant as n on n.name = p.name where p.file_no = $file_no",
                    {"file_no": file_no},
                )
                _tell_unlike(kind, landing, file_no, _header(file))
            for at in _columns_of_names(file):
                _compare(kind, landing, file_no, file, at)
        elif kind.about and "name" not in file.mapped.columns:
            for at in file.mapped.unused:
                _tell_people(landing, file_no, file, at)


def _tell_other_ids(kind: Kind, landing: Landing) -> None:
    """Report ids beside names, `Rosa Marlow (201)`, that differ from the ids of their rows."""
    has_names = any("name" in file.mapped.columns for file in landing.files_of(kind.name).values())
    if not has_names or not (kind.names_people or kind.lists_people):
        return
    transaction = landing.transaction
    name = "t.name" if kind.lists_people else "t.raw_name"
    beside = OTHER_IDS.format(kind=kind.name, name=name)
    transaction.run(f"create or replace temp table ids_beside as {beside}", {"id_beside": ID_BESIDE})
    if not transaction.rows("select 1 from ids_beside limit 1"):
        return
    of_upload = "union all select employee_id from typed_roster" if kind.lists_people else ""
    rows = transaction.rows(IDS_OF_OTHERS.format(union_typed=of_upload))
    for row in rows:
        one, is_somebody = row["one"], row["is_somebody"]
        message = sentence(
            mark(
                "has the id of somebody else beside the name in {rows}: {name!r} stands in the row of {employee_id}. "
                "Correct the id or the name."
            )
            if is_somebody
            else mark(
                "has another id beside the name in {rows}: {name!r} stands in the row of {employee_id}. Correct the "
                "id or the name."
            ),
            rows=counted(row["n"], "row"),
            name=one["name"],
            employee_id=one["employee_id"],
        )
        file, header = landing.file_names[row["file_no"]], _header(landing.files[row["file_no"]])
        severity = "alarm" if is_somebody else "warning"
        landing.problems.append(Problem(file, one["line_no"], header, None, message, severity, is_grave=is_somebody))


def _header(file: ReadFile) -> str:
    named = file.mapped.mapping.columns.get("name", "name")
    return named if isinstance(named, str) else " and ".join(named)


def _columns_of_names(file: ReadFile) -> list[int]:
    """Positions of unused columns whose header is one of people and whose values are names."""
    positions = []
    for at in file.mapped.unused:
        header = file.decoded.header[at]
        named = set(header_words(header))
        if header and not is_sensitive(header) and PEOPLE & named and not OF_OTHERS & named:
            values = sampled(file.decoded.columns[at])
            if values and names_among(values) >= MOST:
                positions.append(at)
    return positions


def _tell_people(landing: Landing, file_no: int, file: ReadFile, at: int) -> None:
    """Warn that an unused column names people of the roster, in a file that does not say whom its rows are about."""
    header = file.decoded.header[at]
    is_told = any(p.column == header and p.severity == "warning" for p in file.mapped.problems)
    if not header or is_told or is_sensitive(header) or OF_OTHERS & set(header_words(header)):
        return
    _take_cells(landing, file, at)
    row = landing.transaction.rows(with_definitions(ON_ROSTER), {"known_at": END_OF_TIME})[0]
    are_ids = row["ids"] == row["n"] and row["one"] and len(row["one"]["name"]) >= SHORTEST
    meant = {"name": row["names"], "email": row["accounts"], "employee_id": row["ids"] if are_ids else 0}
    column = max(meant, key=lambda name: meant[name])
    if meant[column] < MOST * row["n"] or not row["one"]:
        return
    one, name = row["one"], landing.file_names[file_no]
    who = as_it_is(one["name"])
    if column != "employee_id":
        who = sentence("{value} is {employee}", value=one["name"], employee=one["employee_id"])
    message = sentence(
        "has people of the roster ({who}) and is not used, so these rows count for nobody. If they "
        'are about these people, say in a mapping: [columns] {column} = "{header}".',
        who=who,
        column=column,
        header=header,
    )
    if row["several"]:
        message = sentence(
            "has several people of the roster in a cell ({who}) and is not used, so these rows count for "
            "nobody. If they are about these people, give each a row with their part of the amount.",
            who=who,
        )
    landing.problems.append(Problem(name, file.decoded.header_line, header, None, message, "warning"))


def _take_cells(landing: Landing, file: ReadFile, at: int) -> None:
    """Put the cells of an unused column and their lines into `names_beside`."""
    cells = pc.utf8_trim_whitespace(file.decoded.columns[at][:LOOKED_AT].combine_chunks())
    landing.transaction.run(
        "create or replace temp table names_beside as select unnest($lines) as line_no, "
        "unnest(cast($names as varchar[])) as name",
        {"lines": file.decoded.lines[:LOOKED_AT].to_pylist(), "names": cells.to_pylist()},
    )


def _compare(kind: Kind, landing: Landing, file_no: int, file: ReadFile, at: int) -> None:
    """Compare an unused column of names: the names of other people are an alarm; names that nobody has may be one."""
    transaction, header = landing.transaction, file.decoded.header[at]
    _take_cells(landing, file, at)
    pairs = PAIRS.format(kind=kind.name)
    transaction.run(f"create or replace temp table pairs_beside as {pairs}", {"file_no": file_no})
    others = transaction.rows(with_definitions(OTHERS), {"known_at": END_OF_TIME})
    if others:
        first, rows = others[0], sum(row["rows"] for row in others)
        message = sentence(
            "names other people than the ids do, in {rows}: {name} is {other}, and the row is about "
            "{employee_id}. Are these the ids of another system?",
            rows=counted(rows, "row"),
            name=first["name"],
            other=first["other"],
            employee_id=first["employee_id"],
        )
        name = landing.file_names[file_no]
        landing.problems.append(Problem(name, first["line_no"], header, None, message, "alarm", is_grave=True))
    elif set(header_words(header)) <= OF_NAMES and names_among(sampled(file.decoded.columns[at])) >= SURELY:
        _tell_unlike(kind, landing, file_no, header)


def _tell_unlike(kind: Kind, landing: Landing, file_no: int, header: str) -> None:
    """Warn of names that cannot belong to the ids beside them; it is an alarm where most of them cannot."""
    row = landing.transaction.rows(with_definitions(UNLIKE), {"known_at": END_OF_TIME})[0]
    # In a file that also names credentials, a bare `Name` may be that of what was learnt or bought.
    is_other_thing = header.strip().lower() == "name" and any(c.name == "credential" for c in kind.read_only)
    if not row["unlike"] or (is_other_thing and row["unlike"] == row["people"]):
        return
    file, pairs = landing.file_names[file_no], row["pairs"]
    if row["unlike"] > 1 and row["unlike"] > MOST_RENAMED * row["people"]:
        message = sentence(
            "has other names than the roster for {unlike:,} of {people:,} ids: {pair}. Are these the ids "
            "of another system?",
            unlike=row["unlike"],
            people=row["people"],
            pair=_pair(pairs[0]),
        )
        line = pairs[0]["line_no"]
        landing.problems.append(Problem(file, line, header, None, message, "alarm", is_grave=True))
        return
    for pair in pairs[:LISTED]:
        message = sentence(
            "is not the name of {employee_id}, who is {own} on the roster. Is the id right?",
            employee_id=pair["employee_id"],
            own=pair["own"],
        )
        landing.problems.append(Problem(file, pair["line_no"], header, pair["name"], message, "warning"))
    if len(pairs) > LISTED:
        message = sentence(
            "and {n:,} more names that are not those of the people with these ids.", n=len(pairs) - LISTED
        )
        landing.problems.append(Problem(file, None, header, None, message, "warning"))


def _pair(pair: dict[str, Any]) -> Sentence:
    return sentence(
        "{employee_id} is {own} there and {name} here",
        employee_id=pair["employee_id"],
        own=pair["own"],
        name=pair["name"],
    )
