"""Payments in two columns, one of what was paid and one of what came back: `Debit` and `Credit`, `Soll` and `Haben`."""

import re
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import amounts_among, sampled
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.recognise import LESS
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import words_in
from skilltrack.kinds import Kind
from skilltrack.language import sentence

DEBIT = words_in("debit debits soll debet debe dare paidout moneyout ausgang decaissement withdrawal withdrawals")
CREDIT = words_in("credit credits haben kredit kreditt haber avere paidin moneyin eingang encaissement")
BESIDE = words_in("amount amounts betrag montant importe value eur gbp usd chf in local gl the account paid money out")
"""Words that may stand beside these in a header of an amount."""
MOST = 0.8
"""Share of the values of a column that decides what it holds."""
NOTHING = r"^\s*[-–]?\s*0*(?:[.,]0+)?\s*$"
"""What stands in the one column where the amount is in the other."""


def is_of_credits(header: str) -> bool:
    """Whether a header is of amounts that came back."""
    return _is(header, CREDIT)


def is_of_debits(header: str) -> bool:
    """Whether a header is of amounts that were paid, beside one of those that came back."""
    return _is(header, DEBIT)


def _is(header: str, among: frozenset[str]) -> bool:
    words = header_words(header)
    return any(word in among for word in words) and all(word in among | BESIDE for word in words)


def with_both(kind: Kind, decoded: Decoded, question: Question) -> Question:
    """The question which column is the amount, which also offers what was paid less what came back."""
    if not kind.holds_payments or question.about != "columns.amount":
        return question
    paid, back = (_one(decoded, is_one) for is_one in (is_of_debits, is_of_credits))
    if not paid or not back:
        return question
    both = f"{paid}{LESS}{back}"
    reason = sentence("{paid} is what was paid, {back} is taken off as what came back", paid=paid, back=back)
    return replace(
        question,
        answers={both: reason, **question.answers},
        samples={both: question.samples.get(paid, [])} | question.samples,
        reasons={both: reason, **question.reasons},
        likely=both,
    )


def are_amounts(values: tuple[str, ...]) -> bool:
    """Whether values are amounts of money, some of them more than nothing."""
    filled = tuple(value for value in values if not re.match(NOTHING, value))
    return bool(filled) and amounts_among(filled) > MOST


def _one(decoded: Decoded, is_one: Callable[[str], bool]) -> str:
    """The one header of amounts of one side; empty where there is none, or more than one."""
    pairs = zip(decoded.header, decoded.columns, strict=True)
    headers = [header for header, cells in pairs if is_one(header) and are_amounts(sampled(cells))]
    return headers[0] if len(headers) == 1 else ""


def less(paid: pa.ChunkedArray, back: pa.ChunkedArray, room: Room) -> pa.ChunkedArray:
    """What each row says was paid, or with a minus what came back; 0 where it says neither, both where it says both."""

    def one(debit: pa.Array, credit: pa.Array) -> pa.Array:
        out, come = (
            pc.if_else(pc.match_substring_regex(cells, NOTHING), "", pc.utf8_trim_whitespace(cells))
            for cells in (debit, credit)
        )
        minus = pc.if_else(pc.equal(come, ""), "", pc.binary_join_element_wise("-", come, ""))
        both = pc.utf8_trim_whitespace(pc.binary_join_element_wise(out, minus, " "))
        return pc.if_else(pc.equal(both, ""), "0", both)

    return room.changed(one, paid, back)
