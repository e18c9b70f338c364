"""What the suite leaves to `make test-long`: a slip here and a test is run by neither, or the ten minutes are an hour."""

from types import SimpleNamespace

import pytest

from tests import long

CASES = [f"test_a.py::test_cases[{n}]" for n in range(5)]
OTHERS = ["test_a.py::test_slow", "test_a.py::test_quick", "test_a.py::TestSteps::runTest", "test_b.py::test_slow"]


@pytest.mark.parametrize(
    ("count", "wanted", "places"),
    [(29, 0, []), (29, 1, [28]), (29, 2, [0, 28]), (29, 4, [0, 9, 19, 28]), (3, 5, [0, 1, 2]), (1, 1, [0])],
)
def test_some_cases_are_taken_evenly_the_newest_always(count, wanted, places):
    assert long.evenly(count, wanted) == places


def test_the_cases_for_which_there_is_no_time_are_left_to_the_long_run_and_no_others(tmp_path, monkeypatch):
    left = []
    items = [
        SimpleNamespace(nodeid=name, add_marker=lambda mark, name=name: left.append(name)) for name in CASES + OTHERS
    ]
    monkeypatch.setattr(long, "COUNTS", tmp_path / "long.toml")
    long.COUNTS.write_text('["test_a.py"]\ntest_cases = 2\ntest_slow = 0\n"TestSteps::runTest" = 0\ntest_gone = 1\n')
    long.mark(items)

    assert left == [*CASES[1:4], "test_a.py::test_slow", "test_a.py::TestSteps::runTest"]
    assert long.missing(items) == ["test_a.py::test_gone"]


def test_how_many_cases_fit_is_counted_from_the_times_of_a_run(tmp_path, monkeypatch):
    case = '<testcase classname="tests.test_long" name="{}" time="{}"/>'
    cases = [("test_each[a]", 1.0), ("test_each[b-]]", 2.0), ("test_one", 3.5), ("test_quick", 2.9)]
    kept = next(iter(long.KEPT))
    (tmp_path / "run.xml").write_text(f"<a>{''.join(case.format(*one) for one in [*cases, (kept, 90.0)])}</a>")
    monkeypatch.setattr(long, "SECONDS", 3.0)
    assert long.counted(tmp_path / "run.xml") == {"tests/test_long.py": {"test_one": 0}}
    monkeypatch.setattr(long, "SECONDS", 1.6)
    assert long.counted(tmp_path / "run.xml") == {
        "tests/test_long.py": {"test_each": 1, "test_one": 0, "test_quick": 0}
    }
