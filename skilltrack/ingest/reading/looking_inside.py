"""What the cells below the headers of a file hold: found out by their form, or asked."""

import re
from collections.abc import Iterable
from dataclasses import replace

from skilltrack.ingest.reading.called import names_among
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.inside import (
    ACCOUNT,
    BOTH,
    ENTRY,
    LAST,
    NAMED_IDS,
    OF_DIRECTORY,
    OF_DOMAIN,
    PERIOD,
    RANGE,
    WHOLE,
    inside,
    period_of,
)
from skilltrack.ingest.reading.likeness import addresses_among, sampled
from skilltrack.ingest.reading.mapping import Mapping, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.places import is_like_id
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.recognise import known_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import plain, words_in
from skilltrack.ingest.reading.things import read_as
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, joined, sentence

MOST, SINGLE, SHORTEST = 0.8, 0.5, 2.5
"""Share of the different values of a column that must be of one form; of names, where one word counts half; and the
fewest letters that names have on average."""
BEGINS = words_in(
    "start starts started begin began beginning from since entry entered joined joining hired hire obtained earned "
    "issued awarded achieved completed acquired granted eintritt ein beginn von ab seit erworben ausgestellt erlangt "
    "anfang debut entree du depuis embauche obtenu delivre obtention delivrance inicio desde alta ingreso entrada "
    "obtenido emitido emision obtencion"
)
ENDS = words_in(
    "end ends ended exit left leaving until till to expires expiry expiration expired valid renewal termination "
    "austritt ende bis ablauf gultig lauft fin sortie au jusqu echeance expire expiration validite depart fin hasta "
    "baja salida vencimiento caducidad vence egreso"
)
"""Words in the two halves of a header over a day that begins and one that ends something."""
OF_AWARDS = words_in(
    "expires expiry expiration expired valid validity renewal gultigkeitszeitraum "
    "gultigkeitsdauer ablauf ablaufdatum gultig gultigkeit lauft echeance expire "
    "validite vencimiento caducidad vence validez"
)
"""Those of them that end an award."""
OF_WORK = words_in(
    "date dates day employment employee service job work staff datum tag arbeit beschaftigung anstellung emploi dates "
    "fecha fechas empleo de d"
)
"""Words beside them in headers of the time for which somebody works here."""
HALVES = re.compile(r"\s*[-–—/|&+→]\s*|\s+(?:to|and|und|bis|et|au|y|a|hasta)\s+", re.IGNORECASE)
SHORTENED = re.compile(r"(\w)-(?=\s*(?:/|&|\bund\b|\bet\b|\by\b|\band\b))", re.IGNORECASE)
"""A word whose end stands in the other half: `Ein-/Austritt`."""
PEOPLE = ("employee_id", "name", "email", "manager_id", "manager_name")
"""Our columns whose cells may be entries of a directory."""
OF_BOTH = words_in(
    "employee worker associate colleague person staff member user learner attendee participant recipient mitarbeiter "
    "mitarbeiterin mitarbeitende teilnehmer teilnehmerin teilnehmende benutzer employe salarie collaborateur apprenant "
    "participante empleado trabajador colaborador alumno usuario employeename employeeidname idname nameid"
)
"""Headers over ids, names, or both."""


YEARS = re.compile(r"(?:19|20)\d\d\s*[-–—/]\s*(?:(?:19|20)\d\d)?[^\W\d_]*")
"""The years of a period: `2019–2023`, `2020 – heute`."""


def with_cells(
    kind: Kind, decoded: Decoded, mapping: Mapping, problems: list[Problem]
) -> tuple[Mapping, list[Question]]:
    """The mapping with what the cells below some headers hold, and the questions that are left about that."""
    questions: list[Question] = []
    known = known_columns(kind, ["" if is_sensitive(header) else header for header in decoded.header])
    ours = {at: name for name, at in known.items()}
    for at, header in enumerate(decoded.header):
        if not header or is_sensitive(header) or not (values := sampled(decoded.columns[at])):
            continue
        named = [name for name, wanted in mapping.columns.items() if wanted == header] or [ours.get(at, "")]
        holds = mapping.cells.get(header, "")
        if kind.lists_people and not any(named) and _are(YEARS, values):
            message = sentence(
                "holds years ({value}) and is not used: only days say who left. Give them in columns.",
                value=values[0],
            )
            _tell(decoded, header, message, problems, "warning")
        if kind.lists_people and {"employee_id", "name"} <= {*named} and any(map(is_like_id, values)):
            _tell_mixed(decoded, header, values, problems)
        if holds == LAST and period_of(kind)[0]:
            mapping = _with(mapping, header, LAST, period_of(kind)[0])
        elif holds == RANGE or (not holds and _are_periods(kind, header, values)):
            mapping, asked = _with_period(kind, decoded, header, values, named, mapping, problems)
            questions += asked
        elif holds == BOTH or (not holds and _name_and_id(kind, header, values, named, known, mapping)):
            mapping = _with_both(kind, decoded, header, values, known, mapping, problems)
        elif not holds and set(named) & {*PEOPLE} and _are(OF_DIRECTORY, values):
            mapping = _with(mapping, header, ENTRY)
            message = sentence("{value!r} is read as {read!r}.", value=values[0], read=inside(ENTRY, values[0]))
            _tell(decoded, header, message, problems)
        elif not holds and set(named) & {"manager_id"} and _are_accounts(decoded, known, values):
            mapping = _with(mapping, header, ACCOUNT)
            _tell(
                decoded,
                header,
                sentence("holds accounts: {value!r} is {read!r}.", value=values[0], read=inside(ACCOUNT, values[0])),
                problems,
            )
    return mapping, questions


def _are(pattern: re.Pattern[str], values: Iterable[str]) -> bool:
    matched = [bool(pattern.fullmatch(value)) for value in values]
    return sum(matched) >= MOST * len(matched)


def _are_periods(kind: Kind, header: str, values: tuple[str, ...]) -> bool:
    """Whether cells are periods; with `;` or `|` between the days they may be lists, unless the header says more."""
    if any(";" in value or "|" in value for value in values) and not _is_of_period(kind, header):
        return False
    return _are(PERIOD, values) and any(map(_ends, values))


def _ends(value: str) -> bool:
    period = PERIOD.fullmatch(value)
    return period is not None and bool(period["end"])


def _with(mapping: Mapping, header: str, holds: str, *columns: str) -> Mapping:
    named: dict[str, str | list[str]] = {name: header for name in columns}  # noqa: C420 lists are allowed too
    return replace(mapping, cells=mapping.cells | {header: holds}, columns=mapping.columns | named)


def _tell(decoded: Decoded, header: str, message: Sentence, problems: list[Problem], severity: str = "notice") -> None:
    problems.append(Problem(decoded.name, None, header, None, message, severity))


def _with_period(
    kind: Kind,
    decoded: Decoded,
    header: str,
    values: tuple[str, ...],
    named: list[str],
    mapping: Mapping,
    problems: list[Problem],
) -> tuple[Mapping, list[Question]]:
    """The mapping that reads a column of periods as two; a question where its header does not say what begins."""
    begin, end = period_of(kind)
    others = known_columns(kind, [cell if cell != header else "" for cell in decoded.header])
    taken = {name for name, wanted in mapping.columns.items() if wanted != header} | {*others} | {*mapping.constants}
    if not begin or {begin, end} <= taken:
        return mapping, []
    shown = next(filter(_ends, values))
    wanted = [name for name in (begin, end) if name not in taken]
    parts = [read_as(inside(RANGE, shown, is_end=name == end), name) for name in wanted]
    reads = sentence("{value} is {read}", value=shown, read=joined(parts, sentence(" and ")))
    if header in mapping.cells or _is_of_period(kind, header):
        _tell(decoded, header, sentence("holds two days: {reads}.", reads=reads), problems, "warning")
        return _with(mapping, header, RANGE, *wanted), []
    answers = {RANGE: reads}
    if kind.about and not kind.lists_people and begin in wanted:
        answers[LAST] = sentence(
            "{value} is {day} as {begin}: the last day of a course",
            value=shown,
            day=inside(LAST, shown),
            begin=begin,
        )
    answers[WHOLE] = sentence("none of these")
    which = (
        sentence("Are they {begin} and {end}?", begin=begin, end=end)
        if len(wanted) > 1
        else sentence("Is one of them {wanted}?", wanted=wanted[0])
    )
    text = sentence("{header} holds two days in one cell. {which}", header=header, which=which)
    must = begin in wanted if not kind.lists_people else bool({*named} & {begin, end})
    likely = RANGE if kind.holds_awards and {*header_words(header)} & OF_AWARDS else ""
    if not must and kind.lists_people:
        _tell(
            decoded,
            header,
            sentence("holds two days in one cell ({shown}) and is not used. Say what they are.", shown=shown),
            problems,
            "warning",
        )
    return mapping, [Question(decoded.name, about("cells", header), text, answers, must=must, likely=likely)]


def _is_of_period(kind: Kind, header: str) -> bool:
    """Whether a header says of two days that a row begins and ends on them: `Eintritt/Austritt`, `Obtained / Expires`.

    `From - to` of a course is when it took place, and a contract that ends may be followed by another.
    """
    whole = SHORTENED.sub(r"\1 ", header)
    halves = [{*header_words(half), *map(_without_date, header_words(half))} for half in HALVES.split(whole) if half]
    if len(halves) != 2 or not halves[0] & BEGINS or not halves[1] & ENDS:
        return False
    if kind.holds_awards:
        return bool(halves[1] & OF_AWARDS)
    words = {_without_date(word) for half in halves for word in half}
    return not kind.lists_people or words <= BEGINS | ENDS | OF_WORK


def _without_date(word: str) -> str:
    """A word without `date` at its end: `Eintrittsdatum` is eintritt, and so is `Eintritts-`."""
    if word.endswith("datum") and word != "datum":
        return word.removesuffix("datum").removesuffix("s")
    bare = word.removesuffix("s")
    return bare if bare in BEGINS | ENDS else word


def _name_and_id(
    kind: Kind, header: str, values: tuple[str, ...], named: list[str], known: dict[str, int], mapping: Mapping
) -> bool:
    """Whether the cells below a header of people hold an id and a name each."""
    is_of_people = set(named) & {"employee_id", "name"} or (not any(named) and plain(header) in OF_BOTH)
    has_both = any(column.name == "name" for column in kind.file_columns)
    if not is_of_people or not kind.about or not has_both or header.strip().lower() in ("employee_id", "name"):
        return False  # a file in reference form says what it means
    if not all(re.search(r"[\s(\[]", value) for value in values):
        return False  # E-LAB-0017 is an id
    matched = [match for v in values if (match := next(filter(None, (p.fullmatch(v) for p in NAMED_IDS)), None))]
    if len(matched) < MOST * len(values):
        return False
    ids = [match["id"] for match in matched]
    names = tuple(re.sub(r"\s*[(\[].*", "", match["name"]).strip() for match in matched)  # without (On Leave)
    is_long = sum(map(len, names)) >= SHORTEST * len(names)
    is_each = len({*ids}) == len(ids) and 2 * len({*names}) > len(names)  # Lab #17, Lab #18 are ids
    return is_each and is_long and names_among(names) >= SINGLE


def _with_both(
    kind: Kind,
    decoded: Decoded,
    header: str,
    values: tuple[str, ...],
    known: dict[str, int],
    mapping: Mapping,
    problems: list[Problem],
) -> Mapping:
    """The mapping that reads ids and names from one column, as far as no other has them."""
    elsewhere = {name for name, at in known.items() if decoded.header[at] != header}
    elsewhere |= {name for name, wanted in mapping.columns.items() if wanted != header} | {*mapping.constants}
    wanted = [name for name in ("employee_id", "name") if name not in elsewhere]
    parts = [sentence("{value!r} as {name}", value=inside(BOTH, values[0], name), name=name) for name in wanted]
    if not wanted:
        return mapping
    message = sentence(
        "holds ids and names: {value!r} is read as {read}.", value=values[0], read=joined(parts, sentence(" and "))
    )
    _tell(decoded, header, message, problems, "warning")
    return _with(mapping, header, BOTH, *wanted)


def _tell_mixed(decoded: Decoded, header: str, values: tuple[str, ...], problems: list[Problem]) -> None:
    """Warn where ids and names stand in one column of a roster, one in each cell: each is then both."""
    name = next((value for value in values if " " in value and not is_like_id(value)), "")
    if name and not _are(NAMED_IDS[2], (name,)):
        number = next(filter(is_like_id, values))
        message = sentence(
            "holds ids in some rows ({number!r}) and names in others ({name!r}), and each stands for "
            "both the id and the name. Give ids and names columns of their own.",
            number=number,
            name=name,
        )
        _tell(decoded, header, message, problems, "warning")


def _are_accounts(decoded: Decoded, known: dict[str, int], values: tuple[str, ...]) -> bool:
    """Whether managers are given by their accounts, which no other column has as they are."""
    others = {
        cell for name in ("employee_id", "email") if name in known for cell in sampled(decoded.columns[known[name]])
    }
    if {*values} & others:
        return False
    if _are(OF_DOMAIN, values):
        return True
    accounts = {inside(ACCOUNT, cell).casefold() for cell in others if "@" in cell}
    return addresses_among(values) >= MOST and any(inside(ACCOUNT, value).casefold() in accounts for value in values)
