"""Words where a column should hold something else: "Never" for no end, "24 months", "2 - Working", "Swiss franc".

A word that means one thing only is read as that, and a notice says so. Any other is asked about, and its cell is bad
until the answer comes.
"""

import re
from collections import Counter
from dataclasses import replace

import pyarrow as pa

from skilltrack.ingest.reading.dates import NEVER, lies_ahead
from skilltrack.ingest.reading.mapping import Mapping, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.status_words import LEAVE_OUT, words_in
from skilltrack.ingest.reading.things import counted, is_read, with_counts
from skilltrack.kinds import Column, Kind
from skilltrack.language import NOTHING, Sentence, mark, sentence

ENDS = ("expires_on", "revoked_on", "left_on", "valid_to")
"""Days that end something."""
NOT_REVOKED = frozenset(("never", "nie", "jamais", "nunca", "mai", "nooit", "0"))
"""The words for no end that mean that nothing was revoked; "permanent" may say how it was revoked."""
FREE = frozenset(("free", "free of charge", "kostenlos", "gratis", "gratuit", "gratuito", "gratuita", "no charge"))
MONTHS_OF = {
    1: "m mo mos mth mths month months monat monate monaten mois mes meses mese mesi maand maanden mês",
    12: "y yr yrs year years j jahr jahre jahren an ans année années año años anno anni jaar jaren ano anos",
}
_UNITS = {unit: months for months, units in MONTHS_OF.items() for unit in units.split()}
DURATION = re.compile(r"(\d{1,4})(?:[.,]0+)?\s*([^\W\d_]+)\.?")
WHOLE = re.compile(r"(\d{1,6})[.,]0+")
NAMED_LEVEL = re.compile(
    r"(?:(?:level|stufe|niveau|nivel|livello|nível)\s*)?(\d{1,6})(?:[.,]0+)?(?:\s*(?:[-–—:=]\s*|\()[^\d%/]+)?"
)
"""A level with its name behind it, or the word before it: `2 - Working`, `3 (Expert)`, `Level 4`."""
TOP = 5
"""Levels that are offered for a word."""
ASKED = 20
"""Most words of a column that are asked about; more are not likely to be a scale."""
LARGEST_SCALE = 101
"""The same for a matrix, whose cells are a scale: percents are 101."""
CURRENCIES = {
    "AUD": ("a$", "au$", "australian dollar"), "BRL": ("r$", "brazilian real"), "CAD": ("c$", "ca$", "canadian dollar"),
    "CHF": ("fr.", "sfr", "sfr.", "swiss franc", "schweizer franken"), "CNY": ("yuan", "renminbi", "rmb"),
    "CZK": ("kč",), "DKK": ("danish krone",), "EUR": ("€", "euro"),
    "GBP": ("£", "pound sterling", "british pound"), "HKD": ("hk$",), "ILS": ("₪",), "INR": ("₹", "indian rupee"),
    "JPY": ("yen", "japanese yen"), "KRW": ("₩",), "MXN": ("mexican peso",), "NGN": ("₦",),
    "NOK": ("norwegian krone",), "NZD": ("nz$", "new zealand dollar"), "PHP": ("₱",), "PLN": ("zł", "złoty", "zloty"),
    "RUB": ("₽",), "SEK": ("swedish krona",), "SGD": ("s$", "singapore dollar"), "THB": ("฿",), "TRY": ("₺",),
    "UAH": ("₴",), "USD": ("us$", "us dollar", "u.s. dollar", "american dollar"), "VND": ("₫",),
}  # fmt: skip
"""Names and symbols of one currency only; a dollar, a crown, `$` and `kr` mean several."""
_CODE_OF = {name: code for code, names in CURRENCIES.items() for name in names}
TRUE = words_in("true yes y 1 t x on ja oui si sí wahr")
FALSE = words_in("false no n 0 f off nein non falsch")
"""Words that a column of yes and no takes as they are."""
CRITICAL = frozenset(
    ("critical", "business critical", "mission critical", "kritisch", "critique", "crítico", "crítica")
)
NOT_CRITICAL = frozenset(
    ("non-critical", "non critical", "noncritical", "not critical", "unkritisch", "nicht kritisch", "non critique",
     "pas critique", "no crítico", "no crítica")
)  # fmt: skip
DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD")


def plain(kind: Kind, column: Column, value: str) -> str:
    """A cell as its column takes it, where it can mean one thing only; else as it is."""
    word = " ".join(value.lower().split())
    if column.type == "date":
        never = NOT_REVOKED if column.name == "revoked_on" else NEVER
        return "" if column.name in ENDS and word in never else value
    if column.name == "validity_months":
        return _months(word, value)
    if column.type in ("level", "whole"):
        match = WHOLE.fullmatch(word) or (NAMED_LEVEL.fullmatch(word) if column.type == "level" else None)
        return str(int(match.group(1))) if match else value
    if column.name == "list_price":
        return "0" if word in FREE else value
    if column.name == "critical":
        return "true" if word in CRITICAL else "false" if word in NOT_CRITICAL else value
    if column.type == "currency":
        return _CODE_OF.get(word) or _CODE_OF.get(word.removesuffix("s"), value)
    return value


def _months(word: str, value: str) -> str:
    if word in NEVER or re.fullmatch(r"0+([.,]0+)?", word):
        return ""
    if match := WHOLE.fullmatch(word):
        return str(int(match.group(1)))
    match = DURATION.fullmatch(word)
    return str(int(match.group(1)) * _UNITS[match.group(2)]) if match and match.group(2) in _UNITS else value


def as_words(
    kind: Kind,
    taken: dict[str, pa.ChunkedArray],
    mapping: Mapping,
    file: str,
    problems: list[Problem],
    questions: list[Question],
) -> tuple[dict[str, dict[str, str]], Mapping]:
    """For each column the cells that are read as something else; and the mapping, which leaves out rows of level 0.

    Other words are asked about.
    """
    readings: dict[str, dict[str, str]] = {}
    for column in kind.file_columns:
        if column.name not in taken or column.name in mapping.constants or not _may_hold_words(column):
            continue
        counts = _counts(taken[column.name])
        pairs = {value: other for value in counts if (other := plain(kind, column, value)) != value}
        if pairs:
            readings[column.name] = pairs
            _tell(file, column, pairs, counts, problems)
        read = Counter({pairs.get(value, value): 0 for value in counts})
        for value, rows in counts.items():
            read[pairs.get(value, value)] += rows
        if column.type == "level" and kind.about and read["0"]:
            mapping = _without_zero(column, mapping)
            message = sentence(
                "{rows} left out: level 0 means that nothing is demonstrated.", rows=counted(read["0"], "row")
            )
            problems.append(Problem(file, None, column.name, None, message, "warning"))
        _ask(column, read, file, questions, bool(kind.about), LARGEST_SCALE if mapping.is_of_matrix else ASKED)
    return readings, mapping


def ask_about_scale(
    kind: Kind, taken: dict[str, pa.ChunkedArray], mapping: Mapping, file: str, questions: list[Question]
) -> bool:
    """Ask what each level means where the scale of a matrix goes beyond ours; returns whether anything was asked."""
    if not mapping.is_of_matrix or "level" not in taken:
        return False
    column, known = kind.column("level"), mapping.values.get("level", {})
    counts = _counts(taken["level"])
    levels = {value: rows for value, rows in counts.items() if value.isdigit() and value not in known}
    beyond = [value for value in levels if int(value) > TOP and value not in known.values()]
    if not beyond:
        return False
    for value in sorted((value for value in levels if value != "0"), key=int):
        answers = {str(level): sentence("level {level}", level=level) for level in range(1, TOP + 1)} | {
            value: sentence("level {value}, as it is", value=value)
        }
        answers |= {"0": sentence("nothing: leave it out")}
        rows, most = counted(levels[value], "row"), max(beyond, key=int)
        text = sentence(
            "level: what does {value!r} mean ({rows}), where levels go up to {most}?", value=value, rows=rows, most=most
        )
        place = about("values", "level", value)
        questions.append(Question(file, place, text, answers, group=_group(column)))
    return True


def ask_about_days(taken: dict[str, pa.ChunkedArray], mapping: Mapping, file: str, questions: list[Question]) -> bool:
    """Ask what words in a matrix of days mean, such as `x` or `booked`, and days that lie ahead.

    Returns whether nothing can be stored before that is answered; a day that lies ahead is a bad row by itself.
    """
    if not mapping.is_of_matrix or "issued_on" not in taken:
        return False
    counts, style = _counts(taken["issued_on"]), mapping.dates.get("issued_on", "")
    counts.pop(LEAVE_OUT, None)
    words = [value for value in counts if not re.search(r"\d", value)][:ASKED]
    ahead = [value for value in counts if value not in words and lies_ahead(value, style)][:ASKED]
    for value in words + ahead:
        place = about("values", "issued_on", value)
        text = sentence(
            mark("issued_on: what does {value!r} mean ({rows}), where others have a day?")
            if value in words
            else mark("issued_on: {value!r} lies ahead ({rows})."),
            value=value,
            rows=counted(counts[value], "row"),
        )
        typed = (Typed(place, sentence("The day of the award, such as 2024-01-31")),)
        answers = {LEAVE_OUT: sentence("no award, or none whose day is known: leave it out")}
        questions.append(Question(file, place, text, answers, must=value in words, typed=typed))
    return bool(words)


def _may_hold_words(column: Column) -> bool:
    is_number = column.type in ("level", "whole", "currency", "choice", "yes_no") or column.name == "list_price"
    return is_number or (column.type == "date" and column.name in ENDS)


def _counts(cells: pa.ChunkedArray) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in cells.value_counts().to_pylist() if entry["values"]}


def _tell(file: str, column: Column, pairs: dict[str, str], counts: dict[str, int], problems: list[Problem]) -> None:
    for meaning in dict.fromkeys(pairs.values()):
        values = [value for value, other in pairs.items() if other == meaning]
        if all(WHOLE.fullmatch(value) for value in values) and meaning:
            continue  # 3.0 as 3 is nothing to look at
        listed = with_counts((value, counts[value]) for value in values[:ASKED])
        message = sentence("{listed} taken as empty, so nothing ends.", listed=listed)
        if meaning:
            message = sentence("{listed} read as {meaning}.", listed=listed, meaning=meaning)
        problems.append(Problem(file, None, column.name, None, message, "notice"))


def _without_zero(column: Column, mapping: Mapping) -> Mapping:
    skipped = mapping.skip.get(column.name, [])
    return mapping if "0" in skipped else replace(mapping, skip=mapping.skip | {column.name: [*skipped, "0"]})


def _ask(
    column: Column, read: dict[str, int], file: str, questions: list[Question], about_people: bool, most: int
) -> None:
    unknown = [value for value in read if not _is_read(column, value) and not value.startswith("#")]
    if not unknown or len(unknown) > most:
        return
    for value in sorted(unknown, key=lambda value: -read[value]):
        place = about("values", column.name, value)
        typed: tuple[Typed, ...] = ()
        if column.type == "level":
            answers = {str(level): sentence("level {level}", level=level) for level in range(1, TOP + 1)}
            answers |= {"0": sentence("nothing: leave it out")} if about_people else {}
        elif column.type == "yes_no":
            answers = {"true": sentence("{value} is yes", value=value), "false": sentence("{value} is no", value=value)}
        elif column.type == "choice":
            answers = {choice: is_read(value, choice) for choice in column.choices}
        elif column.type == "currency":
            is_dollar = "$" in value or "dollar" in value.lower()
            answers = {code: is_read(value, code) for code in DOLLARS * is_dollar}
            typed = (Typed(place, sentence("Three letters, such as EUR")),)
        elif column.type == "date":
            answers = {"never": sentence("there is no end")}
            typed = (Typed(place, sentence("The day, such as 2024-01-31")),)
        else:
            continue
        text = sentence(
            "{column}: what does {value!r} mean ({rows})?",
            column=column.name,
            value=value,
            rows=counted(read[value], "row"),
        )
        group = NOTHING if typed else _group(column)  # what is typed has no place in a table of answers
        questions.append(Question(file, place, text, answers, typed=typed, group=group))


def _group(column: Column) -> Sentence:
    """The heading of a table in which several words of a column are answered."""
    return sentence("What does each of these mean? {column}", column=column.name)


def _is_read(column: Column, value: str) -> bool:
    if column.type == "level":
        return bool(re.fullmatch(r"\d{1,7}", value))
    if column.type == "choice":
        return value.lower() in column.choices
    if column.type == "yes_no":
        return value.lower() in TRUE | FALSE
    if column.type == "date":  # a word in place of the day of a revocation may say why it was revoked
        return column.name == "revoked_on" or bool(re.search(r"\d", value))
    return bool(re.fullmatch("[A-Za-z]{3}", value))
