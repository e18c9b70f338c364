"""Empty files to fill in, of one kind: as CSV, or as a workbook that says what each column holds."""

import io

from skilltrack.kinds.declared import KINDS
from skilltrack.kinds.in_words import holds
from skilltrack.kinds.meanings import Column

ROWS = 1000
"""Rows below the header whose cells offer their choices."""
YES_NO = ("true", "false")


def template_csv(kind: str) -> bytes:
    """The header of a kind in its reference form."""
    return (",".join(column.name for column in KINDS[kind].columns) + "\r\n").encode()


def template_workbook(name: str) -> bytes:
    """A sheet with the header of a kind, bold where a value is needed, what each column holds, and drop-downs."""
    import xlsxwriter  # takes a while to load, and only this needs it

    kind, content = KINDS[name], io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        needed, other = book.add_format({"bold": True}), book.add_format({"italic": True})
        text = book.add_format({"num_format": "@"})  # an id keeps its zeros
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(kind.columns):
            sheet.set_column(at, at, max(12, len(column.name) + 2), text)
            sheet.write_string(0, at, column.name, needed if column.required else other)
            sheet.write_comment(0, at, f"{'Needed' if column.required else 'May be empty'}: {holds(kind, column)}.")
            if choices := _choices(column):
                sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": list(choices)})
    return content.getvalue()


def _choices(column: Column) -> tuple[str, ...]:
    return column.choices or (YES_NO if column.type == "yes_no" else ())
