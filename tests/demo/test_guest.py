"""The demo company as a guest: it comes into an empty store only, is told apart from real uploads, and leaves whole."""

from datetime import date

import pytest
from click.testing import CliRunner

from skilltrack import demo
from skilltrack.access import Viewer, give, make_token, roles_in_force, unended_tokens, viewer_called
from skilltrack.access import trail as audit
from skilltrack.commands.cli import cli
from skilltrack.errors import NotOpen, Refused
from skilltrack.ingest import import_files, undo, uploads
from skilltrack.keeping import check, open_store
from skilltrack.proposals import Proposal, proposals, propose, withdraw_since
from skilltrack.questions import Filters, Metrics
from tests.companies import kept

HR, LD = Viewer("kim@x.example", frozenset({"hr"})), Viewer("lou@x.example", frozenset({"ld"}))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = open_store(tmp_path_factory.mktemp("guest") / "x.duckdb")
    yield opened
    opened.close()


def people(store):
    return int(Metrics(store).ask("totals", Viewer.everyone(), Filters())["people"][0])


def skills(tmp_path):
    file = tmp_path / "skills.csv"
    file.write_text("skill_id,name\nours,One of ours\n")
    return [file]


def test_it_comes_once_leaves_whole_and_can_come_again(store, tmp_path):
    """A store that was tried with the demo is as empty as before, and no role of the demo opens it to anybody."""
    with pytest.raises(NotOpen):
        demo.put_in(store, LD, with_roles=False)
    demo.put_in(store, HR, with_roles=True)
    assert people(store) > 380
    assert set(roles_in_force(store)["account"]) == set(demo.ROLES)
    with pytest.raises(Refused, match="for an empty store"):
        demo.put_in(store, HR, with_roles=True)

    real = import_files(store, "skills", skills(tmp_path), by="kim@x.example").upload_id
    assert demo.guest_in(store).others == 1
    with pytest.raises(Refused, match="Other uploads count"):
        demo.take_out(store, HR)
    assert people(store) > 380
    undo(store, real)

    demo.take_out(store, HR)
    assert demo.guest_in(store) == demo.Guest((), 0)
    assert people(store) == 0
    assert roles_in_force(store).empty
    assert set(uploads(store)["undone_by"]) == {"local", HR.account}
    assert [table for table, rows in kept(store).items() if rows] == ["kept_people"]  # their numbers stay
    assert check(store) == []
    noted = audit.entries(store, {"event": "demo"})
    assert list(noted["what"]) == ["what removed", "what loaded"]

    demo.put_in(store, HR, with_roles=False)
    assert people(store) > 380
    assert roles_in_force(store).empty
    demo.take_out(store, HR)


def test_an_upload_of_the_first_programs_which_stored_no_names_of_files_is_a_real_one(tmp_path):
    """Every page looks for the demo: one that could not would leave an old company without any page."""
    old = open_store(tmp_path / "old.duckdb")
    with old.write() as transaction:
        transaction.run("insert into uploads values (1, date '2020-01-01', 'snapshot')")
        transaction.run("insert into upload_events values (1, 'landed', timestamp '2020-01-01', 'demo')")

    assert demo.guest_in(old) == demo.Guest((), 1)
    old.close()


def test_an_upload_of_somebody_who_is_called_like_the_demo_is_not_taken_for_it(store, tmp_path):
    """A real upload is never undone as if it were invented."""
    file = tmp_path / "our people.csv"
    file.write_text("employee_id,name\n1,Kim\n")
    import_files(store, "roster", [file], effective=date(2026, 1, 1), by=demo.BY)

    assert demo.guest_in(store).own == ()
    with pytest.raises(Refused, match="for an empty store"):
        demo.put_in(store, HR, with_roles=False)


@pytest.fixture
def empty(tmp_path):
    opened = open_store(tmp_path / "x.duckdb")
    yield opened
    opened.close()


def test_what_its_people_got_goes_with_it_and_real_people_with_their_ids_have_none_of_it(empty, tmp_path):
    """Ids are short numbers in many companies: the real 00126 is not HR because the invented one was."""
    demo.put_in(empty, HR, with_roles=False)
    give(empty, Viewer.everyone(), "00126", "hr")
    give(empty, Viewer.everyone(), "kim@x.example", "hr")
    propose(empty, viewer_called(empty, "00126"), "00126", Proposal("correction", note="Trying it."))
    make_token(empty, viewer_called(empty, "00126"), "00126", ["reports"])
    withdraw_since(empty, demo.take_out(empty, HR))
    assert unended_tokens(empty) == {}

    file = tmp_path / "roster.csv"
    file.write_text("employee_id,name,email\n00126,Rob,rob@x.example\n")
    import_files(empty, "roster", [file], by="kim@x.example")
    assert viewer_called(empty, "00126").roles == {"employee"}
    assert viewer_called(empty, "kim@x.example").roles == {"hr"}
    assert set(proposals(empty, Viewer.everyone())["state"]) == {"withdrawn"}
    assert check(empty) == []


def test_what_lands_while_it_is_loaded_stays_and_the_demo_goes_again(empty, tmp_path):
    def landing(step):
        if not done:
            done.append(import_files(empty, "skills", skills(tmp_path), by="kim@x.example").upload_id)

    done = []
    with pytest.raises(Refused, match="uploaded files meanwhile"):
        demo.put_in(empty, HR, with_roles=True, progress=landing)
    assert demo.guest_in(empty) == demo.Guest((), 1)
    assert roles_in_force(empty).empty


def test_nobody_uploads_by_command_in_the_name_of_the_demo(tmp_path):
    """Removing the demo would take what they uploaded."""
    command = ["--db", str(tmp_path / "x.duckdb"), "import", "skills", str(skills(tmp_path)[0]), "--by", demo.BY]
    refused = CliRunner().invoke(cli, command).exception
    assert isinstance(refused, Refused)
    assert "go with it" in str(refused)
