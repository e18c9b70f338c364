"""Proposals at the command line: the operator lists, accepts, declines and undoes them, and is told what was refused."""

import csv
import io

import pytest

from skilltrack.access.accounts import viewer_called
from skilltrack.commands import cli
from skilltrack.keeping.durability import open_store
from skilltrack.proposals import Proposal, propose
from tests.forked import skilltrack
from tests.proposals.conftest import FILES, upload
from tests.proposals.test_proposals import AWARD, BO, LEARNT


@pytest.fixture
def db(tmp_path):
    store = open_store(tmp_path / "x.duckdb")
    for kind, text in FILES.items():
        upload(store, kind, text)
    bo = viewer_called(store, BO)
    for proposal in (
        AWARD,
        LEARNT,
        Proposal("correction", note="It was 2024.", file_name="p.txt", content=b"proof"),
        AWARD,
    ):
        propose(store, bo, BO, proposal)
    store.close()
    return tmp_path / "x.duckdb"


def run(db, *words):
    done = skilltrack(*words, db=db)
    return done.returncode, done.stdout, done.stderr


def listed(db, *words):
    return [(row["proposal_id"], row["state"]) for row in csv.DictReader(io.StringIO(run(db, *words)[1]))]


def test_an_operator_decides_what_waits(db, tmp_path):
    assert listed(db, "proposals", "list") == [(str(n), "waiting") for n in (1, 2, 3, 4)]
    assert listed(db, "--viewer", "01", "proposals", "list") == [(str(n), "waiting") for n in (1, 2, 4)]
    assert run(db, "proposals", "file", "3", tmp_path / "proof.txt")[0] == 0
    assert (tmp_path / "proof.txt").read_bytes() == b"proof"
    assert run(db, "proposals", "file", "3", tmp_path / "proof.txt")[0] == 2
    assert run(db, "--viewer", "01", "proposals", "decline", "2", "--reason", "Not yet.")[0] == 0
    code, out, err = run(db, "--viewer", "01", "proposals", "accept", "--all")
    assert (code, out) == (2, "Proposal 1 is accepted: upload 6.\n")
    assert err == "Proposal 4: It is on record already, by upload 6.\n"
    assert run(db, "proposals", "undo", "1")[0] == 0
    assert run(db, "proposals", "settle", "3", "--reason", "Done.", "--upload", "5")[0] == 0
    assert run(db, "proposals", "accept")[0] == 2
    assert dict(listed(db, "proposals", "list", "--all")) == {
        "1": "taken back",
        "2": "declined",
        "3": "settled",
        "4": "waiting",
    }


def test_accepting_all_leaves_corrections_waiting_as_the_page_does(db, capsys):
    """Whoever accepts all that can be accepted has done nothing wrong, and a script must not stop there."""

    def here(*words):
        code = cli.run(["--db", str(db), "proposals", *words])
        written = capsys.readouterr()
        return code, written.out, written.err

    assert here("decline", "4", "--reason", "Twice.")[0] == 0
    left = "Still waiting: 1 correction. HR settles each: `proposals settle NUMBER --reason WHY`.\n"
    accepted = "Proposal 1 is accepted: upload 6.\nProposal 2 is accepted: upload 7.\n"
    assert here("accept", "--all") == (0, accepted + left, "")
    assert here("accept", "--all") == (0, left, "")
    assert here("accept", "3")[0] == 2
    assert here("decline", "--all", "--reason", "It is so.")[0] == 0
    assert here("accept", "--all")[::2] == (2, "Nothing waits.\n")
