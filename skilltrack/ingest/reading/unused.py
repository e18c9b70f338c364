"""What an unused column may have been meant as: a day that something ended, money, somebody's address or number."""

import re
from collections.abc import Collection

from skilltrack.ingest.reading.called import PARTS, names_among
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.further import of_another
from skilltrack.ingest.reading.inside import PERIOD
from skilltrack.ingest.reading.ledger import are_amounts, is_of_credits, is_of_debits
from skilltrack.ingest.reading.likeness import HINTS, addresses_among, dates_among, sampled
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.money import comes_back, looks_like_money, multiplied
from skilltrack.ingest.reading.places import Places, says_yes_or_no
from skilltrack.ingest.reading.recognise import LESS, known_columns
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import NO, RESULT_HEADERS, STATUS_HEADERS, words_in
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import KINDS, Column, Kind, Means
from skilltrack.language import NOTHING, Sentence, joined, mark, sentence

NUMBER = re.compile(r"\d+(?:[.,]\d+)?\s*%?")
MOST_KINDS = 20
"""Most different values of a column that says of which kind each row is."""
FEW = 6
"""Most different words of a column that may be a result in another language."""
MOST = 0.8
"""Share of the values of a column that decides what it holds."""
PEOPLE = words_in(
    "employee learner attendee participant person name user recipient member staff worker student teilnehmer "
    "mitarbeiter lernende stagiaire employe salarie nom empleado participante alumno nombre"
)
ENDS = words_in(
    "end ends ended ending until till last leaving exit termination terminated expiry expires expiration contract ende "
    "enddatum vertragsende befristung befristet bis austritt ablauf fin jusque sortie terme echeance hasta salida baja "
    "termino vencimiento"
)
"""Words in headers of days on which something may end."""
MOST_ROWS = 100_000
"""Rows of two columns that are compared."""
REVOCATIONS = words_in(
    "revoked revocation revoke withdrawn rescinded annulled invalidated cancelled canceled widerruf widerrufen "
    "entzogen aberkannt entzug revoque revocation annule retrait revocado revocacion anulado retirado"
)
"""Words in headers of days of revocation."""
NO_END = words_in(
    "enrollment enrolment enrolled enroll start started starts begin began beginning created creation modified updated "
    "update accessed access activity login seen invited sent accepted claimed published assigned registered "
    "registration requested submitted booked scheduled received imported exported opened viewed attempted attempt "
    "anmeldung angemeldet beginn begonnen gestartet erstellt geandert aktualisiert zugriff eingeschrieben "
    "einschreibung zugewiesen inscription inscrit debut commence cree modifie acces assigne inscripcion inscrito "
    "inicio iniciado creado modificado acceso asignado matricula"
)
"""Words in headers of days on which something began or was done, so that nothing ends on them."""
STARTS = words_in("start starts started begin began beginning beginn begonnen debut inicio")
"""Those of them that may be the day of hiring."""
ENDINGS = ("validity_months", "expires_on")
"""Columns of credentials and of awards by which something ends."""
VALIDITY = words_in(
    "validity valid validityperiod lifetime renewal renew renews recert recertification recertify expiry expires ends "
    "refresher gultigkeit gultigkeitsdauer gultig laufzeit erneuerung auffrischung validite duree recyclage "
    "renouvellement vigencia validez caducidad renovacion"
)
"""Words in headers of an end, which may be given in months, years or days."""
YEARS = words_in("years year yrs jahre jahren ans annees anos")
REIMBURSED = words_in("reimbursed reimbursable reimbursement reimburse erstattet erstattung rembourse reembolsado")
"""Words in headers that say whether an employee got the money back."""
MANAGERS = words_in(
    "manager mgr supervisor boss berichtet reporta depende reports reportsto reporting superior vorgesetzter "
    "vorgesetzte vorgesetzten "
    "fuhrungskraft leiter leiterin leitung responsable superieur hierarchique chef jefe jefa"
)
"""Words in headers that may say who manages somebody."""
HARMLESS_FLAGS = words_in(
    "mandatory required compulsory obligatory optional online remote virtual onsite public private visible hidden "
    "shared "
    "internal external free paid printed print email emailed sent notified reminder reminded featured favorite "
    "favourite "
    "evidence attachment attached manager supervisor leadership pflicht pflichtschulung verpflichtend extern intern "
    "gedruckt sichtbar obligatoire facultatif interne externe visible imprime obligatorio opcional interno externo "
    "impreso elective elearning blended assigned renewable recurring expires recertification cpd ceu linkedin"
)
"""Words in headers over yes and no that say nothing about whether a row counts."""
OF_A_POST = words_in(
    "full part time fulltime parttime vollzeit teilzeit exempt overtime hourly salaried union eligible benefits bonus "
    "car phone laptop parking contractor apprentice intern trainee probation probezeit budget cost billable"
)
"""Words in headers over yes and no that say how somebody works here."""
EFFECTIVE = words_in("effective wirksam wirkung wechsel effet effectif efectivo efectiva vigencia")
"""Words in headers of days from which a change holds."""
TRIALS = words_in(
    "mock practice practise sample demo trial webinar preview probe probeprufung probeklausur ubung ubungstest muster "
    "blanc essai demonstration simulacro simulado ensayo prueba muestra"
)
"""Words in values that say that something was earned on trial only."""
EARNED = frozenset(HINTS["issued_on"].split())
"""Words in headers of days on which something was earned, so that nothing ends on them."""
POINTS = RESULT_HEADERS | words_in(
    "points point percent percentage punkte prozent points pourcentage puntos porcentaje"
)
"""Words in headers of results that are numbers."""
OF_PEOPLE = (Means.OWNER, Means.CALLED, Means.SOMEBODY)


def doubt(kind: Kind, decoded: Decoded, at: int, places: Places, mapping: Mapping) -> Sentence:
    """A sentence that asks what an unused column means; empty where nothing suggests that it is needed."""
    header, cells = decoded.header[at], decoded.columns[at]
    values = sampled(cells)
    if not values or (kind.lists_people and _are_periods(values)):  # what the days of a period are is asked
        return NOTHING
    free = [
        column
        for column in kind.file_columns
        if column.name not in {*places, *mapping.constants, "rehired_on"} and mapping.columns.get(column.name) != ""
    ]
    if of_kind := _of_kind(kind, decoded, at, values, places, mapping):
        return of_kind
    is_of_roster = not kind.lists_people and bool(known_columns(KINDS["roster"], [header]))
    is_day = dates_among(values) >= MOST
    if not is_day and (validity := _validity(free, header, values, places)):
        return validity
    begins = STARTS if kind.lists_people and any(column.name == "hired_on" for column in free) else frozenset()
    if is_day and not is_of_roster and not (NO_END - begins) & set(header_words(header)):
        could_be = [column for column in _ends_first(free) if column.type == "date" and _may_be(kind, column, header)]
        return _asked(header, sentence("dates"), values, could_be) or _beside(kind, decoded, at, places)
    if addresses_among(values) >= MOST:
        return _asked(
            header, sentence("e-mail addresses"), values, [c for c in free if c.name in ("email", "manager_email")]
        )
    has_amount = any(column.type == "money" for column in kind.columns)
    is_chosen = any(column.type == "money" and column.name in mapping.columns for column in kind.columns)
    if has_amount and not is_chosen and looks_like_money(header, values):
        return _asked(header, sentence("amounts of money"), values, [c for c in kind.columns if c.type == "money"])
    other = known_columns(kind, [header])
    name = next(iter(other), "")
    if kind.holds_payments and REIMBURSED & set(header_words(header)) and says_yes_or_no(values):
        return sentence(
            "may say who paid, and is not used. If it does, say in a mapping that it is the funding_source."
        )
    if (
        says_yes_or_no(values)
        or set(values) <= {"0", "1"}
        or (name in places and cells.equals(decoded.columns[places[name][0]]))
    ):
        return NOTHING
    if name in places and kind.column(name).means in OF_PEOPLE and mapping.columns.get(name) is None:
        shown = _names_shown(decoded, at, places[name][0]) if name in PARTS else NOTHING
        return shown or sentence(
            "is not used, although it is also a header of {name}. Are both the same? Map it if this is the right one.",
            name=name,
        )
    if kind.about and not {"employee_id", "email", "name"} & set(places) and _names_people(header, values):
        return _asked(header, sentence("people"), values, [c for c in free if c.name == "name"])
    are_names = sum(" " in value for value in values) >= MOST * len(values) and names_among(values) >= MOST
    are_codes = any(any(map(str.isdigit, value)) for value in values)
    is_open = not are_names and not are_codes and not mapping.is_of_matrix
    if 1 < len(values) <= FEW and is_open and _is_foreign(kind, header, decoded, places):
        return sentence(
            "has few different words ({listed}) below a header that is not known, and is not used. If "
            'rows with one of them should not count, say so: [values."{header}"] "{value}" = "leave out".',
            listed=", ".join(values),
            header=header,
            value=values[-1],
        )
    return NOTHING


def _is_foreign(kind: Kind, header: str, decoded: Decoded, places: Places) -> bool:
    """Whether neither a header nor those of the columns that were named by hand are known: it may be a result."""
    if not kind.about or any(known_columns(other, [header]) for other in KINDS.values()):
        return False
    needed = [places[column.name][0] for column in kind.columns if column.required and places.get(column.name)]
    return len(needed) > 0 and not any(known_columns(kind, [decoded.header[place]]) for place in needed)


def _validity(free: Collection[Column], header: str, values: tuple[str, ...], places: Places) -> Sentence:
    """A sentence about how long something holds, where nothing ends by it; empty where it is about something else."""
    ends = next((column.name for column in free if column.name in ENDINGS), "")
    words = set(header_words(header))
    if not ends or not VALIDITY & words or "validity_months" in places:
        return NOTHING
    shown = sentence("({listed}) is not used, so nothing ends by it.", listed=", ".join(values[:2]))
    if ends != "validity_months":
        return sentence(
            "{shown} Give each award its last day (expires_on), or the credential its validity_months.", shown=shown
        )
    if YEARS & words:
        return sentence(
            '{shown} If it is in years, say in a mapping: [columns] validity_months = "{header}" and '
            '[values.validity_months] "2" = "24" and so on.',
            shown=shown,
            header=header,
        )
    return sentence("{shown} If it is validity_months (in months), say so in a mapping.", shown=shown)


def _are_periods(values: tuple[str, ...]) -> bool:
    return any((period := PERIOD.fullmatch(value)) and period["end"] for value in values)


def _of_kind(
    kind: Kind, decoded: Decoded, at: int, values: tuple[str, ...], places: Places, mapping: Mapping
) -> Sentence:
    """A sentence about managers of people, awards on trial or money that came back; empty where it is none of these."""
    header = decoded.header[at]
    if kind.lists_people:
        if EFFECTIVE & set(header_words(header)) and dates_among(values) >= MOST:
            return sentence(
                "holds dates ({listed}) and is not used: all rows hold from one day. If they hold from these "
                "days, import the rows of each day with --effective.",
                listed=", ".join(values[:2]),
            )
        if no := _denies_somebody(decoded, header, values, places):
            return sentence(
                "has {no!r} in some rows and is not used, so these people count as working here. If they do "
                'not, say so: [values."{header}"] "{no}" = "left".',
                no=no,
                header=header,
            )
        return _manages(decoded, at, values, places, mapping)
    if other := of_another(decoded, at, places):
        return sentence(
            "looks like a further {other}: each row is about one, so what it holds is lost. Give each a "
            "row of its own.",
            other=other,
        )
    is_of_payer = kind.holds_payments and bool(REIMBURSED & set(header_words(header)))
    if kind.about and not is_of_payer and _denies(header, values):
        no = next(value for value in values if value.casefold() in NO)
        yes = next((value for value in values if value.casefold() not in NO), "")
        of_yes = sentence(", or of {yes!r} if it is yes that speaks against a row", yes=yes) if yes else NOTHING
        return sentence(
            "has {no!r} in some rows and is not used, so these rows count like the others. If some "
            'should not count, say so: [values."{header}"] "{no}" = "leave out"{other}.',
            no=no,
            header=header,
            other=of_yes,
        )
    if kind.holds_awards and len(values) <= MOST_KINDS and (trial := _trial(values)):
        return sentence(
            "has {trial!r} in some rows and is not used, so these rows count like the others. If they "
            'are no awards, leave them out: [skip] "{header}" = ["{trial}"].',
            trial=trial,
            header=header,
        )
    if kind.holds_awards and (points := _points(decoded, at, values)):
        return points
    if price := multiplied(kind, decoded, at, places):
        return sentence(
            "may say how many were bought ({listed}) and is not used. If {price} is the price of one, "
            "give the amount of each row in a column of its own.",
            listed=", ".join(values[:2]),
            price=price,
        )
    of_amount = [decoded.header[place] for place in places.get("amount", ())]
    is_credit = is_of_credits(header) and any(map(is_of_debits, of_amount)) and are_amounts(values)
    if kind.holds_payments and is_credit:
        return sentence(
            "holds amounts ({listed}) beside {of_amount} and is not used: they are not taken off. If "
            'they came back, say in a mapping: [columns] amount = "{of_amount}{less}{header}".',
            listed=", ".join(values[:2]),
            of_amount=of_amount[0],
            less=LESS,
            header=header,
        )
    if comes_back(kind, header, values):
        return sentence(
            "holds money that came back ({listed}) and is not used: it is not taken off. Import refunds "
            "as rows of their own, with a minus sign.",
            listed=", ".join(values[:2]),
        )
    return NOTHING


def _names_shown(decoded: Decoded, at: int, used: int) -> Sentence:
    """A sentence on which names are shown where two columns have different ones for some people; else empty."""
    pairs = zip(*(decoded.columns[place][:MOST_ROWS].to_pylist() for place in (at, used)), strict=True)
    differ = [(one.strip(), other.strip()) for one, other in pairs if one.strip() and one.strip() != other.strip()]
    if not differ:
        return NOTHING
    header, (one, other) = decoded.header[used], differ[0]
    return sentence(
        "has another name in {rows}, {one!r} where {header} has {other!r}, and is not used: people "
        "are shown with the name below {header}. To show these names, write them into that column.",
        rows=counted(len(differ), "row"),
        one=one,
        header=header,
        other=other,
    )


def _denies(header: str, values: tuple[str, ...]) -> bool:
    """Whether a column says no of some rows, below a header that may be about whether they count."""
    return (
        says_yes_or_no(values)
        and any(v.casefold() in NO for v in values)
        and not HARMLESS_FLAGS & set(header_words(header))
    )


def _denies_somebody(decoded: Decoded, header: str, values: tuple[str, ...], places: Places) -> str:
    """The no, or the 0 beside 1, of a column of a roster in which nothing else says who left; else empty."""
    if "left_on" in places or any(STATUS_HEADERS & set(header_words(other)) for other in decoded.header):
        return ""
    says_no = {*values} == {"0", "1"} or _denies(header, values)
    if not says_no or (HARMLESS_FLAGS | OF_A_POST | MANAGERS) & set(header_words(header)):
        return ""
    return next(value for value in values if value.casefold() in NO)


def _manages(decoded: Decoded, at: int, values: tuple[str, ...], places: Places, mapping: Mapping) -> Sentence:
    """A sentence about a column of a roster that may say who manages whom, where no other does; else empty."""
    others = {"manager_id", "manager_name", "manager_email", "manager_first_name", "manager_last_name"}
    if others & {*places, *mapping.constants, *mapping.columns} or says_yes_or_no(values) or dates_among(values) > 0:
        return NOTHING
    header = decoded.header[at]
    own = {cell for place in places.get("employee_id", ())[:1] for cell in sampled(decoded.columns[place])}
    are_ids = len(own) > 1 and {*values} <= own and not {*own} <= {*values}
    if are_ids or MANAGERS & set(header_words(header)):
        advice = sentence(
            "If it is manager_id, manager_name or manager_email, say so in a mapping; numbers of posts are none of "
            "these."
        )
        ids = mark(
            "holds ids of people in this file ({listed}) and is not used, so it gives nobody a manager. {advice}"
        )
        managers = mark("may say who manages whom ({listed}) and is not used, so it gives nobody a manager. {advice}")
        return sentence(ids if are_ids else managers, listed=", ".join(values[:2]), advice=advice)
    return NOTHING


def _points(decoded: Decoded, at: int, values: tuple[str, ...]) -> Sentence:
    """A sentence about results far apart where no other column says who passed; else empty."""
    is_decided = any(
        STATUS_HEADERS & set(header_words(header)) or says_yes_or_no(sampled(cells))
        for place, (header, cells) in enumerate(zip(decoded.header, decoded.columns, strict=True))
        if place != at
    )
    numbers = [float(value.rstrip(" %").replace(",", ".")) for value in values if NUMBER.fullmatch(value)]
    if not POINTS & set(header_words(decoded.header[at])) or is_decided or len(numbers) < MOST * len(values):
        return NOTHING
    low, high = min(numbers), max(numbers)
    if 2 * low >= high:
        return NOTHING
    return sentence(
        "holds results from {low:g} to {high:g} and is not used, so a row counts whatever its "
        'result. If some of them failed, leave these out: [skip] "{header}" = ["{low:g}"] and so on.',
        low=low,
        high=high,
        header=decoded.header[at],
    )


def _trial(values: tuple[str, ...]) -> str:
    """The first value that says that something was earned on trial only; else empty."""
    return next((value for value in values if TRIALS & set(header_words(value))), "")


def _asked(header: str, what: Sentence, values: tuple[str, ...], could_be: Collection[Column]) -> Sentence:
    """A sentence that asks whether a column of `what` is one of `could_be`; empty where that is empty."""
    if not could_be:
        return NOTHING
    names = joined((column.name for column in could_be), sentence(" or "))
    shown = ", ".join(values[:2])
    return sentence(
        "holds {what} ({shown}) and is not used. If it is what we call {names}, say so in a mapping.",
        what=what,
        shown=shown,
        names=names,
    )


def _may_be(kind: Kind, column: Column, header: str) -> bool:
    """Whether days below a header may be those of a column: an end is no beginning, and only some words revoke."""
    words = set(header_words(header))
    if column.name == "revoked_on":
        return bool(words & REVOCATIONS)
    if column.name == "expires_on" and words & EARNED and not words & (ENDS | VALIDITY):
        return False
    return not (words & ENDS and column.name in ("hired_on", kind.begins))


def _beside(kind: Kind, decoded: Decoded, at: int, places: Places) -> Sentence:
    """A sentence about days that some rows have where the column that is read as their end has none; else empty."""
    name = next((name for name in ("left_on", "expires_on", "valid_to") if len(places.get(name, ())) == 1), "")
    if (
        not name
        or not ENDS & set(header_words(decoded.header[at]))
        or not any(column.name == name for column in kind.columns)
    ):
        return NOTHING
    used = decoded.columns[places[name][0]]
    more = sum(
        bool(day.strip()) and not end.strip()
        for day, end in zip(decoded.columns[at][:MOST_ROWS].to_pylist(), used[:MOST_ROWS].to_pylist(), strict=True)
    )
    if not more:
        return NOTHING
    return sentence(
        "holds dates in {rows} in which {header}, read as {name}, is empty. If something ends on them, put both into "
        "one column.",
        rows=counted(more, "row"),
        header=decoded.header[places[name][0]],
        name=name,
    )


def _ends_first(columns: Collection[Column]) -> list[Column]:
    ends = ("left_on", "expires_on", "valid_to", "revoked_on")
    return sorted(columns, key=lambda column: column.name not in ends)


def _names_people(header: str, values: tuple[str, ...]) -> bool:
    return any(word in PEOPLE for word in header_words(header)) and names_among(values) >= MOST
