"""How well each column of a file fits a column of ours that no header names, and the question that offers them all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from skilltrack.ingest.reading import dates, styles
from skilltrack.ingest.reading.called import names_among
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.inside import ENTRY, inside
from skilltrack.ingest.reading.mapping import TAKEN_APART
from skilltrack.ingest.reading.places import JOIN, Places
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words, look
from skilltrack.ingest.reading.status_words import NO, YES, words_in
from skilltrack.ingest.reading.values import NUMBERS
from skilltrack.kinds import Column, Kind, Means
from skilltrack.language import Sentence, joined, mark, sentence

FROM_ROW = "{row}"
"""A constant that differs in each row: an id made from what the row says."""
FROM_END = "{validity}"
"""A constant in place of the day on which awards were earned: it is counted back from their ends."""
SAMPLED, SHOWN = 200, 3
"""How many different values of each column are looked at, and shown."""
OF_VALUES, OF_HEADER, IF_USED = 0.6, 0.4, 0.5
"""Weights of the values and of the header; what is taken off where a column is already used."""
INSTEAD_OF_NAMES, SHARED_NAMES = 0.2, 0.3
"""How well ids fit where names are missing; the part of a fit that remains for values that many rows share."""
MOST, SURELY = 0.5, 1.2
"""Share of addresses from which a column says who somebody is, and how well it then fits: better than short codes."""
LIKELY = 0.5
"""Fit from which a header is the answer unless somebody says otherwise."""
GENERIC = words_in("id name date time number no nr code datum zeit nummer fecha hora numero nom heure of der de du")
HINTS = {
    "employee_id": "employee personnel staff worker person user learner participant personal mitarbeiter "
    "personalnummer matricule salarie employe empleado legajo trabajador usuario member colleague associate "
    "medewerker personeelsnummer matricola matricula dipendente ansattnr medarbejder anstallningsnr pracownika clock",
    "name": "name full employee colleague person worker mitarbeiter vorname nachname nom prenom salarie nombre "
    "apellido "
    "naam cognome nome navn namn nazwisko pracownik operator",
    "credential_id": "credential certificate certification course training program programme qualification licence "
    "license badge award module exam title learning activity kurs schulung weiterbildung zertifikat lehrgang "
    "qualifikation cours formation certificat diplome curso formacion titulo certificado acreditacion "
    "competence competency card parcours cursus opleiding corso formazione treinamento kursus utbildning szkolenie",
    "issued_on": "issued issue awarded award earned completed completion achieved passed finished ausgestellt "
    "ausstellungsdatum abschluss abgeschlossen abschlussdatum bestanden delivre obtention obtenu termine fin emision "
    "emitido obtencion completado finalizacion "
    "behaald conseguimento conclusao bestatt bestaet ukonczenia obtained certified granted",
    "spend_id": "invoice receipt transaction payment order reference rechnung rechnungsnummer beleg belegnummer "
    "facture factura recibo pedido line "
    "factuur factuurnr fattura fatura faktura fakturanr bilag voucher",
    "paid_on": "paid payment invoice posted posting booked transaction zahlung bezahlt rechnungsdatum buchungsdatum "
    "belegdatum paiement paye facture pago pagado factura "
    "factuurdatum betaald pagamento fakturadato betalingsdato belegdatum",
    "amount": "amount total cost net gross price paid betrag gesamt kosten netto summe preis montant cout prix "
    "importe coste monto precio "
    "bedrag importo kwota belop belopp valor",
    "currency": "currency ccy wahrung waehrung devise monnaie moneda divisa valuta moeda waluta",
    "funding_source": "funding funded payer paid source sponsor budget kostentrager zahler financement payeur "
    "financiacion pagador pagado",
    "skill_id": "skill competency competence capability ability fahigkeit kompetenz kenntnis aptitude habilidad "
    "competencia",
    "level": "level proficiency rating score stufe niveau bewertung note nivel puntuacion",
    "required_level": "required target level proficiency soll niveau requis nivel requerido stufe",
    "role_id": "role job position profile rolle stelle poste puesto rol",
    "role_name": "role job position profile title rolle stelle poste intitule puesto rol",
    "team": "team department unit group abteilung bereich service equipe departamento equipo",
    "issuer": "issuer provider vendor organisation organization publisher anbieter aussteller organisme fournisseur "
    "proveedor emisor",
    "valid_from": "from since start date begin rated assessed gultig seit beginn ab depuis debut desde inicio",
    "assessor": "assessor assessed reviewer rated evaluator beurteiler prufer evaluateur evaluador",
    "headcount": "headcount seats people needed anzahl kopfe effectif plazas personas",
}
"""Words that make a header likely for a column though it is no synonym: English, German, French, Spanish and others."""
PLANNED = words_in("planned expected due target scheduled geplant soll prevu prevue cible previsto prevista objetivo")
"""Words in headers of days on which something was to happen."""
CENTS = re.compile(r"\d[.,]\d{2}$")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE)


@dataclass(frozen=True)
class Fit:
    """How well a column fits, from 0 to 1, and why."""

    score: float
    reason: Sentence


OF_WHO_AND_WHAT = (Means.OWNER, Means.CALLED, Means.SOMEBODY, Means.KEY)
"""Columns that say who or which thing: words of a status never do."""


def questions_about(kind: Kind, decoded: Decoded, missing: Iterable[str], places: Places) -> list[Question]:
    """One question for each column that is missing, such as `issued_on` or `employee_id or email`."""
    return [column_question(kind, decoded, name, places) for name in missing]


def column_question(kind: Kind, decoded: Decoded, missing: str, places: Places) -> Question:
    """The question which header is a column of ours: it offers all, the likeliest first, and what to say instead."""
    column = kind.column(missing.split(" or ")[0])
    taken = {at: name for name, positions in places.items() for at in positions}
    fits: dict[str, Fit] = {}
    samples: dict[str, list[str]] = {}
    for at, header in enumerate(decoded.header):
        if header and header not in TAKEN_APART and not is_sensitive(header):
            values = sampled(decoded.columns[at])
            samples[header] = [value[:30] for value in values[:SHOWN]]
            fits[header] = fit(kind, column, header, values, taken.get(at, ""))
            is_key = column.name == kind.changing_key
            if is_key or (column.name == "name" and kind.about and taken.get(at, "") != "employee_id"):
                fits[header] = _less_if_shared(fits[header], decoded.columns[at], len(values))
    ordered = sorted(fits, key=lambda header: -fits[header].score)
    likely = [header for header in ordered if fits[header].score >= LIKELY]
    if column.type == "level" and len(likely) > 1:  # whose rating it is decides, not the first of them
        likely = []
    answers = {header: beginning(samples[header], fits[header].reason) for header in ordered}
    return Question(
        decoded.name,
        f"columns.{column.name}",
        sentence("Which column is {missing}?", missing=missing),
        answers,
        samples={header: samples[header] for header in ordered},
        reasons={header: fits[header].reason for header in ordered},
        typed=_from_end(kind, column, places)
        + typed_instead(kind, column)
        + _by_name(kind, decoded, missing, taken, ordered),
        likely=likely[0] if likely else "",
    )


def _from_end(kind: Kind, column: Column, places: Places) -> tuple[Typed, ...]:
    """The offer to count back from the end of awards, where a file has no day on which they were earned."""
    if not kind.holds_awards or column.name != kind.begins or not {*places} & {"expires_on"}:
        return ()
    label = sentence("It is not in the file: count it back from the end by the validity in the catalogue")
    return (Typed(f"constants.{column.name}", label, (FROM_END,)),)


def _by_name(
    kind: Kind, decoded: Decoded, missing: str, taken: dict[int, str], headers: list[str]
) -> tuple[Typed, ...]:
    """The offer to find people by their names, where a column that is still free may hold some."""
    if "name" not in missing.split(" or ") or not kind.names_people:
        return ()
    free = [header for header in headers if decoded.header.index(header) not in taken]
    values = {header: sampled(decoded.columns[decoded.header.index(header)]) for header in free}
    named = tuple(
        header
        for header, texts in values.items()
        if texts and names_among(texts) > 0.5 and any(" " in text for text in texts)
    )
    return (Typed("columns.name", sentence("The names of the people"), named),) if named else ()


def typed_instead(kind: Kind, column: Column) -> tuple[Typed, ...]:
    """What can be said instead of naming a header: the same for every row, or an id made of each row."""
    about = f"constants.{column.name}"
    if column.name == "name" and kind.lists_people:
        return (
            Typed("columns.name", sentence("Several columns together, such as First name{join}Last name", join=JOIN)),
        )
    if column.means in (Means.OWNER, Means.CALLED):
        return ()
    if column.name == kind.changing_key:
        return (Typed(about, sentence("The file has none: make one from the content of each row"), (FROM_ROW,)),)
    if column.name == "credential_id":
        about = "constants.credential"
    return () if column.name == kind.key[0] else (Typed(about, sentence("The same for every row"), column.choices),)


def beginning(samples: Sequence[str], reason: Sentence) -> Sentence:
    """Some values of a column, and what speaks for it."""
    return joined((", ".join(samples) or sentence("nothing"), reason), "; ")


def sampled(cells: pa.ChunkedArray) -> tuple[str, ...]:
    """Some of the different values of a column, without empty ones."""
    values = dict.fromkeys(value.strip() for value in cells[:2_000].to_pylist() if value.strip())
    return tuple(values)[:SAMPLED]


def fit(kind: Kind, column: Column, header: str, values: tuple[str, ...], used_as: str = "") -> Fit:
    """How well a header and values fit a column; `used_as`: the column of ours that it is already."""
    if not values:
        return Fit(0.0, sentence("empty"))
    if column.means in OF_WHO_AND_WHAT and (status := look(kind, header, dict.fromkeys(values, 1))) and status.is_ours:
        return Fit(0.0, sentence("a status"))
    by_values, reason = _fit_of_values(column, values)
    takes_addresses = column.means is Means.OWNER and any(other.name == "email" for other in kind.read_only)
    if takes_addresses and addresses_among(values) > MOST:
        by_values = SURELY
    by_header = similarity(kind, column, header)
    if by_header >= 0.5:
        reason = sentence("its header is like other headers of {column}, {reason}", column=column.name, reason=reason)
    score = OF_VALUES * by_values + OF_HEADER * by_header
    is_had = column.type == "level" and bool(kind.about)
    if (column.type == "date" or is_had) and set(header_words(header)) & PLANNED:
        score, reason = score - IF_USED, sentence("{reason}, but of a plan", reason=reason)
    if column.type == "text" and all(value.casefold() in YES | NO for value in values):
        score, reason = score - IF_USED, sentence("yes and no")
    if used_as:
        score -= IF_USED
        reason = sentence("read as {column} already", column=used_as)
        if column.name == "name" and used_as == "employee_id":
            return Fit(
                INSTEAD_OF_NAMES, sentence("{reason}: where there are no names, the id stands for them", reason=reason)
            )
    return Fit(max(score, 0.0), reason)


def _less_if_shared(fit: Fit, cells: pa.ChunkedArray, distinct: int) -> Fit:
    """The fit of a column of names, far less where many rows share a value, as with a job or a field of work."""
    rows = sum(bool(value.strip()) for value in cells[:SAMPLED].to_pylist())
    if distinct > 0.8 * rows:
        return fit
    return Fit(fit.score * SHARED_NAMES, sentence("{reason}, each in several rows", reason=fit.reason))


def similarity(kind: Kind, column: Column, header: str) -> float:
    """How similar a header is to the known headers of a column, from 0 to 1; by whole words."""
    words = set(header_words(header))
    if not words:
        return 0.0
    columns = [column, *(kind.column(name) for name in column.instead)]
    known = [name for c in columns for name in (c.name, *c.synonyms)]
    alike = max(_shared(words, set(header_words(name))) for name in known)
    hints = set(HINTS.get(column.name, "").split())
    return max(alike, 0.8 * _weight(words & hints) / _weight(words))


def _shared(words: set[str], others: set[str]) -> float:
    return _weight(words & others) / _weight(words | others)


def _weight(words: set[str]) -> float:
    """The weight of words; those in headers of everything, such as id and date, weigh less."""
    return sum(0.3 if word in GENERIC else 1.0 for word in words)


@lru_cache(1024)
def dates_among(values: list[str]) -> float:
    """Share of values that are dates, with a time or without."""
    read = [sum(dates.as_date(value, style) is not None for value in values) for style in dates.date_styles(values)]
    reference = sum(bool(dates.ISO.match(value)) for value in values)
    periods = 0 if any(read) else sum(map(dates.names_period, values))
    return max([*read, reference, periods]) / len(values)


def amounts_among(values: tuple[str, ...]) -> float:
    """Share of values that are numbers or amounts of money."""
    plain = sum(bool(styles.PLAIN_AMOUNT.fullmatch(value)) for value in values)
    read = [sum(styles.as_amount(value, style) is not None for value in values) for style in styles.AMOUNTS]
    return max([plain, *read]) / len(values)


def addresses_among(values: tuple[str, ...]) -> float:
    """Share of values that are e-mail addresses."""
    return sum(bool(re.search(r"[^@\s]+@[^@\s]+", value)) for value in values) / len(values)


def _fit_of_values(column: Column, values: tuple[str, ...]) -> tuple[float, Sentence]:
    many = len(values)
    days, amounts, addresses = dates_among(values), amounts_among(values), addresses_among(values)
    what = sentence("text")
    for share, called in (
        (days, mark("dates in {n} of {many} different values")),
        (addresses, mark("e-mail addresses in {n} of {many} different values")),
        (amounts, mark("numbers in {n} of {many} different values")),
    ):
        if share > 0.5:
            what = sentence(called, n=round(share * many), many=many)
            break
    if column.type == "date":
        return days, what
    if column.type in NUMBERS:
        return amounts * (days <= 0.5), what
    if column.name == "email":
        return addresses, what
    if column.type == "choice":
        share = sum(value.casefold() in column.choices for value in values) / many
        return max(share, 0.3 * (what == "text" and many <= 12)), what
    if column.type == "currency":
        share = sum(bool(re.fullmatch(r"[A-Za-z]{3}|[€$£¥]", value)) for value in values) / many
        return share, sentence(
            "three letters in {n} of {many} different values", n=round(share * many), many=many
        ) if share > 0.5 else what
    if column.type == "yes_no":
        share = sum(value.casefold() in ("yes", "no", "true", "false", "1", "0") for value in values) / many
        return share, what
    if column.means in (Means.OWNER, Means.KEY) and column.name.endswith("_id"):
        codes = sum(len(value) <= 40 and " " not in value for value in values) / many
        has_cents = sum(bool(CENTS.search(value)) for value in values) > many / 2
        return codes * (0.3 if days > 0.5 or has_cents else 1.0), sentence(
            "short codes"
        ) if codes > 0.5 and what == "text" else what
    if days > 0.5 or addresses > 0.5 or amounts > 0.5:
        return 0.1, what
    if column.means is Means.CALLED:
        names = names_among(tuple(inside(ENTRY, value) for value in values))
        return names, sentence("names in letters") if names > 0.5 else what
    is_link = sum("://" in value or bool(UUID.fullmatch(value)) for value in values) > many / 2
    return (0.2, sentence("links or long codes")) if is_link else (0.7, what)
