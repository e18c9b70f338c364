"""How a column writes its amounts and empty cells, decided by all of its values or asked."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from skilltrack.ingest.reading.dates import DATE_STYLES, ISO, as_date, best

__all__ = ["DATE_STYLES", "EMPTY", "ISO", "PLAIN_AMOUNT", "STYLES", "amount_styles", "as_amount", "as_date"]

POINT, COMMA = "point", "comma"
PLAIN_AMOUNT = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
ROUNDED, CR_OUT, CR_IN = ", rounded", ", CR is negative", ", CR is positive"
"""Behind a style: amounts of more decimals are rounded to two; what an amount marked as a credit, `120.00 CR`, is."""
STYLES = tuple(
    sign + more + credit for sign in (POINT, COMMA) for more in ("", ROUNDED) for credit in ("", CR_OUT, CR_IN)
)
SIGNS = {
    "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "US$": ("USD",), "R$": ("BRL",), "C$": ("CAD",), "CA$": ("CAD",),
    "A$": ("AUD",), "AU$": ("AUD",), "NZ$": ("NZD",), "HK$": ("HKD",), "S$": ("SGD",), "₹": ("INR",), "₽": ("RUB",),
    "₩": ("KRW",), "₪": ("ILS",), "₺": ("TRY",), "฿": ("THB",), "₫": ("VND",), "₴": ("UAH",), "₦": ("NGN",),
    "₱": ("PHP",), "Fr": ("CHF", "XAF", "XOF"), "SFr": ("CHF",), "kr": ("SEK", "NOK", "DKK", "ISK"), "zł": ("PLN",),
    "Kč": ("CZK",), "Ft": ("HUF",), "lei": ("RON",), "Rs": ("INR", "PKR", "LKR", "NPR"), "Euro": ("EUR",),
}  # fmt: skip
"""Signs before or behind an amount, and the currencies that they can stand for; `$` can stand for any dollar."""
_LETTERS = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True) if sign.isalpha())
_OTHERS = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True) if not sign.isalpha())
SIGN = re.compile(rf"{_OTHERS}|\$|(?<![^\W\d_])(?:{_LETTERS}|[A-Z]{{3}})(?![^\W\d_])\.?(?!\d)")
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
"""An amount that shows which sign its decimals follow."""

EMPTY = frozenset(
    ("n/a", "#n/a", "n/d", "null", "(null)", "(blank)", "none", "-", "--", "no_manager", "no_mgr", "no_hr",
     "0000-00-00", "00/00/0000", "00.00.0000", "n/a-stillemployed")
)  # fmt: skip
"""Cells that say that there is nothing, in columns of ids, dates and numbers; compared without regard to case."""


def as_amount(cell: str, style: str, currency: str = "") -> str | None:
    """The cell as `-1234.50` under a style; None when it is none, or when its sign contradicts the row's currency."""
    base, _, credit = style.partition(", CR")
    text, is_negative = _bare(cell), cell.strip().startswith("(") and cell.strip().endswith(")")
    marked = CREDIT.search(text)
    if marked:
        text = CREDIT.sub("", text)
        if marked.group(1).upper() == "CR":
            if not credit:
                return None
            is_negative ^= f", CR{credit}" == CR_OUT
    for sign in SIGN.findall(text):
        if not _fits(sign.rstrip("."), currency.strip().upper()):
            return None
    text = NO_CENTS.sub("", SIGN.sub("", text).strip())
    if text.startswith(("-", "−")) or text.endswith("-"):
        is_negative, text = True, text.strip("-−").strip()
    if not AMOUNTS[base].fullmatch(text):
        return None
    digits = re.sub(_APART + "|" + ("," if base.startswith(POINT) else r"\."), "", text).replace(",", ".")
    if len(digits.partition(".")[2]) > 2:
        digits = str(Decimal(digits).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return f"-{digits}" if is_negative else digits


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def _fits(sign: str, currency: str) -> bool:
    """Whether a sign or code before an amount can stand for the currency of its row."""
    if sign == "$":
        return not currency or currency.endswith("D")
    return not currency or currency in SIGNS.get(sign, (sign,))


def amount_styles(cells: Iterable[str]) -> tuple[list[str], bool]:
    """Styles that read most of these distinct cells, and whether the only one is certain.

    Empty = reference form, or no amounts at all.
    """
    values = [cell for cell in cells if cell]
    if all(PLAIN_AMOUNT.fullmatch(cell) for cell in values):
        return [], True
    marked = [mark.group(1).upper() for value in values if (mark := CREDIT.search(_bare(value)))]
    ends = (CR_OUT, CR_IN) if "CR" in marked else ("",)
    found = best(values, [POINT + ends[0], COMMA + ends[0]], as_amount)
    shown = [style for style in found if any(_shows(value, style) for value in values)]
    needs_no_proof = all(as_amount(value, POINT + ends[0]) == as_amount(value, COMMA + ends[0]) for value in values)
    signs = [style.partition(",")[0] for style in (shown or (found[:1] if needs_no_proof else []))]
    signs = signs or [sign for sign in (POINT, COMMA) if any(as_amount(v, sign + ROUNDED + ends[0]) for v in values)]
    ways = []
    for sign in signs:
        unread = [value for value in values if not as_amount(value, sign + ends[0])]
        is_rounded = any(as_amount(value, sign + ROUNDED + ends[0]) for value in unread)
        ways += [sign + ROUNDED * is_rounded + end for end in ends]
    return ways, len(ways) == 1 and ROUNDED not in ways[0]


def _shows(value: str, style: str) -> bool:
    text = CREDIT.sub("", _bare(value))
    return bool(DECISIVE[style.partition(",")[0]].fullmatch(NO_CENTS.sub("", SIGN.sub("", text).strip()).strip(" -−")))
