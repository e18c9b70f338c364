"""Published relations are whole, of one moment, as documented, and without who was erased; else a lake tells other numbers."""

import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from skilltrack.access import trail
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.errors import BadStore, NoRoom, NotOpen, Refused
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping import erasure, open_store
from skilltrack.lake import RELATIONS, publish
from skilltrack.relations import END_OF_TIME, with_definitions
from tests.backups.bucket import storage
from tests.forked import skilltrack
from tests.ingest.test_import import made_in

EVERYONE = Viewer.everyone()
DOCUMENTED = re.compile(r"^### (\w+)\n\nOne row per (.+)\. Key: (.+)\.\n\n(?:\|.+\n){2}((?:\|.+\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_in(tmp_path_factory.mktemp("made"))


@pytest.fixture
def corp(made, tmp_path):
    store = open_store(shutil.copytree(made, tmp_path / "live") / "corp.duckdb")
    yield store
    store.close()


def shown(folder):
    """What a reader of the folder has: each relation's file, by way of lake.json."""
    relations = json.loads((folder / "lake.json").read_text())["relations"]
    return {name: pq.read_table(folder / stated["file"]) for name, stated in relations.items()}


def test_what_is_written_is_what_the_documents_say_and_what_the_definitions_give(corp, tmp_path):
    publish(corp, EVERYONE, str(tmp_path / "lake"))
    tables, manifest = shown(tmp_path / "lake"), json.loads((tmp_path / "lake" / "lake.json").read_text())

    documented = DOCUMENTED.findall((ROOT / "docs" / "lake.md").read_text())
    assert [name for name, *_ in documented] == list(tables) == list(RELATIONS)
    for name, grain, key, columns in documented:
        stated = manifest["relations"][name]
        assert (stated["grain"], stated["key"]) == (grain, re.findall(r"`(\w+)`", key))
        rows = [[cell.strip(" `") for cell in line.split("|")[1:4]] for line in columns.splitlines()]
        assert {column: kind + "*" * (empty == "never") for column, kind, empty in rows} == stated["columns"]
        assert tables[name].schema.equals(RELATIONS[name].schema), name
        assert tables[name].num_rows == stated["rows"]
        assert len(set(map(str, tables[name].select(stated["key"]).to_pylist()))) == tables[name].num_rows, name
        if name != "reporting_lines":
            select = with_definitions(f"select {', '.join(stated['columns'])} from {name}")
            given = corp.query(select, {"known_at": END_OF_TIME}).cast(RELATIONS[name].schema)
            assert sorted(map(str, given.to_pylist())) == sorted(map(str, tables[name].to_pylist()))
    assert tables["reporting_lines"].select(["manager_id", "employee_id"]).to_pylist() == [
        {"manager_id": "001", "employee_id": "002"}
    ]
    assert {row["source"] for row in tables["evidence"].to_pylist()} >= {"award", "prior_learning", "self_rating"}
    assert manifest["data_version"] == corp.data_version()


def test_a_reader_has_the_old_state_or_the_new_one_and_files_of_others_stay(corp, tmp_path):
    lake = tmp_path / "lake"
    first = publish(corp, EVERYONE, str(lake)).manifest
    foreign = [lake / "README.md", lake / "awards.parquet", lake / "sales-20260101T000000-abcdef.parquet"]
    left = lake / "awards-20260101T000000-abcdef.parquet"  # of a process that was killed
    part = lake / f".{left.name}.{'0' * 32}.part"
    for file in (*foreign, left, part):
        file.write_text("x")
    import_sources(corp, [Source("skills", "skills.csv", b"skill_id,name\ns9,Knots\n")], Options())
    steps = []

    def look(step):
        tables = shown(lake)
        steps.append((step.split(maxsplit=1)[0], tables["skills"].num_rows, len(tables)))

    second = publish(corp, EVERYONE, str(lake), look)

    assert set(steps) == {(step, 2, len(RELATIONS)) for step in ("Reading", "Writing")} | {
        ("Removing", 3, len(RELATIONS))
    }
    assert set(second.removed) == {left.name, part.name, *(relation.file for relation in first.relations.values())}
    files = {relation.file for relation in second.manifest.relations.values()}
    assert {path.name for path in lake.iterdir()} == files | {"lake.json"} | {file.name for file in foreign}


def test_whoever_was_erased_is_in_no_file_of_the_next_publication(corp, tmp_path):
    lake = tmp_path / "lake"
    publish(corp, EVERYONE, str(lake))
    assert any("002" in str(table.to_pylist()) for table in shown(lake).values())

    people = erasure.named(corp, ["002"])
    assert any(f"`publish --to {lake}` again" in line for line in erasure.going(corp, people, {}).backups)
    erasure.erase(corp, "op", people, erasure.places_of(corp, people))
    publish(corp, EVERYONE, str(lake))

    assert [name for name, table in shown(lake).items() if "002" in str(table.to_pylist())] == []
    assert len(list(lake.iterdir())) == len(RELATIONS) + 1


def test_whoever_is_erased_while_somebody_publishes_is_not_published(corp, tmp_path):
    erased = []

    def erase(step):
        if step.startswith("Writing") and not erased:
            erased.append("002")
            people = erasure.named(corp, erased)
            erasure.erase(corp, "op", people, erasure.places_of(corp, people))

    with pytest.raises(Refused, match="Publish again"):
        publish(corp, EVERYONE, str(tmp_path / "lake"), erase)
    assert list((tmp_path / "lake").iterdir()) == []
    publish(corp, EVERYONE, str(tmp_path / "lake"))
    assert "002" not in shown(tmp_path / "lake")["roster"].column("employee_id").to_pylist()


def test_only_who_sees_everything_publishes_and_the_audit_log_tells_who_did(corp, tmp_path):
    for roles in ({"hr"}, {"manager", "auditor"}, {"administrator"}):
        with pytest.raises(NotOpen, match="whole company"):
            publish(corp, Viewer("kim", frozenset(roles)), str(tmp_path / "lake"))
    assert not (tmp_path / "lake").exists()

    publish(corp, Viewer("kim", frozenset({"ld"})), str(tmp_path / "lake"))
    noted = trail.entries(corp, {"event": "published"})
    assert noted["who"].tolist() == [corp.journal.audit.code("kim")]
    assert str(tmp_path / "lake") in noted["what"][0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"tables": []}', "`publish` did not write"),
        (b"\xff not JSON", "`publish` did not write"),
        (b'{"format": 2, "anything": {}}', "newer Skilltrack"),
        (
            b'{"format": 1, "company": "another", "program": "1", "data_version": "", "computed_at": "", "relations": {}}',
            "another company",
        ),
    ],
)
def test_what_somebody_else_put_there_is_not_written_over(corp, tmp_path, content, why):
    (tmp_path / "lake.json").write_bytes(content)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(BadStore, match=why):
        publish(corp, EVERYONE, str(tmp_path))

    assert (tmp_path / "lake.json").read_bytes() == content
    assert sorted(tmp_path.iterdir()) == before


def test_where_it_cannot_be_written_nothing_is_left(corp, tmp_path):
    with pytest.raises(Refused, match=r"one of the database's own|folder of a database"):
        publish(corp, EVERYONE, f"{corp.path}.files")
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="cannot be made one"):
        publish(corp, EVERYONE, str(tmp_path / "file" / "lake"))
    (tmp_path / "lake" / "lake.json").mkdir(parents=True)
    with pytest.raises(Refused, match="cannot be written"):
        publish(corp, EVERYONE, str(tmp_path / "lake"))
    assert [path.name for path in (tmp_path / "lake").iterdir()] == ["lake.json"]
    assert list((tmp_path / "live").glob(".*publish*")) == []


def test_a_bucket_shows_the_new_files_and_the_command_says_so(corp, tmp_path):
    with storage("lake") as (address, objects):
        aws = {"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "x"}
        corp.close()
        for gone in (0, len(RELATIONS)):
            done = skilltrack("publish", "--to", "s3://lake/corp", db=corp.path, **aws)
            assert (done.returncode, done.stderr) == (0, "")
            assert f"{len(RELATIONS)} relations with" in done.stdout
            assert f"; {gone} files of before are gone" in done.stdout
    files = {stated["file"] for stated in json.loads(objects["corp/lake.json"])["relations"].values()}
    assert set(objects) == {f"corp/{file}" for file in files} | {"corp/lake.json"}


def test_nothing_is_published_of_a_company_without_any_file(tmp_path):
    store = open_store(tmp_path / "new.duckdb")
    with pytest.raises(Refused, match="nothing to publish"):
        publish(store, EVERYONE, str(tmp_path / "lake"))
    store.close()


def test_what_fails_beside_the_database_is_not_called_a_full_disk(tmp_path):
    """Somebody would look for room on a disk that has plenty, where the name is too long for what lies beside it."""
    store = open_store(tmp_path / f"{'c' * 233}.duckdb")
    skills = Source("skills", "skills.csv", b"skill_id,name\ns1,One\n")
    assert import_sources(store, [skills], Options()).status == "stored"
    with pytest.raises(Refused, match="File name too long") as refused:
        publish(store, EVERYONE, str(tmp_path / "lake"))
    assert not isinstance(refused.value, NoRoom)
    store.close()


@pytest.mark.parametrize("place", ["", " ", "S3://lake/x", "http://lake.example/x"])
def test_a_place_that_is_none_is_refused_and_no_folder_of_that_name_is_made(corp, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refused, match="no place that is known"):
        publish(corp, EVERYONE, place)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_a_killed_publication_left_beside_the_database_goes_when_it_is_opened(corp):
    """Else whoever is erased next stays there."""
    path = Path(corp.path)
    left = path.with_name(f".{path.name}.publish-abcdefgh")
    left.mkdir()
    (left / "roster-20260101T000000-abcdef.parquet").write_text("Ann")
    corp.close()
    open_store(path).close()
    assert not left.exists()
