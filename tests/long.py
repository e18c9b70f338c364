"""What of the tests the suite runs, and what is left to `make test-long`: the suite has ten minutes on two cores.

A test has `SECONDS` in the suite: of its cases as many as fit in them, the last one always, and of one that takes longer
by itself none, unless `KEPT` names it. Each other case is marked `long`. How many fit is written in long.toml by
`python -m tests.long FILE`, from the times in FILE, which a run of everything has left:
`SKILLTRACK_LONG=1 pytest -m "" -n 3 --dist loadfile --junitxml FILE tests`.
"""

import os
import re
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
COUNTS = HERE / "long.toml"
SECONDS = 2.0
KEPT = {
    "test_every_report_equals_the_plain_python_reference": "the numbers are what Skilltrack is for",
    "test_nothing_that_reaches_a_viewer_is_about_somebody_outside": "what anybody sees of whom",
    "test_a_file_with_errors_is_mended_imported_seen_in_the_numbers_and_undone": "the way of every upload, on the page",
    "test_a_deep_link_survives_the_sign_in_and_a_manager_sees_no_more_than_their_own": "the way in",
    "test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_lands_half_or_twice": "short form of torture.kill",
    "test_what_commands_send_while_people_click_is_there_once_and_no_page_fails": "short form of torture.beside",
    "test_whatever_is_destroyed_at_random_nothing_is_lost_and_nothing_wrong_is_answered": "short form of torture.destroyer",
    "test_erasing_people_leaves_every_number_about_everybody_else": "short form of torture.erasing",
    "test_every_metric_gives_the_same_from_the_kept_tables_and_from_the_definitions": "the proof of the kept tables",
    "test_kept_tables_equal_a_rebuild_after_each_of_any_steps::runTest": "the same",
    "test_no_file_holds_a_hidden_sign": "what is suppressed stays so in files",
    "test_import_undo_and_history_work_together": "the way of every upload, by command",
    "test_every_curl_example_of_the_documents_works_as_it_is_written": "what the documents promise",
    "test_an_erasure_that_was_interrupted_is_finished_on_the_next_opening": "nobody comes back",
}
"""Tests of the suite that take longer than others may, and why."""
IS_LONG = bool(os.environ.get("SKILLTRACK_LONG"))
"""Whether sweeps go through all that they can (`make test-long`), or through `some` of it."""
sweep = pytest.mark.sweep
"""A test that goes through `some` of many things: short in the suite, whole in `make test-long`."""


def some(things: list[Any], count: int = 4) -> list[Any]:
    """All things where sweeps are long; else so many of them, evenly, the first and the last among them."""
    return things if IS_LONG or len(things) <= count else [things[at] for at in evenly(len(things), count)]


def evenly(count: int, wanted: int) -> list[int]:
    """So many places among `count`, evenly, with the last one; the first too where there are two or more."""
    wanted = min(wanted, count)
    return sorted({count - 1 - round(n * (count - 1) / max(1, wanted - 1)) for n in range(wanted)})


def mark(items: list[pytest.Item]) -> None:
    """Mark what the suite has no time for."""
    counts = tomllib.loads(COUNTS.read_text(encoding="utf-8"))
    cases: dict[str, dict[str, list[pytest.Item]]] = {}
    for item in items:
        file, name = _place(item.nodeid)
        cases.setdefault(file, {}).setdefault(name, []).append(item)
    for file in cases.keys() & counts.keys():
        for name, count in counts[file].items():
            of_test = cases[file].get(name, [])
            taken = evenly(len(of_test), count)
            for place, item in enumerate(of_test):
                if place not in taken:
                    item.add_marker(pytest.mark.long)


def missing(items: list[pytest.Item]) -> list[str]:
    """Tests of long.toml that are not among these, which are all: somebody has renamed or removed them."""
    there = {_place(item.nodeid) for item in items}
    counts = tomllib.loads(COUNTS.read_text(encoding="utf-8"))
    return [f"{file}::{name}" for file, names in counts.items() for name in names if (file, name) not in there]


def _place(nodeid: str) -> tuple[str, str]:
    file, _, name = re.sub(r"\[.*", "", nodeid, flags=re.DOTALL).partition("::")
    return file, name


def counted(report: Path) -> dict[str, dict[str, int]]:
    """For each test that takes too long, how many of its cases fit into `SECONDS`."""
    times: dict[tuple[str, str], list[float]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        where, name = case.get("classname", ""), re.sub(r"\[.*", "", case.get("name", ""), flags=re.DOTALL)
        module = where.replace(".", "/") + ".py"
        if not (HERE.parent / module).exists():  # a test in a class
            module, name = str(Path(module).parent) + ".py", f"{Path(module).stem}::{name}"
        times.setdefault((module, name), []).append(float(case.get("time", 0)))
    counts: dict[str, dict[str, int]] = {}
    for (module, name), seconds in sorted(times.items()):
        whole = sum(seconds)
        if whole > SECONDS and name not in KEPT and name not in sweeps(HERE.parent / module):
            fitting = int(SECONDS * len(seconds) / whole)
            counts.setdefault(module, {})[name] = max(1, fitting) if len(seconds) > 1 else 0
    return counts


def sweeps(module: Path) -> set[str]:
    """Names of the tests of a file that are short by themselves in the suite."""
    return set(re.findall(r"^@sweep\n(?:@.*\n)*def (\w+)", module.read_text(encoding="utf-8"), re.MULTILINE))


def main(report: Path) -> None:
    """Write long.toml."""
    lines = [f"# Of how many cases the suite tries; 0 = none. Written by tests/long.py: {SECONDS:g} seconds a test."]
    for file, counts in counted(report).items():
        lines += [
            "",
            f'["{file}"]',
            *(f"{name if name.isidentifier() else repr(name)} = {n}" for name, n in counts.items()),
        ]
    COUNTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
