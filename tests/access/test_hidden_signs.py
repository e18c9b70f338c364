"""Signs that nobody sees, or that turn the direction of a text, are visible on every page and in every file."""

import os

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import import_folder
from skilltrack.keeping.shared_store import store_at
from skilltrack.questions import Filters, reports
from skilltrack.reports import exports
from skilltrack.reports.exports import FORMATS, Order, forms_of
from skilltrack.reports.packs import PACKS
from skilltrack.signing import make_key
from skilltrack.text import visible
from skilltrack.ui.shell import NAMES, page_file
from tests.access.sight import write
from tests.access.surfaces import readable, sent, signed_in
from tests.companies import one_of_each

SIGNS = ("\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\x85")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signs")
    rows = {kind: [row] for kind, row in one_of_each(lambda name: f"a{''.join(SIGNS)}gnp.{name}").items()}
    rows["roster"] += [{**rows["roster"][0], "employee_id": n, "email": ""} for n in "2345678"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "SKILLTRACK_DB", str(folder / "x.duckdb"))
        held = store_at(folder / "x.duckdb")
        outcome = import_folder(held, write(folder / "files", rows))
        assert outcome.status == "stored", outcome.problems
        yield held


def hidden(told):
    return [sign for sign in SIGNS if sign.encode() in told]


def test_no_page_sends_a_hidden_sign_to_the_browser(store, monkeypatch):
    everything = Viewer.everyone()
    monkeypatch.setattr("skilltrack.ui.signin.viewer_called", lambda *_: everything)
    with sent() as told:
        page = signed_in(everything)
        page.query_params.update({"employee": "1", "cell_skill": "s1", "role": "r1", "person": "1"})
        page.session_state["origins"] = True
        page.run()
        seen = b""
        for name in NAMES:
            told.clear()
            page.run() if name == NAMES[0] else page.switch_page(page_file(name)).run()
            assert not page.exception, name
            seen += b"\n".join(told)
            assert hidden(b"\n".join(told)) == [], name

    assert visible(f"a{''.join(SIGNS)}gnp.name").encode() in seen


def test_no_file_holds_a_hidden_sign(store, tmp_path, monkeypatch):
    seen = set()
    monkeypatch.setenv("SKILLTRACK_URL", "https://works.example")
    make_key(store, "Works", "local")
    for name in [*reports(), *PACKS]:
        about = (
            {"employee": "1"}
            if name in ("transcript", "origins", "badge_checks")
            else {"manager": "1"}
            if name == "team"
            else {}
        )
        for form in forms_of(name):
            order = Order(name, form, Filters(assurance="claimed", **about))
            told = readable(exports.export(store, Viewer.everyone(), order, None)[1])
            assert hidden(told) == [], (name, form)
            if b"gnp." in told:
                seen.add(form)
    exports.export_model(store, Viewer.everyone(), Filters(), tmp_path)
    for path in tmp_path.iterdir():
        assert hidden(readable(path.read_bytes())) == [], path.name

    assert seen == set(FORMATS)
