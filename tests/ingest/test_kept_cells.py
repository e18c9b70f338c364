"""Of a file that lands, the cells of columns that are used are kept, and the copy lands again as the file did."""

import json
from contextlib import closing

import pytest

from skilltrack.errors import BadFile
from skilltrack.ingest import import_files, import_sources
from skilltrack.ingest.landing.upload import Options
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.sources import Source
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild

LANDED = (
    "select * from roster_rows order by line_no",
    "select line_no, cells, problems from quarantined_rows order by line_no",
    "select kind, new_rows, quarantined_rows from upload_counts",
)
ROSTER = """No.;Personalnummer;Vorname;Name;Region;Abteilung{more}
1;001;Ada;Berg;hidden north;Field{cell}
2;002;Bo;Dahl;"hidden
south";Field{cell}
No.;Personalnummer;Vorname;Name;Region;Abteilung{more}
3;;;;hidden east;{cell}
4;004;Cy;Eng;hidden west;Field{cell};too many
5;005;Di;Fox;hidden;Left out{cell}
Total;;;3;;{cell}
"""


def kept_of(path):
    """The one file that is kept beside a database."""
    (kept,) = [file for file in (path.parent / f"{path.name}.files").iterdir() if not file.name.startswith("journal")]
    return kept.read_bytes().decode()


def landed(store):
    return [store.query(text).to_pylist() for text in LANDED]


@pytest.mark.parametrize("sensitive", [False, True])
def test_cells_of_unused_columns_are_not_kept_and_the_copy_lands_as_the_file_did(tmp_path, sensitive):
    path = tmp_path / "x.duckdb"
    text = ROSTER.format(more=";Gehalt" * sensitive, cell=";hidden pay" * sensitive)
    mapping = Mapping(skip={"team": ["Left out"]})
    with closing(open_store(path)) as store:
        outcome = import_sources(
            store, [Source("roster", "r.csv", text.encode(), mapping, True)], Options(quarantine=True)
        )
        assert outcome.status == "stored", outcome.errors
        first = landed(store)
    assert [(row["employee_id"], row["name"], row["line_no"]) for row in first[0]] == [
        ("001", "Ada Berg", 2),
        ("002", "Bo Dahl", 3),
    ]
    # A row of another width fits no column, so it is kept as it came, but never where something in it may be sensitive.
    assert [(row["line_no"], "hidden west" in row["cells"]) for row in first[1]] == [(6, False), (7, not sensitive)]
    assert json.loads(first[1][1]["cells"])[-1:] == ["too many"] * (not sensitive)

    kept = kept_of(path)
    assert kept.startswith("No. (not kept);Personalnummer;Vorname;Name;Region (not kept);Abteilung")
    assert kept.count("hidden") == (not sensitive)
    assert "Left out" not in kept
    rebuild(path, lambda line: None, True)
    with closing(open_store(path)) as store:
        assert landed(store) == first


def test_a_file_of_which_all_is_used_is_kept_byte_by_byte(tmp_path):
    (tmp_path / "r.csv").write_bytes(b'\xef\xbb\xbfemployee_id;name\r\n"1";Ann\r\n')
    with closing(open_store(tmp_path / "x.duckdb")) as store:
        import_files(store, "roster", [tmp_path / "r.csv"])

    assert kept_of(tmp_path / "x.duckdb").encode() == b'\xef\xbb\xbfemployee_id;name\r\n"1";Ann\r\n'


def test_a_copy_never_gives_a_column_that_was_not_kept(tmp_path):
    path = tmp_path / "x.duckdb"
    with closing(open_store(path)) as store:
        text = b"employee_id,name,department,site\n1,Ann,Field,Bergen\n"
        only = Mapping(columns={"employee_id": "employee_id", "name": "name", "team": "site"})
        import_sources(store, [Source("roster", "r.csv", text, only, True)], Options())
        copy = kept_of(path)
        assert copy == "employee_id,name,department (not kept),site\n1,Ann,,Bergen\n"
        with pytest.raises(BadFile, match=r"has no column 'department', .*It has: .*department \(not kept\), site"):
            wanted = Mapping(columns={"team": "department"})
            import_sources(store, [Source("roster", "copy.csv", copy.encode(), wanted, True)], Options(dry_run=True))
        again = import_sources(store, [Source("roster", "copy.csv", copy.encode())], Options())
        assert store.query(
            f"select team, location from roster_rows where upload_id = {again.upload_id}"
        ).to_pylist() == [{"team": None, "location": "Bergen"}]
