"""Workbooks: one sheet per table, with typed cells, frozen headers, filters and colours; About has the receipt.

Rows are written one after the other (`constant_memory`), so that memory does not grow with the report; text is always
text, never a formula or a link.
"""

import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name as column_name

from skilltrack.errors import BadFile, BadQuestion
from skilltrack.language import ENGLISH, _, current, day_format, month_format
from skilltrack.reports.as_csv import Tell, chunks, each
from skilltrack.reports.documents import SHARES, Document, Findings, Grid, Numbers, Table
from skilltrack.text import in_cells

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CODED = re.compile(r"_x[0-9A-Fa-f]{4}_")
"""A text that a sheet reads as one character, unless its first character is itself encoded."""
LOW, MIDDLE, HIGH = "#E69F00", "#F7F7F7", "#56B4E9"
"""Colours of a share, safe for colour-blind readers; the number stands in the cell."""
RECEIPT = ("{", ' "report": ')
"""How a receipt begins, line by line, whatever the language of its sheet."""


def write(
    document: Document, receipt: str, lines: list[tuple[str, str]], file: BinaryIO, tell: Tell = lambda message: None
) -> None:
    """The document as a workbook, with its receipt and the lines about it on the last sheet.

    Numbers and days stay numbers; days have the form of the language. Raises `BadQuestion` for a table that is too long
    for a sheet.
    """
    day = day_format().lower()
    with xlsxwriter.Workbook(file, OPTIONS | {"default_date_format": day}) as book:
        # A fixed date, so that the same numbers give the same file.
        book.set_properties({"title": document.title, "author": "Skilltrack", "created": datetime(2000, 1, 1)})
        forms = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF3", "text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "day": book.add_format({"num_format": day}),
            "moment": book.add_format({"num_format": f"{day} hh:mm:ss"}),
        }
        taken = {_("Receipt").lower(), _about_name().lower()}
        if any(isinstance(part, Numbers | Findings) for part in document.parts) and len(document.tables()) != 1:
            _summary(book, forms, document, taken)
        for part in document.parts:
            if isinstance(part, Table):
                _table(book, forms, part, _name(part.title, taken), tell)
            elif isinstance(part, Grid):
                _grid(book, forms, part, _name(part.title, taken))
        _about(book, forms, document, receipt, lines)
        for sheet in book.worksheets():
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)


def text(value: Any) -> str:
    """A text that fits a cell: without characters that XML does not allow, and cut to the length of a cell."""
    return NO_XML.sub("\ufffd", str(value))[:MOST_CHARACTERS]


def sheets(file: Path | bytes) -> dict[str, list[list[Any]]]:
    """The cells of every sheet, by name; raises `BadFile` when it is not a workbook."""
    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(file) if isinstance(file, bytes) else file)
        return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    except CalamineError as error:
        raise BadFile(f"{file!s:.200} is not a workbook: {error}. Name a file that a report wrote.") from error


def receipt_of(book: dict[str, list[list[Any]]]) -> str:
    """The receipt in the first column of a sheet, looked for from the last one on; empty if there is none."""
    for rows in reversed(book.values()):
        lines = [str(row[0]) for row in rows if row]
        for at, (first, second) in enumerate(pairwise(lines)):
            if first == RECEIPT[0] and second.startswith(RECEIPT[1]):
                return "\n".join(lines[at:])
    return ""


def _about_name() -> str:
    """What the sheet about the workbook is called."""
    return "About" if current() == ENGLISH else _("About this document")


def _name(title: str, taken: set[str]) -> str:
    """A name for a sheet: no forbidden character, at most 31 characters, used once."""
    base = re.sub(r"(?<=\d)/(?=\d)", "-", title)  # in a day
    base = re.sub(r"[\[\]:*?/\\']", " ", base)[:31].strip() or _("Sheet")
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base[:27]} {number}", number + 1
    taken.add(name.lower())
    return name


def _summary(book: Any, forms: dict[str, Any], document: Document, taken: set[str]) -> None:
    sheet, row = book.add_worksheet(_name(_("Summary"), taken)), 2
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 2, 28)
    sheet.write_string(0, 0, text(document.title), forms["title"])
    sheet.write_string(1, 0, text(document.question))
    for part in document.parts:
        lines: list[tuple[str, ...]] = []
        if isinstance(part, Numbers):
            lines = [("", "", ""), *part.cards]
        elif isinstance(part, Findings):
            lines = [("",), (part.title,), *((sentence,) for sentence in part.sentences)]
        for line in lines:
            for column, content in enumerate(line):
                sheet.write_string(row, column, text(content))
            row += 1


def _table(book: Any, forms: dict[str, Any], table: Table, name: str, tell: Tell) -> None:
    frame = table.shown()
    if len(frame) > MOST_ROWS:
        raise BadQuestion(
            _(
                "{table} has {n} rows; a sheet holds {most}. Ask for a team or an organisation, or use csv or parquet.",
                table=table.title,
                n=len(frame),
                most=MOST_ROWS,
            )
        )
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, key in enumerate(frame.columns):
        shown = max((len(str(value)) for value in frame[key].head(200)), default=0)
        sheet.set_column(column, column, min(max(len(table.labels.get(key, key)) + 3, int(shown) + 1), 60))
        sheet.write_string(0, column, text(table.labels.get(key, key)), forms["head"])
    _rows(sheet, forms, frame, tell)
    sheet.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
    for column, key in enumerate(frame.columns):
        if key in SHARES and len(frame):
            sheet.conditional_format(1, column, len(frame), column, _scale())
    if table.chart and len(frame):
        _chart(book, sheet, table, frame, name)


def _rows(sheet: Any, forms: dict[str, Any], frame: pd.DataFrame, tell: Tell) -> None:
    """Write the rows below the header without XlsxWriter's calls for single cells, which take four times as long."""
    if frame.empty:
        return
    sheet._check_dimensions(len(frame), len(frame.columns) - 1)
    sheet._write_single_row(len(frame) + 1)  # the header, then on to the row after the last
    names = [column_name(at) for at in range(len(frame.columns))]
    row = 1
    for part in chunks(frame, tell):
        cells = [_cells(part[column], forms, column) for column in part.columns]
        for values in zip(*cells, strict=True):
            row += 1
            line = "".join(f'<c r="{name}{row}"{cell}' for name, cell in zip(names, values, strict=True) if cell)
            sheet.row_data_fh.write(f'<row r="{row}">{line}</row>')


def _cells(column: pd.Series, forms: dict[str, Any], name: str) -> list[str]:
    """The XML after the address of each cell of a column, typed by its values; empty for an empty cell."""
    first = next((value for value in column.tolist() if not pd.isna(value)), "")
    kinds = ((datetime, "moment"), (date, "day"), (bool, ""), (int, "count"), (Decimal | float, "money"))
    kind = "share" if name in SHARES else next((kind for type_, kind in kinds if isinstance(first, type_)), "")
    style = f' s="{forms[kind]._get_xf_index()}"' if kind else ""
    cell: Callable[[Any], str]
    if isinstance(first, bool):
        cell = _boolean
    elif isinstance(first, int | float | Decimal):
        cell = f"{style}><v>{{}}</v></c>".format
    elif isinstance(first, date):
        cell = partial(_day, style)
    else:
        cell = _text
    return each(column, lambda value: "" if pd.isna(value) else cell(value))


def _boolean(value: bool) -> str:
    return f' t="b"><v>{value:d}</v></c>'


def _day(style: str, value: date) -> str:
    since = value - (datetime(1899, 12, 30) if isinstance(value, datetime) else date(1899, 12, 30))
    return f"{style}><v>{since / timedelta(days=1):.15g}</v></c>"


def _text(value: Any) -> str:
    escaped = escape(CODED.sub(r"_x005F\g<0>", text(value)), quote=False)
    return f' t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _scale() -> dict[str, Any]:
    return {
        "type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num", "min_value": 0,
        "mid_value": 0.5, "max_value": 1, "min_color": LOW, "mid_color": MIDDLE, "max_color": HIGH,
    }  # fmt: skip


def _chart(book: Any, sheet: Any, table: Table, frame: pd.DataFrame, name: str) -> None:
    """A chart of the first share over the first column, beside the table."""
    share = next(at for at, column in enumerate(frame.columns) if column in SHARES)
    chart = book.add_chart({"type": "line" if table.chart == "line" else "bar"})
    last = min(len(frame), 40)
    chart.add_series(
        {
            "name": table.title,
            "categories": [name, 1, 0, last, 0],
            "values": [name, 1, share, last, share],
            "line": {"color": "#0072B2", "width": 2.5},
            "fill": {"color": "#0072B2"},
        }
    )
    value_axis, name_axis = (
        {"min": 0, "max": 1, "num_format": "0%"},
        {"date_axis": False, "num_format": month_format().lower()},
    )
    if table.chart == "line":
        chart.set_y_axis(value_axis)
        chart.set_x_axis(name_axis)
    else:
        chart.set_x_axis(value_axis)
        chart.set_y_axis({"reverse": True})
    chart.set_legend({"none": True})
    chart.set_size({"width": 640, "height": 320 if table.chart == "line" else 120 + 20 * last})
    where = {"description": _("Chart of {title}; the numbers are in the table.", title=table.title)}
    sheet.insert_chart(1, len(frame.columns) + 1, chart, where)


def _grid(book: Any, forms: dict[str, Any], grid: Grid, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(grid.data["columns"]), 14)
    sheet.write_string(0, 0, grid.corner, forms["head"])
    columns, cells = grid.data["columns"], grid.data["cells"]
    for at, column in enumerate(columns, 1):
        sheet.write_string(0, at, text(column["label"]), forms["head"])
    for row, line in enumerate(grid.data["rows"], 1):
        sheet.write_string(row, 0, text(line["label"]))
        for at, column in enumerate(columns, 1):
            met, required = cells.get(f"{line['id']}\n{column['id']}", (0, 0))
            if required is None:
                sheet.write_string(row, at, _("hidden"))
            elif required:
                sheet.write_number(row, at, met / required, forms["share"])
    if grid.data["rows"] and columns:
        sheet.conditional_format(1, 1, len(grid.data["rows"]), len(columns), _scale())


def _about(book: Any, forms: dict[str, Any], document: Document, receipt: str, about: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(_about_name())
    sheet.set_column(0, 0, 110, forms["wrap"])
    lines = [
        document.title,
        document.question,
        "",
        *(in_cells(_("{label}: {value}", label=a, value=b)) for a, b in about),
        "",
    ]
    lines += dict.fromkeys(part.note for part in document.parts if isinstance(part, Table | Grid) and part.note)
    for definition in document.definitions:
        lines += ["".join(definition), ""]
    lines += [
        _("To make this file again and compare: {command}", command="python -m skilltrack reproduce FILE"),
        "",
        _("Receipt"),
        *receipt.splitlines(),
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, text(line), forms["title"] if row == 0 else forms["wrap"])
