"""Rows that count under an id that another row of the same upload says is cancelled, failed or void."""

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import in_sql
from skilltrack.kinds import Kind
from skilltrack.language import mark, sentence
from skilltrack.relations import read_text

CALLED_OFF = read_text("landing/called_off/called_off")
SAME_AWARD = "l.file_no = t.file_no and (coalesce(l.issued_on, '') = '' or try_cast(l.issued_on as date) = t.issued_on)"
SAME_PAYMENT = "(coalesce(l.amount, '') = '' or abs(try_cast(l.amount as decimal(18, 2))) = abs(t.amount))"
"""When rows with the same id are about the same award or payment: an exam that was failed once can be passed later."""
_ADVICE = sentence("delete the row that is wrong, or leave the other out by a mapping: [skip] and its word.")
_OTHER = {"word": "trim(t.word)", "line": "t.other_line", "advice": _ADVICE}
_HERE = in_sql(mark("counts here and is {word} on line {line}; {advice}"), **_OTHER)
_THERE = in_sql(
    mark("counts here and is {word} in {file} on line {line}; {advice}"), file="$names[t.other_file + 1]", **_OTHER
)
MESSAGE = f"case when t.other_file = t.file_no then {_HERE} else {_THERE} end"


def called_off(kind: Kind, landing: Landing) -> str:
    """A select of rows that count although their id is called off in the same upload; empty where there are none."""
    name = "award_id" if kind.holds_awards else "spend_id" if kind.holds_payments else ""
    has_any = any(file.mapped.left_out is not None for file in landing.files_of(kind.name).values())
    if not name or not has_any or landing.is_again:
        return ""
    select = CALLED_OFF.format(kind=kind.name, id=name, same=SAME_AWARD if kind.holds_awards else SAME_PAYMENT)
    return f"({select})" if landing.transaction.rows(f"select 1 from ({select}) limit 1") else ""
