"""What the values of one column say about their rows: words of a status, yes and no below a header, or a share."""

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass

from skilltrack.ingest.reading import status_words as words
from skilltrack.ingest.reading.codes import CARDS, are_codes, may_be_codes, says_status, sides
from skilltrack.ingest.reading.progress import done, says_progress
from skilltrack.ingest.reading.status_words import ASKED, COUNTS, LEAVE_OUT, LEFT, REFUND, WEAK, words_in
from skilltrack.kinds import Kind

OTHER_SUBJECTS = words_in(
    "prior previous benefits benefit insurance laptop device equipment vehicle parking training course learning "
    "onboarding background visa review appraisal certification compliance vaccination kurs schulung formation cours "
    "formacion curso payment invoice"
)
"""Words in headers of a roster whose statuses say nothing about the employment."""
OF_AWARDS = words_in("completion course training learning badge award enrollment enrolment credential certificate")
ENROLMENT = words_in(
    "enrollment enrolment enrollments enrolments registration assignment assigned signup einschreibung anmeldung "
    "buchung inscription affectation inscripcion matricula asignacion"
)
COURSES = words_in(
    "course courses training trainings learning learner class programme program module lesson kurs kursstatus schulung "
    "schulungsstatus lern weiterbildung formation cours stage curso formacion aprendizaje capacitacion"
)
CREDENTIALS = words_in(
    "badge badges credential credentials certificate certification cert certs license licence licensure award "
    "assertion zertifikat zertifizierung zertifikatsstatus lizenz nachweis certificat licence titre certificado "
    "certificacion licencia insignia"
)
"""Words of headers that say whether the status is that of an enrolment, of a course, or of what was earned with it."""

DAY = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}|\d{8}|(19|20)\d\d")
SHARE = re.compile(r"(\d{1,3}(?:[.,]\d+)?) ?%?")
LEAST_SHARE = 50
"""The per cent or points from which a share beside a status does not make it doubtful: `Passed (0 %)` is."""


ENDS = (LEFT, REFUND, words.REVOKED)
AWAY = re.compile(
    r"leave|sabbati|furlough|secondment|maternity|paternity|^(?:loa|lwo?p|pto|fmla|ltd|std|ez)$|elternzeit|mutterschutz"
    r"|beurlaubt|krank|freigestellt|conge|arretmaladie|licencia|excedencia|bajamedica|bajapor|permiso"
)
"""Plain words of a status of people who are away and come back."""
VAGUE = words_in(
    "left gone ended baja former return absent abandon error invalid retired past deleted archived disabled"
)
"""Words that say an end as a status, and other things in what somebody wrote."""
LONGEST = 40
"""Most letters of a status; what is longer is what somebody wrote."""
MOST_REMARKS = 8
"""With more remarks than these, nobody is asked about each."""


@dataclass(frozen=True)
class ColumnStatus:
    """What the values of a column say about their rows."""

    meanings: dict[str, str]
    is_ours: bool = True
    """Whether they are statuses of what the rows are about, not of something else."""
    is_progress: bool = False
    """Whether they say how far somebody has got."""


def look(kind: Kind, header: str, counts: AnyMapping[str, int]) -> ColumnStatus | None:
    """What the values of a column say about their rows; None where it is not a status."""
    named = header_words(header)
    filled = [value for value in counts if value]
    if not filled:
        return None
    if kind.lists_people and any(word in words.OTHER_PEOPLE for word in named):
        table = words.words_of(kind.name)
        is_any = any(_meaning(kind, table, value) not in (None, WEAK) for value in filled)
        return ColumnStatus({}, is_ours=False) if is_any else None
    status = _looked_at(kind, header, named, filled, counts)
    if status is not None and status.is_ours and _is_of_account(kind, named):
        return ColumnStatus(
            {value: meaning if meaning == COUNTS else ASKED for value, meaning in status.meanings.items()}
        )
    return status


def of_remarks(kind: Kind, counts: AnyMapping[str, int]) -> ColumnStatus:
    """What the remarks beside names say; a sign such as `*` is asked about."""
    known = words.words_of(kind.name)
    meanings = {value: known.get(words.plain(value), ASKED) for value in counts if value}
    return ColumnStatus({v: COUNTS if m == WEAK else m for v, m in meanings.items()} | {"": COUNTS})


def _is_of_account(kind: Kind, named: list[str]) -> bool:
    """Whether a header is about what somebody has; for badges, also about whether their holder is active."""
    if kind.holds_awards:
        return any(word in ("active", "aktiv", "actif", "activo") for word in named) and len(named) == 1
    return kind.lists_people and any(word in words.OF_ACCOUNTS for word in named)


def _looked_at(
    kind: Kind, header: str, named: list[str], filled: list[str], counts: AnyMapping[str, int]
) -> ColumnStatus | None:
    if kind.lists_people and _says_why_left(named):
        left = {value for value in filled if _meaning(kind, words.words_of(kind.name), value) == LEFT}
        return ColumnStatus({value: LEFT if value in left else ASKED for value in filled} | {"": COUNTS})
    if all(value.casefold() in words.YES | words.NO for value in filled) or _is_mark(named, counts):
        status = _flagged(kind, named, filled)
        if status is not None:
            return _with_empty(kind, status, counts, named)
    if kind.holds_awards and says_progress(header) and (is_done := done(filled)) is not None:
        meaning_of = {value: COUNTS if is_whole else LEAVE_OUT for value, is_whole in is_done.items()}
        return ColumnStatus(meaning_of | ({"": LEAVE_OUT} if "" in counts else {}), is_progress=True)
    if kind.holds_payments and any(word in CARDS for word in named) and _is_way_of_paying(kind, filled):
        return None
    if (of_ledger := sides(kind, named, counts)) is not None:
        return _with_empty(kind, ColumnStatus(of_ledger), counts, named)
    table = _table(kind, named, filled)
    meanings = {value: _meaning(kind, table, value) for value in filled}
    known = {value: meaning for value, meaning in meanings.items() if meaning is not None}
    strong = [value for value, meaning in known.items() if meaning != WEAK]
    is_of_status = any(says_status(kind, word) for word in named)
    is_of_status |= kind.holds_awards and any(word in words.RESULT_HEADERS for word in named)
    is_free = any(word in words.FREE_TEXT for word in named)
    is_one = (
        (strong and len(known) == len(filled))
        or (strong and is_of_status)
        or (len(strong) > 1 and 2 * len(known) >= len(filled))
        or (len(filled) > 1 and not known and are_codes(kind, named, filled))
        or (len(filled) > 1 and _is_its_status(kind, named, filled))
    ) and (not is_free or len(known) == len(filled))
    if not is_one and is_free and (ended := _ended_in_words(kind, filled)):
        return ColumnStatus(dict.fromkeys(counts, COUNTS) | dict.fromkeys(ended, ASKED))
    if not is_one:
        # A single code does not distinguish any rows.
        is_any = not known and (are_codes(kind, named, filled) or may_be_codes(kind, named, filled))
        is_any |= is_free and bool(strong)
        is_any |= bool(kind.about or kind.lists_people) and any(meanings[value] in ENDS for value in strong)
        is_any |= bool(kind.about) and any(words.plain(value) in set(words.listed(words.FOR_GOOD)) for value in strong)
        is_any |= all(words.plain(value) in words.all_words() for value in filled)
        return ColumnStatus({}, is_ours=False) if is_any else None
    if _is_about_others(kind, named):
        return ColumnStatus({}, is_ours=False)
    meaning_of = {value: COUNTS if meaning == WEAK else meaning or ASKED for value, meaning in meanings.items()}
    if kind.lists_people and all(
        meaning == COUNTS and AWAY.search(words.plain(value)) for value, meaning in meaning_of.items()
    ):
        return ColumnStatus(meaning_of | {"": COUNTS})  # whoever is not away works here
    return _with_empty(kind, ColumnStatus(meaning_of), counts, named)


def _ended_in_words(kind: Kind, texts: list[str]) -> list[str]:
    """The remarks in which a word says that something ended, `Revoked by vendor`; none where there are many remarks."""
    table = words.words_of(kind.name)
    never = set(words.listed(words.FOR_GOOD))
    ends = {word for word, meaning in table.items() if meaning in ENDS or (meaning == LEAVE_OUT and word in never)}
    ends -= VAGUE
    ended = []
    for text in texts if kind.about or kind.lists_people else ():
        tokens = re.findall(r"[^\W\d_]+", text)
        phrases = {words.plain("".join(tokens[at : at + many])) for at in range(len(tokens)) for many in (1, 2, 3)}
        ended += [text] if phrases & ends else []
    return ended if len(ended) <= MOST_REMARKS else []


def _is_its_status(kind: Kind, named: list[str], filled: list[str]) -> bool:
    """Whether a header says nothing but that it is the status of a row, whatever words it has: *Contract Status*."""
    is_one = any(word in words.PLAIN_STATUS for word in named) and bool(kind.about or kind.lists_people)
    is_one = is_one and all(word in words.PLAIN_STATUS | words.FILLERS for word in named)
    return is_one and not any(any(map(str.isdigit, value)) or len(value) > LONGEST for value in filled)


def _is_way_of_paying(kind: Kind, filled: list[str]) -> bool:
    """Whether no value says that nothing was paid: below *Payment method*, debit and credit are cards."""
    table = words.words_of(kind.name)
    return all(_meaning(kind, table, value) not in (LEAVE_OUT, REFUND) for value in filled)


def _table(kind: Kind, named: list[str], filled: list[str]) -> AnyMapping[str, str]:
    """Plain words to what they mean below a header: an active certificate counts, an active enrolment does not yet."""
    table = words.words_of(kind.name)
    if not kind.holds_awards:
        return table
    of_credentials = words.of_credentials()
    if any(word in ENROLMENT for word in named):
        asked = of_credentials
    elif any(word in CREDENTIALS for word in named):
        return table
    elif any(word in COURSES for word in named):
        asked = of_credentials
    else:
        company = {words.plain(value) for value in filled} & words.beside_credentials()
        asked = frozenset() if company else words.of_both()
    return {word: ASKED if word in asked and meaning == COUNTS else meaning for word, meaning in table.items()}


def header_words(header: str) -> list[str]:
    """The words of a header, plain: `Is-Active (HR)` and `isActiveHR` are is, active, hr."""
    return [words.plain(part) for part in re.findall(r"[^\W\d_a-z]+(?![a-zß-ÿ])|[^\W\d_]?[^\W\d_A-Z]+", header)]


def nobody(names: AnyMapping[str, int]) -> dict[str, int]:
    """The values of a column of names that stand for a vacant post, and the number of their rows."""
    posts = {}
    for value, rows in names.items():
        if any(words.plain(part) in words.vacant() for part in (value, *parts_of(value)[:1])):
            posts[value] = rows
    return posts


def parts_of(value: str) -> list[str]:
    """The parts of a value with a separator in it: `Withdrawn (illness)` is Withdrawn, illness."""
    return [part for part in re.split(r"\s*[-–—:/,;|()]\s*", value) if part]


def _meaning(kind: Kind, table: AnyMapping[str, str], value: str) -> str | None:
    """What a value means; None where it is not a word of a status."""
    word = words.plain(value)
    if word in table:
        return table[word]
    for negation in map(words.plain, words.NEGATIONS):
        if word.startswith(negation) and table.get(word[len(negation) :]) == COUNTS:
            return LEFT if kind.lists_people else LEAVE_OUT
    tokens = re.split(r"[\s-]+", value)
    halves = ((" ".join(tokens[:at]), " ".join(tokens[at:])) for at in range(1, len(tokens)))
    if any(table.get(words.plain(one)) == table.get(words.plain(other)) == WEAK for one, other in halves):
        return WEAK  # Full-time permanent
    parts = phrases_of(value)
    if len(parts) > 1:
        of_parts = {part: _meaning(kind, table, part) for part in parts}
        firm = {meaning for meaning in of_parts.values() if meaning not in (None, WEAK)}
        least = LEAST_SHARE if COUNTS in firm else 0
        if firm and not all(says_nothing(part, least) for part, meaning in of_parts.items() if meaning is None):
            return ASKED  # Active - No, Revoked (reinstated)
        if any(meaning is not None for meaning in of_parts.values()):
            return firm.pop() if len(firm) == 1 else WEAK if not firm else ASKED
    return None


def phrases_of(value: str) -> list[str]:
    """The parts of a value, of which a hyphen alone parts none: `Non-revoked` is one, `Failed - 40 %` two."""
    return [part for part in re.split(r"\s+[-–—]+\s+|\s*[–—:/,;|()]\s*", value) if part]


def says_an_end(kind: Kind, part: str) -> bool:
    """Whether a part of a text is a word with which a row of a kind does not count."""
    return words.words_of(kind.name).get(words.plain(part)) in (LEAVE_OUT, words.REVOKED)


def says_nothing(part: str, least: float = 0) -> bool:
    """Whether a part beside a status changes nothing about it: a day, marks, yes, `with merit`, `voluntary`.

    `least`: the share from which a status may count.
    """
    if part.casefold() in words.YES or DAY.fullmatch(part):
        return True
    if (share := SHARE.fullmatch(part)) is not None:
        return float(share[1].replace(",", ".")) >= least
    if words.plain(part) in words.HARMLESS:
        return True
    return all(words.plain(word) in words.HARMLESS for word in re.findall(r"[^\W\d_]+", part)) and not part.isdigit()


def _is_denied(kind: Kind, named: list[str]) -> bool:
    """Whether a header denies a flag: *Not completed*, *Nicht bestanden*."""
    core = "".join(word for word in named if word not in words.FILLERS or word in ("not", "non", "no"))
    for negation in map(words.plain, words.NEGATIONS):
        rest = core.removeprefix(negation)
        if rest != core and rest in words.flags() and words.words_of(kind.name).get(rest) in (COUNTS, ASKED):
            return True
    return False


def _flagged(kind: Kind, named: list[str], filled: list[str]) -> ColumnStatus | None:
    """What yes and no mean below a header that is itself a word of a status."""
    flags = words.flags()
    single = [word for word in named if word in flags]
    core = [word for word in named if word not in words.FILLERS and word not in words.STATUS_HEADERS]
    word = next((joined for joined in ("".join(named), "".join(core)) if joined in flags), "")
    others = [w for w in named if w not in single]
    if not word and len(single) == 1 and all(w in words.FILLERS or w in words.STATUS_HEADERS for w in others):
        word = single[0]
    if not word and _is_denied(kind, named) and not _is_about_others(kind, named):
        no = LEFT if kind.lists_people else LEAVE_OUT
        return ColumnStatus({value: no if value.casefold() in words.YES else COUNTS for value in filled})
    if not word:
        return None
    yes = words.words_of(kind.name).get(word)
    if yes is None or _is_about_others(kind, named):
        return ColumnStatus({}, is_ours=False)
    is_good = yes == COUNTS or (yes == ASKED and words.good_when_yes(word))
    no = COUNTS if not is_good else LEFT if kind.lists_people else LEAVE_OUT
    if is_good and kind.holds_awards and word in words.lasting():
        no = ASKED  # not valid any more, or never
    is_mark = len(filled) == 1 and filled[0].casefold() not in words.NO
    return ColumnStatus({value: yes if is_mark or value.casefold() in words.YES else no for value in filled})


def _is_mark(named: list[str], counts: AnyMapping[str, int]) -> bool:
    """Whether some cells hold the first letter of their header and the others nothing: `V` below *Void?*."""
    value = next(filter(None, counts))
    return "" in counts and len(counts) == 2 and len(value) == 1 and value.casefold() in {word[:1] for word in named}


def _says_why_left(named: list[str]) -> bool:
    """Whether a header is that of reasons for leaving: `Termination reason`, `Austrittsgrund`."""
    together = (word.removesuffix("grund") for word in named if word.endswith("grund"))
    apart = any(word in words.LEAVING for word in named) and any(word in words.REASONS for word in named)
    return apart or any(word in words.LEAVING for word in together)


def _with_empty(kind: Kind, status: ColumnStatus, counts: AnyMapping[str, int], named: list[str]) -> ColumnStatus:
    """The meanings with one for an empty cell: the same as no, or that the row counts; otherwise it is asked."""
    if "" not in counts or not status.is_ours:
        return status
    is_flag = all(value.casefold() in words.YES | words.NO for value in counts if value)
    known = set(status.meanings.values())
    if is_flag and not any(value.casefold() in words.NO for value in counts if value):
        empty = COUNTS if COUNTS not in known else LEFT if kind.lists_people else LEAVE_OUT
    else:
        empty = ASKED if COUNTS in known else COUNTS
    return ColumnStatus(status.meanings | {"": empty})


def _is_about_others(kind: Kind, named: list[str]) -> bool:
    """Whether a header says that its statuses are about something other than the rows."""
    if kind.lists_people:
        return any(word in OTHER_SUBJECTS for word in named)
    return any(word in words.ABOUT_PEOPLE for word in named) and not any(word in OF_AWARDS for word in named)
