"""How a column writes its amounts and empty cells, decided by all of its values or asked."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from skilltrack.ingest.reading.dates import DATE_STYLES, ISO, as_date, best

__all__ = ["DATE_STYLES", "EMPTY", "ISO", "PLAIN_AMOUNT", "STYLES", "amount_styles", "as_amount", "as_date"]

POINT, COMMA = "point", "comma"
PLAIN_AMOUNT = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
ROUNDED, CR_OUT, CR_IN = ", rounded", ", CR is negative", ", CR is positive"
"""Behind a style: longer decimals are rounded to two; whether an amount marked as credit, `120.00 CR`, is negative."""
UNITS = {", in cents": Decimal("0.01"), ", in thousands": Decimal(1_000), ", in millions": Decimal(1_000_000)}
"""Last behind a style: what the number is multiplied by."""
STYLES = tuple(
    decimals + more + credit + unit
    for decimals in (POINT, COMMA)
    for more in ("", ROUNDED)
    for credit in ("", CR_OUT, CR_IN)
    for unit in ("", *UNITS)
)
SYMBOLS = {
    "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "US$": ("USD",), "R$": ("BRL",), "C$": ("CAD",), "CA$": ("CAD",),
    "A$": ("AUD",), "AU$": ("AUD",), "NZ$": ("NZD",), "HK$": ("HKD",), "S$": ("SGD",), "₹": ("INR",), "₽": ("RUB",),
    "₩": ("KRW",), "₪": ("ILS",), "₺": ("TRY",), "฿": ("THB",), "₫": ("VND",), "₴": ("UAH",), "₦": ("NGN",),
    "₱": ("PHP",), "Fr": ("CHF", "XAF", "XOF"), "SFr": ("CHF",), "kr": ("SEK", "NOK", "DKK", "ISK"), "zł": ("PLN",),
    "Kč": ("CZK",), "Ft": ("HUF",), "lei": ("RON",), "Rs": ("INR", "PKR", "LKR", "NPR"), "Euro": ("EUR",),
}  # fmt: skip
"""Symbols before or behind an amount, and the currencies that they can stand for; `$` can stand for any dollar."""
_LETTERS = "|".join(re.escape(symbol) for symbol in sorted(SYMBOLS, key=len, reverse=True) if symbol.isalpha())
_OTHERS = "|".join(re.escape(symbol) for symbol in sorted(SYMBOLS, key=len, reverse=True) if not symbol.isalpha())
SYMBOL = re.compile(rf"{_OTHERS}|\$|(?<![^\W\d_])(?:{_LETTERS}|[A-Z]{{3}})(?![^\W\d_])\.?(?!\d)")
CREDIT = re.compile(r"\s*\b(CR|DR)\.?$", re.IGNORECASE)
NO_CENTS = re.compile(r"[.,][-–—]{1,2}$")
"""300.- is 300."""
_APART = "['\u2019 \u00a0\u2009\u202f]"
WHOLE, GROUPED = r"\d+", rf"\d{{{{1,3}}}}(?:(?:{{group}}|{_APART})\d{{{{3}}}})+"
_INDIAN = r"\d{1,2}(?:,\d{2})+,\d{3}"
_POINT = rf"(?:{WHOLE}|{GROUPED.format(group=',')}|{_INDIAN})"
_COMMA = rf"(?:{WHOLE}|{GROUPED.format(group='[.]')})"
AMOUNTS = {
    POINT: re.compile(rf"{_POINT}(?:\.\d{{1,2}}0*)?"),
    COMMA: re.compile(rf"{_COMMA}(?:,\d{{1,2}}0*)?"),
    POINT + ROUNDED: re.compile(rf"{_POINT}(?:\.\d+)?"),
    COMMA + ROUNDED: re.compile(rf"{_COMMA}(?:,\d+)?"),
}
DECISIVE = {
    POINT: re.compile(r".*\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{2,3}){2,}"),
    COMMA: re.compile(r".*,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3}){2,}"),
}
"""An amount that shows which character its decimals follow."""

EMPTY = frozenset(
    ("n/a", "#n/a", "n/d", "null", "(null)", "(blank)", "none", "-", "--", "no_manager", "no_mgr", "no_hr",
     "0000-00-00", "00/00/0000", "00.00.0000", "n/a-stillemployed")
)  # fmt: skip
"""Cells that mean nothing, in columns of ids, dates and numbers; compared without regard to case."""


def as_amount(cell: str, style: str, currency: str = "") -> str | None:
    """The cell as `-1234.50` under a style; None when it is not one, or its symbol contradicts the row's currency."""
    unit = next((unit for unit in UNITS if style.endswith(unit)), "")
    base, _, credit = style.removesuffix(unit).partition(", CR")
    if unit and ROUNDED not in base:
        base += ROUNDED  # cents are whole, thousands may have three decimals
    text, is_negative = _bare(cell), cell.strip().startswith("(") and cell.strip().endswith(")")
    marked = CREDIT.search(text)
    if marked:
        text = CREDIT.sub("", text)
        if marked.group(1).upper() == "CR":
            if not credit:
                return None
            is_negative ^= f", CR{credit}" == CR_OUT
    for symbol in SYMBOL.findall(text):
        if not _fits(symbol.rstrip("."), currency.strip().upper()):
            return None
    text = NO_CENTS.sub("", SYMBOL.sub("", text).strip())
    if text.startswith(("-", "−")) or text.endswith("-"):
        is_negative, text = True, text.strip("-−").strip()
    if not AMOUNTS[base].fullmatch(text):
        return None
    digits = re.sub(_APART + "|" + ("," if base.startswith(POINT) else r"\."), "", text).replace(",", ".")
    if unit:
        digits = str(Decimal(digits) * UNITS[unit])
    if len(digits.partition(".")[2]) > 2:
        digits = str(Decimal(digits).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return f"-{digits}" if is_negative else digits


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def _fits(symbol: str, currency: str) -> bool:
    """Whether a symbol or code at an amount can stand for the currency of its row."""
    if symbol == "$":
        return not currency or currency.endswith("D")
    return not currency or currency in SYMBOLS.get(symbol, (symbol,))


def amount_styles(cells: Iterable[str]) -> tuple[list[str], bool]:
    """Styles that read most of these distinct cells, and whether the only one is certain.

    Empty = reference form, or not amounts at all.
    """
    values = [cell for cell in cells if cell]
    if all(PLAIN_AMOUNT.fullmatch(cell) for cell in values):
        return [], True
    marked = [mark.group(1).upper() for value in values if (mark := CREDIT.search(_bare(value)))]
    ends = (CR_OUT, CR_IN) if "CR" in marked else ("",)
    candidates = best(values, [POINT + ends[0], COMMA + ends[0]], as_amount)
    shown = [style for style in candidates if any(_shows(value, style) for value in values)]
    needs_no_proof = all(as_amount(value, POINT + ends[0]) == as_amount(value, COMMA + ends[0]) for value in values)
    separators = [style.partition(",")[0] for style in (shown or (candidates[:1] if needs_no_proof else []))]
    separators = separators or [
        separator for separator in (POINT, COMMA) if any(as_amount(v, separator + ROUNDED + ends[0]) for v in values)
    ]
    ways = []
    for separator in separators:
        unread = [value for value in values if not as_amount(value, separator + ends[0])]
        is_rounded = any(as_amount(value, separator + ROUNDED + ends[0]) for value in unread)
        ways += [separator + ROUNDED * is_rounded + end for end in ends]
    return ways, len(ways) == 1 and ROUNDED not in ways[0]


def _shows(value: str, style: str) -> bool:
    text = CREDIT.sub("", _bare(value))
    return bool(
        DECISIVE[style.partition(",")[0]].fullmatch(NO_CENTS.sub("", SYMBOL.sub("", text).strip()).strip(" -−"))
    )
