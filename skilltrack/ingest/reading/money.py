"""Which of several columns of money is the amount that was paid: a question shows the sum of each, none is assumed."""

import re
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa

from skilltrack.ingest.reading import styles
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import amounts_among, dates_among, sampled
from skilltrack.ingest.reading.mapping import Mapping, about
from skilltrack.ingest.reading.places import Places
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import COUNTS, REFUND, plain, words_in
from skilltrack.ingest.reading.things import read_as
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, joined, mark, sentence

OF_MONEY = words_in(
    "amount cost price total net gross fee paid charge spend spent betrag preis kosten brutto netto gesamt summe "
    "gebuhr montant prix cout ttc frais importe precio coste costo monto neto bruto subtotal"
)
"""Words in headers of money, alone or inside a longer word."""
OF_ONE = words_in("price unit each rate preis prix precio unitaire unitario stuck einzel")
"""Words in headers of the price of one."""
OF_PARTS = words_in("vat tax mwst ust tva iva discount rabatt remise descuento impuesto steuer")
"""Words in headers of a part of the amount, which is not the amount itself."""
OF_COUNTS = words_in(
    "quantity qty seats licenses licences units participants attendees menge anzahl stuck quantite qte nombre "
    "cantidad unidades plazas"
)
"""Words in headers of how many were bought."""

OF_REFUNDS = words_in(
    "refund refunds refunded chargeback chargebacks gutschrift erstattung erstattet ruckerstattung erstattungsbetrag "
    "ruckzahlung rembourse remboursement avoir reembolso reembolsado devolucion devuelto abono"
)
"""Words in headers of money that came back, or that an employee got back."""

CENTS = words_in("cent cents centime centimes centimos centavos pence penny minor minorunits")
THOUSANDS = words_in("k thousand thousands tsd tausend teur teuro tusd tgbp tchf keur kusd kgbp kchf milliers miles")
MILLIONS = words_in("million millions mio mln millionen millones")
"""Words in headers of amounts in other units than that of the currency."""


def is_of_money(header: str) -> bool:
    """Whether a header says that its column holds money."""
    return _has(header, OF_MONEY) or _has(header, OF_PARTS, whole=True)


def looks_like_money(header: str, values: tuple[str, ...]) -> bool:
    """Whether header and values of a column say that it holds money."""
    has_symbol = any(re.search("[€$£¥]", value) for value in values)
    says_so = is_of_money(header) and not _has(header, OF_COUNTS, whole=True)
    return (has_symbol or says_so) and bool(values) and amounts_among(values) >= 0.8 and dates_among(values) <= 0.5


def amount_question(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> Question | None:
    """Ask which column is the amount, where several could be or the recognised one is the price of one."""
    name = next((column.name for column in kind.columns if column.type == "money" and column.required), "")
    if not name or name in mapping.columns or name in mapping.constants or len(places.get(name, [])) != 1:
        return None
    used = {at for column, positions in places.items() if column != name for at in positions}
    could_be = [
        at
        for at, header in enumerate(decoded.header)
        if header
        and at not in used
        and not is_sensitive(header)
        and (
            at == places[name][0]
            or (looks_like_money(header, sampled(decoded.columns[at])) and not _has(header, OF_REFUNDS))
        )
    ]
    counts = [at for at in range(len(decoded.header)) if at not in used and _says_how_many(decoded, at)]
    known = decoded.header[places[name][0]]
    is_of_one = bool(counts) and _has(known, OF_ONE)
    if len(could_be) < 2 and not is_of_one:
        return None
    ordered = sorted(could_be, key=lambda at: (_rank(decoded.header[at], bool(counts)), at != places[name][0]))
    samples = {decoded.header[at]: list(sampled(decoded.columns[at])[:3]) for at in ordered}
    sums = {decoded.header[at]: _sum(decoded.columns[at]) for at in ordered}
    answers = {header: joined((", ".join(values), _in_all(sums[header])), "; ") for header, values in samples.items()}
    reasons = {header: _reason(header, decoded, counts) for header in samples}
    text = sentence("Several columns hold money. Which is the amount that was paid?")
    if len(could_be) < 2:
        text = sentence(
            "{known} stands beside {header}, so it is probably the price of one. Which column is the "
            "amount that was paid? If none is, add one to the file.",
            known=known,
            header=decoded.header[counts[0]],
        )
    return Question(decoded.name, f"columns.{name}", text, answers, samples=samples, reasons=reasons)


def with_sums(kind: Kind, decoded: Decoded, question: Question) -> Question:
    """The question which column is the amount, with the sum of each and, where several hold money, without a guess."""
    name = question.about.removeprefix("columns.")
    if not kind.holds_payments or kind.column(name).type != "money":
        return question
    cells = {header: decoded.columns[decoded.header.index(header)] for header in question.answers}
    money = [header for header, column in cells.items() if looks_like_money(header, sampled(column))]
    counts = [at for at in range(len(decoded.header)) if _says_how_many(decoded, at)]
    ordered = sorted(money, key=lambda header: _rank(header, bool(counts)))
    answers = {header: question.answers[header] for header in dict.fromkeys([*ordered, *question.answers])}
    reasons = dict(question.reasons)
    for header in money:
        reasons[header] = joined((_reason(header, decoded, counts), _in_all(_sum(cells[header]))), ", ")
        answers[header] = joined((", ".join(question.samples[header]), reasons[header]), "; ")
    is_of_one = bool(counts) and bool(money) and _has(ordered[0], OF_ONE)
    likely = "" if len(money) > 1 or is_of_one else question.likely
    return replace(question, answers=answers, reasons=reasons, likely=likely)


def multiplied(kind: Kind, decoded: Decoded, at: int, places: Places) -> str:
    """The header of the amount, where it may be the price of one and an unused column says how many were bought."""
    name = next((column.name for column in kind.columns if column.type == "money" and kind.holds_payments), "")
    header = decoded.header[places[name][0]] if name in places else ""
    return header if header and _has(header, OF_ONE) and _says_how_many(decoded, at) else ""


def _says_how_many(decoded: Decoded, at: int) -> bool:
    return _has(decoded.header[at], OF_COUNTS, whole=True) and bool(set(sampled(decoded.columns[at])) - {"1"})


def refund_question(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> Question | None:
    """Ask whether amounts below a header of refunds, which have no sign, came back or were paid."""
    name = next((column.name for column in kind.columns if column.type == "money" and kind.holds_payments), "")
    header = decoded.header[places[name][0]] if name in places else ""
    days = [decoded.header[at] for at in places.get(kind.begins, ())[:1]]
    if not header or header in mapping.values or not any(_has(one, OF_REFUNDS) for one in (header, *days)):
        return None
    if any(value.startswith(("-", "(", "−")) for value in sampled(decoded.columns[places[name][0]])):
        return None
    text = sentence("{header} may be money that came back. Is it?", header=header)
    answers = {
        REFUND: sentence("yes: taken off what was paid"),
        COUNTS: sentence("no: it was paid, such as to an employee"),
    }
    return Question(decoded.name, about("values", header, "*"), text, answers)


def unit_question(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> list[Question]:
    """Ask whether amounts are cents or thousands, where their header says so; empty where it does not."""
    name = next((column.name for column in kind.columns if column.type == "money" and column.name in places), "")
    if not name or name in mapping.amounts:
        return []
    header, values = decoded.header[places[name][0]], sampled(decoded.columns[places[name][0]])
    words = set(header_words(header)) | (
        {"teuro"} if re.search(r"\b[TtKk] ?[€$£]|[€$£] ?[TtKk]\b|['’]000\b|\b000s?\b", header) else set()
    )
    units = [unit for unit, of_unit in zip(styles.UNITS, (CENTS, THOUSANDS, MILLIONS), strict=True) if words & of_unit]
    if not units:
        return []
    possible = styles.amount_styles(list(values))[0] or [styles.POINT]
    answers = {}
    for style in (style + unit for unit in [*units, ""] for style in possible):
        shown = next((value for value in values if styles.as_amount(value, style)), "")
        amount = styles.as_amount(shown, style) if shown else None
        answers[style] = read_as(shown, amount) if amount else sentence("not amounts")
    text = sentence(dict(zip(styles.UNITS, MAY_BE_IN, strict=True))[units[0]], header=header)
    return [Question(decoded.name, about("amounts", name), text, answers, likely=next(iter(answers)))]


def comes_back(kind: Kind, header: str, values: tuple[str, ...]) -> bool:
    """Whether an unused column holds money that came back, which is then not taken off."""
    is_money = kind.holds_payments and _has(header, OF_REFUNDS) and looks_like_money(header, values)
    return is_money and any(re.search("[1-9]", value) for value in values)


def _has(header: str, among: frozenset[str], whole: bool = False) -> bool:
    words = [*header_words(header), plain(header)]
    return any(word == part or (not whole and len(part) > 3 and part in word) for word in words for part in among)


def _rank(header: str, has_counts: bool) -> int:
    """Likeliest first: totals and amounts, then prices of one, taxes and discounts last."""
    if _has(header, OF_PARTS, whole=True):
        return 3
    if _has(header, OF_ONE):
        return 2 if has_counts else 1
    return 0


MAY_BE_IN = (
    mark("{header} may be in cents. What are its amounts?"),
    mark("{header} may be in thousands. What are its amounts?"),
    mark("{header} may be in millions. What are its amounts?"),
)
"""What is asked about each of `styles.UNITS`."""


def _in_all(total: Decimal | None) -> Sentence:
    return sentence("no sum") if total is None else sentence("in all {total:,.2f}", total=total)


def _reason(header: str, decoded: Decoded, counts: list[int]) -> Sentence:
    if _has(header, OF_PARTS, whole=True):
        return sentence("a part of the amount")
    if counts and _has(header, OF_ONE):
        return sentence("the price of one, beside {header}", header=decoded.header[counts[0]])
    return sentence("an amount of each row")


def _sum(cells: pa.ChunkedArray) -> Decimal | None:
    """What the amounts of a column add up to; None where they cannot be read for certain."""
    values = [value.strip() for value in cells.unique().to_pylist() if value.strip()]
    possible, _ = styles.amount_styles(values)
    if len(possible) > 1:
        return None
    style = possible[0] if possible else styles.POINT
    total = Decimal(0)
    for entry in cells.value_counts().to_pylist():
        amount = styles.as_amount(entry["values"], style)
        total += Decimal(amount) * entry["counts"] if amount else 0
    return total


ABOUT_MONEY = (amount_question, refund_question)
"""What columns of money may leave open, apart from their unit."""
