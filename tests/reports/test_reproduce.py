"""A file can be made again from what it carries, whatever has been uploaded since; a changed one is found out."""

import json
import random
import shutil
import zipfile
from contextlib import suppress
from dataclasses import replace

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadFile, BadQuestion, Refused
from skilltrack.ingest import import_folder, undo
from skilltrack.keeping.erasure import erase, named, places_of
from skilltrack.reports import exports, receipts
from skilltrack.reports.reproduce import in_the_log, reproduce
from skilltrack.storage.store import Store
from tests.ingest.test_import import write
from tests.reports.conftest import EVERYONE, made, order

BADGE = "employee_id,credential_id,issued_on\n00126,acca-f,2024-01-01\n"
CASES = [("coverage", form) for form in ("csv", "json", "parquet", "xlsx", "pdf")] + [
    ("board", "pdf"),
    ("board", "xlsx"),
    ("audit", "pdf"),
    ("team", "xlsx"),
    ("transcript", "pdf"),
    ("transcript", "ob3"),
    ("readiness", "parquet"),
    ("spend", "csv"),
]


@pytest.fixture(scope="module")
def after(built, tmp_path_factory):
    """A company of which files were made, and which then went on: an upload undone, another one landed."""
    folder = tmp_path_factory.mktemp("reproduce")
    shutil.copy(built, folder / "demo.duckdb")
    shutil.copytree(built.with_name(built.name + ".files"), folder / "demo.duckdb.files")
    store = Store.open(folder / "demo.duckdb")
    files = {}
    for name, form in CASES:
        path = folder / f"{name}.{'json' if form == 'ob3' else form}"
        asked = {"team": "Cyber defence"} if name == "team" else {}
        made(store, name, form, path=path, **asked)
        files[name, form] = path
    landed = import_folder(store, write(folder / "more", badges=BADGE, skills="skill_id,name\nel-lv,Renamed\n"))
    assert landed.status == "stored", landed.errors
    undo(store, landed.upload_id - 1)
    yield store, files
    store.close()


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_a_file_is_the_same_when_it_is_made_again_after_an_upload_and_an_undo(after, case):
    store, files = after

    assert reproduce(store, EVERYONE, files[case])[1] == []


def test_the_same_question_about_the_same_data_gives_the_same_bytes(store):
    for name, form in CASES:
        asked = {"team": "Cyber defence"} if name == "team" else {}
        if form != "xlsx":
            assert made(store, name, form, **asked) == made(store, name, form, **asked), (name, form)


def test_without_the_known_at_the_answer_has_moved_on(after):
    store, files = after
    assert made(store, "coverage", "csv") != files["coverage", "csv"].read_bytes()


def test_a_changed_line_and_a_changed_cell_are_named(after, tmp_path):
    store, files = after
    path = tmp_path / "coverage.csv"
    shutil.copy(receipts.beside(files["coverage", "csv"]), receipts.beside(path))
    lines = files["coverage", "csv"].read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:4], lines[4].replace(lines[4].split(",")[-2], "99", 1), *lines[5:]]))
    assert "Line 5 is" in reproduce(store, EVERYONE, path)[1][0]

    changed = tmp_path / "coverage.xlsx"
    with zipfile.ZipFile(files["coverage", "xlsx"]) as old, zipfile.ZipFile(changed, "w") as new:
        for item in old.namelist():
            new.writestr(item, old.read(item).replace(b">Analytics<", b">Analysis<"))
    assert (
        "Cell The twelve skills with most unm!" in reproduce(store, EVERYONE, changed)[1][0]
        or "Cell Coverage!A2 is 'Analysis'" in reproduce(store, EVERYONE, changed)[1][0]
    )

    pdf = tmp_path / "coverage.pdf"
    pdf.write_bytes(files["coverage", "pdf"].read_bytes() + b" ")
    assert "bytes, made again it has" in reproduce(store, EVERYONE, pdf)[1][0]


def test_another_policy_or_program_is_told_as_a_reason(after, tmp_path):
    store, files = after
    path = tmp_path / "coverage.json"
    path.write_bytes(files["coverage", "json"].read_bytes() + b" ")
    said = json.loads(receipts.beside(files["coverage", "json"]).read_text())
    said["policy"]["ready_at"] = 0.7
    said["written_with"]["pandas"] = "1.0"
    said["uploads"][0]["sha256"] = "0" * 64
    receipts.beside(path).write_text(json.dumps(said))

    told = " ".join(reproduce(store, EVERYONE, path)[1])
    assert "readiness from 0.7; here it is 0.8" in told
    assert "pandas 1.0 (here" in told
    assert "1 of the 17 files it rests on were not in this database" in told


@pytest.mark.parametrize("name", ["x.csv", "x.pdf", "x.xlsx", "x.parquet"])
def test_a_file_without_a_receipt_says_so(store, tmp_path, name):
    with pytest.raises(BadFile, match="does not exist|not a workbook|not a PDF|not a receipt|cannot be read"):
        reproduce(store, EVERYONE, tmp_path / name)
    (tmp_path / name).write_bytes(b"something")
    with pytest.raises(BadFile, match="does not exist|not a workbook|not a PDF|not a receipt|cannot be read"):
        reproduce(store, EVERYONE, tmp_path / name)


def test_a_receipt_carries_what_the_numbers_rest_on(store):
    receipt = receipts.draw(store, EVERYONE, order("coverage", "csv"))
    said = json.loads(receipt.as_json())

    assert said["filters"]["known_at"]
    assert said["viewer"]["account"] == "local"
    assert {file["sha256"] for file in said["uploads"]} == {
        row["sha256"] for row in store.query("select sha256 from upload_files").to_pylist()
    }
    assert receipts.parse(receipt.as_json(), "x") == receipt


def test_an_upload_that_lands_while_a_report_is_asked_is_not_half_in_it(built, tmp_path, monkeypatch):
    shutil.copy(built, tmp_path / "demo.duckdb")
    shutil.copytree(built.with_name(built.name + ".files"), tmp_path / "demo.duckdb.files")
    store = Store.open(tmp_path / "demo.duckdb")
    before = made(store, "board", "pdf")
    asks, ask = [], exports.Metrics.ask

    def landing(self, name, viewer, filters):
        asks.append(name)
        if len(asks) == 3:
            import_folder(store, write(tmp_path / "more", badges=BADGE, roster="employee_id,name\n00126,Only\n"))
        return ask(self, name, viewer, filters)

    monkeypatch.setattr(exports.Metrics, "ask", landing)
    assert made(store, "board", "pdf") == before
    store.close()


def test_a_file_about_a_time_before_anything_was_known_stays_about_it(store, tmp_path):
    from datetime import datetime

    path = tmp_path / "coverage.csv"
    made(store, "coverage", "csv", path=path, known_at=datetime(2020, 1, 1))

    assert path.read_text().count("\n") == 1
    assert reproduce(store, EVERYONE, path)[1] == []


def test_a_file_is_known_by_its_content_whatever_it_is_called(after, tmp_path):
    store, files = after
    for form in ("pdf", "xlsx", "parquet"):
        path = tmp_path / f"{form}.download"
        shutil.copy(files["coverage", form], path)
        assert reproduce(store, EVERYONE, path)[1] == []
    shutil.copy(files["coverage", "csv"], tmp_path / "Coverage.TXT")
    shutil.copy(receipts.beside(files["coverage", "csv"]), tmp_path / "Coverage.TXT.receipt.json")
    assert reproduce(store, EVERYONE, tmp_path / "Coverage.TXT")[1] == []


def test_the_log_tells_of_a_file_and_not_of_one_whose_question_was_changed(after, tmp_path):
    store, files = after
    path = tmp_path / "coverage.csv"
    assert "The audit log has it, first on 20" in in_the_log(
        store, reproduce(store, EVERYONE, files["coverage", "csv"])[0]
    )

    made(store, "coverage", "csv", path=path, team="Analytics")
    said = json.loads(receipts.beside(path).read_text())
    said["filters"]["team"] = "Workshops"  # one team is passed off as another
    receipts.beside(path).write_text(json.dumps(said))
    receipt, different = reproduce(store, EVERYONE, path)
    assert different
    assert "the receipt was changed" in in_the_log(store, receipt)


def test_a_receipt_that_was_changed_to_hide_less_hides_as_much_and_the_look_is_noted(store, tmp_path):
    path = tmp_path / "coverage.csv"
    exports.export(store, EVERYONE, order("coverage", "csv", suppress=True), path)
    said = json.loads(receipts.beside(path).read_text())
    said["policy"] |= {"smallest_cell": 1, "suppressed": False}
    receipts.beside(path).write_text(json.dumps(said))

    told = reproduce(store, EVERYONE, path)[1]
    assert [line for line in told if line.startswith("Line")] == []  # nothing that was hidden is told as a difference
    assert told == ["Small numbers are hidden in it, but it says otherwise.", "It hides numbers below 1; here it is 5."]
    assert store.journal.audit.entries()[-1]["event"] == "reproduced"
    assert "no file with this receipt" in in_the_log(store, receipts.read(path))


@pytest.mark.parametrize("form", ["pdf", "csv", "xlsx", "parquet"])
def test_a_receipt_that_claims_what_is_not_so_is_no_proof_even_where_the_numbers_are_right(store, tmp_path, form):
    path, name = tmp_path / f"x.{form}", "team" if form == "pdf" else "coverage"
    asked = order(name, form, team="Cyber defence")
    receipt = receipts.draw(store, EVERYONE, asked)
    forged = replace(
        receipt,
        policy=receipt.policy | {"ready_at": 0.5},
        uploads=[{**file, "sha256": "0" * 64} for file in receipt.uploads],
    )
    with path.open("wb") as file:
        exports.write(store, EVERYONE, forged, file)
    receipts.beside(path).write_text(forged.as_json())

    told = reproduce(store, EVERYONE, path)[1]
    assert len(told) == 2
    assert "files it rests on were not in this database" in told[0]
    assert told[1] == "It was made with readiness from 0.5; here it is 0.8."


@pytest.mark.parametrize("form", ["pdf", "parquet", "xlsx"])
def test_a_damaged_file_is_refused_with_a_sentence(after, tmp_path, form):
    _, files = after
    path, chance = tmp_path / f"x.{form}", random.Random(1)
    whole = files["coverage" if form != "pdf" else "board", form].read_bytes()
    for turn in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 5, 40))):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.randrange(4, len(whole))] if turn % 3 == 0 else damaged)
        with suppress(Refused):
            receipts.read(path)


def why(store, path):
    """Why a file cannot be made again; empty when it can. Anything but a refusal is a failure of ours."""
    try:
        reproduce(store, EVERYONE, path)
    except Refused as refused:
        return str(refused)
    return ""


def test_any_receipt_that_is_none_is_refused_with_a_sentence(after, tmp_path):
    store, _ = after
    path = tmp_path / "trend.csv"
    made(store, "trend", "csv", path=path)
    whole = json.loads(receipts.beside(path).read_text())
    wrong = (None, -1, "", "x", [], {}, [None], True, 1e308, "2026-02-30", "\ud800")
    places = [[name] for name in whole] + [["filters", name] for name in whole["filters"]]
    places += [["policy", name] for name in whole["policy"]] + [["viewer", name] for name in whole["viewer"]]
    places += [["uploads", 0], ["uploads", 0, "sha256"], ["written_with", "skilltrack"], ["filters", "manager"]]
    for place in places:
        for value in wrong:
            said = json.loads(json.dumps(whole))
            inner = said
            for name in place[:-1]:
                inner = inner[name]
            inner[place[-1]] = value
            receipts.beside(path).write_text(json.dumps(said))
            said = why(store, path)
            assert said == "" or said.endswith("."), (place, value)
    for text in ("", "[]", "null", '{"report": "coverage"}', "{" * 10_000):
        receipts.beside(path).write_text(text)
        with pytest.raises(BadFile, match="has no Skilltrack receipt"):
            reproduce(store, EVERYONE, path)
    receipts.beside(path).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFile, match="it is not text"):
        reproduce(store, EVERYONE, path)


def test_who_sees_less_is_told_for_whom_the_file_was_made(after):
    store, files = after
    manager = Viewer("00101", frozenset({"employee", "manager"}), "00101", ("00101",))
    told = reproduce(store, manager, files["coverage", "csv"])[1]

    assert "It was made for local, who saw everyone." in told
    with pytest.raises(BadQuestion, match="open to"):
        reproduce(store, Viewer("00126", frozenset({"employee"}), "00126"), files["coverage", "csv"])


def test_a_file_that_rests_on_somebody_erased_since_says_so(built, tmp_path):
    shutil.copy(built, tmp_path / "demo.duckdb")
    shutil.copytree(built.with_name(built.name + ".files"), tmp_path / "demo.duckdb.files")
    store = Store.open(tmp_path / "demo.duckdb")
    path = tmp_path / "readiness.csv"
    made(store, "readiness", "csv", path=path)
    people = named(store, ["00126"])
    erase(store, "local", people, places_of(store, people))
    told = " ".join(reproduce(store, EVERYONE, path)[1])
    store.close()

    assert "'00126,Freja Jansson" in told
    assert "People have been erased since" in told


def test_a_receipt_that_cannot_be_written_leaves_no_file_either(store, tmp_path):
    (tmp_path / "coverage.csv.receipt.json").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        made(store, "coverage", "csv", path=tmp_path / "coverage.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["coverage.csv.receipt.json"]
