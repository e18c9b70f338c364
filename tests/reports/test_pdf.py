"""Every PDF can be read by everybody: PDF/UA, a whole structure, embedded fonts, and no text over the edge."""

import io
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise

import pandas as pd
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from skilltrack.config import ROOT
from skilltrack.questions import reports
from skilltrack.reports import as_pdf
from skilltrack.reports.documents import Document, Findings, Grid, Numbers, Table
from tests.reports.conftest import made

NAMES = [*reports(), "board", "team", "audit"]
WHOLE = {"coverage", "trend", "forecast", "board", "audit", "transcript", "origins"}
"""Asked about the whole company, on as many pages as it takes; the others about a team."""
NAME = [
    "شركة الاختبار محمد عبد الله",
    "株式会社山田",
    "🙂👩‍🚀",
    "A" * 200,
    "Very Long Name " * 14,
    "Zoë <b>#strong[x]",
    "נשים",
    "नमस्ते",
]


@pytest.fixture(scope="module")
def files(store):
    """Every report and pack as PDF, by name, and one of names that fit nowhere."""
    found = {name: made(store, name, "pdf", **({} if name in WHOLE else {"team": "Cyber defence"})) for name in NAMES}
    return found | {"odd": odd(), "german": made(store, "team", "pdf", team="Cyber defence", language="de")}


def odd():
    frame = pd.DataFrame(
        dict.fromkeys(("name", "team", "skill"), NAME)
        | {"level": 3, "required_level": 4, "reason": "missing", "critical": True, "ready": False}
    )
    at = [{"id": str(n), "label": name} for n, name in enumerate(NAME)]
    grid = {"rows": at, "columns": at, "cells": {f"{n}\n{m}": [n, 7] for n in range(8) for m in range(n)}}
    document = Document(
        f"Transcript of {NAME[3]}",
        NAME[4],
        [
            Numbers([(NAME[3], "1 %", NAME[4])] * 4),
            Findings("Findings", NAME),
            Grid("Grid", "Name", grid),
            Table("Table", frame, note=NAME[3]),
            Table("Trend", pd.DataFrame({"month_end": ["2026-01-31"], "coverage": [0.5]}), chart="line"),
        ],
    )
    file = io.BytesIO()
    as_pdf.write(document, "{}", [("About", NAME[3])] * 3, None, file)
    return file.getvalue()


@pytest.fixture(scope="module")
def checker():
    """A checker of PDF/UA-1 that is held against veraPDF's own corpus by its authors."""
    page = pytest.importorskip("page", reason="page-validation is not installed")
    limits = page.SafetyLimits(max_table_grid_rows=5000)
    return lambda content: page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1, limits=limits)


@pytest.mark.parametrize("name", [*NAMES, "odd", "german"])
def test_no_rule_of_pdf_ua_is_broken(files, checker, name):
    report = checker(files[name])

    assert [str(failure) for failure in report.failures] == []
    assert report.is_compliant
    assert report.rules.total > 100


def test_the_checker_finds_a_picture_without_words_and_a_page_without_language(files, checker):
    def spoilt(spoil):
        writer, file = PdfWriter(clone_from=io.BytesIO(files["trend"])), io.BytesIO()
        spoil(writer)
        writer.write(file)
        return file.getvalue()

    def speechless(writer):
        for held in writer._objects:
            if hasattr(held, "get") and held.get("/S") == "/Figure":
                del held["/Alt"]

    assert checker(spoilt(lambda writer: None)).is_compliant
    assert not checker(spoilt(speechless)).is_compliant
    assert not checker(spoilt(lambda writer: writer.root_object.pop(NameObject("/Lang")))).is_compliant


def test_vera_pdf_agrees(files, tmp_path):
    command = shutil.which("verapdf")
    if command is None:
        pytest.skip("veraPDF is not on the path")
    for name, content in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    told = subprocess.run(
        [command, "--flavour", "ua1", "--format", "text", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert told.stdout.count("PASS") == len(files), told.stdout


@pytest.mark.parametrize("name", [*NAMES, "odd", "german"])
def test_a_pdf_is_titled_in_a_language_with_every_font_in_it(files, name):
    reader = PdfReader(io.BytesIO(files[name]))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == ("de" if name == "german" else "en")  # or a reader is read German as if it were English
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title
    assert b"<pdfuaid:part>1<" in root["/Metadata"].get_data()
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = (
            font["/DescendantFonts"][0]["/FontDescriptor"] if "/DescendantFonts" in font else font["/FontDescriptor"]
        )
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)
        assert "/ToUnicode" in font


@pytest.mark.parametrize("name", [*NAMES, "odd", "german"])
def test_every_cell_of_a_table_names_its_heads_every_picture_has_words_and_no_heading_is_left_out(files, name):
    found = list(elements(PdfReader(io.BytesIO(files[name])).trailer["/Root"]["/StructTreeRoot"]))
    kinds = [element["/S"] for element in found]
    heads = {
        bytes(element["/ID"]) if isinstance(element["/ID"], bytes) else str(element["/ID"])
        for element in found
        if element["/S"] == "/TH"
    }
    levels = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]

    assert heads
    assert all(attribute(element, "/Scope") for element in found if element["/S"] == "/TH")
    for element in found:
        if element["/S"] == "/TD":
            named = {bytes(head) if isinstance(head, bytes) else str(head) for head in attribute(element, "/Headers")}
            assert named
            assert named <= heads
    assert all(element.get("/Alt", "").strip() for element in found if element["/S"] == "/Figure")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    if name in ("trend", "board", "odd"):
        assert "/Figure" in kinds


def elements(element):
    """Every element of the structure, in reading order."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for kid in element:
            yield from elements(kid)
    elif hasattr(element, "get"):
        if "/S" in element:
            yield element
        if "/K" in element:
            yield from elements(element["/K"])


def attribute(element, name):
    """An attribute of an element, from whichever of its owners has it."""
    owners = element.get("/A", [])
    owners = owners.get_object() if hasattr(owners, "get_object") else owners
    for owner in owners if isinstance(owners, list) else [owners]:
        if name in owner.get_object():
            return owner.get_object()[name]
    return []


WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


@pytest.mark.parametrize("name", [*NAMES, "odd", "german"])
def test_no_word_runs_over_the_edge_or_into_another(files, name, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not on the path")
    (tmp_path / "x.pdf").write_bytes(files[name])
    command = ["pdftotext", "-bbox", str(tmp_path / "x.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = re.split(r"<page ", told)[1:]

    assert len(pages) <= (8 if name == "board" else 60)
    for text in pages:
        width, height = (float(n) for n in re.match(r'width="([\d.]+)" height="([\d.]+)"', text).groups())
        words = [(*map(float, found[:4]), found[4]) for found in WORD.findall(text)]
        assert words
        assert [w for w in words if w[0] < 40 or w[2] > width - 40 or w[1] < 20 or w[3] > height - 15] == []
        words.sort(key=lambda w: (round(w[1], 1), w[0]))
        for one, other in pairwise(words):
            if round(one[1], 1) == round(other[1], 1):
                assert other[0] - one[2] > -1, (one, other)


def test_a_pdf_leaves_nothing_in_the_temporary_folder_and_draws_every_font_without_it(tmp_path):
    old, fresh = (tmp_path / f"skilltrack-fonts-{name}" for name in ("old", "fresh"))
    other = tmp_path / "fonts-of-somebody"
    for folder in (old, fresh, other):
        folder.mkdir()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    code = (
        "import io, os, signal, sys\n"
        "from skilltrack.reports import as_pdf\n"
        "from skilltrack.reports.documents import Document, Findings\n"
        "as_pdf._fonts('')\n"
        "file = io.BytesIO()\n"
        "said = ['plain', '\\u03b1 \\u2211 \\u2713 \\u0905 \\U0001d49c \\u26a0 \\u0416']\n"
        "as_pdf.write(Document('T', 'Q', [Findings('F', said)], []), '{}', [('a', 'b')], None, file)\n"
        "sys.stdout.buffer.write(file.getvalue()); sys.stdout.flush()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    env = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=False)

    assert done.returncode == -9, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {fresh.name, other.name}
    embedded: set[str] = set()
    for page in PdfReader(io.BytesIO(done.stdout)).pages:
        fonts = page["/Resources"]["/Font"].values()
        embedded |= {str(font.get_object()["/BaseFont"]).split("+")[-1] for font in fonts}
    assert {"FiraGO-Regular", "FiraGO-Bold"} <= {str(name).removesuffix("-Identity-H") for name in embedded}
    assert any("Math" in str(name) for name in embedded)
