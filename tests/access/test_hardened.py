"""No text that reaches the database, however it came about, reads or writes another file or lifts that."""

import re

import duckdb
import pyarrow as pa

from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.ingest import import_folder, undo
from skilltrack.keeping import durability, erasure, mending, restoring
from skilltrack.questions import Filters, Metrics
from skilltrack.reports.exports import export_model
from skilltrack.storage import store as store_module
from tests.access.sight import person_row, write

ATTACKS = (
    "select * from read_csv('{file}')", "select * from '{file}'", "select * from read_text('{file}')",
    "select * from read_json('{file}')", "select * from glob('{folder}/*')", "select * from sniff_csv('{file}')",
    "copy (select 1) to '{folder}/out'", "export database '{folder}/all'", "import database '{folder}/all'",
    "attach '{folder}/other.duckdb'", "attach '{file}' (type sqlite)", "install httpfs", "load httpfs",
    "force install json from community", "create persistent secret (type s3)",
)  # fmt: skip
LIFTING = (
    "set enable_external_access = true",
    "reset enable_external_access",
    "set lock_configuration = false",
    "set allowed_directories = ['{folder}']",
    "set temp_directory = '{folder}'",
    "set preserve_insertion_order = false",
    "set allowed_configs = ['enable_external_access']",
    "reset allowed_configs",
    "set autoinstall_known_extensions = true",
    "set disabled_filesystems = ''",
)


def allowed(connection, folder, attacks=ATTACKS + LIFTING):
    """What a connection does, or refuses for another reason than that it is closed."""
    wrong, file = [], folder / "secret.csv"
    file.write_text("a\n1\n")
    frame = pa.table({"a": [1]})  # noqa: F841 what Python holds is no table either
    for attack in (*attacks, "select * from frame"):
        cursor = connection.cursor()
        try:
            cursor.execute(attack.format(file=file, folder=folder))
            wrong.append(attack)
        except duckdb.Error as error:
            if not re.search(
                "disabled (by|through) configuration|configuration has been locked|name frame", str(error)
            ):
                wrong.append(f"{attack}: {error}")
        finally:
            cursor.close()
    return wrong + [path.name for path in folder.iterdir() if path != file]


def test_every_connection_that_the_app_opens_is_closed_to_files_and_still_takes_them_in(tmp_path, monkeypatch):
    opened, connect = [], store_module.connect

    def connected(path, is_read_only=False):
        connection = connect(path, is_read_only)
        folder = tmp_path / f"attacked{len(opened)}"
        folder.mkdir()
        opened.append((path, is_read_only, allowed(connection, folder)))
        return connection

    monkeypatch.setattr(store_module, "connect", connected)
    path, out = tmp_path / "x.duckdb", tmp_path / "snapshot.duckdb"
    store = durability.open_store(path)
    rows = [person_row(person, "", "T", "a") for person in ("ann", "bob")]
    assert import_folder(store, write(tmp_path / "files", {"roster": rows})).status == "stored"
    export_model(store, Viewer.everyone(), Filters(), out)
    durability.backup(store, tmp_path / "copy")
    people = erasure.named(store, ["bob"])
    erasure.erase(store, "root", people, erasure.places_of(store, people), lambda said: None)
    store._reopen()
    undo(store, 1)
    assert len(Metrics(store).ask("people", Viewer.everyone(), Filters())) == 0
    store.close()
    mending.rebuild(path)
    restoring.restore(path, tmp_path / "copy", lambda said: None)
    assert durability.check_file(path, lambda said: None) == []

    assert {is_read_only for _, is_read_only, _ in opened} == {False, True}
    assert len({path for path, _, _ in opened}) > 3
    assert [wrong for *_, found in opened for wrong in found] == []


def test_a_connection_that_is_not_closed_is_seen(tmp_path):
    told = allowed(duckdb.connect(), tmp_path, ATTACKS[:1] + ATTACKS[6:7] + LIFTING[-1:])

    assert told == [ATTACKS[0], ATTACKS[6], LIFTING[-1], "select * from frame", "out"]


def test_one_place_opens_connections():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "skilltrack").rglob("*.py")]

    assert sum(text.count("duckdb.connect(") for text in texts) == 1
