"""PDF by Typst: tagged (PDF/UA-1), fonts embedded, the receipt attached. No browser.

The layout is `report.typ`; the document reaches it as JSON, so that no value can become markup. Fonts come from
our own files, never from the machine, so that the same document gives the same bytes anywhere.
"""

import json
import re
import shutil
import tempfile
import textwrap
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pymupdf_fonts
import typst
from fontTools.ttLib import TTFont

from skilltrack.config import settings
from skilltrack.errors import BadFile, Refused
from skilltrack.language import ENGLISH, _, current, decimal, number, table_day, table_month
from skilltrack.reports.documents import SHARES, Document, Findings, Grid, Numbers, Table
from skilltrack.tables import n_of_m, percent
from skilltrack.text import in_cells

TEMPLATE = Path(__file__).parent / "report.typ"
FONTS = ("figo", "figbo", "notosbo", "notos", "symbol2", "math")
"""Names in pymupdf_fonts: FiraGO for nearly every European and several other scripts, Noto for symbols."""
FOLDER = "skilltrack-fonts-"
"""The prefix of the folders in which fonts are stored while they are read."""
LEFT_BEHIND = 3600
"""Seconds after which such a folder is no longer in use."""
LONGEST, LONGEST_HEAD = 80, 30
"""Characters of a text that a cell shows, and that the header of a column of a grid shows."""
ON_A_PAGE = 60
"""More rows than fit on a page."""
SHORT = 12
"""Rows that stay together: however long their texts, they fit on a page."""
CODES = ("source", "reason", "status")
"""Columns of our own codes, with an underscore where a reader expects a space."""
BREAK = "\u200b"
"""An invisible character at which a long word may continue on the next line."""
NO_BREAK, NARROW = "\u00a0", "\u00a0\u202f"
"""A space at which no line ends, and those that become it."""
ODD = re.compile("[aeiouy]{5}|[^aeiouy]{10}|[^a-zß\u0153]")
"""Matches what no word has that is parted at its syllables."""
DAMAGED = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""Errors that pypdf raises on a damaged file, besides its own."""
BASIC = re.compile("[^\\n -~\u00a0-\u017f\u0391-\u03c9\u0410-\u044f–—…·‹›%]")
"""Matches any character but those that every font of ours draws, however it is combined."""


@cache
def _fonts(more: str) -> tuple[typst.Fonts, frozenset[int]]:
    """The fonts, and the characters that at least one of them can draw.

    Typst takes fonts from files only, and reads each when it is first used. All of ours are used once here, so that
    they are in memory and their files can be deleted at once.
    """
    _sweep()
    drawn: set[int] = set()
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        for name in FONTS:
            (Path(folder) / f"{name}.ttf").write_bytes(pymupdf_fonts.myfont(name))
        paths = [folder, *([more] if more else [])]
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
        for font in fonts.fonts():
            with TTFont(font.path, fontNumber=font.index, lazy=True) as font_file:
                characters = set(font_file.getBestCmap())
            drawn |= characters
            if Path(font.path or "").parent == Path(folder):
                style = f'font: "{font.family}", weight: {font.weight}, fallback: false'
                typst.compile(f"#text({style})[#str.from-unicode({max(characters)})]".encode(), font_paths=fonts)
    return fonts, frozenset(drawn)


def _sweep() -> None:
    """Remove the folders of processes that were killed while they read their fonts."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_BEHIND:
                shutil.rmtree(folder)


def write(
    document: Document, receipt: str, lines: list[tuple[str, str]], known_at: datetime | None, file: BinaryIO
) -> None:
    """The document as PDF/UA-1, with its receipt attached and its lines on the last page."""
    file.write(_compiled(document, receipt, lines, known_at, "pdf"))


def first_page(document: Document, lines: list[tuple[str, str]]) -> bytes:
    """A picture (PNG) of the first page; long tables are cut to the rows that can be on it."""
    parts = [replace(p, most=min(p.most, ON_A_PAGE)) if isinstance(p, Table) else p for p in document.parts]
    pages = _compiled(replace(document, parts=parts), "", lines, None, "png")
    return pages[0] if isinstance(pages, list) else pages


def receipt_of(path: Path) -> str:
    """The receipt attached to a PDF; empty if there is none."""
    from pypdf import PdfReader  # takes long to load, and only reading a PDF needs it
    from pypdf.errors import PyPdfError

    try:
        return b"".join(PdfReader(path).attachments.get("receipt.json", [])).decode("utf-8")
    except (PyPdfError, *DAMAGED) as error:
        raise BadFile(f"{path} is not a PDF: {error}. Name a file that a report wrote.") from error


def _compiled(
    document: Document, receipt: str, lines: list[tuple[str, str]], known_at: datetime | None, form: Any
) -> Any:
    fonts, drawn = _fonts(settings().fonts)
    made_at = (known_at or datetime(2000, 1, 1)).replace(tzinfo=UTC, microsecond=0)
    shown = [
        part
        for part in document.parts
        if (not isinstance(part, Table) or part.most) and (not isinstance(part, Grid) or part.data["rows"])
    ]
    contents = {
        "title": _word(document.title, 2 * LONGEST),
        "question": document.question,
        "lines": lines,
        "footer": " · ".join(
            _("{label}: {value}", label=label, value=_word(value, LONGEST // 2)) for label, value in lines[:3]
        ),
        "parts": [_part(part) for part in shown],
        "definitions": document.definitions,
        "date": [made_at.year, made_at.month, made_at.day],
        "language": current(),
        "words": {
            "about": _("About this document"),
            "what": _("What"),
            "how": _("How"),
            "empty": _("Nothing to list for these filters."),
            "receipt": _("What this document was made from; {command} reads it.", command="`skilltrack reproduce`"),
        },
    }
    for allowed in (lambda character: ord(character) in drawn, lambda character: not BASIC.match(character)):
        data = json.dumps({**_drawable(contents, allowed), "receipt": receipt}, ensure_ascii=False)
        try:
            return typst.compile(
                TEMPLATE,
                format=form,
                font_paths=fonts,
                sys_inputs={"data": data},
                timestamp=made_at,
                ppi=110,
                pdf_standards=["ua-1"] if form == "pdf" else [],
            )
        except typst.TypstError as error:
            failed = error
    raise Refused(f"The PDF cannot be typeset: {failed}. Ask for xlsx, or name a folder of fonts in SKILLTRACK_FONTS.")


def _drawable(value: Any, allowed: Any) -> Any:
    """Every text without invisible characters, with a question mark for those that no font draws."""
    if isinstance(value, str):
        shown = (
            NO_BREAK if character in NARROW else " " if character.isspace() else character
            for character in unicodedata.normalize("NFC", value)
            if character.isspace() or character == BREAK or unicodedata.category(character)[0] != "C"
        )
        text = "".join(
            character if character in " " + NO_BREAK + BREAK or allowed(character) else "?" for character in shown
        )
        return _breakable(text if len(text) <= LONGEST * 16 else text[: LONGEST * 16] + " …")
    if isinstance(value, dict):
        return {name: _drawable(item, allowed) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item, allowed) for item in value]
    return value


def _breakable(text: str, at: int = 18) -> str:
    """A text whose very long words may continue on the next line after every `at` characters.

    Words of other languages than English are often that long: where they have syllables, the layout parts them there.
    """

    def parted(word: re.Match[str]) -> str:
        has_syllables = current() != ENGLISH and word.group().isalpha() and not ODD.search(_plain(word.group()))
        return word.group() if has_syllables else BREAK.join(textwrap.wrap(word.group(), at))

    return re.sub(rf"[^\s{BREAK}]{{19,}}", parted, text)


def _plain(word: str) -> str:
    """A word in small letters without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(sign))


def _part(part: Table | Grid | Numbers | Findings) -> dict[str, Any]:
    if isinstance(part, Numbers):
        cards = [
            (_word(label, LONGEST // 2), value, _word(below, LONGEST * 3 // 4)) for label, value, below in part.cards
        ]
        return {"kind": "numbers", "cards": cards}
    if isinstance(part, Findings):
        return {"kind": "findings", "title": part.title, "sentences": part.sentences}
    if isinstance(part, Grid):
        return _grid(part)
    frame = part.shown()
    note = part.note
    if len(frame) > part.most:
        rest = _("The first {n} of {m} rows; the workbook (xlsx) holds all.", n=part.most, m=len(frame))
        note = f"{note} {rest}".strip()
    heads = [part.labels.get(name, name.replace("_", " ").capitalize()) for name in frame.columns]
    shares = [name in SHARES for name in frame.columns]
    numeric = [
        is_share or pd.api.types.is_numeric_dtype(frame[name].dtype)
        for is_share, name in zip(shares, frame, strict=True)
    ]
    rows = [list(cells) for cells in _cells(frame.head(part.most))]
    lengths = [
        -1 if is_share else min(max(len(heads[at]), *(len(str(row[at])) for row in rows[:200]), 4), 40) if rows else 4
        for at, is_share in enumerate(shares)
    ]
    is_wide = sum(lengths) > (90 if len(heads) <= 8 else 140)  # then short columns get the width they need
    widths = [0 if is_wide and 0 < width <= 14 else width for width in lengths]
    alt, months = "", []
    if part.chart == "line" and any(row[shares.index(True)] for row in rows):
        each = [(str(row[0]), row[shares.index(True)]) for row in rows]
        values = [_("{label}: {value}", label=day, value=share["text"] if share else _("none")) for day, share in each]
        alt = in_cells(_("Columns of {title}. {values}.", title=part.title, values=", ".join(values)))
        months = [_month(day) for day in frame.iloc[: part.most, 0]]
    return {
        "kind": "table", "title": part.title, "heads": heads, "numeric": numeric, "rows": rows, "note": note,
        "shares": shares, "alt": alt, "months": months, "widths": widths, "is_short": len(rows) <= SHORT,
    }  # fmt: skip


def _cells(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    columns = []
    for name in frame.columns:
        word = _share if name in SHARES else _code if name in CODES else _word
        columns.append([word(value) for value in frame[name].tolist()])
    return zip(*columns, strict=True)


def _share(value: Any) -> dict[str, Any] | None:
    """The text of a share, with the number for the bar beside it."""
    return None if pd.isna(value) else {"text": percent(value, 1), "part": min(max(float(value), 0), 1)}


def _code(value: Any) -> str:
    return _word(value).replace("_", " ")


def _word(value: Any, longest: int = LONGEST) -> str:
    """One value as a reader expects it."""
    if pd.isna(value):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return number(value)
    if isinstance(value, float | Decimal):
        return decimal(value)
    if isinstance(value, datetime):
        return f"{table_day(value)} {value:%H:%M}"
    if isinstance(value, date):
        return table_day(value)
    text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _month(value: Any) -> str:
    """The month of a day below a column of a chart."""
    return table_month(value) if isinstance(value, date) else str(value)[:7]


def _grid(grid: Grid) -> dict[str, Any]:
    columns, cells = grid.data["columns"], grid.data["cells"]
    rows = [
        {
            "label": _word(row["label"]),
            "cells": [_square(cells.get(f"{row['id']}\n{column['id']}"), grid.is_levels) for column in columns],
        }
        for row in grid.data["rows"]
    ]
    return {
        "kind": "grid",
        "title": grid.title,
        "corner": grid.corner,
        "rows": rows,
        "note": grid.note,
        "columns": [_breakable(_word(column["label"], LONGEST_HEAD), 9) for column in columns],
        "is_short": len(rows) <= SHORT,
    }


def _square(cell: Any, is_levels: bool) -> dict[str, Any] | None:
    """A cell of a grid: the share that colours it, and its texts."""
    if cell is None:
        return None
    part, whole = cell
    if not whole:
        return {"part": None, "text": _("hidden") if whole is None else "–"}
    parts = n_of_m(part, whole)
    texts = (parts, "") if is_levels else (percent(part, whole), parts)
    return {"part": min(part / whole, 1), "text": texts[0], "below": texts[1]}
