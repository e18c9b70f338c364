"""The vectorised reader, for UTF-8 without quotes in which every line is one full row or blank."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from skilltrack.ingest.reading.content import Content
from skilltrack.ingest.reading.records import LARGEST_CELL

LINE = "line"
"""The column with the line of each row."""
STRETCH, FEW = 2**23, 2**19
"""Bytes that are read at once; fewer where some lines are blank, as numbering the others takes far more memory."""


class Odd(Exception):
    """Raised for a file that only the careful reader can read."""


def clean_batches(content: Content, start: int, width: int, delimiter: str) -> Iterator[pa.RecordBatch]:
    """Rows as columns of text, the last one being their lines; a stretch of whole lines at a time."""
    names, line = [str(at) for at in range(width)], 2
    while start < len(content):
        stretch = _whole_lines(content, start, STRETCH)
        has_blank = stretch[:1] in b"\r\n" or b"\n\n" in stretch or b"\n\r\n" in stretch
        if has_blank and stretch.strip(b"\r\n"):  # numbering the other lines takes eight times their size
            stretch = _whole_lines(content, start, FEW)
        lines = stretch.count(b"\n") + (not stretch.endswith(b"\n"))
        if stretch.strip(b"\r\n"):
            table = pyarrow.csv.read_csv(
                pa.BufferReader(stretch),
                pyarrow.csv.ReadOptions(column_names=names, block_size=STRETCH // 2),
                pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False),
                pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
            )
            numbers = _filled_lines(stretch) if has_blank else np.arange(lines)
            if len(table) != len(numbers):
                raise Odd
            for batch in table.append_column(LINE, pa.array(numbers + line)).to_batches():
                yield _without_blank(batch)
        start, line = start + len(stretch), line + lines


def _whole_lines(content: Content, start: int, most: int) -> bytes:
    """The whole lines from `start` on, in `most` bytes at most."""
    end = min(start + most, len(content))
    if end < len(content):
        end = content.rfind(b"\n", start, end) + 1
    if end <= start:
        raise Odd
    return content[start:end]


def _filled_lines(stretch: bytes) -> np.ndarray:
    """Which lines of a stretch, counted from 0, are not empty."""
    characters = np.frombuffer(stretch, np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    ends = ends if characters[-1] == ord("\n") else np.append(ends, len(characters))
    starts = np.concatenate(([0], ends[:-1] + 1))
    is_blank = (ends == starts) | ((ends - starts == 1) & (characters[starts] == ord("\r")))
    return np.flatnonzero(~is_blank)


def _without_blank(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows that have a filled cell."""
    is_blank = None
    for column in batch.columns[:-1]:
        if len(column) and pc.max(pc.binary_length(column)).as_py() > LARGEST_CELL:
            raise Odd
        if is_blank is None or pc.any(is_blank).as_py():
            blank = pc.equal(pc.utf8_trim_whitespace(column), "")
            is_blank = blank if is_blank is None else pc.and_(is_blank, blank)
    return batch.filter(pc.invert(is_blank)) if pc.any(is_blank).as_py() else batch
