"""What is left out of the tests on a lake is named, and why; a name that is wrong would leave out nothing, or be forgotten."""

import ast
import tomllib
from pathlib import Path

from skilltrack.config import ROOT

LEFT_OUT = tomllib.loads(Path(__file__).with_name("of_files.toml").read_text(encoding="utf-8"))


def test_each_test_that_is_left_out_on_a_lake_exists_and_is_named_once():
    names = [name for named in LEFT_OUT.values() for name in named]
    known = {
        f"{file}::{node.name}"
        for file in {name.partition("::")[0] for name in names}
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert set(names) <= known
    assert len(names) == len(set(names))
