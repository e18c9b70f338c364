"""The demo company, for the tests of pages."""

import pytest

from tests.companies import demo_in


@pytest.fixture(scope="module")
def demo_db(tmp_path_factory):
    return demo_in(tmp_path_factory.mktemp("pages"))
