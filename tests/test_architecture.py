"""The house keeps its shape: who may import whom, where SQL lives, how large a file may grow.

Each rule is a function from text to violations, tried on a bad sample too, so that no rule can quietly stop working.
"""

import ast
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from skilltrack.access.viewer import Viewer
from skilltrack.commands.cli import cli
from skilltrack.config import ROOT, SQL
from skilltrack.ingest import KINDS
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.questions.plan import cases_of
from skilltrack.questions.question import Question
from skilltrack.questions.scope import Scope
from skilltrack.relations import texts as relation_texts
from skilltrack.relations.texts import definitions, from_kept, made_relations, read_texts
from skilltrack.storage.parsing import parsed, relations_read
from skilltrack.storage.store import Store
from skilltrack.ui.shell import PAGES

MODULES = sorted((ROOT / "skilltrack").rglob("*.py"))
PAGE_FILES = sorted((ROOT / "pages").rglob("*.py"))
RELATIONS = sorted(
    path
    for name in ("definitions", "from_kept", "kept")
    for path in (ROOT / "skilltrack" / "sql" / name).rglob("*.sql")
)
METRICS = sorted((ROOT / "skilltrack" / "sql" / "metrics").glob("*.sql"))


def imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def linted(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the contracts in pyproject.toml."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


def test_every_package_keeps_to_the_contracts():
    said = linted(ROOT)

    assert said.returncode == 0, said.stdout
    assert " 0 broken" in said.stdout


def test_the_contracts_see_each_wrong_import_and_a_package_without_a_place(tmp_path):
    shutil.copytree(ROOT / "skilltrack", tmp_path / "skilltrack", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    wrong = {
        "storage/journal.py": "from skilltrack.questions import Metrics",
        "questions/metrics.py": "import streamlit",
        "ingest/reading/dates.py": "from skilltrack.storage import Store",
        "reports/star.py": "import duckdb",
        "ui/parts.py": "from skilltrack.keeping.replay import replay",
        "ingest/reading/ids.py": "from skilltrack.ingest.landing import sources",
        "api/imports.py": "from skilltrack.ui import parts",
        "badges/keys.py": "from skilltrack.storage import Store",
        "badges/status.py": "import httpx2",
    }
    for name, line in wrong.items():
        path = tmp_path / "skilltrack" / name
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    (tmp_path / "skilltrack" / "helpers").mkdir()
    (tmp_path / "skilltrack" / "helpers" / "__init__.py").write_text("", encoding="utf-8")
    said = linted(tmp_path)

    assert said.returncode == 1
    for sentence in (
        "skilltrack.storage is not allowed to import skilltrack.questions",
        "skilltrack.questions.metrics -> streamlit",
        "skilltrack.ingest.reading.dates -> skilltrack.storage",
        "skilltrack.reports.star -> duckdb",
        "skilltrack.ui.parts -> skilltrack.keeping.replay",
        "skilltrack.ingest.reading is not allowed to import skilltrack.ingest.landing",
        "skilltrack.api is not allowed to import skilltrack.ui",
        "skilltrack.helpers",
        "skilltrack.badges is not allowed to import skilltrack.storage",
        "skilltrack.badges.status -> httpx2",
    ):
        assert sentence in said.stdout, f"{sentence} is not seen:\n{said.stdout}"


def test_no_page_imports_the_engine_or_reaches_past_a_door():
    doors = {"storage", "relations", "kept", "badges", "access", "questions", "keeping", "kinds", "ingest"}
    for page in [*PAGE_FILES, ROOT / "app.py"]:
        for name in imports(page.read_text(encoding="utf-8")):
            assert name.split(".")[0] != "duckdb", page
            parts = name.split(".")
            is_inside = parts[0] == "skilltrack" and len(parts) > 2 and parts[1] in doors
            inner = ROOT.joinpath("skilltrack", *parts[1:-1]).with_suffix(".py")
            assert not (is_inside and inner.exists()), f"{page} imports {name}"


def reads_environment(source: str) -> bool:
    return (
        any(
            isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getenvb")
            for node in ast.walk(ast.parse(source))
        )
        or "from os import" in source
    )


def test_only_the_settings_and_the_commands_read_the_environment():
    assert reads_environment("import os\nx = os.environ.get('A')")
    assert reads_environment("import os as o\no.getenv('A')")
    allowed = {path for name in ("config", "commands") for path in (ROOT / "skilltrack" / name).glob("*.py")}
    for module in {*MODULES, *PAGE_FILES, ROOT / "app.py"} - allowed:
        assert not reads_environment(module.read_text(encoding="utf-8")), module


def test_asking_a_metric_loads_neither_the_screens_nor_a_writer_that_no_format_asks_for():
    code = (
        "import sys, skilltrack.questions, skilltrack.ingest, skilltrack.badges, skilltrack.reports.exports; "
        "sys.exit([name for name in ('streamlit', 'typst', 'xlsxwriter', 'pypdf', 'pyld') if name in sys.modules] or 0)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def lines_below_imports(source: str) -> int:
    """Lines of a module without those that import: a list of names is not a machine."""
    taken = sum(
        node.end_lineno - node.lineno + 1
        for node in ast.parse(source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    return len(source.splitlines()) - taken


def test_files_stay_small():
    assert lines_below_imports("import a\nfrom b import (\n    c,\n)\n\nx = 1\n") == 2
    assert [str(m) for m in MODULES if lines_below_imports(m.read_text(encoding="utf-8")) > 400] == []
    assert [str(p) for p in PAGE_FILES if len(p.read_text(encoding="utf-8").splitlines()) > 60] == []


def test_few_statements_are_laid_out_by_hand():
    """Whoever edits one must lay it out again; tables whose rows are read side by side are worth that."""
    files = [path for folder in ("skilltrack", "pages", "tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    by_hand = sum(path.read_text(encoding="utf-8").count("# fmt: " + "skip\n") for path in files)
    assert 0 < by_hand < 200


def sql_in(source: str) -> list[str]:
    texts = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [text for text in texts if re.search(r"\bselect\b.+\bfrom\b", text, re.IGNORECASE | re.DOTALL)]


def test_pages_hold_no_sql():
    assert sql_in('x = "select a from b"') != []
    for page in PAGE_FILES:
        assert sql_in(page.read_text(encoding="utf-8")) == [], page


def test_every_page_is_in_the_navigation_and_lies_in_a_folder():
    named = {f"{page.name}.py" for pages in PAGES.values() for page in pages}

    assert {str(page.relative_to(ROOT / "pages")) for page in PAGE_FILES} == named
    assert list((ROOT / "pages").glob("*.py")) == []


@pytest.mark.parametrize("path", METRICS, ids=lambda path: path.stem)
def test_metrics_read_definitions_only(path):
    assert set(relations_read(catalogue()[path.stem].sql)) <= set(definitions())


def forbidden(sql: str) -> list[str]:
    return re.findall(
        r"current_date|current_timestamp|\bnow\(|\btoday\(|[{}]|\bround\(|asof join|\bpivot\b", sql.lower()
    )


@pytest.mark.parametrize("path", [*RELATIONS, *METRICS], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_sql_depends_on_parameters_only_and_keeps_to_the_portable_subset(path):
    assert forbidden("select current_date") != []
    assert forbidden(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", RELATIONS, ids=lambda path: path.stem)
def test_every_relation_says_its_grain_first(path):
    assert path.read_text(encoding="utf-8").startswith("-- One row per ")


@pytest.mark.parametrize("name", sorted(made_relations()))
def test_a_relation_made_from_kinds_says_its_grain_and_depends_on_parameters_only(name):
    text = made_relations()[name]

    assert text.startswith("-- One row per ")
    assert forbidden(text) == []
    assert (
        Store.open(":memory:")
        .query(
            relation_texts.with_definitions(f"select * from {name}"),
            {"known_at": relation_texts.END_OF_TIME, **({"employee": "1"} if name == "origins" else {})},
        )
        .column_names
    )


def test_no_relation_is_unused():
    folders = [read_texts(str(path.relative_to(SQL))).values() for path in sorted({path.parent for path in RELATIONS})]
    texts = [relation_texts.SEEN_THAT_DAY, *made_relations().values(), *(text for folder in folders for text in folder)]
    read = {
        name for text in [*texts, *(metric.sql for metric in catalogue().values())] for name in relations_read(text)
    }

    read |= {kind.ends_in for kind in KINDS.values()}
    assert set(definitions()) - read == set()


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_metric_explains_itself_and_its_columns_are_what_it_returns(name):
    metric = catalogue()[name]
    store = Store.open(":memory:")
    needs_person = metric.report == "employee"
    if needs_person:
        frame = store.frame(
            relation_texts.with_definitions(metric.sql),
            Question(metric, Viewer.everyone(), Filters(employee="nobody")).parameters,
        )
    else:
        frame = Metrics(store).ask(name, Viewer.everyone(), Filters())

    assert all([metric.title, metric.question, metric.definition, metric.unit, metric.columns])
    assert list(frame.columns) == list(metric.columns) == list(metric.labels)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_of_file_has_a_table_with_its_columns(kind):
    store = Store.open(":memory:")
    stored = set(store.frame(f"select * from {kind.table}").columns) - {"upload_id", "file_no", "line_no", "award_key"}

    assert stored == {column.name for column in kind.columns}


def _kinds_in(node: ast.AST) -> bool:
    """Whether an expression is the name of a kind, or a collection of nothing but such names."""
    if isinstance(node, ast.Constant):
        return node.value in KINDS
    parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
    return bool(parts) and all(isinstance(part, ast.Constant) and part.value in KINDS for part in parts)


def asked_by_name(source: str) -> list[str]:
    """Where a text asks whether a kind is a certain one, or looks something up in a table that it has for certain ones."""
    tree = ast.parse(source)
    by_kind = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and _kinds_in(node.value)
        for target in node.targets
    }
    found = [f"{name} = {ast.unparse(value)[:40]}" for name, value in by_kind.items()]
    for node in ast.walk(tree):
        parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        parts += [node.subject, *(case.pattern for case in node.cases)] if isinstance(node, ast.Match) else []
        named = [part.value if isinstance(part, ast.MatchValue) else part for part in parts]
        if any(map(_kinds_in, named)) and re.search(r"kind|target", " ".join(map(ast.unparse, parts))):
            found.append(ast.unparse(node))
    return found


TABLES_BY_KIND = {
    "demo/company.py": "CATALOGUE",  # the files of the demo company
    "ingest/landing/doubts.py": "DOUBTS",  # sentences about columns of some kinds, with their SQL
    "ingest/landing/ended.py": "AGAINST",
    "ingest/reading/matrix.py": "FORMS KINDS_OF_LEVELS",
    "ingest/reading/status_words.py": "OF_KIND",  # families of words
}
"""Tables of texts and words for some kinds: what a kind without an entry there has is said where the table is read."""


@pytest.mark.parametrize(
    "wrong",
    [
        "kind.name == 'roster'",
        "'badges' != kind",
        "count.kind in ('spend', 'badges')",
        "'roster' in kinds",
        "DAY = {'badges': 'issued_on'}",
        "match kind.name:\n    case 'roster':\n        pass",
        "target == 'skills'",
    ],
)
def test_the_rule_about_kinds_sees_each_way_to_ask_for_a_certain_one(wrong):
    assert len(asked_by_name(wrong)) == 1
    assert asked_by_name("kind.lists_people\nname == 'roster'\nkind.name == 'no kind'") == []


def test_nothing_outside_their_declaration_asks_which_kind_a_file_is_of():
    for module in [*MODULES, *PAGE_FILES]:
        place = str(module.relative_to(ROOT / "skilltrack")) if module in MODULES else module.name
        if place.startswith(("kinds/", "kept/")):  # what is computed ahead follows from certain kinds
            continue
        known = tuple(f"{name} = " for name in TABLES_BY_KIND.get(place, "").split())
        found = [
            text for text in asked_by_name(module.read_text(encoding="utf-8")) if not (known and text.startswith(known))
        ]
        assert found == [], f"{module}: ask for a property that the kind declares"


def labels_of_its_own(source: str) -> list[str]:
    """Where a page names what a column of a table is called, instead of naming the column."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if "column_config." in name and any(isinstance(one, ast.Constant | ast.Call) for one in node.args[:1]):
            found.append(ast.unparse(node))
        given = [*node.args[2:], *[more.value for more in node.keywords if more.arg == "column_config"]]
        if name.endswith((".table", ".dataframe", ".data_editor")):
            found += [
                ast.unparse(one)
                for one in given
                if isinstance(one, ast.Dict)
                and any(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in one.values)
            ]
    return found


@pytest.mark.parametrize(
    "wrong",
    [
        "parts.table(rows, 'gaps', {'skill': 'Skill'})",
        "st.column_config.NumberColumn('Missing')",
        "st.column_config.Column(_('Missing'))",
        "st.dataframe(rows, column_config={'skill': 'Skill'})",
    ],
)
def test_the_rule_about_labels_sees_each_way_to_name_one(wrong):
    assert len(labels_of_its_own(wrong)) == 1
    assert labels_of_its_own("parts.table(rows, 'gaps', 'gaps', 'skill', *more)") == []


def test_a_page_names_columns_and_never_what_they_are_called():
    """A label of its own would say something else than the workbook, and stay English in every other language."""
    for module in [*PAGE_FILES, *(ROOT / "skilltrack" / "ui").glob("*.py")]:
        if module.name != "labels.py":
            assert labels_of_its_own(module.read_text(encoding="utf-8")) == [], module


TEST_FOLDERS = {
    "config": "each setting is tried where it takes effect; tests/commands/test_doctor.py holds their names",
    "relations": "who sees what is asked of every metric, page and file: tests/access",
    "browser": "the app in Chromium, across all packages",
    "ducklake": "a company in a lake, which needs the extra: of storage and keeping",
    "spark": "every metric on a real cluster, of which tests/lake has what needs none",
    "reference": "the contract in plain Python",
    "torture": "long runs, of which the suite has short forms",
    "versions": "databases of earlier programs",
}
"""Packages without a folder of tests, and folders of tests without a package, and why."""
ACROSS = {"architecture", "bench", "boundaries", "days", "language", "long", "realdata", "reasons", "tables"}
"""Tests beside the folders: of modules outside the packages, or of promises that no package keeps alone."""


def test_tests_lie_where_what_they_test_lies():
    packages = {path.parent.name for path in (ROOT / "skilltrack").glob("*/__init__.py")} | {"pages"}
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/*.py")} | {"versions"}

    assert packages ^ folders == set(TEST_FOLDERS)
    assert {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")} == ACROSS


NO_NAMES = {"found", "said", "told", "held", "touched", "sight", "signs", "opened"}
"""Words that name nothing: a reader has to look up what was found or said."""


@pytest.mark.parametrize("module", [*MODULES, *sorted((ROOT / "pages").rglob("*.py"))], ids=str)
def test_a_name_says_what_the_thing_is(module):
    names = {
        name
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for name in (getattr(node, "id", None), getattr(node, "arg", None), getattr(node, "name", None))
        if isinstance(name, str)
    }

    assert {name for name in names if name.strip("_").lower() in NO_NAMES} - ALLOWED_NAMES == set()


ALLOWED_NAMES = {"held"}
"""`held` is the command that hands out what is held on a person, and what it reads."""


def test_every_dependency_says_why_it_is_there():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert line.startswith(("#", "-r")) or re.search(r"[~>=<].*\s# .+", line), line


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_locked_is_what_is_asked_for_and_every_file_of_it_by_its_hash(name):
    lock = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    blocks = re.findall(
        r"^([\w.-]+)==([\w.]+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.MULTILINE
    )
    versions = {canonicalize_name(package): version for package, version, _ in blocks}

    assert len(blocks) == len(re.findall(r"^\S+==", lock, re.MULTILINE)) > 30
    assert "://" not in lock
    for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "-r")):
            asked = Requirement(line.split("#")[0])
            assert versions[canonicalize_name(asked.name)] in asked.specifier, line


def test_a_command_is_found_by_the_word_that_is_typed_in_the_one_module_of_its_group():
    modules = {path.stem: path for path in (ROOT / "skilltrack" / "commands").glob("*.py")}
    held = {}
    for name in modules:
        for command in getattr(import_module(f"skilltrack.commands.{name}"), "COMMANDS", ()):
            below = getattr(command, "commands", {}).values()
            assert command.callback.__name__ == f"{command.name}_{'group' if below else 'command'}"
            assert [one.callback.__name__ for one in below] == [f"{one.name}_command" for one in below]
            assert {one.callback.__module__ for one in (command, *below)} == {f"skilltrack.commands.{name}"}
            held[command.name] = name

    assert held == {name: held.get(name) for name in cli.commands}
    assert set(modules) - set(held.values()) == {
        "__init__",
        "beside",
        "cli",
        "console",
        "handing",
    }  # an app's part, put together, shared, the part of a command


def swapped(source: str) -> list[str]:
    """Attributes of another object that a text assigns to, of those that belong to a store from its opening on."""
    targets = [t for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign) for t in node.targets]
    return [
        ast.unparse(t)
        for t in targets
        if isinstance(t, ast.Attribute) and t.attr in ("journal", "audit") and ast.unparse(t.value) != "self"
    ]


def test_no_store_has_its_journal_swapped_under_it():
    assert swapped("store.journal = other\nself.journal = mine") == ["store.journal"]
    for module in MODULES:
        assert swapped(module.read_text(encoding="utf-8")) == [], module


def test_rows_are_never_fetched_one_at_a_time():
    for module in MODULES:
        assert "fetchone" not in module.read_text(encoding="utf-8"), module


def unnarrowed(select: str, texts: dict[str, str]) -> list[str]:
    """What a limited viewer's question reads about people past the narrowing: tables, and definitions taken as they are."""
    body, narrowed = relation_texts._narrowed(select, texts, True)
    return [
        name
        for name in relations_read(body)
        if (name in texts or name not in narrowed)
        and relation_texts.is_about_people(name, texts)
        and not relation_texts.is_made_of_listed(name, texts)
    ]


@pytest.mark.parametrize("metric", METRICS, ids=lambda path: path.stem)
def test_a_metric_reads_about_people_only_what_its_viewer_may_see(metric):
    for cases in (
        (),
        ("any",),
        ("any", "own_role"),
        ("any", "own_role", "short_list"),
        ("any", "no_results", "no_proofs"),
    ):
        texts = dict(definitions())
        for case in cases:
            texts |= from_kept(case)

        assert unnarrowed(metric.read_text(encoding="utf-8"), texts) == []


@pytest.mark.parametrize("table", ["from kept_roster", "from asked_days as d, badge_rows", 'from "SPEND_ROWS" as s'])
def test_the_narrowing_rule_sees_a_table_read_directly(table):
    assert unnarrowed(f"select * {table}", dict(definitions())) == [parsed(f"select * {table}").reads[-1].name]


@pytest.mark.parametrize("relation", ["roster", "ROSTER as r", '"Roster"', "asked_days as d, roster"])
def test_the_narrowing_rule_sees_no_relation_that_is_narrowed(relation):
    assert unnarrowed(f"select * from {relation}", dict(definitions())) == []


def test_the_narrowing_rule_sees_a_relation_that_is_not_narrowed(monkeypatch):
    monkeypatch.setattr(relation_texts, "reading_others", lambda select, others: select)

    assert unnarrowed("select * from asked_days as d, roster as r", dict(definitions())) == ["roster"]


def test_every_table_about_people_is_known_to_the_narrowing():
    store = Store.open(":memory:")
    asked = "select distinct table_name as name from duckdb_columns() where column_name in ('employee_id', 'person')"
    named = {row["name"] for row in store.query(asked).to_pylist()}

    assert named <= relation_texts.tables_about_people()


def test_only_those_who_see_everyone_get_the_texts_about_the_whole_company():
    for viewer, whole in ((Viewer.everyone(), True), (Viewer("1", frozenset({"manager"}), "1", ("1",)), False)):
        scope = Scope(Question(catalogue()["spend"], viewer, Filters()).parameters, "")

        assert ("whole_company" in cases_of(scope)) == whole


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_select_of_more_than_six_lines_stands_in_a_file(module):
    """In Python a select is text that no editor checks and no reader finds by its address."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    long = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in inner | texts
        if node.end_lineno - node.lineno + 1 > 6
        and re.search(r"\bselect\b[^<>]*\bfrom\b", ast.unparse(node).replace("\\n", " "))
    ]
    assert long == []
