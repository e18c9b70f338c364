r"""Cells that hold more than our column needs: an id and a name, two days, an entry of a directory, an account.

`1001 - Ana Costa`, `01.02.2023 – 31.01.2025`, `CN=Ana Costa,OU=Sales`, `CORP\acosta`. What the cells below a header
hold stands in the mapping, `[cells]`, so that a file lands again in the same way; `looking_inside` finds it out.
"""

import re

import pyarrow as pa

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.mapping import Mapping, not_one_of
from skilltrack.kinds import Kind

RANGE, LAST, BOTH, ENTRY, ACCOUNT, OF_STATUS, WHOLE = HOLDS = (
    "begin and end",
    "last day",
    "id and name",
    "directory entry",
    "account",
    "day of a status",
    "one thing",
)
"""What the cells below a header can hold."""
_DAY = (
    r"(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}\.?[\s-][^\W\d_]{3,}\.?,?[\s-]\d{2,4}|[^\W\d_]{3,}\.?\s\d{1,2},?\s\d{4})"
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?"
)
_STILL = (
    r"(?:present|now|today|current|ongoing|open|open[- ]ended|date|till date|never|none|n/?a|unlimited|indefinite|"
    r"heute|jetzt|laufend|offen|unbefristet|aujourd['’]hui|ce jour|présent|en cours|actualidad|hoy|presente|vigente|"
    r"indefinido|…|\.\.\.|\?|-)"
)
_BETWEEN = (
    r"\s*(?:[-–—−→~;|/&]|\.\.\.?|\b(?:to|till|until|through|thru|bis(?: zum)?|au|jusqu['’]au|à|al?|hasta(?: el)?)\b)\s*"
)
_SINCE = (
    r"(?:(?:from|since|starting|vom|von|seit(?: dem)?|ab(?: dem)?|du|depuis(?: le)?|à partir du|desde(?: el)?|del)\s+)?"
)
PERIOD = re.compile(
    rf"{_SINCE}(?P<begin>{_DAY})(?:{_BETWEEN}(?:(?P<end>{_DAY})|{_STILL})?)?|{_BETWEEN}(?P<last>{_DAY})", re.IGNORECASE
)
"""A day, and the day on which it ended or a word that it goes on."""
_ID = r"#?(?P<id>[A-Za-z]{0,5}[-_.]?\d+(?:[-_.]\d+)*)"
NAMED_IDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<name>\D+?)\s*[(\[]\s*{_ID}\s*[)\]]",
        rf"[(\[]\s*{_ID}\s*[)\]]\s*(?P<name>[^()\[\]\d]+)",
        rf"{_ID}(?:\s*[–—:|,;/]\s*|\s+-\s*|-\s+|-(?=\S+\s\S)|\s+)(?P<name>[^()\[\]\d]+)",
        rf"(?P<name>[^()\[\]\d]+?)(?:\s*[–—:|;/#]\s*|\s+-\s*|\s*,\s*(?=\d)){_ID}",
    )
)
"""`Ana Costa (1001)`, `[1001] Ana Costa`, `1001 - Ana Costa`, `Costa, Ana / 1001`."""
OF_DIRECTORY = re.compile(r"\s*CN\s*=\s*(?P<name>(?:\\.|[^,\\])+)\s*(?:,.*)?", re.IGNORECASE | re.DOTALL)
OF_DOMAIN = re.compile(r"[\w.-]+\\(?P<account>[^\\@\s]+)")
OF_ADDRESS = re.compile(r"(?P<account>[^\\@\s]+)@[\w.-]+")


def inside(holds: str, cell: str, column: str = "", is_end: bool = False) -> str:
    """What a cell says for a column of ours; the cell as it is where it has another form than the others."""
    if holds == RANGE:
        period = PERIOD.fullmatch(cell)
        if period is None:
            return "" if is_end else cell
        return (period["end"] or period["last"] or "") if is_end else period["begin"] or ""
    if holds == LAST and (period := PERIOD.fullmatch(cell)):
        return period["end"] or period["last"] or period["begin"] or ""
    if holds == BOTH:
        named = next(filter(None, (pattern.fullmatch(cell) for pattern in NAMED_IDS)), None)
        return cell if named is None else named["id" if column.endswith("_id") else "name"].strip()
    if holds == ENTRY and (entry := OF_DIRECTORY.fullmatch(cell)):
        return re.sub(r"\\(.)", r"\1", entry["name"]).strip()
    if holds == ACCOUNT and (account := OF_DOMAIN.fullmatch(cell) or OF_ADDRESS.fullmatch(cell)):
        return account["account"]
    return cell


def taken_from(
    kind: Kind, column: str, header: str, cells: pa.ChunkedArray, mapping: Mapping, room: Room
) -> pa.ChunkedArray:
    """The cells below a header as far as they are about a column of ours; raises `BadFile` for an unknown word."""
    holds = mapping.cells.get(header, "")
    if holds and holds not in HOLDS:
        raise not_one_of(HOLDS, mapping, f"cells.{header}", holds)
    if holds in ("", WHOLE, OF_STATUS):
        return cells
    is_end = column == period_of(kind)[1]

    def part(piece: pa.Array) -> pa.Array:
        coded = piece.dictionary_encode()
        parts = [inside(holds, cell, column, is_end) for cell in coded.dictionary.to_pylist()]
        return pa.array(parts, pa.string()).take(coded.indices)

    return room.changed(part, cells)


def period_of(kind: Kind) -> tuple[str, str]:
    """Our columns of the day on which a row begins and of the one on which it ends; empty where it has none."""
    if kind.lists_people:
        return "hired_on", "left_on"
    ends = next((name for name in ("expires_on", "valid_to") if name in kind.ends), "")
    return (kind.begins, ends) if kind.begins and ends else ("", "")
