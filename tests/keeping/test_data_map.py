"""The data map is complete: every column, journal field and audit field is in it, and whoever is in a table can be found."""

import json
from contextlib import closing
from datetime import date

from skilltrack.access import trail as audit
from skilltrack.access.accounts import give, viewer_called
from skilltrack.access.choices import choose_mail
from skilltrack.access.languages import choose_language
from skilltrack.access.tokens import make_token
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.keeping import durability, erasure
from skilltrack.keeping.data_map import data_map, markdown
from skilltrack.keeping.privacy import _WHERE, retained, stored_about
from skilltrack.kinds import kinds_about_people
from skilltrack.mail.schedules import _write
from skilltrack.proposals import Proposal, accept, decline, propose
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from skilltrack.reports.saved import save
from skilltrack.storage.audit_log import FIELDS
from skilltrack.storage.store import Store
from tests.badges.signing import INTEGRITY, V2, Signer, badge


def columns():
    with closing(Store.open(":memory:")) as store:
        return {name: set(named) for name, named in store.columns().items()}


def test_every_column_of_a_fresh_database_is_in_the_map_once():
    mapped = {name: [*held.personal, *held.other] for name, held in data_map().items() if not held.place}

    assert {name: set(listed) for name, listed in mapped.items()} == columns()
    assert all(len(listed) == len(set(listed)) for listed in mapped.values())


def test_every_table_with_people_in_it_says_whom_and_is_handed_out():
    for name, found in columns().items():
        for column in found & {"employee_id", "person", "account"}:
            assert data_map()[name].about, (name, column)
            assert column in data_map()[name].personal
    assert {held.about for held in data_map().values()} - {"", "cells"} == set(_WHERE)


def test_every_kind_of_row_about_people_is_erased():
    """Besides the kinds: what was checked of a badge goes with the award's line, a proposal with its line of the journal."""
    tables = {name for name, found in columns().items() if "employee_id" in found and not name.startswith("kept_")}

    assert {kind.table for kind in kinds_about_people()} | {"award_checks", "proposal_events"} == tables
    assert all(data_map()[kind.table].retention in retained() for kind in kinds_about_people())


def test_the_document_is_made_from_the_map():
    assert (ROOT / "docs" / "data-map.md").read_text(encoding="utf-8") == markdown()


def test_every_field_of_journal_and_audit_log_is_in_the_map_and_held_hands_out_every_table(tmp_path):
    store = durability.open_store(tmp_path / "m.duckdb")

    def land(kind, text, **options):
        outcome = import_sources(store, [Source(kind, f"{kind}.csv", text.encode())], Options(**options))
        assert outcome.status == "stored", [str(problem) for problem in outcome.problems]

    land("skills", "skill_id,name\ns1,W\n")
    land("credentials", "credential_id,name,issuer\nc1,C,I\nk1,K,I\n")
    land("credential_skills", "credential_id,skill_id,level\nc1,s1,1\n")
    land("stacks", "credential_id,component_id\nk1,c1\n")
    land("roles", "role_id,role_name,skill_id,required_level\nr1,R,s1,1\n")
    signer = Signer()
    land(
        "roster",
        "employee_id,name,manager_id,role_id,email\nB-1,Bo,,r1,\nA-1,Ann,B-1,r1,ann@works.example\n",
        effective=date(2024, 1, 1),
        by="A-1",
    )
    about = {
        "badges": "employee_id,credential_id,issued_on\nA-1,c1,2024-01-01\nA-1,nope,2024-01-01\n",
        "prior_learning": "employee_id,skill_id,level,assessor,valid_from\nA-1,s1,1,D,2024-01-01\n",
        "self_ratings": "employee_id,skill_id,level,valid_from\nA-1,s1,1,2024-01-01\n",
        "exemptions": "employee_id,skill_id,reason\nA-1,s1,leave\n",
        "spend": "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\np,A-1,c1,2024-01-01,1,EUR,grant\n",
    }
    for kind, text in about.items():
        land(kind, text, quarantine=True)
    signed = badge(signer.did, [*V2, INTEGRITY])
    signed["credentialSubject"]["achievement"]["id"] = "c1"
    signed["credentialSubject"]["identifier"][0]["identityHash"] = "ann@works.example"
    land("badges", json.dumps(signer.prove(signed, "eddsa-jcs-2022")))
    give(store, Viewer.everyone(), "A-1", "hr")
    choose_mail(store, "A-1", "lapses", False, "A-1")
    choose_language(store, "A-1", "de")
    line = dict.fromkeys(("schedule_id", "step", "every"), "made") | {
        "account": "A-1",
        "definition": "{}",
        "readers": '["A-1"]',
    }
    with store.write() as transaction:
        _write(transaction, line | {"on_day": 1, "at_hour": 6}, "made", "A-1", {})
    make_token(store, Viewer("A-1"), "A-1", ["reports"])
    proposal = Proposal("award", "c1", valid_from=date(2024, 1, 1), file_name="p.txt", content=b"proof")
    for number in (propose(store, viewer_called(store, "A-1"), "A-1", proposal) for _ in range(2)):
        decline(store, Viewer.everyone(), number, "told") if number == 2 else accept(store, Viewer.everyone(), number)
    save(store, Viewer("A-1"), "mine", Order("coverage", "csv", Filters()))
    durability.backup(store, tmp_path / "b.duckdb")
    audit.note(store.journal.audit, "A-1", "saw", "B-1")

    found = stored_about(store, "A-1")
    about_people = {name for name, table in data_map().items() if table.about}
    assert set(found["tables"]) == about_people, "give A-1 a row of each new kind in `about` above"
    events = ["uploaded", "role", "mail", "language", "schedule", "token", *["proposal"] * 3, "saw"]
    assert [entry["event"] for entry in found["audit"]] == events
    assert found["tables"]["badge_rows"][0]["file_name"] == "badges.csv"

    undo(store, 7)
    people = erasure.named(store, ["A-1"])
    erasure.erase(store, "B-1", people, erasure.places_of(store, people))
    lines = (store.journal.folder / "journal.jsonl").read_text().splitlines()
    fields = {name for line in lines for name in json.loads(line)}
    assert fields <= {*data_map()["journal"].personal, *data_map()["journal"].other}
    assert set(FIELDS) == {*data_map()["audit"].personal, *data_map()["audit"].other}
    assert erasure.search(store, people).left == []
    store.close()
