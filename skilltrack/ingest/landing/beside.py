"""Names that stand beside the ids of a file and are somebody else's: the ids are then probably another system's."""

import pyarrow.compute as pc

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.managers import WORDS
from skilltrack.ingest.reading.called import names_among
from skilltrack.ingest.reading.likeness import sampled
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.unused import PEOPLE
from skilltrack.kinds import Kind
from skilltrack.relations import END_OF_TIME, with_marts
from skilltrack.text import counted

KINDS_WITHOUT_NAMES = ("badges", "spend")
"""Kinds about people in which a name finds nobody."""
MOST = 0.5
"""Share of values from which a column holds names, of which those of one word weigh half."""
LOOKED_AT = 100_000
"""Rows of a file whose names are compared."""

OTHERS = f"""
with people as (
    select distinct r.employee_id, {WORDS.format(x="r.name")} as words
    from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
    where r.name is not null
),
named as (
    select words, min(employee_id) as employee_id from people
    group by words having count(distinct employee_id) = 1
)
select b.line_no, b.name, t.employee_id, n.employee_id as other
from names_beside as b
join typed_{{kind}} as t on t.file_no = $file_no and t.line_no = b.line_no
join named as n on n.words = {WORDS.format(x="b.name")}
where t.employee_id <> n.employee_id
    and not exists (select 1 from people as p where p.employee_id = t.employee_id and p.words = n.words)
order by b.line_no
"""
"""Rows of one person beside which the name of exactly one other person stands."""


def tell_other_names(kind: Kind, landing: Landing) -> None:
    """Raise an alarm where a column of names that is not used names other people than the ids do."""
    if kind.name not in KINDS_WITHOUT_NAMES or landing.is_again:
        return
    for file_no, file in landing.files_of(kind.name).items():
        for at in _columns_of_names(file):
            _compare(kind, landing, file_no, file, at)


def _columns_of_names(file: ReadFile) -> list[int]:
    """Positions of unused columns whose header is one of people and whose values are names."""
    found = []
    for at in file.mapped.unused:
        header = file.decoded.header[at]
        if header and not is_sensitive(header) and PEOPLE & set(header_words(header)):
            values = sampled(file.decoded.columns[at])
            if values and names_among(values) >= MOST:
                found.append(at)
    return found


def _compare(kind: Kind, landing: Landing, file_no: int, file: ReadFile, at: int) -> None:
    cells = pc.utf8_trim_whitespace(file.decoded.columns[at][:LOOKED_AT].combine_chunks())
    transaction = landing.transaction
    transaction.run(
        "create or replace temp table names_beside as select unnest($lines) as line_no, unnest($names) as name",
        {"lines": file.decoded.lines[:LOOKED_AT].to_pylist(), "names": cells.to_pylist()},
    )
    others = transaction.rows(with_marts(OTHERS.format(kind=kind.name)), {"file_no": file_no, "known_at": END_OF_TIME})
    if others:
        first, header = others[0], file.decoded.header[at]
        message = (
            f"names other people than the ids do, in {counted(len(others), 'row')}: {first['name']} is "
            f"{first['other']}, and the row is about {first['employee_id']}. Are these the ids of another system?"
        )
        name = landing.file_names[file_no]
        landing.problems.append(Problem(name, first["line_no"], header, None, message, "alarm", is_grave=True))
