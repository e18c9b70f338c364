"""Alarms about refunds: with the id of their payment, of a payment taken back already, or left out as not paid."""

from typing import Any

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.things import counted
from skilltrack.language import Sentence, counting, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

REFUNDS = read_text("landing/refunds/refunds")


REFUNDS_OF_NOTHING = read_text("landing/refunds/refunds_of_nothing")


def tell_refunds(landing: Landing) -> None:
    """Alarms about refunds that have the id of their payment, and about those of a payment that is 0 already."""
    transaction = landing.transaction
    if not transaction.rows("select 1 from typed_spend where amount < 0 limit 1"):
        return
    for row in transaction.rows(with_definitions(REFUNDS), {"known_at": END_OF_TIME}):
        message = sentence(
            "is the id of a stored payment, which this refund would replace ({rows}). Where the row is "
            "the payment itself, which came back in full, say that its status is `leave out`: the "
            "payment becomes 0. Else give the refund an id of its own.",
            rows=counted(row["n"], "row"),
        )
        landing.problems.append(problem_of(landing, row, "spend_id", message, "alarm"))
    for row in transaction.rows(with_definitions(REFUNDS_OF_NOTHING), {"known_at": END_OF_TIME}):
        rows = counted(row["n"], "row")
        message = sentence(
            "is a refund of money that is taken off already ({rows}): a payment for the same credential "
            "was cancelled before, so that more comes back than was paid. Leave one of the two out.",
            rows=rows,
        )
        if not row["is_after_0"]:
            message = sentence(
                "takes off more than was ever paid for this credential ({rows}), as far as is known here. "
                "Where the row is the payment itself, which came back in full, say that its status is `leave "
                "out`.",
                rows=rows,
            )
        severity = "alarm" if row["is_after_0"] else "warning"
        landing.problems.append(problem_of(landing, row, "spend_id", message, severity))


def tell_negative_left_out(landing: Landing) -> None:
    """An alarm about money that came back and is left out with what was not paid: the payment goes on counting."""
    if not landing.transaction.rows("select 1 from left_out_spend where trim(amount) like '-%' limit 1"):
        return
    for row in landing.transaction.rows(
        "select file_no, count(*) as n, min(line_no) as line_no, arg_min(status, line_no) as status "
        "from left_out_spend where trim(amount) like '-%' group by file_no order by file_no"
    ):
        header = header_of(landing, row)
        message = counting(
            "is left out, although {n:,} row with it has a negative amount. If it takes a payment off, say so: "
            '[values."{header}"] "{status}" = "refund".',
            "is left out, although {n:,} rows with it have a negative amount. If it takes a payment off, say so: "
            '[values."{header}"] "{status}" = "refund".',
            n=row["n"],
            header=header,
            status=row["status"].strip(),
        )
        landing.problems.append(problem_of(landing, row, header, message, "alarm"))


def header_of(landing: Landing, row: dict[str, Any]) -> str | None:
    """The header of the status that leaves rows of a file out; `row` has the number of the file."""
    left_out = landing.files[row["file_no"]].mapped.left_out
    return left_out.header if left_out is not None else None


def problem_of(landing: Landing, row: dict[str, Any], header: str | None, message: Sentence, severity: str) -> Problem:
    """A problem about rows of one file with one status: `row` has its file, its first line and the status."""
    file = landing.file_names[row["file_no"]]
    return Problem(file, row["line_no"], header, row["status"].strip(), message, severity, severity == "alarm")
