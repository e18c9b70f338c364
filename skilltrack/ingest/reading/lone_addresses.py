"""The one column of e-mail addresses that a file has: those of the people of its rows."""

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import OTHER_PEOPLE, words_in
from skilltrack.kinds import Kind

OF_OTHERS = OTHER_PEOPLE | words_in(
    "instructor trainer teacher facilitator assessor examiner issuer provider vendor supplier merchant support help "
    "admin administrator created updated modified assigned assigner requested requester recruiter hrbp billing invoice "
    "sender from cc bcc reply school company contact alternate secondary other old previous dozent ausbilder formateur "
    "instructeur formador instructor"
)
"""Words of headers over addresses of somebody else than the person of the row."""
OF_ADDRESSES = words_in("email emails mail courriel correo username user login upn")
"""Words of headers over addresses, or over accounts that are addresses."""
LOOKED_AT = 1000
"""Rows that show what a column holds."""


def take_lone_addresses(kind: Kind, decoded: Decoded, places: dict[str, list[int]], mapping: Mapping) -> None:
    """Read the one unused column of addresses as those of the people, where no other has their ids or addresses."""
    known = {*places, *mapping.columns, *mapping.constants}
    if "email" in known or not (kind.lists_people or (kind.names_people and "employee_id" not in known)):
        return
    used = {at for positions in places.values() for at in positions}
    of_people = [
        at
        for at, header in enumerate(decoded.header)
        if header
        and at not in used
        and not is_sensitive(header)
        and OF_ADDRESSES & (named := set(header_words(header)))
        and not OF_OTHERS & named
        and _are_addresses(decoded, at, len(decoded.columns[at]) if kind.lists_people else 0)
    ]
    if len(of_people) == 1 and any(column.name == "email" for column in kind.file_columns):
        places["email"] = of_people


def _are_addresses(decoded: Decoded, at: int, different: int) -> bool:
    """Whether all filled cells of a column are addresses; in a roster each is another one."""
    filled = [cell.strip() for cell in decoded.columns[at][:LOOKED_AT].to_pylist() if cell.strip()]
    is_each = not different or len(set(filled)) == len(filled)
    return bool(filled) and is_each and all("@" in cell and " " not in cell for cell in filled)
