"""Files that break importers, random files, and what every accepted cell must be."""

import csv
import io
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.errors import BadFile, Refused
from skilltrack.ingest import KINDS, Options, Source, import_sources, uploads
from skilltrack.ingest.landing.quarantine import rows_apart
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.ingest.reading.recognise import lay_out, score
from skilltrack.keeping.durability import open_store
from skilltrack.storage.store import Store
from tests.torture import fuzz
from tests.torture.files import FILES, content_of, workbook


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    store = Store.open(folder / "made.duckdb")
    fuzz.catalogue(store)
    store.close()
    return folder


@pytest.fixture
def store(made, tmp_path):
    opened = open_store(shutil.copytree(made, tmp_path / "made") / "made.duckdb")
    yield opened
    opened.close()


def outcome_of(store, kind, content):
    """(status, rows or problems) in the words of the golden outcomes."""
    try:
        # Nobody asks this company for a number.
        outcome = import_sources(store, [Source(kind, f"{kind}.csv", content)], Options(is_one_of_many=True))
    except Unanswered as unanswered:
        return "asked", [question.about for question in unanswered.questions]
    except Refused as error:
        found = re.search(r", line (\d+)", str(error))
        return "refused", [(int(found.group(1)) if found else None, str(error))]
    if outcome.status == "refused":
        asked = [question.about for question in outcome.questions if question.must]
        if asked:
            return "asked", asked
        return "refused", [(problem.line, problem.message) for problem in outcome.errors]
    if kind == "spend":
        return "stored", [str(row["amount"]) for row in store.query("select amount from spend_rows").to_pylist()]
    rows = store.query(
        "select line_no, employee_id, name, cast(hired_on as varchar) as hired_on from roster_rows "
        "where upload_id > 1 order by line_no"
    ).to_pylist()
    return "stored", [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("name", [name for name, (_, _, golden) in FILES.items() if golden[0] == "stored"])
def test_each_torture_file_that_can_be_read_lands_as_it_is_meant(store, name):
    kind, _, golden = FILES[name]
    content = content_of(name)

    assert outcome_of(store, kind, content) == ("stored", list(golden[1:]))


@pytest.fixture(scope="module")
def untouched(made, tmp_path_factory):
    """A database for files that do not land, and what is in it."""
    store = open_store(shutil.copytree(made, tmp_path_factory.mktemp("untouched") / "made") / "made.duckdb")
    yield store, fuzz.everything(store)
    store.close()


@pytest.mark.parametrize("name", [name for name, (_, _, golden) in FILES.items() if golden[0] != "stored"])
def test_each_other_torture_file_is_refused_or_asked_about_as_it_should_be_and_changes_nothing(untouched, name):
    kind, _, golden = FILES[name]
    content = content_of(name)
    store, before = untouched

    status, found = outcome_of(store, kind, content)

    assert status == golden[0], found
    assert fuzz.everything(store) == before
    if status == "refused":
        assert any(line == golden[1] and re.search(golden[2], said) for line, said in found), found
    if status == "asked":
        assert golden[1] in found


def test_there_are_at_least_54_torture_files():
    assert len(FILES) >= 54


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(",;\t|^"), st.booleans())
def test_every_accepted_cell_is_its_source_text_trimmed(rows, delimiter, is_quoted):
    """Under the rule: outer blanks go, a row of blanks is none, everything else is kept character for character."""
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    writer.writerows([["employee_id", "name", "team"], *((f"e{n}", *row[1:]) for n, row in enumerate(rows))])
    store = Store.open(":memory:")
    try:
        source = Source("roster", "r.csv", text.getvalue().encode(), Mapping(delimiter=delimiter), True)
        outcome = import_sources(store, [source], Options(quarantine=True))
        kept = {row["employee_id"]: row for row in store.query("from roster_rows").to_pylist()}
        apart = {problem.value for problem in outcome.errors}
        assert len(kept) + outcome.counts[0].quarantined == len(rows), apart
        for n, row in enumerate(rows):
            if f"e{n}" in kept:
                found = kept[f"e{n}"]
                assert found["name"] == trimmed(row[1])
                assert (found["team"] or "") == trimmed(row[2])
            else:
                assert trimmed(row[1]) == ""
    finally:
        store.close()


def trimmed(cell):
    return pa.compute.utf8_trim_whitespace(pa.array([cell])).to_pylist()[0]


@given(st.data())
def test_the_vectorised_reader_and_the_careful_one_give_the_same(data):
    content = fuzz.mutated(data.draw(st.randoms(use_true_random=False)), data.draw(st.sampled_from(sorted(fuzz.SEEDS))))

    fast, careful = read(content, True), read(content, False)

    assert fast == careful


def read(content, is_fast):
    kind, mapping = KINDS["roster"], Mapping()
    try:
        decoded = decode(content, "r.csv", mapping, lay_out(kind, mapping), score(kind), is_fast)
    except BadFile as error:
        return str(error)
    columns = [column.to_pylist() for column in decoded.columns]
    return decoded.header, columns, decoded.lines.to_pylist(), [str(p) for p in decoded.problems], decoded.unread


def test_fuzzed_files_are_read_or_refused_and_never_fail_otherwise():
    found = fuzz.parse(400, seed=7)

    assert found["unexpected"] == 0, found
    assert found["read"] > 190
    assert found["refused"] > 40


def test_fuzzed_files_land_whole_or_not_at_all():
    found = fuzz.imports(18, seed=7)

    assert (found["unexpected"], found["violations"]) == (0, 0), found
    assert found["stored"] > 2
    assert found["refused"] > 2


def test_a_fuzzed_file_with_rows_kept_apart_loses_none(tmp_path):
    text = b"employee_id,name\n1,Ann\n,Bo\n3,Cy,too many\n4,Di\n"
    store = Store.open(Path(tempfile.mkdtemp(dir=tmp_path)) / "s.duckdb")

    outcome = import_sources(store, [Source("roster", "roster.csv", text)], Options(quarantine=True))

    assert outcome.counts[0].quarantined == 2
    assert int(uploads(store)["quarantined"].iloc[0]) == 2
    assert store.query("select count(*) as n from roster_rows").to_pylist() == [{"n": 2}]
    store.close()


def test_every_line_that_a_stray_quote_takes_with_it_is_kept_apart_as_it_came(store):
    text = b'employee_id,name,team\n1,"Ann,A\n2,"Bo",A\n3,Cy,A\n'

    outcome = import_sources(store, [Source("roster", "roster.csv", text)], Options(quarantine=True))

    assert [problem.line for problem in outcome.errors] == [2, 3]
    apart = rows_apart(store)[outcome.upload_id, "roster"]
    assert apart["as_it_came"].tolist() == ['1,"Ann,A', '2,"Bo",A']


def test_a_quote_that_swallows_a_whole_row_is_told():
    text = b'employee_id,name,team,role_id,location\n1,Ann,A,r1,"L\n2,Bo,A,r1,L"\n3,Cy,A,r1,L\n'
    legitimate = b'employee_id,name,team,role_id,location\n1,Ann,A,r1,"L, north\n2nd floor"\n'

    assert any("line 2: a cell holds what looks like another row" in said for said in read(text, True)[3])
    assert not any("another row" in said for said in read(legitimate, True)[3])


@pytest.mark.parametrize("word", ["row ", ""])  # the word was not always there
def test_a_mended_row_takes_the_place_of_the_one_kept_apart(store, word):
    bad = import_sources(store, [Source("roster", "r.csv", b"employee_id,name\n1,Ann\n2,\n")], Options(quarantine=True))
    frame = rows_apart(store)[bad.upload_id, "roster"]
    assert frame["kept_apart"].tolist() == [f"row {bad.upload_id}/0/3"]  # no spreadsheet takes that for a date
    frame["name"], frame["kept_apart"] = "Bo", f"{word}{bad.upload_id}/0/3"

    mended = Source("roster", "mended.csv", frame.to_csv(index=False).encode())
    assert import_sources(store, [mended], Options(mode="changes")).status == "stored"

    assert rows_apart(store) == {}


def test_a_ragged_row_that_is_tried_again_keeps_all_the_cells_with_which_it_came(store):
    text = b"employee_id,name\n1,Ann\n2,Bo,Ray,A 7\n"
    first = import_sources(store, [Source("roster", "r.csv", text)], Options(quarantine=True))
    (came,) = rows_apart(store)[first.upload_id, "roster"].to_dict("records")
    assert came["as_it_came"] == "2 | Bo | Ray | A 7"

    def again(**mended):
        """What is kept apart of the row, as it is or mended, once it was tried as the screen tries it."""
        (frame,) = rows_apart(store).values()
        content = frame.assign(**mended).drop(columns=["reason", "line", "file", "as_it_came"]).to_csv(index=False)
        source = Source("roster", "mended.csv", content.encode())
        outcome = import_sources(store, [source], Options(mode="changes", quarantine=True))
        assert outcome.counts[0].quarantined == 1
        (row,) = rows_apart(store)[outcome.upload_id, "roster"].to_dict("records")
        return row

    for _ in range(2):
        row = again()
        assert (row["as_it_came"], row["reason"]) == (came["as_it_came"], came["reason"])
    half = again(employee_id="2")
    assert (half["as_it_came"], half["employee_id"]) == (came["as_it_came"], "2")
    assert half["reason"].startswith("name: ")


def test_a_far_away_cell_ends_the_reader_and_not_us(store):
    """Two cells: the dense table between them would take 400 GiB."""
    small, far = workbook([["employee_id", "name"], ["1", "Ann"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(far, "w") as new:
        for part in old.namelist():
            cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            new.writestr(part, old.read(part).replace(b"</sheetData>", cell))

    with pytest.raises(BadFile, match="unpacks to more than 4 GiB"):
        import_sources(store, [Source("roster", "r.xlsx", far.getvalue())], Options())
