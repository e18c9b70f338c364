"""A wide matrix: people down and skills across, or the other way round. What shows that a table is one, and its header.

Only the shape is looked at here: which columns hold levels (or, for badges, days), and in which row their labels stand.
What a word means as a level, and which skill a label is, is asked later as for any file. `unpivot` takes it apart.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from skilltrack.ingest.reading.dates import REFERENCE, as_date, date_styles
from skilltrack.ingest.reading.likeness import dates_among
from skilltrack.ingest.reading.mapping import NO_MATRIX, PEOPLE_ACROSS, SKILLS_ACROSS, TAKEN_APART, Mapping
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.recognise import DEEPEST, known_columns, missing_columns
from skilltrack.ingest.reading.records import Layout, Record
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import NO, YES, plain, words_in
from skilltrack.ingest.reading.styles import EMPTY
from skilltrack.kinds import KINDS, Kind
from skilltrack.language import Sentence, mark, sentence

ALMOST_ALL = 0.6
"""Share of the filled cells of a column that must be levels, or days, for it to hold them."""
FEWEST, MOST_WORDS, MOST_OF_ONE = 2, 12, 4
"""Fewest columns of levels in a matrix; most words of a scale that is not known; most columns of days of one thing."""
PERSON = ("employee_id", "email", "name", "first_name", "last_name")
LEVEL = re.compile(
    r"(?:10|\d)(?:[.,]\d{1,2})?"
    r"|(?:100|\d{1,2})(?:[.,]\d+)?\s*%"
    r"|\d{1,2}\s*/\s*\d{1,2}"
    r"|(?:l|lvl|lv|level|stufe|niveau|nivel|niv|n|s)[\s.:-]*\d{1,2}"
    r"|\d{1,2}\s*[-–—:=(.)]+\s*[^\W\d].*"
    r"|[^\W\d][^\d]*\(\d{1,2}\)"
    r"|[?!xX✓✔✗✘☑●○◐◑◕]+"
)
"""How levels are written when they are not words."""
WORDS = words_in(
    "none nothing noexperience novice beginner beginners basic basics awareness aware foundation foundational trainee "
    "learner learning elementary intermediate working practitioner competent capable proficient skilled experienced "
    "advanced strong good expert master specialist authority trainer lead trained untrained notapplicable low medium "
    "high fair excellent poor supervised unsupervised independent withhelp withsupport canteach "
    "keine kein nichts anfanger grundkenntnisse grundlagen basis einsteiger fortgeschritten fortgeschrittene "
    "fortgeschrittener kenner konner experte expertin profi gut sehrgut mittel gering hoch selbststandig "
    "unteranleitung aucun aucune debutant debutante notions intermediaire confirme confirmee avance avancee experte "
    "maitrise autonome bon moyen faible ninguno ninguna principiante basico basica intermedio intermedia avanzado "
    "avanzada experto experta competente autonomo alto medio bajo"
)
"""Words of scales that show that a table is a matrix; what each means is still a question."""
SUMMARY = words_in(
    "total totals sum average averages avg mean median count score scores overall gap gaps coverage max maximum min "
    "minimum percent percentage target targets required requirement goal points rank "
    "gesamt summe durchschnitt mittelwert schnitt mittel anzahl soll sollwert sollstufe ziel abdeckung punkte "
    "moyenne somme totale nombre objectif requis requise ecart promedio media suma cantidad objetivo requerido "
    "requerida brecha"
)
"""Words in headers, and in first cells of rows, of a summary or a target."""
SYMBOLS = words_in("ø σ")
"""The same as symbols."""
BESIDE = words_in(
    "score scores level levels skill skills rating ratings overall all of the per in number value values people "
    "employees team der die das je pro anzahl wert level stufe kompetenzen skills de la des du los las por nivel "
    "niveau competences competencias min max"
)
"""Words that may stand beside them."""


OF_ENDS = words_in(
    "expiry expires expire expired expiration until valid validuntil renewal ablauf ablaufdatum gultig gultigbis bis "
    "echeance validite caducidad vencimiento vigencia"
)
"""Words in labels over days on which something ends."""
OF_DAYS = words_in(
    "date day days effective begda endda last next review reviewed from to start end begin since on at of the "
    "obtained issued completed earned achieved datum tag von "
    "ab zum am beginn ende erworben jour du au de debut fin obtenu fecha dia desde hasta inicio obtenido"
)
"""Words of labels that name no credential."""


@dataclass(frozen=True)
class Form:
    """What a matrix of a kind holds: our column for the labels in its header, and our column for its cells."""

    thing: str
    cell: str
    things: str


FORMS = {
    "self_ratings": Form("skill_id", "level", mark("skills")),
    "prior_learning": Form("skill_id", "level", mark("skills")),
    "badges": Form("credential", "issued_on", mark("credentials")),
}
"""Kinds whose files may be a matrix."""
OF_ROSTER = 3
"""Headers of a roster, apart from those that say whose a row is, that make a table no matrix."""
KINDS_OF_LEVELS = ("self_ratings", "prior_learning")
"""Those whose cells are levels: nothing in a matrix shows which of them it is."""


def names_no_award(label: str) -> bool:
    """Whether a label over days is that of an end, `CompTIA (Expiry)`, or of any day, `From`, `Date 2`."""
    words = [word for word in header_words(label) if word and not word.isdigit()]
    return any(word in OF_ENDS for word in words) or all(word in OF_DAYS for word in words)


def is_blank(cell: str) -> bool:
    """Whether a cell is empty or says that there is nothing."""
    cell = cell.strip()
    return not cell or cell.lower() in EMPTY


@lru_cache(10_000)
def is_level(cell: str) -> bool:
    """Whether a cell is written as levels are, or is a word of a scale that is known."""
    cell = cell.strip().casefold()
    return bool(LEVEL.fullmatch(cell)) or cell in YES or cell in NO or plain(cell) in WORDS


def sums_up(label: str) -> bool:
    """Whether a label is that of a summary or a target: `Average score`, `Ø`, `Soll`."""
    words = [word for word in header_words(label) if word and word not in SYMBOLS]
    if not words:
        return bool(label.strip()) and label.strip()[0] in "Ø∅∑Σ%#ø⌀"
    return any(word in SUMMARY for word in words) and all(word in SUMMARY or word in BESIDE for word in words)


def rated(columns: AnyMapping[int, Sequence[str]], form: Form, header: Sequence[str]) -> set[int]:
    """Positions of the columns whose filled cells are levels, by their form or by words that the columns share.

    For badges, those whose cells are days. Words that columns of a roster share prove nothing: `Team`, `Department`.
    """
    roster = known_columns(KINDS["roster"], list(header))
    of_roster = set(roster.values())
    never = of_roster - {roster.get("location")}  # Office may be a skill
    filled = {at: [cell.strip() for cell in cells if not is_blank(cell)] for at, cells in columns.items()}
    filled = {at: cells for at, cells in filled.items() if cells}
    if form.cell == "issued_on":
        no_awards = {at for at in filled if at in of_roster or is_sensitive(header[at]) or names_no_award(header[at])}
        days = {at: dates_among(tuple(dict.fromkeys(cells))) for at, cells in filled.items() if at not in no_awards}
        is_one = sum(share >= ALMOST_ALL for share in days.values()) >= FEWEST
        return {at for at, share in days.items() if share >= ALMOST_ALL or (is_one and share)}
    levels = {
        at for at, cells in filled.items() if at not in never and sum(map(is_level, cells)) >= ALMOST_ALL * len(cells)
    }
    texts = {at: cells for at, cells in filled.items() if at not in levels | of_roster and not is_sensitive(header[at])}
    rest = {at: {cell.casefold() for cell in cells} for at, cells in texts.items()}
    scales = {at: words for at, words in rest.items() if len(words) <= MOST_WORDS and not any(map(_is_other, words))}
    for at, words in scales.items():
        others = (other for place, other in scales.items() if place != at)
        if any(2 * len(words & other) >= min(len(words), len(other)) and words & other for other in others):
            levels.add(at)
    return levels


def _is_other(word: str) -> bool:
    """Whether a word cannot belong to a scale: a number beyond all scales, an address, a long text."""
    return "@" in word or len(word) > 40 or bool(re.fullmatch(r"[\d.,:/ -]+", word))


def masked(header: Iterable[str]) -> list[str]:
    """A header with its sensitive cells emptied, so that they are not recognised as anything."""
    return ["" if is_sensitive(cell) else cell for cell in header]


def is_long(kind: Kind, mapping: Mapping, header: list[str]) -> bool:
    """Whether a header is that of a list with a row for each cell, and so not of a matrix."""
    form, known = FORMS[kind.name], set(known_columns(kind, header)) | set(mapping.columns) | set(mapping.constants)
    has_thing = bool({form.thing, "credential_id" if form.thing == "credential" else form.thing} & known)
    if form.cell == "issued_on":
        return has_thing or form.cell in known
    return has_thing and (form.cell in known or bool({"employee_id", "email", "name"} & known))


def lay_out(
    kind: Kind, mapping: Mapping, usual: Callable[[list[Record]], Layout], is_copy: bool
) -> Callable[[list[Record]], Layout]:
    """A function that finds the header of a file that may be a matrix; `is_copy`: it was taken apart already."""
    if kind.name not in FORMS or mapping.matrix == NO_MATRIX or mapping.header or is_copy:
        return usual

    def find(records: list[Record]) -> Layout:
        layout = usual(records)
        if not mapping.matrix and is_long(kind, mapping, masked(layout.header)):
            return layout
        return _labels(FORMS[kind.name], records) or layout

    return find


def are_of_one(columns: Sequence[Sequence[str]]) -> bool:
    """Whether a few columns of days come in one order in every row, as the begin and the end of one thing do."""
    if not FEWEST <= len(columns) <= MOST_OF_ONE:
        return False
    cells = dict.fromkeys(cell.strip() for column in columns for cell in column if cell.strip())
    style = next(iter(date_styles(cells)), REFERENCE)
    orders = set()
    for row in zip(*columns, strict=True):
        days = [(day, place) for place, cell in enumerate(row) if (day := as_date(cell.strip(), style))]
        orders |= {(one[1], other[1]) for one, other in combinations(sorted(days), 2) if one[0] < other[0]}
    return bool(orders) and not any((after, before) in orders for before, after in orders)


def _labels(form: Form, records: list[Record]) -> Layout | None:
    """The header of a matrix, put together from two rows where its labels are in two; None where there is none."""
    rows = [cells for _, cells in records]
    at, heads = _label_row(form, rows)
    if len(heads) < FEWEST:
        return None
    upper = rows[at - 1] if at and sum(not is_blank(cell) for cell in rows[at - 1]) > 1 else []
    if at + 1 < len(rows) and _goes_on(form, rows, at, heads):
        upper, at = rows[at], at + 1
    width = max(len(rows[at]), len(upper))
    lower = [cell.strip() for cell in [*rows[at], *[""] * (width - len(rows[at]))]]
    upper = [cell.strip() for cell in [*upper, *[""] * (width - len(upper))]]
    header = [cell or over for cell, over in zip(lower, upper, strict=True)]
    groups, group = [], ""
    for over in upper:
        group = over or group
        groups.append(group)
    doubled = {cell.casefold() for cell in lower if cell and sum(cell.casefold() == o.casefold() for o in lower) > 1}
    header = [
        f"{over} / {cell}" if cell.casefold() in doubled and over and over != cell else cell
        for cell, over in zip(header, groups, strict=True)
    ]
    line, first = records[at][0], records[at + 1][0]
    notices = (
        [sentence("the header is in line {line}; what is above it names groups or is not used.", line=line)]
        if at
        else []
    )
    return Layout(unique(header), line, first, 2, notices)


def unique(header: list[str]) -> list[str]:
    """A header in which every cell that repeats an earlier one names its column."""
    plain_cells = [cell.casefold() for cell in header]
    return [
        f"{cell} (column {at + 1})" if cell and cell.casefold() in plain_cells[:at] else cell
        for at, cell in enumerate(header)
    ]


def _label_row(form: Form, rows: list[list[str]]) -> tuple[int, set[int]]:
    """The row whose cells are the labels of most columns of levels, and the positions of these columns."""
    best: tuple[int, int, int, set[int]] = (0, 0, 0, set())
    for at, cells in enumerate(rows[:DEEPEST]):
        heads = _heads(form, rows, at)
        candidate = (len(heads), sum(not is_blank(cell) for cell in cells), -at, heads)
        best = max(best, candidate, key=lambda one: one[:3])
    return -best[2], best[3]


def _heads(form: Form, rows: list[list[str]], at: int) -> set[int]:
    """Positions of the columns that have a label in a row and levels below it."""
    cells, below = rows[at], [row for row in rows[at + 1 :] if row != rows[at]]
    columns = {place: [row[place] for row in below if place < len(row)] for place in range(len(cells))}
    places = rated(columns, form, cells)
    scale = {cell.strip().casefold() for place in places for cell in columns[place]}
    return {place for place in places if _is_label(form, cells[place]) and cells[place].strip().casefold() not in scale}


def _is_label(form: Form, cell: str) -> bool:
    """Whether a cell can be the label of a column: not a level in digits or symbols; in a matrix of days, not a day."""
    cell = cell.strip()
    if is_blank(cell) or (is_level(cell) and not re.search(r"[^\W\d_]{2}", cell)):
        return False
    return form.cell != "issued_on" or dates_among((cell,)) == 0


def _goes_on(form: Form, rows: list[list[str]], at: int, heads: set[int]) -> bool:
    """Whether the row below a row of labels is one too: it names nobody, and its cells are not levels."""
    upper, lower = rows[at], rows[at + 1]
    scale = {row[place].strip().casefold() for row in rows[at + 2 :] for place in heads if place < len(row)}
    labels = 0
    for place, cell in enumerate(lower):
        over = upper[place].strip() if place < len(upper) else ""
        if is_blank(cell) or cell.strip() == over:
            continue
        if not _is_label(form, cell) or is_level(cell) or cell.strip().casefold() in scale:
            return False
        if over and place not in heads:
            return False
        labels += 1
    return labels > 0


def kinds_of(rows: list[list[str]], fitting: list[str]) -> list[str]:
    """Kinds that a table can be as a matrix, by its first rows; `fitting`: those that its header fits already."""
    if any(not KINDS[name].lists_people for name in fitting):
        return []
    for names in (KINDS_OF_LEVELS, ("badges",)):
        form = FORMS[names[0]]
        at, heads = _label_row(form, rows)
        if len(heads) < FEWEST:
            continue
        header = masked(cell.strip() for cell in rows[at])
        heading = max((masked(row) for row in rows[:DEEPEST]), key=lambda row: len(known_columns(KINDS["roster"], row)))
        of_roster = {place for name, place in known_columns(KINDS["roster"], heading).items() if name not in PERSON}
        levels = {place for place in heads - of_roster if header[place] and not sums_up(header[place])}
        if is_long(KINDS[names[0]], Mapping(), header) or len(levels) < FEWEST:
            continue
        is_roster = not missing_columns(KINDS["roster"], set(known_columns(KINDS["roster"], header)))
        is_like_one = len(of_roster) >= OF_ROSTER or (fitting and is_roster)
        if is_like_one and len(levels) <= len(of_roster):
            continue
        return list(names)
    return []


def matrix_question(
    kind: Kind,
    file: str,
    header: Sequence[str],
    columns: Sequence[Sequence[str]],
    missing: Collection[str],
    mapping: Mapping,
) -> list[Question]:
    """The question whether a file is a matrix after all, where a column is missing that a matrix does not have either.

    `columns`: some cells of each column; where cells are days, several columns must hold them.
    """
    form = FORMS.get(kind.name)
    if form is None or mapping.matrix or not {form.thing, form.cell, "credential_id"} & set(missing):
        return []
    if len(rated(dict(enumerate(columns)), form, header)) < (FEWEST if form.cell == "issued_on" else 1):
        return []
    return [Question(file, "matrix", sentence("Or is the file a matrix?"), _layouts(form), must=False)]


def is_it_one(form: Form, file: str, across: str = "") -> Question:
    """The question whether a file that was read as a matrix is one; `across`: how it was read."""
    answers = _layouts(form) | {NO_MATRIX: sentence("it is not a matrix: each row is about one person and one thing")}
    text = (
        sentence("The file is read as a matrix with {across}. Is it one?", across=across)
        if across
        else sentence("Is the file a matrix?")
    )
    return Question(file, "matrix", text, answers, must=False, likely=across)


def _layouts(form: Form) -> dict[str, Sentence]:
    """The layouts of a matrix as answers."""
    what = a_cell(form)
    return {
        SKILLS_ACROSS: sentence(
            "a row for each person, a column for each of the {things}, and {what} in each cell",
            things=sentence(form.things),
            what=what,
        ),
        PEOPLE_ACROSS: sentence(
            "a row for each of the {things}, a column for each person, and {what} in each cell",
            things=sentence(form.things),
            what=what,
        ),
    }


def a_cell(form: Form) -> Sentence:
    """What a cell of a matrix holds."""
    return sentence("a level") if form.cell == "level" else sentence("a day")


def cells_of(form: Form) -> Sentence:
    """What the cells of a matrix hold."""
    return sentence("levels") if form.cell == "level" else sentence("days")


def of_file(mapping: Mapping) -> Mapping:
    """The mapping for the file itself: without the columns that exist only when it is taken apart."""
    ours = {name: header for name, header in mapping.columns.items() if header not in TAKEN_APART}
    return replace(mapping, columns=ours) if len(ours) < len(mapping.columns) else mapping
