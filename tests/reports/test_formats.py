"""What a file says is what the metric says, whatever the format and whatever is in the names."""

import csv
import io
import json
import random
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import from_excel
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from skilltrack.commands.reports import report_command
from skilltrack.config import ROOT
from skilltrack.errors import BadQuestion
from skilltrack.questions import Metrics, catalogue, reports
from skilltrack.reports import as_csv, as_json, as_parquet, as_pdf, as_xlsx
from skilltrack.reports.documents import SHARES, Document, Grid, Table
from skilltrack.reports.exports import export, forms_of
from skilltrack.reports.formats import FORMATS
from skilltrack.tables import percent
from tests.long import some, sweep
from tests.reports.conftest import EVERYONE, made, order

NAMES = reports()


def asked(store, name):
    return Metrics(store).ask(name, EVERYONE, order(name, "csv").filters)


def cells(frame):
    return [[None if pd.isna(v) else v for v in row] for row in zip(*(frame[c].tolist() for c in frame), strict=True)]


class Moment:
    """A time of a day as any reader gives it: each rounds in its own way."""

    def __init__(self, at):
        self.at = at

    def __eq__(self, other):
        return isinstance(other, Moment) and abs(self.at - other.at) < timedelta(milliseconds=10)

    def __repr__(self):
        return f"Moment({self.at})"


def as_number(value):
    """A value as any reader gives it, and a day where there is no time."""
    if isinstance(value, datetime):
        value = pd.Timestamp(value).tz_localize(None)
        nearest = value.round("s")
        return nearest.date() if nearest == nearest.normalize() else Moment(value)
    return float(value) if isinstance(value, Decimal | int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize("name", NAMES)
def test_csv_and_json_hold_the_metric(store, name):
    frame = asked(store, name)
    printed = list(csv.reader(io.StringIO(made(store, name, "csv").decode())))
    objects = json.loads(made(store, name, "json"))

    assert printed[0] == list(frame.columns)
    assert printed[1:] == [[as_csv.cell(v) for v in row] for row in cells(frame)]
    assert [list(row) for row in objects] == [list(frame.columns)] * len(frame)
    assert [list(row.values()) for row in objects] == [[as_json.plain(v) for v in row] for row in cells(frame)]


@pytest.mark.parametrize("name", NAMES)
def test_parquet_holds_the_metric_with_its_types(store, name):
    frame = asked(store, name)
    table = pq.read_table(io.BytesIO(made(store, name, "parquet")))

    assert [list(row.values()) for row in table.to_pylist()] == cells(frame)
    assert all(
        not pa.types.is_string(table.schema.field(c).type)
        for c in frame
        if c in ("amount", "met", "coverage", "valid_to")
    )
    assert all(table.schema.field(c).metadata[b"description"].decode() == catalogue()[name].columns[c] for c in frame)


@pytest.mark.parametrize("name", NAMES)
def test_two_readers_find_the_metric_in_the_workbook(store, name):
    frame, content = asked(store, name), made(store, name, "xlsx")
    title, heads = catalogue()[name].title, list(catalogue()[name].labelled(*frame.columns).values())
    expected = [[as_number(v) for v in row] for row in cells(frame)]
    read = openpyxl.load_workbook(io.BytesIO(content))[title]
    rows = [[as_number(v) for v in row] for row in read.iter_rows(values_only=True)]
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(title).to_python()

    assert rows[0] == other[0] == heads
    assert rows[1:] == expected
    assert [[None if v == "" else as_number(v) for v in row] for row in other[1:]] == [
        [None if v == "" else v for v in row] for row in expected
    ]
    assert read.freeze_panes == "A2"
    assert read.auto_filter.ref
    assert {cell.data_type for row in read.iter_rows() for cell in row} <= {"s", "n", "b", "d", "inlineStr"}
    about = [row[0] for row in openpyxl.load_workbook(io.BytesIO(content))["About"].iter_rows(values_only=True)]
    assert {f"As of: {order(name, 'csv').filters.as_of}", "Evidence: attested"} <= set(about)
    assert any(catalogue()[name].definition[1:] in line for line in about)
    for head, cell in zip(rows[0], read[2], strict=True):
        wanted = {"amount": "#,##0.00", "required": "#,##0", "valid_to": "yyyy-mm-dd"} | dict.fromkeys(SHARES, "0.0%")
        assert cell.number_format == wanted.get(head, cell.number_format) or cell.value is None


@pytest.mark.parametrize(
    "moment", [datetime(2026, 11, 24, 23, 57, 16, 499_000), datetime(2020, 2, 29, 0, 0, 0, 501_000)]
)
def test_a_moment_is_in_the_workbook_to_the_millisecond(moment):
    days = re.search("<v>(.+)</v>", as_xlsx._day("", moment)).group(1)

    assert from_excel(float(days)) == moment


@pytest.mark.parametrize("name", ["coverage", "trend", "spend", "readiness", "depth", "forecast"])
def test_the_text_of_the_pdf_holds_every_cell_of_every_row(store, name):
    frame = asked(store, name)
    pages = PdfReader(io.BytesIO(made(store, name, "pdf"))).pages
    said = re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in pages))

    assert len(frame)
    for row in frame.to_dict("records"):
        shown = [
            percent(v, None if pd.isna(v) else 1) if c in SHARES else as_pdf._word(v).replace("_", " ")
            for c, v in row.items()
        ]
        assert re.sub(r"[\s\u200b]+", "", "".join(shown)) in said


@sweep
def test_every_report_and_pack_over_nothing_is_a_file_in_every_format(tmp_path):
    from skilltrack.storage.store import Store

    store = Store.open(tmp_path / "empty.duckdb")
    for name in some([*NAMES, "board", "audit"], 12):
        if catalogue().get(name) is None or catalogue()[name].report == "yes":
            for form in forms_of(name):
                assert made(store, name, form), (name, form)
    store.close()


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_named_by_the_command_and_in_the_documents(form):
    option = next(option for option in report_command.params if option.name == "form")

    assert re.search(rf"\b{form}\b", option.help), "name it in the help of --format, in commands/reports.py"
    assert f"\n| `{form}` |" in (ROOT / "docs" / "reports.md").read_text(encoding="utf-8"), "list it in docs/reports.md"


def test_halves_are_rounded_upwards_everywhere():
    assert [percent(n, 8) for n in (1, 3, 5, 7)] == ["13 %", "38 %", "63 %", "88 %"]
    assert percent(0.285, 1) == percent(57, 200) == "29 %"
    assert percent(Decimal("0.125"), Decimal(1)) == "13 %"
    assert as_pdf._share(0.125) == {"text": "13 %", "part": 0.125}


def test_an_interrupted_export_leaves_nothing(store, tmp_path, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("skilltrack.reports.exports.shutil.copyfileobj", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made(store, "coverage", "csv", path=tmp_path / "coverage.csv")
    assert list(tmp_path.iterdir()) == []


def test_how_far_a_large_export_is_can_be_seen(store, monkeypatch):
    told = []
    monkeypatch.setattr("skilltrack.reports.as_csv.CHUNK", 100)
    for form in ("csv", "json", "xlsx"):
        export(store, EVERYONE, order("coverage", form), None, told.append)
    assert told.count("Writing, 100 of 302 rows") == 3


def test_a_format_or_report_nobody_knows_names_those_that_work(store):
    with pytest.raises(BadQuestion, match=r"is not available as 'docx'\. Use one of: csv, xlsx, pdf, parquet, json"):
        made(store, "coverage", "docx")
    with pytest.raises(
        BadQuestion,
        match=r"There is no report 'bord'.*spend, staffing, transcript, trend, without_issuer, board, team, audit\.",
    ):
        made(store, "bord", "pdf")
    with pytest.raises(BadQuestion, match="board is not available as 'csv'. Use one of: pdf, xlsx"):
        made(store, "board", "csv")


STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u00a0=", "\ufeff=", "＝", "＋", "－", "＠", "\x01=", "#", "$", "*", "_", "`", "<", "[", "@import ", "\\", "//", "/*", "\u202e", "𝒳", "日本", "אב", "\u0301", "🙂", "_x0041_", "\ufffe"]  # fmt: skip
MIDDLES = ["cmd|' /C calc'!A0", "HYPERLINK(\"http://evil.example\")", "1+1", "#read(\"/etc/passwd\")", "#strong[x]", "$ x^2 $", "</t><f>1</f>", "]]>", "&amp;", "\" onload=", "\n#pagebreak()\n", "{{7*7}}", "<script>", "a" * 200, "\x00\x08\x1b", "'", ";", ",", "|", "é̂́", "%"]  # fmt: skip


def hostile(count=10_000):
    chance = random.Random(7)
    signs = [chr(n) for n in range(0x20, 0x3000) if not 0xD800 <= n <= 0xDFFF]
    found = []
    for n in range(count):
        tail = "".join(chance.choice(signs) for _ in range(chance.randrange(6)))
        found.append(f"{chance.choice(STARTS)}{chance.choice(MIDDLES)}{tail}{n}")
    return found


@pytest.fixture(scope="module")
def strings():
    return hostile()


@pytest.fixture(scope="module")
def frame(strings):
    typed = {
        "text": pa.array(strings),
        "amount": pa.array([Decimal(-n) / 100 for n in range(len(strings))], pa.decimal128(18, 2)),
        "on": pa.array([date(2026, 1, 1)] * len(strings)),
    }
    return pa.table(typed).to_pandas(types_mapper=pd.ArrowDtype)


def written(writer, *given):
    file = io.BytesIO()
    writer(*given, file)
    return file.getvalue()


def test_ten_thousand_hostile_strings_are_no_formula_in_csv_and_numbers_stay_numbers(frame, strings):
    rows = list(csv.reader(io.StringIO(written(as_csv.write, frame).decode(), newline="")))[1:]

    assert len(rows) == len(strings)
    for (text, amount, _), given in zip(rows, strings, strict=True):
        assert text in (given, f"'{given}")
        assert text.lstrip(" \u00a0\ufeff\u200b\x01\x00")[:1] not in "=+-@＝＋－＠\t\r\n" or not text.strip()
        assert not amount.startswith("'")


@pytest.mark.parametrize(("text", "shown"), [
    ("-12.50", "-12.50"), ("+49", "+49"), ("-1+1", "'-1+1"), ("  =1", "'  =1"), ("\t1", "'\t1"), ("plain", "plain"), ("a=1", "a=1"),
])  # fmt: skip
def test_a_text_that_is_only_a_number_stays_and_what_computes_does_not(text, shown):
    assert as_csv.cell(text) == shown


def test_ten_thousand_hostile_strings_come_back_from_json_and_parquet(frame, strings):
    assert [row["text"] for row in json.loads(written(as_json.write, frame))] == strings
    assert pq.read_table(io.BytesIO(written(as_parquet.write, frame)))["text"].to_pylist() == strings


def test_ten_thousand_hostile_strings_are_text_in_a_workbook_that_opens(frame, strings):
    content = written(
        lambda f, file: as_xlsx.write(
            Document("=1+1", "@q", [Table("[=x]:*?/\\'" * 9, f)]), "{}", [("As of", "=2026")], file
        ),
        frame,
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))

    assert len(rows) == len(strings)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
    assert all(row[0].hyperlink is None for row in rows)
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(other) == len(strings) + 1


def test_ten_thousand_hostile_strings_are_text_on_pages_that_open(strings):
    columns = {name: pa.array(strings[at * 2000 : (at + 1) * 2000]) for at, name in enumerate("abcde")}
    frame = pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)
    grid = {
        "rows": [{"id": s, "label": s} for s in strings[:20]],
        "columns": [{"id": s, "label": s} for s in strings[20:28]],
        "cells": {},
    }
    document = Document(
        strings[3],
        strings[4],
        [
            Grid(strings[5], strings[6], grid, strings[7]),
            Table(strings[8], frame, dict.fromkeys("abcde", strings[9]), most=2_000),
        ],
    )
    reader = PdfReader(
        io.BytesIO(
            written(lambda d, file: as_pdf.write(d, "{}", [(strings[11], strings[12])] * 3, None, file), document)
        )
    )
    text = re.sub(
        r"[\s\u200b]+", "", "".join(page.extract_text() for page in reader.pages[::8])
    )  # every string is set; reading some pages is enough

    assert len(reader.pages) > 50
    assert text.count('#read("/etc/passwd")') > 20
    assert "root:" not in text
    assert text.count("#strong[x]") > 20
    assert text.count("#pagebreak()") > 20
    assert not any("/A" in annotation.get_object() for page in reader.pages for annotation in page.get("/Annots", []))


def test_a_name_too_odd_for_every_font_still_gives_a_page():
    frame = pd.DataFrame({"name": ["日本 \U000e0041 \u0378 ก\u0e49\u0e49\u0e49 \u0301\u0301", "Zofia Łukasz Ñ"]})
    content = written(
        lambda d, file: as_pdf.write(d, "", [("a", "b")] * 3, None, file), Document("t", "q", [Table("x", frame)])
    )

    assert "Łukasz" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
