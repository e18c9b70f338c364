"""Which kind of file a table is, by its headers; ids and names alone do not make it a roster."""

from pathlib import Path

from skilltrack.ingest.reading.likeness import similarity
from skilltrack.ingest.reading.matrix import kinds_of
from skilltrack.ingest.reading.recognise import DEEPEST, known_columns, missing_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.several import one_of_each
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import words_in
from skilltrack.kinds import KINDS, Kind, plain_header

OF_ANYTHING = {"employee_id", "name", "first_name", "last_name"}
"""An id and a name, which other lists have as well: they make a roster only where all headers are exactly ours."""
ABOUT_JOBS = {"email", "manager_id", "manager_email", "manager_name", "role_id", "location", "cost_center"}
"""Columns that say where somebody stands in a company, apart from a team and days, which other lists have too."""
THINGS = words_in(
    "leave absence vacation holiday pto request skill skills proficiency competency certification certificate license "
    "licence training course expense expenses receipt review goal objective task onboarding checklist benefit benefits "
    "enrollment hours timesheet shift overtime asset device serial contact relationship survey incident "
    "urlaub abwesenheit antrag kompetenz fahigkeit zertifikat schulung kurs spesen beleg beurteilung ziel aufgabe "
    "stunden schicht gerat notfallkontakt conge absences demande competence certification formation depense evaluation "
    "objectif tache heures vacaciones ausencia solicitud habilidad competencia certificado curso gasto evaluacion "
    "objetivo tarea horas"
)
"""Words in headers of lists about people that are no rosters."""
FEWEST_KNOWN = 3
"""Headers of a kind, apart from `OF_ANYTHING`, that make a file almost one of that kind."""
ALIKE = 0.5
"""Likeness from which a header names a credential."""


def likeliest_kinds(name: str, rows: list[list[str]]) -> list[str]:
    """Kinds that a file with these first rows can be, the likeliest first; empty when none fits."""
    candidates = []
    for kind in KINDS.values():
        best = 0.0
        for cells in rows[:DEEPEST]:
            cells = one_of_each(kind, cells)
            known = known_columns(kind, cells)
            if _fits(kind, set(known), cells):
                best = max(best, len(known) / max(1, sum(bool(cell.strip()) for cell in cells)) + len(known) / 100)
        if best:
            is_named = plain_header(kind.name) in plain_header(Path(name).stem)
            candidates.append((is_named, best, kind.name))
    fitting = [kind for _, _, kind in sorted(candidates, reverse=True)]
    of_matrix = kinds_of(rows, fitting)
    return of_matrix + [kind for kind in fitting if kind not in of_matrix] or _almost(rows)


def _almost(rows: list[list[str]]) -> list[str]:
    """The one kind that most headers fit although a required column is missing; empty where several fit equally."""
    best: dict[str, int] = {}
    for cells in rows[:DEEPEST]:
        filled = sum(bool(cell.strip()) for cell in cells)
        for kind in KINDS.values():
            known = set(known_columns(kind, cells))
            if len(known - OF_ANYTHING) >= FEWEST_KNOWN and 2 * len(known) > filled and not _is_other(kind, cells):
                best[kind.name] = max(best.get(kind.name, 0), len(known))
    most = [name for name, many in best.items() if many == max(best.values())]
    return most if len(most) == 1 else []


def _is_other(kind: Kind, cells: list[str]) -> bool:
    """Whether headers that look like those of a roster are those of completions or of another list about people."""
    if not kind.lists_people:
        return False
    known = set(known_columns(kind, cells))
    if known - OF_ANYTHING == {"left_on"}:
        return True  # a list of leavers, by which all others would be gone
    return is_of_learning(cells) or (len(known & ABOUT_JOBS) < FEWEST_KNOWN and _names_things(kind, cells))


def is_of_learning(header: list[str]) -> bool:
    """Whether headers are those of completions or ratings: what was learnt, and when or how well."""
    ratings = known_columns(KINDS["prior_learning"], header).keys()
    if {"skill_id", "skill"} & ratings and "level" in ratings:
        return True
    badges = KINDS["badges"]
    known = known_columns(badges, header)
    if "issued_on" not in known:
        return False
    credential = badges.column("credential_id")
    rest = [cell for at, cell in enumerate(header) if at != known["issued_on"]]
    return bool({"credential", "credential_id"} & set(known)) or any(
        similarity(badges, credential, cell) >= ALIKE for cell in rest if plain_header(cell) not in _of_jobs()
    )


def _of_jobs() -> set[str]:
    """Headers of a roster's roles; some look like those of credentials: `Title`."""
    role = KINDS["roster"].column("role_id")
    return {plain_header(name) for name in (role.name, *role.synonyms)}


def _names_things(kind: Kind, cells: list[str]) -> bool:
    """Whether a header that is none of a roster's names what another list is about: a leave, a task, an expense."""
    known = set(known_columns(kind, cells).values())
    return any(
        any(word in THINGS for word in header_words(cell))
        for at, cell in enumerate(cells)
        if at not in known and cell and not is_sensitive(cell)  # a roster has many of these
    )


def _fits(kind: Kind, known: set[str], cells: list[str]) -> bool:
    if missing := missing_columns(kind, known):
        # A list of revocations may name awards by their ids alone (`by_id`).
        is_list = kind.optional_id in known and any(kind.column(name).ends for name in known)
        return is_list and missing == missing_columns(kind, set())
    if not kind.lists_people:
        return len(known) > 1  # one header alone names too many things
    is_reference = {cell.strip() for cell in cells} <= {column.name for column in kind.file_columns}
    return (bool(known - OF_ANYTHING) or is_reference) and not _is_other(kind, cells)
