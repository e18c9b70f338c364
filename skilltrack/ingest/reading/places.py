"""Which column of a file is which column of its kind: by the mapping, otherwise by the known headers.

What a mapping says adds to what is recognised: a recognised column stays unless the mapping says what it is, or takes
its header for another column.
"""

import re
from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.called import PARTS, called, has_gaps, names_among
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.inside import ACCOUNT, inside
from skilltrack.ingest.reading.lone_addresses import take_lone_addresses
from skilltrack.ingest.reading.mapping import NOT_PEOPLE, TAKEN_APART, Mapping
from skilltrack.ingest.reading.recognise import LESS, known_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words, look
from skilltrack.ingest.reading.status import few_values
from skilltrack.ingest.reading.status_words import NO, YES, plain, words_in
from skilltrack.kinds import Kind
from skilltrack.language import sentence

Places = dict[str, list[int]]
"""Column of a kind to the positions of its headers."""
LOOKED_AT = 1_000
"""Cells that show whether a column counts its rows."""
AGAINST = " against "
"""What stands between the headers of two columns that are compared with each other, where a mapping names both."""
JOIN = " + "
"""What separates several headers of one column that are written as one text."""
HONORIFICS = words_in(
    "mr mrs ms miss mx dr prof professor sir dame madam rev hon herr frau hr fr dipling m mme mlle monsieur madame "
    "mademoiselle me sr sra srta don dona senor senora drdr profdr"
)
"""Titles before a name: no job is called that."""
NAMES_OR_IDS = words_in(
    "employee worker associate mitarbeiter mitarbeiterin employe salarie empleado person staff learner attendee "
    "participant recipient issuedto teilnehmer teilnehmerin teilnehmende apprenant participante alumno"
)
"""Headers whose columns hold ids, or names."""
AWARDS_OR_CREDENTIALS = words_in(
    "credentialid badgeid certificateid certificationid licenseid licenceid certificateno certificatenumber "
    "badgenumber "
    "zertifikatid zertifikatsid zertifikatnr zertifikatsnr zertifikatsnummer badgenr idducertificat idducertification "
    "idcertificat idbadge iddubadge numeroducertificat numerodecertificat iddelcertificado idcertificado "
    "numerodecertificado iddelainsignia idinsignia"
)
"""Headers whose columns hold ids of awards, or of what many have earned."""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MOST_ARE_NAMES = 0.5
"""Share of different values that must be people's names for a column of names; single words count half."""
NAMES_FROM = 0.8
"""Share of a column's values that must look like names."""
MANAGERS = ("manager_id", "manager_name", "manager_email")
"""Columns that say who somebody's manager is."""
OF_HEADERS = ("values", "skip", "cells")
"""Parts of a mapping that may name a header which is not a column of the kind."""


def places_of(kind: Kind, decoded: Decoded, mapping: Mapping, is_again: bool = False) -> Places:
    """Positions in the header of each column of the kind; a file that lands `is_again` has those of its mapping."""
    seen = {header.lower(): at for at, header in reversed(list(enumerate(decoded.header))) if header}
    places = _named(decoded, mapping, seen)
    own: dict[str, int] = {}
    if not is_again or not mapping.columns:  # a mapping that landed names every column that was taken
        own = _recognised(kind, decoded, {at for taken in places.values() for at in taken})
        if "employee_id" not in own and _stands_for_names(kind, decoded, places, mapping):
            own["employee_id"] = places["name"][0]
    for name, at in own.items():
        if name not in places and name not in mapping.columns and name not in mapping.constants:
            places[name] = [at]
    if not is_again:
        _take_award_ids(kind, decoded, places, mapping)
        _take_addresses(kind, decoded, places, mapping)
        _take_other_managers(kind, decoded, places, mapping)
        _take_names(kind, decoded, places, mapping)
        _take_other_ids(kind, decoded, places, mapping)
        take_lone_addresses(kind, decoded, places, mapping)
    has_parts = any(column.name == "first_name" for column in kind.read_only)
    names = called(places, decoded.columns) if has_parts else []
    if names and "name" not in mapping.columns and "name" not in mapping.constants:
        places["name"] = names
    if "manager_name" not in places and "manager_last_name" in places:
        places["manager_name"] = [*places.get("manager_first_name", []), *places["manager_last_name"]]
    if mapping.people == NOT_PEOPLE and kind.names_people and not mapping.columns.get("name"):
        places.pop("name", None)
    for at in (at for taken in places.values() for at in taken):
        header = decoded.header[at]
        if [other.lower() for other in decoded.header].count(header.lower()) > 1:
            raise BadFile(
                sentence(
                    "{file} has two columns called {header!r}. Rename or remove one; where each row is about "
                    "several things, give each a row of its own.",
                    file=decoded.name,
                    header=header,
                )
            )
    return places


def _named(decoded: Decoded, mapping: Mapping, seen: dict[str, int]) -> Places:
    """Positions of the headers that the mapping names; `seen`: positions of all headers, in lower case."""
    places: Places = {}
    for name, wanted in mapping.columns.items():
        headers = _headers(wanted, seen)
        for header in headers:
            if header.strip().lower() not in seen:
                raise BadFile(
                    f"{decoded.name} has no column {header!r}, which the mapping {mapping.name} takes as {name}. "
                    f"It has: {', '.join(decoded.header)}."
                )
            if is_sensitive(header):
                raise BadFile(
                    f"{decoded.name}: {header!r} is sensitive personal data and never stored, as {name} or otherwise."
                )
        if headers:
            places[name] = [seen[header.strip().lower()] for header in headers]
    return places


def _headers(wanted: str | list[str], seen: dict[str, int]) -> list[str]:
    """The headers that a mapping names for a column; none where it says that the file has no such column."""
    if not isinstance(wanted, str):
        return list(wanted)
    if JOIN in wanted and wanted.strip().lower() not in seen:
        return wanted.split(JOIN)
    if LESS in wanted and wanted.strip().lower() not in seen:
        return wanted.split(LESS)
    return [wanted] if wanted else []


def _recognised(kind: Kind, decoded: Decoded, taken: set[int]) -> dict[str, int]:
    """Columns by their headers, without those that are taken, sensitive, or something else by their values."""
    header = ["" if at in taken or is_sensitive(cell) else cell for at, cell in enumerate(decoded.header)]
    while True:
        columns = known_columns(kind, header)
        wrong = [
            at
            for name, at in columns.items()
            if header[at].strip().lower() != name and _says_otherwise(kind, name, header[at], decoded, at)
        ]
        if not wrong:
            return columns
        for at in wrong:
            header[at] = ""


def _says_otherwise(kind: Kind, name: str, header: str, decoded: Decoded, at: int) -> bool:
    """Whether values show that a column is not what its header says: `Mr` below Title, `yes` below a date's header."""
    column = kind.column(name)
    if name in PARTS and has_gaps(kind, name, decoded, at):
        return True
    if name == "employee_id" and plain(header) in NAMES_OR_IDS:
        values = [value.strip() for value in decoded.columns[at][:LOOKED_AT].to_pylist() if value.strip()]
        names = [value for value in values if " " in value and not any(map(str.isdigit, value)) and "@" not in value]
        has_ids = not kind.lists_people and any(map(is_like_id, values))  # the names among them are asked about later
        return len(names) >= NAMES_FROM * max(1, len(values)) and not has_ids
    if name == "name" and kind.names_people and plain(header) in NAMES_OR_IDS:
        different = _different(decoded, at)
        return bool(different) and names_among(different) < MOST_ARE_NAMES
    if name == "award_id" and plain(header) == "badgeid":  # elsewhere it is the id of the badge that many have
        values = [value.strip() for value in decoded.columns[at][:LOOKED_AT].to_pylist() if value.strip()]
        return len(set(values)) < len(values) or not all(map(UUID.fullmatch, values))
    if name != "role_id" and column.type != "date" and name not in MANAGERS:
        return False
    counts = few_values(decoded.columns[at])
    filled = [value for value in counts if value] if counts is not None else []
    if name in MANAGERS:
        return says_yes_or_no(filled) or ({*filled} == {"0", "1"} and len(_of_managers(kind, decoded.header)) > 1)
    if name == "role_id":
        return bool(filled) and all(plain(value) in HONORIFICS for value in filled)
    status = look(kind, header, counts) if filled and counts is not None else None
    return status is not None and status.is_ours


def is_like_id(value: str) -> bool:
    """Whether a value among names is an id: it has digits and no blanks."""
    return any(map(str.isdigit, value)) and " " not in value.strip() and "@" not in value


def says_yes_or_no(values: Collection[str]) -> bool:
    """Whether values are yes and no: whether somebody is a manager, not who theirs is. 1 and 0 may be ids."""
    return bool(values) and all(v.casefold() in YES | NO for v in values) and not all(v.isdigit() for v in values)


def _of_managers(kind: Kind, header: list[str]) -> list[int]:
    """Positions of the headers that are of managers."""
    return [at for at, cell in enumerate(header) if not known_columns(kind, [cell]).keys().isdisjoint(MANAGERS)]


def _take_other_managers(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> None:
    """Read names and addresses of managers beside their ids as such, whatever their header: `Manager`.

    They are compared row by row when the rows land.
    """
    if not kind.lists_people or len(places.get("manager_id", [])) != 1:
        return
    used = {at for positions in places.values() for at in positions}
    unused = [
        at for at in _of_managers(kind, decoded.header) if at not in used and not is_sensitive(decoded.header[at])
    ]
    called = {at: _column_of_managers(decoded.columns[at]) for at in [*unused, *places["manager_id"]]}
    at_ids = places["manager_id"][0]
    ids = [at for at in unused if called[at] == "manager_id"]
    if "manager_id" not in mapping.columns and called[at_ids] != "manager_id" and len(ids) == 1:
        places["manager_id"], unused = ids, [*unused, at_ids]
    for at in unused:
        name = called[at]
        if name not in ("", "manager_id") and name not in places and name not in mapping.columns:
            places[name] = [at]


def _column_of_managers(cells: pa.ChunkedArray) -> str:
    """Which column of managers cells look like; empty where that is open."""
    filled = [value.strip() for value in cells[:LOOKED_AT].to_pylist() if value.strip()]
    if not filled or says_yes_or_no(filled):
        return ""
    addresses = sum("@" in value for value in filled)
    names = sum(" " in value and not any(map(str.isdigit, value)) and "@" not in value for value in filled)
    if addresses >= NAMES_FROM * len(filled):
        return "manager_email"
    return "manager_name" if names >= NAMES_FROM * len(filled) else "manager_id" if not names + addresses else ""


def _different(decoded: Decoded, at: int) -> tuple[str, ...]:
    """The first different values of a column, without empty ones."""
    values = decoded.columns[at][:LOOKED_AT].to_pylist()
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))


def _stands_for_names(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> bool:
    """Whether the mapping uses the ids of a roster as its names: then they are still the ids."""
    if not kind.lists_people or "employee_id" in mapping.columns or len(places.get("name", [])) != 1:
        return False
    at = places["name"][0]
    if known_columns(kind, [decoded.header[at]]) != {"employee_id": 0}:
        return False
    values = [value for value in decoded.columns[at][:1000].to_pylist() if value.strip()]
    return sum(any(letter.isdigit() for letter in value) for value in values) > len(values) / 2


def _take_award_ids(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> None:
    """Read ids that differ in every row as those of awards, although their header may mean the credential.

    They are, where another column names what was earned and says the same of several rows: `Credential ID` beside
    *Credential name*.
    """
    if not kind.holds_awards or "award_id" in {*places, *mapping.columns, *mapping.constants}:
        return
    of_credential = [places[name] for name in ("credential_id", "credential") if name in places]
    for at, header in enumerate(decoded.header):
        if plain(header) not in AWARDS_OR_CREDENTIALS or header.strip().lower() == "credential_id":
            continue
        others = [names for names in of_credential if names != [at]]
        is_taken = any(at in taken and name != "credential_id" for name, taken in places.items())
        if is_taken or "credential_id" in mapping.columns:
            continue
        if not others and _are_alone(kind, decoded, at, places):
            places["award_id"] = [at]
            places.pop("credential_id", None)
            return
        if not others:
            continue
        ids, rows = pc.unique(decoded.columns[at]), len(decoded.columns[at])
        is_each = len(ids) == rows and "" not in ids.to_pylist()[:rows]
        if is_each and any(len(pc.unique(decoded.columns[names[0]])) < rows for names in others):
            places["award_id"] = [at]
            if places.get("credential_id") == [at]:
                places.pop("credential_id")
            return


def _are_alone(kind: Kind, decoded: Decoded, at: int, places: Places) -> bool:
    """Whether ids stand in a list that says nothing but which awards have ended: ids, an end or a status."""
    known = {place for name, taken in places.items() for place in taken if kind.column(name).ends or place == at}
    others = [
        place
        for place, header in enumerate(decoded.header)
        if header
        and place not in known
        and (counts := few_values(decoded.columns[place])) is not None
        and (status := look(kind, header, counts)) is not None
        and status.is_ours
    ]
    used = {place for taken in places.values() for place in taken}
    return used <= known and bool(others or used - {at})


def _take_addresses(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> None:
    """Read a column of e-mail addresses that was taken for ids as the column of addresses, where a kind has both."""
    is_of_roster = kind.lists_people and "email" not in {*places, *mapping.columns}
    if is_of_roster and _are_addresses(decoded, places.get("employee_id", [])):
        places["email"] = list(places["employee_id"])
        return
    has_both = any(column.name == "email" for column in kind.read_only) and "email" not in places
    if not has_both or "employee_id" not in mapping.columns or len(places.get("employee_id", [])) != 1:
        return
    if _are_addresses(decoded, places["employee_id"]):
        places["email"] = places.pop("employee_id")


def _are_addresses(decoded: Decoded, positions: list[int]) -> bool:
    """Whether most cells of the one column at some positions are e-mail addresses."""
    cells = decoded.columns[positions[0]][:LOOKED_AT].to_pylist() if len(positions) == 1 else []
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum("@" in cell for cell in filled) > len(filled) / 2


def _take_names(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> None:
    """Read a column of names that was taken for ids as the column of names, where a kind has both.

    Where nothing else says whose a row is, that is also a column such as `Employee` that holds names.
    """
    if not kind.names_people or "name" in places or "name" in {*mapping.columns, *mapping.constants}:
        return
    if not {"employee_id", "email"} & {*places, *mapping.columns, *mapping.constants}:
        used = {at for positions in places.values() for at in positions}
        for at, header in enumerate(decoded.header):
            if (
                at not in used
                and plain(header) in NAMES_OR_IDS
                and _says_otherwise(kind, "employee_id", header, decoded, at)
            ):
                places["name"] = [at]
                return
    if len(places.get("employee_id", [])) != 1:
        return
    header = decoded.header[places["employee_id"][0]]
    values = _different(decoded, places["employee_id"][0])
    are_names = [" " in value and names_among((value,)) == 1 for value in values]
    if mapping.people == NOT_PEOPLE or any(map(is_like_id, values)):
        return
    if header not in TAKEN_APART and values and sum(are_names) >= NAMES_FROM * len(values):
        places["name"] = places.pop("employee_id")


OF_PEOPLE = words_in(
    "user userid username login logon account person personid employee employeeid emp empid staff worker workerid "
    "associate personal mitarbeiter benutzer kennung matricule salarie empleado usuario legajo"
)
"""Words of headers of ids of people."""


def _is_of_people(kind: Kind, header: str) -> bool:
    """Whether a header is one of people's ids: a row number, a phone extension or a rank proves nothing."""
    if not header or is_sensitive(header):
        return False
    return known_columns(kind, [header]) == {"employee_id": 0} or bool(OF_PEOPLE & set(header_words(header)))


def _counts_rows(cells: pa.ChunkedArray) -> bool:
    """Whether cells are 1, 2, 3 and so on."""
    return cells[:LOOKED_AT].to_pylist() == [str(number) for number in range(1, min(LOOKED_AT, len(cells)) + 1)]


def _take_other_ids(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping) -> None:
    """Find the column of other ids that a roster names its managers by, where it does not use employee_id."""
    if not kind.lists_people or not {"employee_id", "manager_id"} <= set(places) or "other_id" in mapping.columns:
        return
    at_managers = places["manager_id"][0]
    are_accounts = mapping.cells.get(decoded.header[at_managers]) == ACCOUNT
    managers = pc.unique(decoded.columns[at_managers])
    if are_accounts:
        managers = pa.array([inside(ACCOUNT, cell) for cell in managers.to_pylist()], pa.string())
    managers = managers.filter(pc.not_equal(pc.utf8_trim_whitespace(managers), ""))

    def share(at: int) -> float:
        return (pc.sum(pc.is_in(managers, decoded.columns[at])).as_py() or 0) / max(1, len(managers))

    if len(managers) < (1 if are_accounts else 2) or share(places["employee_id"][0]) >= 0.5:
        return
    used = {at for positions in places.values() for at in positions}
    for at, header in enumerate(decoded.header):
        if at not in used and _is_of_people(kind, header) and share(at) > 0.5:
            cells = decoded.columns[at].filter(pc.not_equal(decoded.columns[at], ""))
            if len(pc.unique(cells)) == len(cells) and not _counts_rows(cells):
                places["other_id"] = [at]
                return
