"""A small company: Ann manages Bo and Cy, Di manages Ed, Flo is HR, Gus is L&D and Hal an auditor."""

import shutil

import pytest

from skilltrack.access.accounts import give, viewer_called
from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping.durability import open_store

OPERATOR = Viewer.everyone()
FILES = {
    "skills": "skill_id,name\ns1,Welding\ns2,Python\n",
    "credentials": "credential_id,name,issuer\nc1,Welder,Guild\nc2,Snake,Guild\n",
    "credential_skills": "credential_id,skill_id,level\nc1,s1,2\nc2,s2,1\n",
    "roles": "role_id,role_name,skill_id,required_level\nr1,Welder,s1,1\n",
    "roster": "employee_id,name,email,manager_id,team,role_id\n01,Ann Arbor,ann@x.example,,T,\n"
    "02-bodega,Bo Bodega,bo@x.example,01,T,r1\n03,Cy Cyan,cy@x.example,01,T,r1\n04,Di Dune,di@x.example,,U,\n"
    "05,Ed Eden,ed@x.example,04,U,r1\n06,Flo Fern,flo@x.example,,V,\n07,Gus Gale,gus@x.example,,V,\n"
    "08,Hal Hart,hal@x.example,,V,\n",
}
"""What is uploaded first, by kind."""


def upload(store, kind, text):
    outcome = import_sources(store, [Source(kind, f"{kind}.csv", text.encode())], Options())
    assert outcome.status == "stored", [str(problem) for problem in outcome.problems]


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proposals")
    store = open_store(folder / "x.duckdb")
    for kind, text in FILES.items():
        upload(store, kind, text)
    for account, role in (("06", "hr"), ("07", "ld"), ("08", "auditor")):
        give(store, OPERATOR, account, role)
    store.close()
    return folder


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    store = open_store(tmp_path / "x.duckdb")
    yield store
    store.close()


@pytest.fixture
def called(store):
    """The viewer whom an account names."""
    return lambda account: viewer_called(store, account)
