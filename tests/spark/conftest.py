"""One cluster for all tests that need no other."""

import pytest

pytest.importorskip("pyspark", reason="`make test-spark` installs what these need")

from tests.spark.cluster import TOKEN, cluster


@pytest.fixture(scope="session")
def port(tmp_path_factory):
    """Of its Connect server, which lets in who has the token."""
    with (
        cluster(tmp_path_factory.mktemp("cluster"), spark_connect_authenticate_token=TOKEN) as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SKILLTRACK_DB_PASSWORD", TOKEN)
        yield running.port
