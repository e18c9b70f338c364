"""A file takes the memory of a piece of it, however large it is: pushed to a server whose anonymous memory is watched."""

import hashlib
import threading
from contextlib import contextmanager
from datetime import date

import pytest

from bench.push import MIB, PEOPLE, badges, pushed, repeated
from skilltrack.errors import BadFile, Refused
from skilltrack.ingest import KINDS, Options, Source, import_files, import_folder, import_sources, uploads
from skilltrack.ingest.landing import imports
from skilltrack.ingest.reading.content import SMALL
from skilltrack.ingest.reading.decode import MOST_UNREAD, decode
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.outcome import MOST_LISTED
from skilltrack.ingest.reading.recognise import lay_out, score
from skilltrack.ingest.reading.sources import read_one, source_from
from skilltrack.keeping.durability import check_file, open_store
from skilltrack.storage import engine
from skilltrack.storage.store import Store
from tests.ingest.test_import import COMPANY, write

HEAD = b"employee_id,name,team,location\n"
ROW = b"00001,Ann Example of the Company,Team North,Berlin\n"
SIZE = 96 * MIB
REFUSED = {
    "a column is missing": lambda: repeated(HEAD.replace(b"employee_id", b"x"), ROW, SIZE),
    "every line is blank": lambda: repeated(HEAD, b"\n", SIZE),
    "it is one line": lambda: repeated(b"", b"x", SIZE),
    "a column is missing and cells are quoted": lambda: repeated(
        HEAD.replace(b"employee_id", b"x"), b'"' + ROW[:5] + b'"' + ROW[5:], SIZE // 4
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_pushed_file_that_is_refused_takes_no_more_memory_than_some_pieces_of_it(what, tmp_path):
    size = SIZE // 4 if "quoted" in what else SIZE

    found = pushed("roster", REFUSED[what], size, tmp_path)

    assert (found["status"], found["told"]) == (422, "refused"), found
    assert found["anonymous"] < 150, found  # MiB; a file that is read as a whole takes many times its size


def test_a_manager_column_shifted_by_one_row_is_told_in_short_messages_with_the_true_total(tmp_path):
    people = 3_000
    rows = "".join(f"{n:05d},Person {n},{(n + 1) % people:05d}\n" for n in range(people))
    store = Store.open(tmp_path / "s.duckdb")

    outcome = import_sources(
        store, [Source("roster", "r.csv", f"employee_id,name,manager_id\n{rows}".encode())], Options()
    )

    assert (outcome.status, outcome.error_count, outcome.counts[0].quarantined) == ("refused", people, people)
    assert len(outcome.errors) == MOST_LISTED + 1
    assert "3,000 in all" in outcome.errors[0].message
    assert "2,000 more rows of this circle" in outcome.errors[-1].message
    assert sum(len(str(problem)) for problem in outcome.problems) < 400 * MOST_LISTED
    store.close()


def test_of_very_many_bad_rows_the_first_are_listed_and_the_others_counted(tmp_path):
    rows = "".join(f"{n},Person {n},soon\n" for n in range(1_500)) + "1500,Person 1500,2024-01-01\n"
    store = Store.open(tmp_path / "s.duckdb")
    source = Source("roster", "r.csv", f"employee_id,name,hired_on\n{rows}".encode())

    outcome = import_sources(store, [source], Options())
    apart = import_sources(store, [source], Options(quarantine=True))

    assert (outcome.status, outcome.error_count, len(outcome.errors)) == ("refused", 1_500, MOST_LISTED + 1)
    assert (outcome.errors[-1].column, outcome.errors[-1].count) == ("hired_on", 500)
    assert (apart.status, len(apart.errors), apart.counts[0].quarantined) == ("stored", 1_500, 1_500)
    store.close()


def test_more_rows_of_another_width_than_can_be_kept_are_a_sentence():
    content = b"employee_id,name\n1,Ann\n" + b"2,Bo,too many\n" * (MOST_UNREAD + 1)

    with pytest.raises(BadFile, match="up to here 100,001 rows cannot be read; the first is line 3, 3 cells"):
        decode(content, "r.csv", Mapping(), lay_out(KINDS["roster"], Mapping()), score(KINDS["roster"]))


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_file_that_is_read_in_pieces_from_the_disk_reads_as_it_is_written(quote, tmp_path):
    rows = [(n + 2 + n // 1000, f"{n:06d}", f"Größe {n} " + "x" * 480) for n in range(40_000)]
    text = "".join(f"{quote}{i}{quote},{name}\n" + "\r\n" * (n % 1000 == 999) for n, (_, i, name) in enumerate(rows))
    path = tmp_path / "r.csv"
    path.write_bytes(f"employee_id,name\n{text}".encode())
    store = Store.open(tmp_path / "s.duckdb")
    before = sorted(tmp_path.iterdir())

    source = source_from(store.folder, "roster", "r.csv", path)
    path.write_bytes(b"changed meanwhile")
    read = read_one(source, "", store.folder)

    assert source.sha256 == hashlib.sha256(f"employee_id,name\n{text}".encode()).hexdigest()
    assert sum(column.nbytes for column in read.decoded.columns) > SMALL
    assert len(read.mapped.columns["name"].chunks) > 1
    assert read.mapped.lines.to_pylist() == [line for line, _, _ in rows]
    assert read.mapped.columns["employee_id"].to_pylist() == [number for _, number, _ in rows]
    assert read.mapped.columns["name"].to_pylist() == [name for _, _, name in rows]
    assert b"".join(read.to_store) == f"employee_id,name\n{text}".encode()
    assert sorted(tmp_path.iterdir()) == before
    store.close()


def test_a_file_that_needs_more_memory_than_there_is_is_refused_with_a_sentence_and_nothing_is_lost(
    tmp_path, monkeypatch
):
    opened = open_store(tmp_path / "small.duckdb")
    import_folder(opened, write(tmp_path / "company", **COMPANY), effective=date(2024, 1, 1))
    opened.close()
    monkeypatch.setattr(engine, "MEMORY", 24 * 2**20)
    opened = open_store(tmp_path / "small.duckdb")
    rows = "".join(f"a{n},00{1 + n % 3},c1,2024-01-{1 + n % 28:02}\n" for n in range(400_000))
    many = tmp_path / "badges.csv"
    many.write_text("award_id,employee_id,credential_id,issued_on\n" + rows)

    with pytest.raises(Refused, match="more memory than the 24 MiB that the database may hold"):
        import_files(opened, "badges", [many])

    assert uploads(opened)["upload_id"].tolist() == [1]
    opened.close()
    monkeypatch.undo()
    assert check_file(tmp_path / "small.duckdb") == []


@contextmanager
def most_held(store):
    """A list that has, after the block, the most bytes that the database held in it over what it held before."""
    held = "select sum(memory_usage_bytes) as bytes from duckdb_memory()"
    before, most, is_over = store.query(held)["bytes"][0].as_py(), [0], threading.Event()

    def look():
        while not is_over.wait(0.01):
            most[0] = max(most[0], store.query(held)["bytes"][0].as_py() - before)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        is_over.set()
        looking.join()


def company_in(folder):
    """An open database with people and a credential, into which awards can be imported."""
    folder.mkdir()
    opened = open_store(folder / "awards.duckdb")
    for kind, text in PEOPLE.items():
        (folder / f"{kind}.csv").write_bytes(text)
        assert import_files(opened, kind, [folder / f"{kind}.csv"]).status == "stored"
    return opened


def test_good_rows_that_land_take_a_fixed_amount_of_memory_and_not_twice_as_much_when_they_are_twice_as_many(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(engine, "LANDING", 32 * MIB)
    monkeypatch.setattr(imports, "MANY", 100_000)
    usual, held = "select current_setting('memory_limit') as held", []
    for size in (7 * MIB // 2, 7 * MIB):
        company = company_in(tmp_path / f"{size}")
        limit, content = company.query(usual), b"".join(badges(size))
        (tmp_path / "badges.csv").write_bytes(content)
        with most_held(company) as most:
            outcome = import_files(company, "badges", [tmp_path / "badges.csv"])
        held.append(most[0] / MIB)
        assert (outcome.status, outcome.counts[0].new) == ("stored", content.count(b",c1,"))
        assert company.query(usual) == limit  # questions have what they had
        company.close()

    assert max(held) < 40, held


def test_an_app_that_answers_others_gives_an_import_less_memory_than_a_command_of_its_own(tmp_path, monkeypatch):
    """A file that a program pushes takes what the others who use the app need."""
    monkeypatch.setattr(engine, "LANDING_SHARED", 32 * MIB)
    monkeypatch.setattr(imports, "MANY", 100_000)
    usual, held = "select current_setting('memory_limit') as held, current_setting('threads') as threads", []
    for is_shared in (True, False):
        company = company_in(tmp_path / f"{is_shared}")
        company.is_shared, before = is_shared, company.query(usual)
        (tmp_path / "badges.csv").write_bytes(b"".join(badges(7 * MIB // 2)))
        with most_held(company) as most:
            assert import_files(company, "badges", [tmp_path / "badges.csv"]).status == "stored"
        held.append(most[0] / MIB)
        assert company.query(usual) == before
        company.close()

    assert held[0] < 40 < held[1], held


def test_good_rows_that_cannot_be_held_in_so_little_land_in_as_much_as_there_is_and_once(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "LANDING", MIB)
    monkeypatch.setattr(imports, "MANY", 50_000)
    company = company_in(tmp_path / "one")
    (tmp_path / "badges.csv").write_bytes(b"".join(badges(2 * MIB)))

    assert import_files(company, "badges", [tmp_path / "badges.csv"]).status == "stored"

    assert uploads(company)["upload_id"].tolist() == [3, 2, 1]
    company.close()
    assert check_file(tmp_path / "one" / "awards.duckdb") == []


def test_an_administrator_says_how_much_memory_the_database_may_hold(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_MEMORY", "256")
    opened = open_store(tmp_path / "small.duckdb")
    assert opened.query("select current_setting('memory_limit') as held")["held"].to_pylist() == ["256.0 MiB"]
    opened.close()
    monkeypatch.setenv("SKILLTRACK_MEMORY", "64 MB")
    with pytest.raises(Refused, match="SKILLTRACK_MEMORY is '64 MB'. Use MiB from 128 up"):
        open_store(tmp_path / "small.duckdb")
