"""The demo company as a guest: it comes into an empty store only, is told apart from real uploads, and leaves whole."""

from datetime import date

import pytest

from skilltrack import demo
from skilltrack.access import Viewer, roles_in_force
from skilltrack.access import trail as audit
from skilltrack.errors import NotOpen, Refused
from skilltrack.ingest import import_files, undo, uploads
from skilltrack.keeping import check, open_store
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
