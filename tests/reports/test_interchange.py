"""What goes to other systems: a record of badges, a star schema, a snapshot; each adds up to the metrics."""

import json
import stat

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from skilltrack.errors import BadFile, Refused
from skilltrack.questions import Metrics
from skilltrack.reports.exports import export_model
from skilltrack.reports.receipts import parse
from tests.reports.conftest import EVERYONE, made, on_the_day


def ask(store, name, **asked):
    return Metrics(store).ask(name, EVERYONE, on_the_day(**asked))


def test_a_transcript_as_open_badges_has_one_credential_for_each_award_and_no_proof(store):
    record = json.loads(made(store, "transcript", "ob3"))
    lines = ask(store, "transcript", employee="00126")
    lines = lines[(lines["source"] != "self_rating") & lines["skill_id"].notna()]
    held = record["credentialSubject"]["verifiableCredential"]

    assert record["type"] == ["VerifiableCredential", "ClrCredential"]
    assert "proof" not in json.dumps(record)
    assert len(held) == len(lines.drop_duplicates(["source", "credential_id", "issuer", "valid_from", "valid_to"]))
    assert sum(len(c["credentialSubject"]["achievement"]["alignment"]) for c in held) == len(lines)
    for credential in held:
        subject = credential["credentialSubject"]
        assert {"@context", "id", "type", "issuer", "validFrom"} <= set(credential)
        assert credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
        assert {"id", "type", "name", "description", "criteria"} <= set(subject["achievement"])
        described = {result["id"] for result in subject["achievement"]["resultDescription"]}
        assert {result["resultDescription"] for result in subject["result"]} == described
        assert subject["identifier"][0]["identityHash"] == "00126"
    assert len({credential["id"] for credential in held}) == len(held)


@pytest.fixture(scope="module")
def star(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("star")
    export_model(store, EVERYONE, on_the_day(), folder / "star")
    return {
        path.stem: pq.read_table(path).to_pandas() for path in sorted((folder / "star").glob("*.parquet"))
    }, folder / "star"


def test_the_facts_of_the_star_add_up_to_the_metrics(store, star):
    tables, _ = star
    standing, now = tables["fact_standing"], ask(store, "totals").iloc[0]
    counted = standing[~standing["is_exempt"]]
    spend = ask(store, "spend").groupby("currency")["amount"].sum()

    assert len(counted) == now["required"]
    assert counted["is_met"].sum() == now["met"]
    assert len(tables["fact_award"]) == len(ask(store, "award_lines"))
    assert tables["fact_spend"].groupby("currency")["amount"].sum().to_dict() == spend.to_dict()
    by_team = counted.merge(tables["dim_person"], on="employee_id").groupby("team")["is_met"].sum()
    assert by_team.to_dict() == ask(store, "teams").set_index("team")["met"].to_dict()


def test_every_key_of_a_fact_is_in_its_dimension_once(star):
    tables, folder = star
    keys = {
        "employee_id": "dim_person",
        "skill_id": "dim_skill",
        "credential_id": "dim_credential",
        "role_id": "dim_role",
    }
    for fact in ("fact_standing", "fact_award", "fact_spend"):
        for key, dimension in keys.items():
            assert tables[dimension][key].is_unique
            if key in tables[fact] and not (fact != "fact_standing" and key == "employee_id"):
                assert set(tables[fact][key].dropna()) <= set(tables[dimension][key]), (fact, key)
    days = pd.to_datetime(tables["dim_date"]["date"])
    assert (days.diff().dropna().dt.days == 1).all()
    for fact, column in (
        ("fact_award", "issued_on"),
        ("fact_award", "valid_to"),
        ("fact_spend", "paid_on"),
        ("fact_standing", "as_of"),
    ):
        assert set(tables[fact][column].dropna()) <= set(tables["dim_date"]["date"])
    receipt = pq.read_schema(folder / "fact_spend.parquet").metadata[b"skilltrack"].decode()
    assert parse(receipt, "x").order.name == "star"


def test_the_snapshot_is_a_database_of_plain_names_that_nobody_can_write_to(store, star, tmp_path):
    tables, _ = star
    path = tmp_path / "analysts.duckdb"
    export_model(store, EVERYONE, on_the_day(), path)

    assert not path.stat().st_mode & stat.S_IWUSR
    with duckdb.connect(str(path), read_only=True) as opened:
        names = {row[0] for row in opened.execute("select table_name from duckdb_tables()").fetchall()}
        assert names == {
            "person",
            "team",
            "skill",
            "credential",
            "role",
            "role_skill",
            "standing",
            "award",
            "spend",
            "date",
            "receipt",
        }
        assert opened.execute("select count(*) from standing").fetchall() == [(len(tables["fact_standing"]),)]
        assert "report" in opened.execute("select receipt from receipt").fetchall()[0][0]
    with pytest.raises(Refused, match="exists already"):
        export_model(store, EVERYONE, on_the_day(), path)


def test_a_store_of_ours_is_not_taken_for_a_report(store, built):
    from skilltrack.reports.reproduce import reproduce

    with pytest.raises(BadFile):
        reproduce(store, EVERYONE, built)
