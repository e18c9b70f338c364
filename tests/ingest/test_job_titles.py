"""Job titles that mean a role: said once, they count in every roster, and can be taken back."""

from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store

CATALOGUE = {
    "skills": "skill_id,name\nsql,SQL\n",
    "issuers": "issuer,tier\nBoard,trusted\n",
    "credentials": "credential_id,name,issuer\nsql1,SQL basics,Board\n",
    "credential_skills": "credential_id,skill_id,level\nsql1,sql,1\n",
    "roles": "role_id,role_name,skill_id,required_level\nanalyst,Data analyst,sql,1\n",
    "roster": "employee_id,name,team,role_id\n1,Ann,T,Sr. Data Analyst\n2,Bo,T,Sr. Data Analyst\n3,Cy,T,analyst\n",
    "badges": "award_id,employee_id,credential_id,issued_on\na,1,sql1,2024-01-02\n",
}

ROSTER = (CATALOGUE["roster"] + "5,Ed,T,\n").encode()


@pytest.fixture
def store():
    opened = Store.open(":memory:")
    bring(opened, CATALOGUE)
    yield opened
    opened.close()


def bring(store, files):
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in files.items()]
    outcome = import_sources(store, sources, Options(date(2024, 1, 1)))
    assert outcome.status == "stored", outcome.errors
    return outcome.upload_id


def coverage(store):
    row = Metrics(store).ask("totals", Viewer.everyone(), Filters(as_of=date(2024, 6, 30))).iloc[0]
    return int(row["met"]), int(row["required"])


def test_a_title_that_means_a_role_counts_in_the_rosters_before_and_after_it_until_that_is_taken_back(store):
    assert coverage(store) == (0, 1)
    doubtful = import_sources(store, [Source("roster", "r.csv", ROSTER)], Options(dry_run=True))
    assert "say on the Catalogue page which role it means (2 rows)" in doubtful.problems[0].message
    said = bring(store, {"job_titles": "job_title,role_id\nSr. Data Analyst,analyst\n"})
    assert coverage(store) == (1, 3)
    settled = import_sources(store, [Source("roster", "r.csv", ROSTER)], Options(dry_run=True))
    assert settled.problems == []
    bring(store, {"roster": CATALOGUE["roster"] + "4,Di,T,Sr. Data Analyst\n"})
    assert coverage(store) == (1, 4)
    bring(store, {"job_titles": "job_title,role_id\nSr. Data Analyst,\n"})
    assert coverage(store) == (0, 1)
    undo(store, said)
    assert coverage(store) == (0, 1)


def test_a_title_can_only_mean_a_role_that_is_known(store):
    outcome = import_sources(store, [Source("job_titles", "t.csv", b"job_title,role_id\nChef,cook\n")], Options())

    assert outcome.status == "refused"
    assert "cook" in str(outcome.errors[0])


def test_a_mapping_at_level_0_is_taken_back(store):
    bring(store, {"job_titles": "job_title,role_id\nSr. Data Analyst,analyst\n"})
    bring(store, {"credential_skills": "credential_id,skill_id,level\nsql1,sql,0\n"})

    assert coverage(store) == (0, 3)
    idle = Metrics(store).ask("counting_for_nothing", Viewer.everyone(), Filters(as_of=date(2024, 6, 30)))
    assert idle[~idle["is_mapped"]]["credential_id"].tolist() == ["sql1"]


def test_who_keeps_the_catalogue_brings_and_takes_back_its_files_and_no_rosters(store):
    ld = Viewer("ld", frozenset({"ld"}))
    title = Source("job_titles", "t.csv", b"job_title,role_id\nSr. Data Analyst,analyst\n")
    outcome = import_sources(store, [title], Options(areas=ld.areas))
    assert outcome.status == "stored"
    undo(store, outcome.upload_id, areas=ld.areas)

    with pytest.raises(
        Refused, match="Only HR may upload or undo files of roster. You may upload and undo: skills, issuers"
    ):
        import_sources(store, [Source("roster", "r.csv", CATALOGUE["roster"].encode())], Options(areas=ld.areas))
    with pytest.raises(Refused, match="Only HR may upload or undo files of badges and roster"):
        undo(store, 1, areas=ld.areas)
    assert coverage(store) == (0, 1)
