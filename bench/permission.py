"""`python -m bench.permission`: what it costs a page that everybody sees only whom they may.

For each page of a manager, signed in: its whole server time, and of that what is spent on finding out who looks and on
narrowing its questions. Narrowing is timed in pairs: the same questions about the same organisation, asked by its
manager and by somebody who sees everyone. Prints a table and writes bench/RESULTS-permission.md.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from unittest.mock import patch

import streamlit as st
from streamlit.testing.v1 import AppTest

from skilltrack import demo
from skilltrack.access.accounts import viewer_called
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.keeping.shared_store import store_at
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from skilltrack.ui import signin
from skilltrack.ui.shell import AREA_OF, NAMES, page_file

MANAGERS = ("00125", "00100")
"""A manager of a team, and one whose organisation is everybody else."""
RUNS = 20
SIGN_IN = {
    "LOCAL": "",
    "URL": "https://skills.example",
    "COOKIE_SECRET": "0" * 32,
    "OIDC_URL": "https://login.example",
    "OIDC_CLIENT_ID": "skilltrack",
    "OIDC_CLIENT_SECRET": "x",
    "ACCOUNT_CLAIM": "sub",
}
Asked = list[tuple[str, Filters]]


def milliseconds(act: Callable[[], object]) -> float:
    """Processor time that `act` takes, which other programs on the machine change little."""
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1000


def app_for(account: str, name: str) -> AppTest:
    """A page as somebody who has just signed in has it."""
    app = AppTest.from_file(str(ROOT / "skilltrack" / "ui" / "main.py"), default_timeout=60)
    now = time.time()
    app.user = {"is_logged_in": True, "sub": account, "iat": now, "exp": now + 6000}
    if name == "team/people":
        app.query_params["employee"] = account
    app.run()
    if name != NAMES[0]:
        app.switch_page(page_file(name)).run()
    if app.exception:
        raise AssertionError(f"{name}: {app.exception[0].message}")
    return app


@contextmanager
def recorded() -> Iterator[tuple[Asked, list[float]]]:
    """The questions that are asked meanwhile, and how long it takes to find out who looks."""
    asked: Asked = []
    looked: list[float] = []
    ask, arrive = Metrics.ask, signin.arrive

    def asking(self: Metrics, name: str, viewer: Viewer, filters: Filters) -> object:
        asked.append((name, filters))
        return ask(self, name, viewer, filters)

    def arriving() -> str | None:
        refusals: list[str | None] = []
        looked.append(milliseconds(lambda: refusals.append(arrive())))
        return refusals[0]

    with patch.object(Metrics, "ask", asking), patch.object(signin, "arrive", arriving):
        yield asked, looked


def narrowing(store: Store, viewer: Viewer, asked: Asked, is_first: bool) -> float:
    """Milliseconds by which a page's questions take longer for a manager than for who sees everyone: a median.

    `is_first`: whom they see is looked up too, as on their first page after an upload.
    """
    everyone, metrics, pairs = replace(viewer, roles=viewer.roles | {"ld"}), Metrics(store), []
    own = [
        (name, replace(filters, manager=viewer.employee_id) if filters.employee is None else filters)
        for name, filters in asked
    ]

    def ask_all(who: Viewer) -> None:
        if is_first:
            store.memory.clear()
        for name, filters in own:
            metrics.ask(name, who, filters)

    for turn in range(-1, RUNS):
        order = (viewer, everyone) if turn % 2 else (everyone, viewer)
        took = {who: milliseconds(partial(ask_all, who)) for who in order}
        if turn >= 0:
            pairs.append(took[viewer] - took[everyone])
    return statistics.median(pairs)


def page(store: Store, account: str, name: str) -> str:
    """The row of a page."""
    viewer, app = viewer_called(store, account), app_for(account, name)
    cold, warm, shares = [], [], []
    for _ in range(RUNS):
        st.cache_data.clear()
        st.cache_resource.clear()
        store.memory.clear()
        with recorded() as (asked, _):
            cold.append(milliseconds(app.run))
        with recorded() as (_, looked):
            warm.append(milliseconds(app.run))
        shares.append(sum(looked) / warm[-1])
    costs = [narrowing(store, viewer, asked, is_first) for is_first in (False, True)]
    first, again = statistics.median(cold), statistics.median(warm)
    return (
        f"| {account} | {name} | {len(asked)} | {first:.0f} "
        f"| {costs[0]:.1f} | {100 * costs[0] / first:.1f} % | {costs[1]:.1f} | {100 * costs[1] / first:.1f} % "
        f"| {again:.0f} | {100 * statistics.median(shares):.1f} % |"
    )


def main() -> None:
    """Measure and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.duckdb"
        demo.build(path)
        os.environ |= {f"SKILLTRACK_{name}": value for name, value in SIGN_IN.items()} | {"SKILLTRACK_DB": str(path)}
        store = store_at(path)
        rows = [
            page(store, account, name)
            for account in MANAGERS
            for name in NAMES
            if name in AREA_OF and viewer_called(store, account).may(AREA_OF[name])
        ]
    text = HEAD.format(day=date.today(), cores=os.cpu_count(), runs=RUNS) + "\n".join(rows) + "\n"
    (ROOT / "bench" / "RESULTS-permission.md").write_text(text, encoding="utf-8")
    print(text)


HEAD = """# What the permission check costs

Made by `python -m bench.permission` on {day}: {cores} cores, the demo company, pages run as a signed-in manager through
the entry script in Streamlit's own test runner, {runs} runs each, medians of processor time. *Cold*: no answer is
cached. *Narrowing*: by how much longer the page's questions take for the manager than for somebody who sees everyone
and asks about the same organisation, timed in pairs in the same run: with whom they see known (it is looked up once
and remembered until the next upload), and on *the first page* after an upload, looking that up included. *Again*: the
page with its answers cached; *who looks* is the share of finding that out. Target: 5 % of a page.

| manager | page | questions | cold ms | narrowing ms | share | first page ms | share | again ms | who looks |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""

if __name__ == "__main__":
    main()
