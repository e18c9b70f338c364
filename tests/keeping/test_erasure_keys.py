"""Erasing and retention go by what a column means: keys of other things stay, and nothing superseded comes back."""

import shutil
import threading
from datetime import date, datetime
from pathlib import Path

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.keeping import erasure, privacy, replay
from skilltrack.keeping.durability import check, open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.mail import schedules
from skilltrack.questions import Filters, Metrics
from skilltrack.reports.receipts import Order
from skilltrack.reports.saved import definition_of, save
from skilltrack.storage import store as store_module
from skilltrack.storage.journal import Journal
from tests.torture.erasing import torture

CATALOGUE = {
    "skills": "skill_id,name\ns1,Welding\n",
    "credentials": "credential_id,name,issuer\nc1,One,I\n",
    "credential_skills": "credential_id,skill_id,level\nc1,s1,1\n",
}
SPEND = "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n"
BADGES = "award_id,employee_id,credential_id,issued_on\n"
ONE = Mapping(award_ids="one")
MOVES = Mapping(award_ids="one", award_holders="correct")
LATER = date(2026, 1, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a database with the catalogue."""
    folder = tmp_path_factory.mktemp("made")
    store = open_store(folder / "k.duckdb")
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in CATALOGUE.items()]
    assert import_sources(store, sources, Options()).status == "stored"
    store.close()
    return folder


@pytest.fixture
def store(made, tmp_path):
    opened = open_store(shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "k.duckdb")
    yield opened
    opened.close()


def land(store, kind, text, mapping=None, **options):
    source = Source(kind, f"{kind}.csv", text.encode(), mapping or Mapping())
    outcome = import_sources(store, [source], Options(**options))
    assert outcome.status == "stored", [str(problem) for problem in outcome.problems]
    return outcome.upload_id


def erase(store, *ids):
    people = erasure.named(store, list(ids))
    erasure.erase(store, "hr", people, erasure.places_of(store, people))
    assert check(store) == []
    return erasure.search(store, people)


def retain(store, monkeypatch, words):
    monkeypatch.setenv("SKILLTRACK_RETENTION", words)
    monkeypatch.setattr(privacy, "today", lambda: date(2026, 11, 1))
    people, places, _ = privacy.due(store)
    erasure.erase(store, "hr", people, erasure.places_of(store, people, places))
    assert check(store) == []


def column(store, table, name):
    return sorted(store.query(f"select {name} as found from {table}")["found"].to_pylist())


def ask(store, name, **asked):
    return Metrics(store).ask(name, Viewer.everyone(), Filters(**{"as_of": LATER} | asked))


def holders(store):
    return sorted(ask(store, "award_lines")["employee_id"])


def paid(store):
    return float(ask(store, "spend", paid_from=date(2020, 1, 1), paid_to=LATER)["amount"].sum())


def test_a_payment_and_an_award_with_the_number_of_somebody_erased_stay_and_the_next_file_does_not_double_them(store):
    spend = (
        f"{SPEND}100123,100200,c1,2024-01-01,500.00,EUR,employer\n100124,100200,c1,2024-01-01,1000.00,EUR,employer\n"
    )
    badges = f"{BADGES}100123,100200,c1,2024-01-01\n100124,100201,c1,2024-01-02\n"
    land(store, "roster", "employee_id,name\n100123,Ann\n100124,Bo\n100200,Cy\n100201,Di\n")
    land(store, "spend", spend)
    land(store, "badges", badges, ONE)

    remains = [erase(store, "100123"), erase(store, "100124")]
    land(store, "spend", spend.replace("500.00", "500.0"))
    land(store, "badges", badges + "100125,100200,c1,2024-02-01\n", ONE)

    assert [found.left for found in remains] == [[], []]
    assert "'100123' equals their id and is kept, since it names a payment." in remains[0].kept
    assert "but for what is named above" in remains[0].done
    assert paid(store) == 1500
    assert holders(store) == ["100200", "100200", "100201"]


def test_a_job_code_and_a_team_equal_to_the_id_of_somebody_erased_still_count(store):
    land(store, "roles", "role_id,role_name,skill_id,required_level\n100123,Smith,s1,1\n")
    land(store, "roster", "employee_id,name,team,role_id\n100123,Ann,A,100123\n100200,Cy,100123,100123\n")

    erase(store, "100123")

    found = ask(store, "coverage")
    assert [(row.team, row.required) for row in found.itertuples()] == [("100123", 1)]


def test_two_people_who_share_a_file_can_be_erased_one_after_the_other(store):
    roster = "employee_id,name,manager_id\n100123,Ann,\n100124,Bo,100123\n100125,Cy,100123\n100126,Di,100124\n"
    land(store, "roster", roster)

    assert [erase(store, who).left for who in ("100123", "100124")] == [[], []]

    managers = set(column(store, "roster_rows", "manager_id"))
    assert len(managers) == 2
    assert all(name.startswith("(erased ") for name in managers)


def test_an_id_in_other_letters_is_somebody_else(store):
    land(store, "roster", "employee_id,name\nAB1234,Ann Lee\nab1234,Bo Hill\nAB12,Cy Orr\nab12,Di Poe\n")
    land(store, "exemptions", "employee_id,skill_id,reason\nab1234,s1,as ab1234 wished\nab12,s1,of ab12\n")

    for who in ("AB1234", "AB12"):
        assert erase(store, who).left == []

    assert column(store, "roster_rows", "employee_id") == ["ab12", "ab1234"]
    assert column(store, "exemption_rows", "reason") == ["as ab1234 wished", "of ab12"]


def test_an_id_or_an_address_that_holds_that_of_somebody_erased_is_somebody_elses(store):
    roster = "employee_id,name,email,manager_id\n100123,Ann Lee,a@x.example,\n100123-2,Bo,b@x.example,100123\n"
    land(store, "roster", f"{roster}X-100123,Cy,ann.lee@x.example,100123-2\n", by="ann.lee@x.example")
    land(store, "badges", f"{BADGES}1,100123-2,c1,2024-01-01\n2,X-100123,c1,2024-01-01\n", ONE, by="X-100123")

    found = erase(store, "100123")

    assert found.left == []
    assert "'100123-2' holds what they were called and is kept, since it is the id of somebody else." in found.kept
    assert holders(store) == ["100123-2", "X-100123"]
    assert column(store, "upload_events", "by_whom") == ["X-100123", "ann.lee@x.example", "local"]


def test_what_is_asked_or_sent_about_a_team_called_like_somebody_erased_stays(store):
    """A report that somebody waits for each week had gone, since its team has the number of whoever was erased."""
    land(store, "roster", "employee_id,name,team\n100123,Ann,A\n100200,Cy,100123\n")
    orders = {what: Order("gaps", "csv", Filters(**{what: "100123"})) for what in ("team", "manager")}
    for what, order in orders.items():
        save(store, Viewer("100200"), what, order)
        event = {"schedule_id": what, "account": "100200", "definition": definition_of(order), "every": "week"}
        event |= {"readers": '["100123", "jan.100123@x.example"]', "on_day": 1, "at_hour": 6}
        with store.write() as transaction:
            schedules._write(transaction, event, "made", "100200", {})
    people = erasure.named(store, ["100123"])
    told = erasure.going(store, people, erasure.places_of(store, people))
    found = erase(store, "100123")

    assert (told.saved, told.schedules, found.left) == (1, 1, [])
    assert told.kept == found.kept
    assert (
        "'jan.100123@x.example' holds what they were called and is kept, since it is the address of somebody else."
        in found.kept
    )
    assert column(store, "saved_exports", "name") == ["team"]
    assert [(one.schedule_id, one.readers) for one in schedules.in_force(store)] == [
        ("team", ("jan.100123@x.example",))
    ]


def test_a_time_whose_fraction_of_a_second_reads_like_the_id_of_somebody_erased_mentions_nobody(store):
    """Of a thousand uploads one was at such a moment: every search for remains said for ever that it names them."""
    at = datetime(2099, 1, 1, 12, 30, 15, 100123)
    land(store, "roster", "employee_id,name\n100123,Ann Lee\nP2,Bo\n", landed_at=at)
    assert at.isoformat() in store.journal.path.read_text()

    assert erase(store, "100123").left == []
    assert at.isoformat() in store.journal.path.read_text()


def test_a_mention_in_the_words_that_say_who_uploaded_goes(store):
    land(store, "roster", "employee_id,name\n100123,Ann Lee\nP2,Bo\n", by="Ann Lee, HR")

    assert erase(store, "100123").left == []
    assert "erased, HR" in column(store, "upload_events", "by_whom")


@pytest.mark.parametrize("by", ["Ann Lee", "100123", "Ann Lee, HR"])
def test_whoever_erases_themselves_is_not_named_by_the_erasure(store, by):
    land(store, "roster", "employee_id,name\n100123,Ann Lee\nP2,Bo\n")
    people = erasure.named(store, ["100123"])

    erasure.erase(store, by, people, erasure.places_of(store, people))

    assert erasure.search(store, people).left == []
    assert check(store) == []
    assert column(store, "erasures", "by_whom") == ["erased, HR" if by.endswith("HR") else "erased"]


def test_somebody_whose_rows_were_all_set_aside_can_be_erased(store):
    land(store, "roster", "employee_id,name\nP2,Bo\n")
    land(store, "badges", f"{BADGES}1,100123,c1,2024-01-01\n2,P2,c1,2024-01-01\n", ONE, quarantine=True)
    assert privacy.stored_about(store, "100123")["tables"].keys() == {"quarantined_rows"}

    assert erase(store, "100123").left == []
    assert (store.query("from quarantined_rows").num_rows, holders(store)) == (0, ["P2"])
    with pytest.raises(BadQuestion, match="Nothing is stored about an employee '100123'"):
        erasure.named(store, ["100123"])


def test_an_award_that_moved_to_somebody_erased_does_not_go_back(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-01-01\n", ONE)
    moved = land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", MOVES)
    assert holders(store) == ["P2"]

    erase(store, "P2")

    assert holders(store) == []
    undo(store, moved)
    assert holders(store) == ["P1"]


def test_an_award_that_was_named_without_an_id_first_does_not_go_back_either(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\nP3,Cy\n")
    land(store, "badges", f"{BADGES},P2,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-01-01\n", MOVES)
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", MOVES)
    assert holders(store) == ["P2"]

    assert erase(store, "P2").left == []

    assert holders(store) == []
    assert not any("P2" in key for key in column(store, "badge_rows", "award_key"))
    land(store, "badges", f"{BADGES}a1,P3,c1,2024-01-01\n", MOVES)
    assert holders(store) == ["P3"]
    erase(store, "P3")
    assert holders(store) == []
    assert erase(store, "P1").left == []
    assert set(column(store, "erased_rows", "kind")) == {"roster"}


def test_an_award_that_somebody_erased_had_first_is_not_taken_for_another_of_its_next_holder(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\nP3,Cy\nP4,Di\n")
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n,P1,c1,2024-02-01\n", ONE)
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-02-01\n", MOVES)
    land(store, "badges", f"{BADGES}a1,P3,c1,2024-01-01\n", MOVES)
    assert sorted(holders(store)) == ["P1", "P3"]

    erase(store, "P2")

    assert sorted(holders(store)) == ["P1", "P3"], "the award of P1 that has no id went to P3 with the other"
    land(store, "badges", f"{BADGES}a1,P4,c1,2024-01-01\n", MOVES)
    erase(store, "P3")  # and what an earlier copy said of the rows is said again
    assert sorted(holders(store)) == ["P1", "P4"]
    path = Path(store.path)
    store.close()
    assert rebuild(path)
    anew = open_store(path)
    assert sorted(holders(anew)) == ["P1", "P4"]
    anew.close()


def test_an_end_that_only_a_row_of_somebody_erased_told_still_holds(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(
        store,
        "badges",
        "award_id,employee_id,credential_id,issued_on,expires_on\na1,P1,c1,2024-01-01,2024-12-31\n",
        ONE,
    )
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", MOVES)
    ended = date(2024, 12, 31)
    assert list(ask(store, "award_lines")["valid_to"]) == [ended]

    erase(store, "P1")

    assert list(ask(store, "award_lines")["valid_to"]) == [ended]


def test_a_change_of_holder_that_was_kept_apart_stays_so_when_the_first_holder_is_erased(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\na2,P2,c1,2024-02-01\n", ONE, quarantine=True)

    erase(store, "P1")

    assert holders(store) == ["P2"]
    assert column(store, "quarantined_rows", "line_no") == [2]


def test_a_payment_that_was_corrected_to_somebody_erased_is_nobodys_and_a_rebuild_gives_the_same(store, tmp_path):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "spend", f"{SPEND}x1,P1,c1,2024-01-01,9000.00,EUR,employer\n")
    land(store, "spend", f"{SPEND}x1,P2,c1,2024-01-01,90.00,EUR,employer\n")
    assert paid(store) == 90

    erase(store, "P2")

    assert paid(store) == 0
    store.close()
    rebuild(tmp_path / "k.duckdb")
    again = open_store(tmp_path / "k.duckdb")
    assert (paid(again), check(again)) == (0, [])
    again.close()


def test_retention_takes_a_key_with_its_history_or_leaves_it(store, monkeypatch):
    land(store, "roster", "employee_id,name\nP1,Ann\n")
    land(store, "spend", f"{SPEND}x1,P1,c1,2026-10-01,9000.00,EUR,employer\nx2,P1,c1,2020-01-01,5.00,EUR,employer\n")
    land(store, "spend", f"{SPEND}x1,P1,c1,2020-01-01,90.00,EUR,employer\nx2,P1,c1,2026-10-02,6.00,EUR,employer\n")
    prior = "employee_id,skill_id,level,assessor,valid_from,valid_to\nP1,s1,1,Bo,2020-01-01,"
    land(store, "prior_learning", f"{prior}\n")
    land(store, "prior_learning", f"{prior}2021-01-01\n")
    land(store, "exemptions", "employee_id,skill_id,reason,valid_from,valid_to\nP1,s1,leave,2020-01-01,\n")
    land(store, "exemptions", "employee_id,skill_id,reason,valid_from,valid_to\nP1,s1,leave,2020-01-01,2021-01-01\n")

    retain(store, monkeypatch, "spend 12, prior_learning 12, exemptions 12")

    assert column(store, "spend_rows", "amount") == [5, 6]
    assert (store.query("from prior_learning_rows").num_rows, store.query("from exemption_rows").num_rows) == (0, 0)


def test_retention_keeps_an_award_whose_end_another_source_told(store, monkeypatch):
    land(store, "credentials", "credential_id,name,issuer,validity_months\nc2,Two,I,12\n")
    land(store, "roster", "employee_id,name\nP1,Ann\n")
    land(
        store,
        "badges",
        "award_id,employee_id,credential_id,issued_on,expires_on\na1,P1,c2,2020-01-01,2040-12-31\n",
        ONE,
    )
    land(store, "badges", f"{BADGES}a1,P1,c2,2020-01-01\n", ONE)

    retain(store, monkeypatch, "badges 12")

    assert holders(store) == ["P1"]


def test_uploads_that_wait_for_an_erasure_all_land_and_keep_their_files(tmp_path):
    counts = torture(2, tmp_path)

    assert counts.pop("uploaded") > 0
    assert counts == {"erased": 2, "lost": 0, "traces": 0, "remains": 0, "faults": 0}


def test_the_files_that_an_erasure_replaced_go_before_anybody_who_waits_is_let_in(store, monkeypatch):
    is_locked, sweep = [], Journal.finish_erasures
    monkeypatch.setattr(
        Journal, "finish_erasures", lambda journal: (is_locked.append(store._writing.locked()), sweep(journal))
    )
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")

    erase(store, "P1")

    assert is_locked == [True]


def test_an_erasure_that_is_refused_leaves_no_file_behind(store, monkeypatch):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    before = sorted(path.name for path in store.journal.folder.iterdir())

    def refuse(path):
        raise Refused("The disk is full.")

    monkeypatch.setattr(replay, "refuse_unproved", refuse)
    with pytest.raises(Refused):
        erase(store, "P1")

    assert sorted(path.name for path in store.journal.folder.iterdir()) == before


def test_who_asks_while_the_new_database_takes_its_place_is_answered(store, monkeypatch):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    found, swap = [], store_module.swap

    def ask_meanwhile(*paths):
        asker = threading.Thread(target=lambda: found.append(column(store, "roster_rows", "employee_id")))
        asker.start()
        asker.join(0.3)
        swap(*paths)
        askers.append(asker)

    askers = []
    monkeypatch.setattr(store_module, "swap", ask_meanwhile)
    erase(store, "P1")
    askers[0].join()

    assert found == [["P2"]]
