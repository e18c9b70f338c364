"""Real rosters, a real role framework and a real certification catalogue, through the worked examples of the docs."""

import csv
import io
import os
from pathlib import Path

import pytest

from skilltrack.config import ROOT
from tests.commands.test_cli import run

EXAMPLES = ROOT / "docs" / "examples"
GIVEN = os.environ.get("SKILLTRACK_REALDATA")
pytestmark = pytest.mark.skipif(
    not GIVEN,
    reason="set SKILLTRACK_REALDATA to the folder with the real rosters and catalogues to try the worked examples on them",
)
STEPS = [
    ("skills", "uk-ddat-capability-framework/skills.csv", "framework-skills.toml", []),
    ("roles", "uk-ddat-capability-framework/roles.csv", "framework-roles.toml", []),
    ("credentials", "rolemath-certifications/certifications.csv", "certifications.toml", []),
    ("credentials", "certification-facts.csv", None, []),
    ("credential_skills", "credential_skills.csv", None, []),
    ("roster", "adventureworks-hr/derived_roster.csv", "adventureworks-roster.toml", ["--effective", "2024-01-01"]),
    ("roster", "oracle-hr/employees.csv", "oracle-roster.toml", ["--effective", "2024-04-01", "--mode", "changes"]),
    ("badges", "badges.csv", None, []),
    ("prior_learning", "prior_learning.csv", None, []),
    ("spend", "spend.csv", None, []),
]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    db = tmp_path_factory.mktemp("real") / "real.duckdb"
    told = {}
    for kind, name, mapping, options in STEPS:
        source = EXAMPLES / name if (EXAMPLES / name).exists() else Path(GIVEN) / name
        extra = ["--mapping", EXAMPLES / mapping] if mapping else []
        done = run(db, "import", kind, source, *extra, *options)
        assert done.returncode == 0, (name, done.stderr[-2000:])
        told[name] = done.stdout + done.stderr
    return db, told


def report(db, *words):
    done = run(db, "report", *words, "--as-of", "2024-10-01")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_everything_lands_and_what_is_left_out_is_counted(company):
    _, told = company

    assert "skills: 188 new" in told["uk-ddat-capability-framework/skills.csv"]
    # 1 825 requirements, less 28 that are not in use, less 16 that stand twice or more.
    assert "roles: 1781 new" in told["uk-ddat-capability-framework/roles.csv"]
    assert "44 rows left out" in told["uk-ddat-capability-framework/roles.csv"]
    assert "credentials: 50 new" in told["rolemath-certifications/certifications.csv"]
    assert "6 changed" in told["certification-facts.csv"]
    assert "roster: 290 new" in told["adventureworks-hr/derived_roster.csv"]
    assert "roster: 107 new" in told["oracle-hr/employees.csv"]


def test_salaries_are_dropped_and_said(company):
    assert "SALARY: sensitive personal data" in company[1]["oracle-hr/employees.csv"]


def test_the_organisation_is_whole(company):
    db, _ = company

    assert len(report(db, "readiness")) == 397
    assert len(report(db, "readiness", "--manager", "1")) == 289
    assert len(report(db, "readiness", "--manager", "ORA-100")) == 106


def test_readiness_and_gaps_make_sense(company):
    db, _ = company
    people = {row["employee_id"]: row for row in report(db, "readiness")}

    # 265: Network+, LFCS and ITIL 4 give 9 of the 14 requirements of an infrastructure operations engineer.
    assert (people["265"]["requirements"], people["265"]["met"]) == ("14", "9")
    assert float(people["265"]["readiness"]) == pytest.approx(9 / 14)
    # 270: the data engineer certificate gives 3 of 11, prior learning 2 more.
    assert (people["270"]["requirements"], people["270"]["met"]) == ("11", "5")
    # A title that is no role of the framework has nothing to be measured by.
    assert (people["1"]["requirements"], people["1"]["readiness"]) == ("0", "")

    gaps = {(row["employee_id"], row["skill_id"]): row["reason"] for row in report(db, "gaps")}
    assert gaps["268", "Systems integration"] == "expired"
    assert gaps["267", "Modern development standards"] == "level_low"
    assert gaps["269", "Systems design"] == "missing"


def test_spend_makes_sense(company):
    db, _ = company
    lines = {(row["credential_id"], row["funding_source"]): row for row in report(db, "spend")}
    data = lines["cert_aws_certified_data_engineer_associate", "grant"]

    assert (data["amount"], data["awards"], data["skill_gains"], data["unconverted"]) == ("300.00", "1", "3", "150.00")
    assert float(data["cost_per_award"]) == 300
    assert lines["cert_linux_foundation_lfcs", "reimbursement"]["amount"] == "445.00"
