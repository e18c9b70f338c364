"""Codes that stand for a status: `C`, `I` and `W` below *Completion code*, 1 and 0 below *Outcome*, Dr and Cr.

Codes have no meaning of their own. They are a status where the header says that they are; what they mean is asked,
except for debit and credit.
"""

import re
from collections.abc import Collection
from collections.abc import Mapping as AnyMapping
from decimal import Decimal

import pyarrow as pa

from skilltrack.ingest.reading import status_words as words
from skilltrack.ingest.reading.status_words import COUNTS, REFUND, words_in
from skilltrack.kinds import Kind

FEW = 8
"""Most different codes, none of them a known word, that a column of statuses has."""
MARKS = 15
"""The same for marks, such as A+, A, A-, B+."""
ALSO_A_PLACE = words_in("state stati estado etat stand standing situation situacion")
"""Words for a status that also mean a part of a country, or somebody's standing."""
NUMBERED = words_in("status statut estatus")
"""Words below which numbers are codes."""
ENDINGS = ("status", "statut", "ergebnis", "resultat")
"""Endings of compound words for a status: Kursstatus, Prüfungsergebnis."""
COMPLETION = words_in(
    "completion complete completed passfail attendance abschluss teilnahme achevement reussite presence finalizacion "
    "asistencia aprobacion"
)
"""Words of headers that say a code is about a completion."""
CODES = words_in("code codes flag indicator ind kz kennz kennzeichen schlussel indicateur indicador codigo")
BOOKING = words_in(
    "transaction transactions posting booking document doc entry movement ledger journal voucher buchung buchungs "
    "beleg vorgang vorgangs transaktion transaktions ecriture operation mouvement piece movimiento operacion asiento "
    "documento transaccion"
)
"""Words of headers that say a code is about a payment: whether it is an invoice or a credit note."""
BOOKING_CODES = CODES | words_in("type types kind class art typ tipo clase")
IN_ONE_WORD = words_in(
    "buchungsart buchungstyp buchungsschlussel buchungskennzeichen belegart belegtyp vorgangsart vorgangstyp "
    "transaktionsart transaktionstyp"
)
"""Single words that say both."""
OUTCOMES = words_in("pass fail"), words_in("passed failed"), words_in("complete incomplete")
"""Words of a header that names two outcomes, as `Pass/Fail` does."""
DEBIT_CREDIT = words_in(
    "drcr crdr debitcredit dr cr debit credit debe haber debito credito soll haben sollhaben shkzg shkz sens "
    "sollhabenkennzeichen habenkennzeichen habenkz habenkennz"
)
"""Words of headers that separate payments from money that came back."""
CARDS = words_in(
    "card cards karte kreditkarte kartenart carte tarjeta method methode metodo medio mode moyen forma zahlungsart "
    "zahlungsmethode zahlungsmittel zahlungsweise zahlungsweg zahlart"
)
"""Words beside which debit and credit are a way of paying."""
PAIRS = (
    ("dr", "cr"), ("d", "c"), ("debit", "credit"), ("debito", "credito"), ("soll", "haben"), ("s", "h"),
    ("debe", "haber"), ("d", "h"), ("cargo", "abono"),
)  # fmt: skip
"""What is written for debit and credit: the money that was paid, and what came back."""
SCHOOL_MARKS = words_in("note noten schulnote zensur abschlussnote prufungsnote")
"""Words of headers over marks from 1 to 6, of which the last ones fail."""
SCHOOL_MARK = re.compile(r"[1-6]([.,]\d)?")
SHORT = re.compile(r"[^\W\d_]{1,3}")
MARK = re.compile(r"[^\W\d_]{1,2}[+-]?")
DIGIT = re.compile(r"\d")
AMOUNT = re.compile(r"-?\d+(\.\d+)?")
NUMBER = re.compile(r"[\d.,%/ -]+")


def are_codes(kind: Kind, named: Collection[str], filled: Collection[str]) -> bool:
    """Whether values that are not known words are codes of a status, by the words of their header.

    `named`: the words of the header.
    """
    if not kind.about or len(filled) > MARKS:
        return False
    says = {word for word in named if says_status(kind, word)}
    is_few = len(filled) <= FEW
    if is_few and says - ALSO_A_PLACE and all(word in says or word in words.FILLERS for word in named):
        numbers = sum(bool(NUMBER.fullmatch(value)) for value in filled)
        is_numbered = bool(says & NUMBERED) or all(map(DIGIT.fullmatch, filled))
        return not numbers or (len(filled) <= 4 and is_numbered)
    if kind.holds_awards and any(word in words.RESULT_HEADERS for word in named):
        return all(map(MARK.fullmatch, filled))
    if kind.holds_awards and any(word in SCHOOL_MARKS for word in named):
        return all(map(SCHOOL_MARK.fullmatch, filled))
    is_short = all(map(SHORT.fullmatch, filled))
    if is_few and (is_short or (len(filled) <= 4 and all(map(DIGIT.fullmatch, filled)))):
        return _tells_codes(kind, set(named), filled) or (is_short and _is_flag(kind, named))
    return False


def may_be_codes(kind: Kind, named: Collection[str], filled: Collection[str]) -> bool:
    """Whether values may be codes of a status although the header does not say of what: `Booth status`."""
    is_one = any(says_status(kind, word) and word not in ALSO_A_PLACE for word in named)
    return bool(kind.about) and is_one and len(filled) <= FEW and all(map(SHORT.fullmatch, filled))


def says_status(kind: Kind, word: str) -> bool:
    """Whether a word of a header says status, alone or put together with another."""
    if word in words.STATUS_HEADERS:
        return True
    ending = next((ending for ending in ENDINGS if word.endswith(ending)), None)
    # People have many kinds of status, such as that of a vaccination; a course or a payment has few.
    return ending is not None and (not kind.lists_people or word.removesuffix(ending) in words.FILLERS)


def says_sides(kind: Kind, named: Collection[str]) -> bool:
    """Whether a header separates debits from credits: `Dr/Cr`, `S/H-Kennzeichen`, `Sens`."""
    letters = {"d", "c"}, {"s", "h"}, {"d", "h"}
    is_one = bool(DEBIT_CREDIT & set(named)) or any(pair <= set(named) for pair in letters)
    return kind.holds_payments and is_one and not CARDS & set(named)


def sides(kind: Kind, named: Collection[str], counts: AnyMapping[str, int]) -> dict[str, str] | None:
    """What debit and credit mean for the rows of a ledger; None where the values are not debit and credit."""
    if not says_sides(kind, named):
        return None
    plain = {value: words.plain(value) for value in counts if value}
    pair = next((pair for pair in PAIRS if set(plain.values()) <= set(pair)), None)
    if pair is None:
        return None
    return {value: COUNTS if side == pair[0] else REFUND for value, side in plain.items()}


def are_doubtful(cells: pa.ChunkedArray, amounts: pa.ChunkedArray, of_value: AnyMapping[str, str]) -> bool:
    """Whether debits and credits contradict the amounts: what they mean is then asked.

    That is where more money came back than was paid, as in a ledger written from the other side, and where amounts have
    signs of their own that are not those of their sides. `of_value`: what each cell means.
    """
    sums, is_negative_on = {COUNTS: Decimal(0), REFUND: Decimal(0)}, set()
    for pieces in zip(cells.chunks, amounts.chunks, strict=True):
        for cell, text in zip(*(piece.to_pylist() for piece in pieces), strict=True):
            side = of_value.get(cell.strip())
            if side in sums and AMOUNT.fullmatch(text):
                amount = Decimal(text)
                sums[side] += abs(amount)
                is_negative_on |= {(side, amount < 0)} if amount else set()
    is_signed = (COUNTS, True) in is_negative_on or {(REFUND, True), (REFUND, False)} <= is_negative_on
    return is_signed or sums[REFUND] > sums[COUNTS]


def _tells_codes(kind: Kind, named: set[str], filled: Collection[str]) -> bool:
    """Whether a header announces codes, `Completion code`, `Belegart`, or lists them, `C/I/W`."""
    if kind.holds_awards and ((COMPLETION & named and CODES & named) or any(pair <= named for pair in OUTCOMES)):
        return True
    if kind.holds_payments and ((BOOKING & named and BOOKING_CODES & named) or IN_ONE_WORD & named):
        return True
    lists_them = not kind.lists_people and len(named) > 1 and {words.plain(value) for value in filled} <= named
    return says_sides(kind, named) or lists_them


def _is_flag(kind: Kind, named: Collection[str]) -> bool:
    """Whether a header is itself a word of a status, as over yes and no: `Passed` over P and F."""
    core = "".join(word for word in named if word not in words.FILLERS)
    known = words.words_of(kind.name)
    return any(word in words.flags() and word in known for word in (core, "".join(named)))
