"""What an unused column may have been meant as: a day that something ended, money, somebody's address or number."""

from collections.abc import Collection

from skilltrack.ingest.reading.called import names_among
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import addresses_among, dates_among, sampled
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.money import looks_like_money
from skilltrack.ingest.reading.places import Places, says_yes_or_no
from skilltrack.ingest.reading.recognise import known_columns
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import words_in
from skilltrack.kinds import KINDS, Column, Kind, Means

MOST = 0.8
"""Share of the values of a column that decides what it holds."""
PEOPLE = words_in(
    "employee learner attendee participant person name user recipient member staff worker student teilnehmer "
    "mitarbeiter lernende stagiaire employe salarie nom empleado participante alumno nombre"
)
NO_END = words_in(
    "enrollment enrolment enrolled enroll start started starts begin began beginning created creation modified updated "
    "update accessed access activity login seen invited sent accepted claimed published assigned registered "
    "registration requested submitted booked scheduled received imported exported opened viewed attempted attempt "
    "anmeldung angemeldet beginn begonnen gestartet erstellt geandert aktualisiert zugriff eingeschrieben "
    "einschreibung zugewiesen inscription inscrit debut commence cree modifie acces assigne inscripcion inscrito "
    "inicio iniciado creado modificado acceso asignado matricula"
)
"""Words in headers of days on which something began or was done, so that nothing ends on them."""
ENDINGS = ("validity_months", "expires_on")
"""Columns of credentials and of awards by which something ends."""
VALIDITY = words_in(
    "validity valid validityperiod lifetime renewal renew renews recert recertification recertify expiry expires ends "
    "refresher gultigkeit gultigkeitsdauer gultig laufzeit erneuerung auffrischung validite duree recyclage "
    "renouvellement vigencia validez caducidad renovacion"
)
"""Words in headers of an end, which may be given in months, years or days."""
REIMBURSED = words_in("reimbursed reimbursable reimbursement reimburse erstattet erstattung rembourse reembolsado")
"""Words in headers that say whether an employee got the money back."""
OF_PEOPLE = (Means.OWNER, Means.CALLED, Means.SOMEBODY)


def doubt(kind: Kind, decoded: Decoded, at: int, places: Places, mapping: Mapping) -> str:
    """A sentence that asks what an unused column means; empty where nothing suggests that it is needed."""
    header, cells = decoded.header[at], decoded.columns[at]
    values = sampled(cells)
    if not values:
        return ""
    free = [
        column
        for column in kind.file_columns
        if column.name not in {*places, *mapping.constants, "rehired_on"} and mapping.columns.get(column.name) != ""
    ]
    is_of_roster = not kind.lists_people and bool(known_columns(KINDS["roster"], [header]))
    ends = next((column.name for column in free if column.name in ENDINGS), "")
    is_day = dates_among(values) >= MOST
    if ends and not is_day and VALIDITY & set(header_words(header)) and "validity_months" not in places:
        unit = " (in months)" * (ends == "validity_months")
        return (
            f"({', '.join(values[:2])}) is not used, so nothing ends by it. If it is {ends}{unit}, say so in a mapping."
        )
    if is_day and not is_of_roster and not NO_END & set(header_words(header)):
        return _asked(header, "dates", values, [c for c in _ends_first(free) if c.type == "date"])
    if addresses_among(values) >= MOST:
        return _asked(header, "e-mail addresses", values, [c for c in free if c.name in ("email", "manager_email")])
    has_amount = any(column.type == "money" for column in kind.columns)
    is_chosen = any(column.type == "money" and column.name in mapping.columns for column in kind.columns)
    if has_amount and not is_chosen and looks_like_money(header, values):
        return _asked(header, "amounts of money", values, [c for c in kind.columns if c.type == "money"])
    other = known_columns(kind, [header])
    name = next(iter(other), "")
    if kind.holds_payments and REIMBURSED & set(header_words(header)) and says_yes_or_no(values):
        return "may say who paid, and is not used. If it does, say in a mapping that it is the funding_source."
    if (
        says_yes_or_no(values)
        or set(values) <= {"0", "1"}
        or (name in places and cells.equals(decoded.columns[places[name][0]]))
    ):
        return ""
    if name in places and kind.column(name).means in OF_PEOPLE and mapping.columns.get(name) is None:
        return (
            f"is not used, although it is also a header of {name}. Are both the same? Map it if this is the right one."
        )
    if kind.about and not {"employee_id", "email", "name"} & set(places) and _names_people(header, values):
        return _asked(header, "people", values, [c for c in free if c.name in ("employee_id", "email")])
    return ""


def _asked(header: str, what: str, values: tuple[str, ...], could_be: Collection[Column]) -> str:
    """A sentence that asks whether a column of `what` is one of `could_be`; empty where that is empty."""
    if not could_be:
        return ""
    names = " or ".join(column.name for column in could_be)
    shown = ", ".join(values[:2])
    return f"holds {what} ({shown}) and is not used. If it is what we call {names}, say so in a mapping."


def _ends_first(columns: Collection[Column]) -> list[Column]:
    ends = ("left_on", "expires_on", "valid_to", "revoked_on")
    return sorted(columns, key=lambda column: column.name not in ends)


def _names_people(header: str, values: tuple[str, ...]) -> bool:
    return any(word in PEOPLE for word in header_words(header)) and names_among(values) >= MOST
