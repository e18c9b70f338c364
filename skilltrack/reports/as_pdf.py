"""PDF by Typst: tagged (PDF/UA-1), fonts embedded, the receipt attached. No browser.

The layout is `report.typ`; the document reaches it as JSON, so that no value can become markup. Fonts are files of ours
only, never the machine's, so that the same document gives the same bytes anywhere.
"""

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pymupdf_fonts
import typst
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from skilltrack.config import settings
from skilltrack.errors import BadFile, Refused
from skilltrack.reports.as_json import plain
from skilltrack.reports.documents import SHARES, Document, Findings, Grid, Numbers, Table

TEMPLATE = Path(__file__).parent / "report.typ"
FONTS = ("figo", "figbo", "notosbo", "notos", "symbol2", "math")
"""Names in pymupdf_fonts: FiraGO for nearly every European and several other scripts, Noto for signs."""
LONGEST = 160
"""Signs of a text that a page shows."""
BREAK = "\u200b"
"""An invisible sign at which a long word may go on in the next line."""
BASIC = re.compile("[^\\n -~\u00a0-\u017f\u0391-\u03c9\u0410-\u044f–—…·‹›%]")
"""What every font of ours draws, however it is combined."""


@cache
def _fonts(more: str) -> tuple[typst.Fonts, frozenset[int]]:
    """The fonts, and the signs that some of them can draw."""
    folder = Path(tempfile.mkdtemp(prefix="skilltrack-fonts-"))
    for name in FONTS:
        (folder / f"{name}.ttf").write_bytes(pymupdf_fonts.myfont(name))
    paths = [str(folder), *([more] if more else [])]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
    drawn: set[int] = set()
    for font in fonts.fonts():
        with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
            drawn |= set(opened.getBestCmap())
    return fonts, frozenset(drawn)


def write(
    document: Document, receipt: str, lines: list[tuple[str, str]], known_at: datetime | None, file: BinaryIO
) -> None:
    """The document as PDF/UA-1, with its receipt attached and its lines on the last page."""
    file.write(_compiled(document, receipt, lines, known_at, "pdf"))


def first_page(document: Document, lines: list[tuple[str, str]]) -> bytes:
    """A picture (PNG) of the first page."""
    pages = _compiled(document, "", lines, None, "png")
    return pages[0] if isinstance(pages, list) else pages


def receipt_of(path: Path) -> str:
    """The receipt attached to a PDF, empty for none."""
    try:
        return b"".join(PdfReader(path).attachments.get("receipt.json", [])).decode("utf-8")
    except PyPdfError as error:
        raise BadFile(f"{path} is no PDF: {error}. Name a file that a report wrote.") from error


def _compiled(
    document: Document, receipt: str, lines: list[tuple[str, str]], known_at: datetime | None, form: Any
) -> Any:
    fonts, drawn = _fonts(settings().fonts)
    made_at = (known_at or datetime(2000, 1, 1)).replace(tzinfo=UTC, microsecond=0)
    parts = [_part(part) for part in document.parts if not isinstance(part, Table) or part.most]
    said = {
        "title": document.title, "question": document.question, "lines": lines, "receipt": receipt,
        "parts": parts, "definitions": document.definitions, "date": [made_at.year, made_at.month, made_at.day],
    }  # fmt: skip
    for allowed in (lambda sign: ord(sign) in drawn, lambda sign: not BASIC.match(sign)):
        data = json.dumps({**_drawable(said, allowed), "receipt": receipt}, ensure_ascii=False)
        try:
            return typst.compile(
                TEMPLATE, format=form, font_paths=fonts, sys_inputs={"data": data}, timestamp=made_at, ppi=110,
                pdf_standards=["ua-1"] if form == "pdf" else [],
            )  # fmt: skip
        except typst.TypstError as error:
            failed = error
    raise Refused(f"The PDF cannot be set: {failed}. Ask for xlsx, or name a folder of fonts in SKILLTRACK_FONTS.")


def _drawable(value: Any, allowed: Any) -> Any:
    """Every text without signs that are never seen, with a mark for those that no font draws."""
    if isinstance(value, str):
        shown = (" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", value)
                 if sign.isspace() or sign == BREAK or unicodedata.category(sign)[0] != "C")  # fmt: skip
        text = "".join(sign if sign in " " + BREAK or allowed(sign) else "?" for sign in shown)
        return text if len(text) <= LONGEST * 8 else text[: LONGEST * 8] + " …"
    if isinstance(value, dict):
        return {name: _drawable(held, allowed) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(held, allowed) for held in value]
    return value


def _part(part: Table | Grid | Numbers | Findings) -> dict[str, Any]:
    if isinstance(part, Numbers):
        return {"kind": "numbers", "cards": part.cards}
    if isinstance(part, Findings):
        return {"kind": "findings", "title": part.title, "sentences": part.sentences}
    if isinstance(part, Grid):
        return _grid(part)
    frame = part.shown()
    note = part.note
    if len(frame) > part.most:
        note = f"{note} The first {part.most:,} of {len(frame):,} rows; the workbook (xlsx) holds all.".strip()
    heads = [part.labels.get(name, name.replace("_", " ")) for name in frame.columns]
    numeric = [name in SHARES or pd.api.types.is_numeric_dtype(frame[name].dtype) for name in frame.columns]
    rows = [list(cells) for cells in _cells(frame.head(part.most))]
    widths = [1 if is_number else min(max([len(heads[at]), *(len(str(row[at])) for row in rows[:200])]), 40)
              for at, is_number in enumerate(numeric)]  # fmt: skip
    return {
        "kind": "table", "title": part.title, "heads": heads, "numeric": numeric, "rows": rows, "note": note,
        "shares": [name in SHARES for name in frame.columns], "chart": part.chart, "widths": widths,
        "values": [plain(v) for v in next((frame[n].tolist() for n in frame.columns if n in SHARES), [])][: part.most],
    }  # fmt: skip


def _cells(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    columns = []
    for name in frame.columns:
        word = _share if name in SHARES else _word
        columns.append([word(value) for value in frame[name].tolist()])
    return zip(*columns, strict=True)


def _share(value: Any) -> Any:
    """A share as a number for the bar beside it."""
    return plain(value)


def _word(value: Any) -> str:
    """One value as a reader expects it."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = str(value)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return re.sub(r"(\S{18})(?=\S)", rf"\1{BREAK}", text)  # where a long word may break


def _grid(grid: Grid) -> dict[str, Any]:
    columns, cells = grid.data["columns"], grid.data["cells"]
    rows = [
        {"label": _word(row["label"]), "cells": [cells.get(f"{row['id']}\n{column['id']}") for column in columns]}
        for row in grid.data["rows"]
    ]
    return {
        "kind": "grid", "title": grid.title, "corner": grid.corner, "rows": rows, "note": grid.note,
        "columns": [_word(column["label"]) for column in columns],
    }  # fmt: skip
