"""One entry and one table make a kind of file: an invented one goes the way of a row, from its import to its erasing.

Its name is one that no real kind will have.
"""

import shutil
from contextlib import closing
from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadDefinition
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.keeping import durability, erasure, privacy
from skilltrack.keeping.data_map import data_map, markdown
from skilltrack.kept import refreshing
from skilltrack.kinds import KINDS, Column, Kind, Means
from skilltrack.kinds.in_words import CALLED
from skilltrack.kinds.listing import listing
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.questions.headers import read_metric
from skilltrack.relations import texts
from skilltrack.storage import schema as storage

LANGUAGES = Kind(
    "tongues",
    "tongue_rows",
    ("employee_id", "language", "valid_from"),
    (
        Column("employee_id", required=True, refers_to="roster", synonyms=("staff number",)),
        Column("language", required=True, means=Means.REFERENCE),
        Column("level", "level", required=True),
        Column("valid_from", "date", begins=True),
        Column("valid_to", "date", ends=True),
    ),
    purpose="which tongues people speak",
    area="people files",
)
CARS = Kind(
    "cars",
    "car_rows",
    ("plate",),
    (
        Column("plate", required=True, means=Means.KEY),
        Column("employee_id", required=True, refers_to="roster"),
        Column("since", "date", required=True, begins=True),
        Column("until", "date", ends=True),
    ),
    purpose="who drives which car",
    area="people files",
)
TABLE = """
create table car_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    plate varchar not null, employee_id varchar not null, since date not null, until date
);
create table tongue_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    employee_id varchar not null, language varchar not null, level integer not null, valid_from date, valid_to date
);
"""
METRIC = """-- title: Languages
-- question: Who speaks which language?
-- definition: the newest row about each person and language that holds on the day.
-- unit: levels
-- column employee_id (Employee): whose it is
-- column language (Language): what they speak
-- column level (Level): how well
select
    l.employee_id,
    l.language,
    l.level
from tongues as l
where $as_of between l.valid_from and l.valid_to
order by l.employee_id, l.language
"""
DAY = date(2024, 6, 1)
ROSTER = "employee_id,name,manager_id\nM-1,Mona Berg,\nA-1,Ann Lund,M-1\nB-1,Bo Dahl,\n"
FIRST = "Staff number,language,level,valid_from,valid_to\nA-1,fi,2,,\nB-1,fi,4,,\nB-1,sv,1,2020-01-01,2021-12-31\n"


@pytest.fixture
def declared(tmp_path, monkeypatch):
    """The kind and its table, and a question about its newest rows, from here to the end of the test."""
    refreshing.fingerprint.cache_clear()
    schema = shutil.copytree(storage.SCHEMA, tmp_path / "schema")
    (schema / "0900_languages.sql").write_text(TABLE, encoding="utf-8")
    (tmp_path / "languages_spoken.sql").write_text(METRIC, encoding="utf-8")
    monkeypatch.setattr(storage, "SCHEMA", schema)
    monkeypatch.setitem(KINDS, "tongues", LANGUAGES)
    monkeypatch.setitem(KINDS, "cars", CARS)
    monkeypatch.setitem(catalogue(), "languages_spoken", read_metric(tmp_path / "languages_spoken.sql"))
    yield
    monkeypatch.undo()
    refreshing.fingerprint.cache_clear()


def spoken(store, viewer=None):
    answer = Metrics(store).ask("languages_spoken", viewer or Viewer.everyone(), Filters(as_of=DAY))
    return [tuple(row) for row in answer.itertuples(index=False)]


def test_a_kind_that_is_declared_at_run_time_goes_from_its_import_to_its_erasing(declared, tmp_path, monkeypatch):
    store = durability.open_store(tmp_path / "l.duckdb")

    def land(kind, text, **options):
        outcome = import_sources(store, [Source(kind, f"{kind}.csv", text.encode())], Options(**options))
        assert outcome.status == "stored", [str(problem) for problem in outcome.problems]
        return outcome

    with closing(store):
        land("roster", ROSTER, effective=date(2024, 1, 1))
        refused = import_sources(
            store, [Source("tongues", "l.csv", b"employee_id,language,level\nZ-9,fi,1\n")], Options()
        )
        assert [problem.column for problem in refused.problems] == ["employee_id"]
        assert "no roster lists" in refused.problems[0].message
        assert land("tongues", FIRST).counts[0].new == 3
        newer = land("tongues", "employee_id,language,level\nA-1,fi,3\nM-1,de,1\n", by="Hedda")
        assert (newer.counts[0].new, newer.counts[0].changed) == (1, 1)

        assert spoken(store) == [("A-1", "fi", 3), ("B-1", "fi", 4), ("M-1", "de", 1)]
        manager = Viewer("M-1", frozenset({"manager"}), "M-1", ("M-1",))
        assert spoken(store, manager) == [("A-1", "fi", 3), ("M-1", "de", 1)]
        undo(store, newer.upload_id)
        assert spoken(store) == [("A-1", "fi", 2), ("B-1", "fi", 4)]
        came_from = Metrics(store).ask("origins", Viewer.everyone(), Filters(as_of=DAY, employee="B-1"))
        lines = [(row.kind, row.file_name, row.line_no) for row in came_from.itertuples()]
        assert lines == [("tongues", "tongues.csv", 4), ("tongues", "tongues.csv", 3)]
        assert damaged_uploads(store) == []

        assert [row["language"] for row in privacy.stored_about(store, "A-1")["tables"]["tongue_rows"]] == [
            "fi",
            "fi",
        ]
        people = erasure.named(store, ["A-1"])
        places = erasure.places_of(store, people)
        assert sorted(places["tongues"].values()) == [{2}, {2}]
        erasure.erase(store, "Hedda", people, places)
        assert erasure.search(store, people).left == []
        assert spoken(store) == [("B-1", "fi", 4)]
        assert "A-1" not in store.frame("select * from tongue_rows")["employee_id"].tolist()

        monkeypatch.setenv("SKILLTRACK_RETENTION", "tongues 12")
        people, places, _ = privacy.due(store)
        assert (people.ids, places) == (frozenset(), {"tongues": {(2, 0): {4}}})
        erasure.erase(store, "Hedda", people, places)
        assert store.frame("select language from tongue_rows where employee_id = 'B-1'")["language"].tolist() == ["fi"]


def test_what_went_to_somebody_who_is_erased_does_not_go_back_where_a_new_kind_has_a_key_that_moves(declared, tmp_path):
    with closing(durability.open_store(tmp_path / "c.duckdb")) as store:
        for kind, text in (
            ("roster", ROSTER),
            ("cars", "plate,employee_id,since\nX 1,B-1,2020-01-01\nX 2,B-1,2020-01-01\n"),
            ("cars", "plate,employee_id,since\nX 1,A-1,2024-01-01\n"),
        ):
            outcome = import_sources(store, [Source(kind, f"{kind}.csv", text.encode())], Options(corrections=True))
            assert outcome.status == "stored", [str(problem) for problem in outcome.problems]

        def driven():
            newest = texts.with_definitions("select plate, employee_id from cars order by plate")
            return store.query(newest, {"known_at": texts.END_OF_TIME}).to_pylist()

        assert driven() == [{"plate": "X 1", "employee_id": "A-1"}, {"plate": "X 2", "employee_id": "B-1"}]
        people = erasure.named(store, ["A-1"])
        erasure.erase(store, "Hedda", people, erasure.places_of(store, people))
        assert driven() == [{"plate": "X 2", "employee_id": "B-1"}]
        rows = Metrics(store).ask("origins", Viewer.everyone(), Filters(employee="B-1"))
        assert rows["line_no"].tolist() == [3]


def test_the_documents_list_a_kind_as_it_is_declared(declared):
    held = data_map()["tongue_rows"]

    assert (held.about, held.retention) == ("employee_id", "tongues")
    assert held.personal == ("employee_id", "language", "level", "valid_from", "valid_to")
    assert "## tongue_rows\n\nPurpose: which tongues people speak.\n" in markdown()
    assert "## tongues\n\nKey: employee_id and language and valid_from." in listing()
    assert "-- One row per employee_id, language and valid_from: the newest row" in texts.made_relations()["tongues"]
    assert "tongue_rows" in texts.tables_about_people()


def test_every_kind_has_a_name_that_people_read():
    assert set(CALLED) == set(KINDS), "name it in CALLED of kinds/in_words.py, then `make texts` and translate"


def test_a_kind_whose_definition_is_a_file_too_is_refused(monkeypatch):
    monkeypatch.setitem(
        KINDS, "rosters", Kind("rosters", "roster_rows", ("id",), (), relation="roster", purpose="none")
    )
    with pytest.raises(BadDefinition, match="sql/definitions has roster, which is made from kinds"):
        texts.definitions()


def test_a_kind_about_people_that_does_not_say_when_its_rows_end_or_what_for_they_are_stored_cannot_be_declared():
    columns = LANGUAGES.columns[:3]
    with pytest.raises(ValueError, match="Rows of tongues are about people: give one of its days `ends=True`"):
        Kind("tongues", "tongue_rows", ("employee_id",), columns, purpose="tongues")
    with pytest.raises(ValueError, match="is stored without a reason. Give one as `purpose`"):
        Kind("tongues", "tongue_rows", ("employee_id",), LANGUAGES.columns)
