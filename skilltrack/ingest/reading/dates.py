"""How a column writes its dates, decided by all of its values or asked.

A style is taken only when the values leave one reading: `31.01.2024` beside `03.04.2024` shows that the day comes
first, `03/04/2024` alone shows nothing. A style is what `strptime` takes, one of the words below, or several with
" or " between them; " and time" behind one lets a time follow. Dates that name a month, a quarter or a week are always
asked about.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from skilltrack.config import today
from skilltrack.ingest.reading.periods import FIRST_DAY, LAST_DAY, period
from skilltrack.ingest.reading.yearless import IN, day_in_year
from skilltrack.language import Sentence, joined, sentence

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ZONE = (
    r"\(?(?:z|utc|gmt|p[sd]t|m[sd]t|c[sd]t|e[sd]t|ak[sd]t|hst|w?est|wet|cest|cet|eest|eet|mesz|mez|bst|ist|msk|jst|kst|"
    r"[a-z]+/[a-z_]+(?:/[a-z_]+|\s[a-z]+)?|hkt|sgt|a[ecw][sd]t|nz[sd]t|sast|brt|art|(?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?)\)?"
)
_CLOCK = (
    r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*(?:uhr|h))?(?:\s*[ap]\.?\s?m\.?)?"
    rf"(?:\s*{_ZONE}){{0,2}}"
)
_BEFORE_CLOCK = r"(?:t|\s*[,|]?\s+(?:at|um|à|a las|alle|às|om|kl\.?|[-–|])\s+|\s*,\s*|\s+)"
TIME = re.compile(rf"(.*[\d.]){_BEFORE_CLOCK}{_CLOCK}", re.IGNORECASE)
WITH_TIME, OR = " and time", " or "
EXCEL, EPOCH, WORDS = "excel", "epoch", "words"
"""Days of a spreadsheet, seconds or milliseconds since 1970, and a month as a word of one of the languages below."""
REFERENCE, SWAPPED = "%Y-%m-%d", "%Y-%d-%m"
SEPARATORS = "/.-"
ORDERS = ("%d %m %Y", "%m %d %Y", "%Y %m %d", "%d %m %y", "%m %d %y")
DATE_STYLES = (
    *(order.replace(" ", separator) for order in ORDERS for separator in SEPARATORS),
    *("%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    *("%d%m%Y", "%m%d%Y", "%b-%d-%Y", WORDS, EPOCH),
)
COMPACT = ("%Y%m%d", "%d%m%Y", "%m%d%Y")
"""Those that are digits alone."""
NUMERIC = re.compile(rf"\d{{1,4}}([{SEPARATORS}])\d{{1,2}}\1\d{{1,4}}")
SHOWN = 5
"""Cells that a question shows with their outcome."""

NEVER = frozenset(
    ("never", "never expires", "no expiration", "no expiry", "no expiration date", "no end date", "does not expire",
     "doesn't expire", "lifetime", "unlimited", "indefinite", "indefinitely", "permanent", "perpetual", "open ended",
     "open-ended", "present", "current", "ongoing", "0",
     "nie", "unbegrenzt", "unbefristet", "läuft nicht ab", "kein ablauf", "kein ablaufdatum", "lebenslang", "heute",
     "jamais", "illimité", "illimitée", "à vie", "permanente", "sans limite", "sans expiration", "n'expire pas",
     "indéterminé", "indéterminée",
     "nunca", "ilimitado", "ilimitada", "indefinido", "indefinida", "no caduca", "no vence", "sin vencimiento",
     "sin caducidad", "sin fecha de vencimiento", "vitalicio", "vitalicia", "de por vida",
     "mai", "illimitato", "illimitata", "nessuna scadenza", "senza scadenza", "a vita",
     "nooit", "onbeperkt", "verloopt niet", "onbepaald", "levenslang",
     "sem validade", "sem vencimento", "não expira", "vitalício", "vitalícia", "permanentemente")
)  # fmt: skip
"""Cells of an end date that say that there is no end; compared without regard to case."""

MONTHS = (
    "january januar janvier enero gennaio januari janeiro jänner",
    "february februar février febrero febbraio februari fevereiro feber",
    "march märz mars marzo marzo maart março mrz mrt",
    "april april avril abril aprile april abril",
    "may mai mai mayo maggio mei maio",
    "june juni juin junio giugno juni junho",
    "july juli juillet julio luglio juli julho",
    "august august août agosto agosto augustus agosto",
    "september september septembre septiembre settembre september setembro setiembre",
    "october oktober octobre octubre ottobre oktober outubro",
    "november november novembre noviembre novembre november novembro",
    "december dezember décembre diciembre dicembre december dezembro",
)
"""Months in English, German, French, Spanish, Italian, Dutch and Portuguese; any beginning of three letters counts."""
WEEKDAYS = (
    "monday montag lundi lunes lunedì maandag segunda",
    "tuesday dienstag mardi martes martedì dinsdag terça",
    "wednesday mittwoch mercredi miércoles mercoledì woensdag quarta",
    "thursday donnerstag jeudi jueves giovedì donderdag quinta",
    "friday freitag vendredi viernes venerdì vrijdag sexta",
    "saturday samstag samedi sábado sabato zaterdag sonnabend",
    "sunday sonntag dimanche domingo domenica zondag",
)
_THE = r"(?:(?:the|den|am|le|el|il|op)\s+)?"
_WEEKDAY = rf"{_THE}(?:(?P<weekday>[^\W\d_]{{2,}})(?:-feira)?\.?,?\s+)?{_THE}"
_MONTH, _YEAR = r"(?P<month>[^\W\d_]{3,})\.?", r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|[º°ª.])?"
_WITH_CLOCK = rf"(?:{_BEFORE_CLOCK}{_CLOCK})?"
_BETWEEN = r"[\s/.,-]*"
IN_WORDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_WEEKDAY}{_DAY}{_BETWEEN}(?:(?:of|de|di)\s+|d'\s*)?{_MONTH}{_BETWEEN}"
        rf"(?:(?:of|de|del|di)\s+)?(?P<year>\d{{4}}|\d{{2}}){_WITH_CLOCK}",
        rf"{_WEEKDAY}{_MONTH}{_BETWEEN}(?:the )?{_DAY}(?:,\s*|\s+){_YEAR}{_WITH_CLOCK}",
        rf"{_WEEKDAY}{_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}{_WITH_CLOCK}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_CLOCK}\s+{_YEAR}",
    )
)
"""Dates with a month as a word: 5 janv. 2024, Friday, January 5th, 2024 at 10:15 AM, Fri Jan 05 10:15:00 PST 2024."""


def _plain(word: str) -> str:
    """A word without accents and case."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(letter)
    )


def _numbers_of(names: tuple[str, ...], shortest: int) -> dict[str, set[int]]:
    """The beginnings of names, and which of them each can mean."""
    numbers: dict[str, set[int]] = {}
    for number, words in enumerate(names):
        for word in map(_plain, words.split()):
            for length in range(shortest, len(word) + 1):
                numbers.setdefault(word[:length], set()).add(number)
    return numbers


_MONTH_OF = {word: min(months) + 1 for word, months in _numbers_of(MONTHS, 3).items() if len(months) == 1}
_WEEKDAYS_OF = _numbers_of(WEEKDAYS, 2)


def as_date(cell: str, style: str) -> str | None:
    """The cell as an ISO date, read in a style; None when it is not a date in that style."""
    return next(filter(None, (_by(one, cell) for one in style.split(OR))), None)


def lies_ahead(cell: str, style: str = "") -> bool:
    """Whether a cell is a day after today, in a style or in every one that reads it."""
    styles = [style] if style else date_styles([cell]) or [REFERENCE]
    return all((as_date(cell, one) or "") > today().isoformat() for one in styles)


def _by(style: str, cell: str) -> str | None:
    bare = style.removesuffix(WITH_TIME)
    if IN in bare:
        return day_in_year(bare, cell)
    if bare in READERS:
        return READERS[bare](cell)
    return _strptime(_without_time(cell) if bare != style else cell, bare)


def _without_time(cell: str) -> str:
    match = TIME.fullmatch(cell)
    return str(match.group(1)) if match else cell


@lru_cache(100_000)
def _strptime(cell: str, style: str) -> str | None:
    try:
        return datetime.strptime(cell, style).date().isoformat()
    except (ValueError, re.error):
        return None


def _of_spreadsheet(cell: str) -> str | None:
    match = re.fullmatch(r"(\d{4,5})(?:\.\d+)?", cell)
    return (date(1899, 12, 30) + timedelta(int(match.group(1)))).isoformat() if match else None


def _since_1970(cell: str) -> str | None:
    """The day, in UTC, of seconds (9 or 10 digits) or milliseconds (12 or 13) since 1970: from 1973 on."""
    if not re.fullmatch(r"\d{9,10}(\.\d+)?|\d{12,13}", cell):
        return None
    whole = cell.partition(".")[0]
    return datetime.fromtimestamp(int(whole) / (1000 if len(whole) > 11 else 1), UTC).date().isoformat()


def _in_words(cell: str) -> str | None:
    """A date with its month as a word; None where a weekday contradicts it."""
    text = unicodedata.normalize("NFKC", cell).casefold().strip()
    for pattern in IN_WORDS:
        match = pattern.fullmatch(text)
        month = _MONTH_OF.get(_plain(match["month"])) if match else None
        if not match or not month:
            continue
        year = int(match["year"]) + (0 if len(match["year"]) == 4 else 2000 if int(match["year"]) < 69 else 1900)
        try:
            day = date(year, month, int(match["day"]))
        except ValueError:
            return None
        is_right = not match["weekday"] or day.weekday() in _WEEKDAYS_OF.get(_plain(match["weekday"]), ())
        return day.isoformat() if is_right else None
    return None


def _period(cell: str) -> tuple[date, date] | None:
    return period(_plain(cell.strip()), _MONTH_OF)


def _first_day(cell: str) -> str | None:
    """The first day of the month, quarter, week or year that a cell names."""
    days = _period(cell)
    return days[0].isoformat() if days else None


def _last_day(cell: str) -> str | None:
    """The last day of it."""
    days = _period(cell)
    return days[1].isoformat() if days else None


READERS: dict[str, Callable[[str], str | None]] = {
    EXCEL: _of_spreadsheet,
    EPOCH: _since_1970,
    WORDS: _in_words,
    FIRST_DAY: _first_day,
    LAST_DAY: _last_day,
}
"""What reads the styles that are words."""


def date_styles(cells: Iterable[str]) -> list[str]:
    """Styles that read most of these distinct cells, one for each reading; [] = reference form, or not dates at all."""
    values = [cell for cell in cells if cell]
    days = list(dict.fromkeys(map(_without_time, values)))
    has_time = set(days) != set(values)
    return [_with_time(style) if has_time else style for style in _styles_of_days(days, has_time)]


def period_styles(cells: Iterable[str]) -> list[str]:
    """The first and the last day, where most of these cells name a month, a quarter, a week or a year; else []."""
    values = [cell for cell in cells if cell]
    others = [value for value in values if not ISO.fullmatch(value)]
    styles = best(others, [FIRST_DAY, LAST_DAY], as_date) if others else []
    return [f"{style}{OR}{REFERENCE}" if len(others) < len(values) else style for style in styles]


def names_period(cell: str) -> bool:
    """Whether a cell names a month, a quarter or a week; a bare 2024 or 2024.05 may as well be a number."""
    return not re.fullmatch(r"[\d.]+", cell) and _period(cell) is not None


def _as_whole_date(cell: str, style: str) -> str | None:
    """The cell as an ISO date in a style; 202411 is a month and not the 1st of January."""
    return None if style in COMPACT and len(cell) != len("20240131") else as_date(cell, style)


def _with_time(style: str) -> str:
    return OR.join(part if part in READERS else part + WITH_TIME for part in style.split(OR))


def _styles_of_days(values: list[str], has_time: bool) -> list[str]:
    reference = [value for value in values if ISO.fullmatch(value)]
    others = [value for value in values if not ISO.fullmatch(value)]
    if not others:
        return [REFERENCE] if has_time else []
    if all(as_date(value, REFERENCE) for value in others):
        return [REFERENCE]  # 2024-1-5 beside 2024-12-15
    styles = best(others, [*DATE_STYLES, *_mixed(others)], _as_whole_date)
    if len(styles) == 1:
        styles += _contradictions(others, styles[0])
    styles += _year_first(others, styles)
    if not reference:
        return styles
    return _beside_reference(reference, others, styles) if styles else [REFERENCE] * has_time


def _year_first(values: list[str], styles: list[str]) -> list[str]:
    """The style of `24/01/05` with the year first, where its years are closer together than those of `styles`."""
    separators = {match.group(1) for style in styles if (match := re.fullmatch(r"%[dm](\W)%[dm]\1%y", style))}
    if len(separators) != 1:
        return []
    first = "%y{0}%m{0}%d".format(*separators)

    def spread(style: str) -> int:
        years = [int(day[:4]) for value in values if (day := as_date(value, style))]
        return max(years) - min(years) if len(years) == len(values) else 10_000

    return [first] if spread(first) < min(map(spread, styles)) else []


def _mixed(values: list[str]) -> list[str]:
    """Each order of day, month and year with all the separators in use, where there are several."""
    used = {match.group(1) for value in values if (match := NUMERIC.fullmatch(value))}
    if len(used) < 2:
        return []
    ordered = [separator for separator in SEPARATORS if separator in used]
    return [OR.join(order.replace(" ", separator) for separator in ordered) for order in ORDERS]


def _contradictions(values: list[str], style: str) -> list[str]:
    """Styles with day and month the other way round that stay possible, although `style` reads more of the values.

    One stays possible where a value proves it and another can be read in both ways; or where the values with one of
    several separators prove neither.
    """
    alternatives = []
    parts = style.split(OR)
    for at, part in enumerate(parts):
        turned = _turned(part)
        both = [(as_date(value, part), as_date(value, turned)) for value in values]
        is_open = any(one and two and one != two for one, two in both)
        is_proved = any(one is None and two for one, two in both)
        is_unproved = len(parts) > 1 and not any(one and two is None for one, two in both)
        if is_open and (is_proved or is_unproved):
            alternatives.append(OR.join([*parts[:at], turned, *parts[at + 1 :]]))
    return alternatives


def _beside_reference(reference: list[str], others: list[str], styles: list[str]) -> list[str]:
    """Styles where some dates are in reference form and others are not.

    A spreadsheet that swaps day and month makes dates of those up to the 12th and leaves the others as text: then the
    dates that it made are probably swapped too.
    """
    together = [f"{REFERENCE}{OR}{style}" for style in styles]
    turned = _turned(styles[0])
    is_decided = len(styles) == 1 and turned != styles[0] and not any(as_date(value, turned) for value in others)
    if is_decided and all(int(value[8:]) <= 12 for value in reference):
        return [f"{SWAPPED}{OR}{styles[0]}", *together]
    return together


def _turned(style: str) -> str:
    """The style with day and month the other way round."""
    return re.sub("%[dm]", lambda part: "%m" if part[0] == "%d" else "%d", style) if "%m" in style else style


def are_swapped(styles: Iterable[str]) -> bool:
    """Whether these styles belong to a question about days and months that a spreadsheet has swapped."""
    return any(style.startswith(SWAPPED) for style in styles)


def are_serials(cells: Iterable[str]) -> bool:
    """Whether every cell could be a day number of a spreadsheet."""
    values = [cell for cell in cells if cell]
    return bool(values) and all(re.fullmatch(r"[1-6]\d{4}(\.\d+)?", cell) for cell in values)


def shown_by(values: list[str], styles: Iterable[str]) -> list[str]:
    """The cells that a question shows with their outcome: one that the styles read differently, and the first ones."""
    styles = list(styles)
    differ = next((v for v in values if len({as_date(v, style) for style in styles}) > 1), None)
    first = [value for value in values[:SHOWN] if value != differ]
    return [differ, *first[: SHOWN - 1]] if differ is not None else first


def outcome_of(values: Iterable[str], style: str) -> Sentence:
    """What distinct cells become in a style, in words."""
    days = {value: as_date(value, style) for value in values}
    read = [
        sentence("{value} as {becomes}", value=value, becomes=day)
        if day
        else sentence("{value} is not a date", value=value)
        for value, day in days.items()
    ]
    return joined(read, "; ")


def best(values: list[str], styles: list[str], read: Callable[[str, str], str | None]) -> list[str]:
    """The styles that read the most values, and at least half of them: one for each different outcome."""
    outcomes: dict[tuple[str | None, ...], str] = {}
    most = (len(values) + 1) // 2
    styles = [style for style in styles if any(read(value, style) for value in values[:200])]
    for style in styles:
        outcome = tuple(read(value, style) for value in values)
        count = len(values) - outcome.count(None)
        if count > most or (count == most and not outcomes):
            outcomes, most = {outcome: style}, count
        elif count == most:
            outcomes.setdefault(outcome, style)
    return list(outcomes.values())
