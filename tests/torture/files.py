"""Files that break importers, each with the one right outcome: what is stored, or what is said and about which line.

A golden outcome is a tuple: ("stored", rows as (line, id, name, hired_on)) or ("refused", line or None, words of the
message) or ("asked", what about). All are rosters, unless the kind says spend.
"""

import codecs
import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import xlsxwriter

HEAD, DAY = "employee_id,name,hired_on\n", datetime(2024, 1, 2)
ANN, BO = (2, "1", "Ann", "2024-01-02"), (3, "2", "Bo", None)
TWO = "1,Ann,2024-01-02\n2,Bo,\n"
SPEND = "spend_id,credential_id,paid_on,amount,currency,funding_source\n"


def stored(*rows):
    """Golden: these rows land."""
    return ("stored", *rows)


def refused(line, words):
    """Golden: nothing lands; the message names this line and has these words."""
    return ("refused", line, words)


def asked(about):
    """Golden: nothing lands before a question about this is answered."""
    return ("asked", about)


def workbook(*sheets, header=0):
    """An XLSX of sheets, each a list of rows."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"default_date_format": "dd/mm/yy hh:mm"})
    for number, rows in enumerate(sheets):
        sheet = book.add_worksheet(f"S{number + 1}")
        for at, row in enumerate(rows, header):
            sheet.write_row(at, 0, row)
    book.close()
    return written.getvalue()


def bomb():
    """A workbook that unpacks into a thousand times its size."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<x/>")
        parts.writestr("xl/workbook.xml", b" " * 300_000_000)
    return written.getvalue()


def content_of(name):
    """The bytes of one of the files."""
    content = FILES[name][1]
    return content() if callable(content) else content


def amount(cell):
    """A spend file with one amount."""
    return (SPEND + f'1,c1,2024-01-02,"{cell}",EUR,employer\n').encode()


FILES: dict[str, tuple[str, bytes | Callable[[], bytes], tuple]] = {
    "plain": ("roster", (HEAD + TWO).encode(), stored(ANN, BO)),
    "byte order mark": ("roster", codecs.BOM_UTF8 + (HEAD + TWO).encode(), stored(ANN, BO)),
    "CRLF": ("roster", (HEAD + TWO).replace("\n", "\r\n").encode(), stored(ANN, BO)),
    "old Mac line ends": ("roster", (HEAD + TWO).replace("\n", "\r").encode(), stored(ANN, BO)),
    "mixed line ends": ("roster", b"employee_id,name,hired_on\r\n1,Ann,2024-01-02\n2,Bo,\r\n", stored(ANN, BO)),
    "no line end at the end": ("roster", (HEAD + TWO).rstrip().encode(), stored(ANN, BO)),
    "UTF-16 with a mark": ("roster", (HEAD + TWO).encode("utf-16"), stored(ANN, BO)),
    "UTF-16 big endian with a mark": (
        "roster", codecs.BOM_UTF16_BE + (HEAD + TWO).encode("utf-16-be"), stored(ANN, BO)
    ),
    "UTF-16 without a mark": ("roster", (HEAD + TWO).encode("utf-16-le"), asked("encoding")),
    "cp1252": ("roster", (HEAD + "1,Jürgen,\n").encode("cp1252"), asked("encoding")),
    "bad UTF-8 deep in the file": ("roster", (HEAD + TWO * 1).encode() + b"3,Zo\xeb,\n", asked("encoding")),
    "semicolons": ("roster", (HEAD + TWO).replace(",", ";").encode(), stored(ANN, BO)),
    "tabs": ("roster", (HEAD + TWO).replace(",", "\t").encode(), stored(ANN, BO)),
    "bars": ("roster", (HEAD + TWO).replace(",", "|").encode(), stored(ANN, BO)),
    "carets": ("roster", (HEAD + TWO).replace(",", "^").encode(), stored(ANN, BO)),
    "semicolons with commas in cells": (
        "roster", b"employee_id;name\n1;Ann, the first\n2;Bo, the other\n",
        stored((2, "1", "Ann, the first", None), (3, "2", "Bo, the other", None)),
    ),
    "a sep line": ("roster", ("sep=;\n" + (HEAD + TWO).replace(",", ";")).encode(), stored((3, *ANN[1:]), (4, *BO[1:]))),
    "a quoted line break, then a bad cell": ("roster", (HEAD + '1,"A\nnn",\n2,Bo,soon\n').encode(), refused(4, "not a date")),
    "a quoted line break": ("roster", (HEAD + '1,"A\nnn",\n2,Bo,\n').encode(), stored((2, "1", "A\nnn", None), (4, "2", "Bo", None))),
    "blank lines": ("roster", (HEAD + "\n1,Ann,2024-01-02\n\n,,\n2,Bo,\n\n").encode(), stored((3, *ANN[1:]), (6, *BO[1:]))),
    "a short row": ("roster", (HEAD + "1,Ann\n" + "2,Bo,\n").encode(), refused(2, "2 cells where the header has 3")),
    "a long row": ("roster", (HEAD + "1,Ann,,x\n").encode(), refused(2, "4 cells where the header has 3")),
    "an unquoted comma": ("roster", (HEAD + "1,Ace, Ann,2024-01-02\n").encode(), refused(2, "Quote cells")),
    "empty cells beyond the header": ("roster", (HEAD + "1,Ann,2024-01-02,,,\n2,Bo,,,,\n").encode(), stored(ANN, BO)),
    "an unclosed quote": ("roster", (HEAD + '1,"Ann,2024-01-02\n2,Bo,\n').encode(), refused(2, "never closed")),
    "a quote inside quotes": ("roster", (HEAD + '1,"An"n",\n').encode(), refused(2, "Double a quote")),
    "a lone quote inside a cell": ("roster", (HEAD + '1,An"n,\n').encode(), stored((2, "1", 'An"n', None))),
    "no header row": ("roster", TWO.encode(), refused(None, "lacks employee_id, name")),
    "columns in another order": (
        "roster", b"name,hired_on,employee_id\nAnn,2024-01-02,1\nBo,,2\n", stored(ANN, BO)
    ),
    "a doubled header": ("roster", b"employee_id,name,name\n1,Ann,Bo\n", refused(None, "two columns called 'name'")),
    "an unnamed header": ("roster", b"employee_id,name,\n1,Ann,x\n", stored((2, "1", "Ann", None))),
    "two header rows": (
        "roster", b"employee_id,name,hired_on\nEmployee ID,Full Name,Hire Date\n1,Ann,2024-01-02\n",
        stored((3, *ANN[1:])),
    ),
    "a preamble": ("roster", ("Roster of today\nPrinted by HR\n\n" + HEAD + TWO).encode(), stored((5, *ANN[1:]), (6, *BO[1:]))),
    "a comment above": ("roster", ("# made by a script\n" + HEAD + TWO).encode(), stored((3, *ANN[1:]), (4, *BO[1:]))),
    "a line of totals": ("roster", (HEAD + TWO + "Total,,\n").encode(), stored(ANN, BO)),
    "a line of totals that counts": ("roster", b"employee_id,name,team,hired_on\n1,Ann,,2024-01-02\nTotal,1,,\n", stored(ANN)),
    "days with and without a time": (
        "roster", (HEAD + "1,Ann,2024-01-02\n2,Bo,2024-01-02 08:30:00\n").encode(), stored(ANN, (3, "2", "Bo", "2024-01-02")),
    ),
    "one line of 10 MB": ("roster", (HEAD + "1," + "x" * 10_000_000 + ",\n").encode(), refused(2, "more than 131072")),
    "no line end in 10 MB": ("roster", b"x" * 10_000_000, refused(1, "more than 131072")),
    "an empty file": ("roster", b"", refused(None, "is empty")),
    "nothing but blanks": ("roster", b"\n \n\n", refused(None, "is empty")),
    "a header only": ("roster", HEAD.encode(), refused(None, "no rows")),
    "a header of 100,000 columns": (
        "roster", (",".join(f"c{n}" for n in range(100_000)) + "\n").encode(), refused(None, "more than 1,000"),
    ),
    "a cell of 3 MB": ("roster", (HEAD + '1,"' + "y\n" * 1_500_000 + '",\n').encode(), refused(2, "more than 131072")),
    "an ambiguous date": ("roster", (HEAD + "1,Ann,03/04/2024\n").encode(), asked("dates.hired_on")),
    "dates that show their style": (
        "roster", (HEAD + "1,Ann,02/01/2024\n2,Bo,25/01/2024\n").encode(), stored(ANN, (3, "2", "Bo", "2024-01-25")),
    ),
    "spreadsheet days": ("roster", (HEAD + "1,Ann,45322\n").encode(), asked("dates.hired_on")),
    "a day that does not exist": ("roster", (HEAD + "1,Ann,2024-02-30\n").encode(), refused(2, "not a date")),
    "words that engines take as dates": ("roster", (HEAD + "1,Ann,epoch\n").encode(), refused(2, "not a date")),
    "dates of nothing": ("roster", (HEAD + "1,Ann,0000-00-00\n2,Bo,N/A\n").encode(), stored((2, "1", "Ann", None), BO)),
    "ids that look like numbers": (
        "roster", (HEAD + "1E5,Ann,\n007,Bo,\n12e3,Cy,\n").encode(),
        stored((2, "1E5", "Ann", None), (3, "007", "Bo", None), (4, "12e3", "Cy", None)),
    ),
    "an id twice": ("roster", (HEAD + "1,Ann,\n1,Anne,\n").encode(), refused(2, "line 3 too")),
    "a row twice": ("roster", (HEAD + "1,Ann,\n1,Ann,\n").encode(), stored((2, "1", "Ann", None))),
    "not a number": ("spend", amount("NaN"), refused(2, "not an amount")),
    "infinity": ("spend", amount("Infinity"), refused(2, "not an amount")),
    "an exponent": ("spend", amount("1e3"), refused(2, "not an amount")),
    "three decimals": ("spend", amount("10.005"), asked("amounts.amount")),
    "thousands and a point": ("spend", amount("1,234.50"), stored("1234.50")),
    "a currency sign": ("spend", amount("€ 99"), stored("99.00")),
    "a sign of another currency": ("spend", amount("£99.00"), refused(2, "not an amount")),
    "brackets for a refund": ("spend", amount("(12.00)"), stored("-12.00")),
    "a decimal comma": ("spend", amount("10,50"), stored("10.50")),
    "thousands or decimals": ("spend", amount("1.234"), asked("amounts.amount")),
    "a NUL character": ("roster", (HEAD + "1,An\x00n,\n").encode(), refused(2, "NUL")),
    "a formula": ("roster", (HEAD + "1,\"=cmd|' /C calc'!A0\",\n").encode(), stored((2, "1", "=cmd|' /C calc'!A0", None))),
    "a compressed file": ("roster", gzip.compress(b"x"), refused(None, "compressed")),
    "a PDF": ("roster", b"%PDF-1.7\n", refused(None, "PDF")),
    "an old workbook": ("roster", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, refused(None, "before 2007")),
    "a ZIP of files": ("roster", b"PK\x03\x04" + b"\x00" * 60, refused(None, "ZIP")),
    "a workbook": ("roster", workbook([["employee_id", "name"], ["007", "Ann"], [8, "Bo"]]), stored((2, "007", "Ann", None), (3, "8", "Bo", None))),
    "a workbook of typed cells": (
        "roster", workbook([["employee_id", "name", "hired_on"], [7, True, DAY], [8.5, 2.0, DAY + timedelta(hours=8)], [123456789012345, 1e-5, None]]),
        stored((2, "7", "true", "2024-01-02"), (3, "8.5", "2", "2024-01-02"), (4, "123456789012345", "1e-05", None)),
    ),
    "a workbook with rows above": ("roster", workbook([["Roster"], [], ["employee_id", "name"], ["1", "Ann"]]), stored((4, "1", "Ann", None))),
    "a workbook of which one sheet fits": ("roster", workbook([["x"], ["y"]], [["employee_id", "name"], ["1", "Ann"]]), stored((2, "1", "Ann", None))),
    "a workbook of which two sheets fit": ("roster", workbook([["employee_id", "name"], ["1", "Ann"]], [["employee_id", "name"], ["1", "Bo"]]), asked("sheet")),
    "an empty workbook": ("roster", workbook([]), refused(None, "is empty")),
    "a workbook that is a bomb": ("roster", bomb, refused(None, "too much")),
    "a damaged workbook": ("roster", workbook([["employee_id", "name"], ["1", "Ann"]])[:-400], refused(None, "ZIP|workbook")),
}  # fmt: skip
