"""Rows below a matrix that explain its levels."""

import re
from collections.abc import Sequence

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.footers import LONGEST_FOOTER
from skilltrack.ingest.reading.matrix import is_blank

SPARSE = 2
"""Most filled cells in a line of a legend."""
LEGEND = re.compile(
    r"(legend|legende|légende|leyenda|key|scale|skala|échelle|escala|notes?|hinweis)\b.*", re.IGNORECASE
)


def filled_cells(decoded: Decoded, row: int) -> list[str]:
    """The cells of a row that hold something."""
    return [cell for column in decoded.columns if (cell := column[row].as_py().strip())]


def legend_rows(decoded: Decoded, levels: Sequence[int], lines: list[int]) -> range:
    """The rows at the end that explain the levels: a few cells each, without a level unless one is a legend."""
    begins = len(lines)
    for row in range(len(lines) - 1, max(0, len(lines) - LONGEST_FOOTER), -1):
        cells = filled_cells(decoded, row)
        if len(cells) > SPARSE:
            break
        is_rated = any(not is_blank(decoded.columns[at][row].as_py()) for at in levels)
        if LEGEND.fullmatch(cells[0]) or "=" in "".join(cells) or not is_rated:
            begins = row
    return range(begins, len(lines))
