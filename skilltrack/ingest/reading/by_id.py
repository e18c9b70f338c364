"""Lists that say which stored awards have ended and name them by their award_id: the rest is stored already."""

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.places import Places
from skilltrack.ingest.reading.recognise import missing_columns
from skilltrack.ingest.reading.states import look
from skilltrack.ingest.reading.status import few_values
from skilltrack.kinds import Kind


def is_by_id(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping, is_again: bool) -> bool:
    """Whether a file that lacks needed columns names stored awards by their ids, and says which have ended.

    The ids stand alone, or no other column is left that could be one of those that are missing.
    """
    given = set(places) | set(mapping.constants)
    if not kind.optional_id or kind.optional_id not in places or is_again:
        return bool(kind.optional_id) and kind.optional_id in places
    used = {at for positions in places.values() for at in positions}
    left = [at for at, header in enumerate(decoded.header) if header and at not in used]
    statuses = [at for at in left if _is_status(kind, decoded, at)]
    tells_an_end = any(column.ends and column.name in given for column in kind.columns)
    lacks_all = set(missing_columns(kind, given)) == set(missing_columns(kind, set()))
    return (tells_an_end or bool(statuses)) and (lacks_all or left == statuses)


def _is_status(kind: Kind, decoded: Decoded, at: int) -> bool:
    counts = few_values(decoded.columns[at])
    status = None if counts is None else look(kind, decoded.header[at], counts)
    return status is not None and status.is_ours
