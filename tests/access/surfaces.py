"""Every way by which an answer reaches a viewer, and the bytes that take it: metrics, pages, exports, routes."""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest
import streamlit as st
from pypdf import PdfReader
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from skilltrack.access import SCOPES, Addressee, addressees, make_token, viewer_called
from skilltrack.access.viewer import Viewer
from skilltrack.api import routes as api
from skilltrack.config import ROOT, MailRules, settings, today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.keeping.shared_store import store_at
from skilltrack.mail import decisions, digest, feed, lapses, orders, scheduled
from skilltrack.mail.message import Mail, as_message
from skilltrack.mail.post import Post
from skilltrack.mail.schedules import Schedule
from skilltrack.questions import Filters, Metrics, reports
from skilltrack.reports import exports
from skilltrack.reports.exports import Order, forms_of
from skilltrack.reports.packs import PACKS
from skilltrack.reports.saved import definition_of
from skilltrack.storage.store import Store
from skilltrack.ui.shell import AREA_OF, NAMES, page_file
from tests.access.sight import Company, answers, outside

RULES = MailRules("https://skills.example", (400, 90), 0, {"roster": 1}, None, ())
"""Rules by which as much as can be is told by mail."""
EXPORTED = [*reports(), *PACKS]
IDS_ONLY = {"admin/roles", "audit/log"}
"""Pages of those who see no people: they name accounts by their ids, and nothing else of them."""


def days() -> tuple[date, ...]:
    """Today, and two days before people moved."""
    return today(), today() - timedelta(days=400), today() - timedelta(days=700)


@dataclass(frozen=True)
class Asked:
    """One viewer, the day they ask about, and others whom they name in filters and links."""

    viewer: Viewer
    day: date
    manager: str
    employee: str

    @property
    def named(self) -> tuple[str, str]:
        """Ids that are told because they were asked."""
        return self.manager, self.employee

    def filters(self, turn: int) -> Filters:
        """What they ask: all they see, themselves, another's organisation, another person."""
        about = ({}, {"employee": self.viewer.employee_id}, {"manager": self.manager}, {"employee": self.employee})
        return Filters(as_of=self.day, months=2, assurance="claimed", **about[turn % 4])


def by_metrics(made: Company, metrics: Metrics, asked: Asked, turn: int) -> Iterator[str]:
    """What metrics tell: about all whom the viewer sees, and about somebody in particular."""
    for filters in dict.fromkeys((asked.filters(0), asked.filters(turn))):
        for name, answer in answers(metrics, asked.viewer, filters):
            told = answer.astype(str).to_csv(index=False).encode()
            yield from outside(made, asked.viewer, name, asked.day, told, asked.named)


OF_TODAY = {"team/waiting"}
"""Pages that are about today whatever day the link names: whoever sees somebody by now decides what they propose."""


def by_pages(made: Company, asked: Asked, turn: int) -> Iterator[str]:
    """What every page sends to the browser, and every file that is offered on it."""
    link = [
        {},
        {"as_of": str(asked.day)},
        {"manager": asked.manager, "employee": asked.employee, "role": "a"},
        {"as_of": str(asked.day), "cell_team": "T1", "cell_skill": "python", "person": asked.employee},
    ][turn // 2 % 4]
    day = asked.day if "as_of" in link else today()
    with sent() as told:
        page = signed_in(asked.viewer)
        for key, value in link.items():
            page.query_params[key] = value
        page.session_state["origins"] = True
        page.run()
        for name in NAMES:
            if asked.viewer.may(AREA_OF[name]) if name in AREA_OF else True:
                told.clear()
                page.run() if name == NAMES[0] else page.switch_page(page_file(name)).run()
                assert not page.exception, (name, page.exception)
                everybody = {person for roster in made.rosters.values() for person in roster}
                # Who stands in for a manager is told for whom, by id.
                named = {*asked.named, *asked.viewer.lines, *(everybody if name in IDS_ONLY else ())}
                on = today() if name in OF_TODAY else day
                yield from outside(made, asked.viewer, f"page {name}", on, b"\n".join(told), named)


def signed_in(viewer: Viewer) -> AppTest:
    """The screens as they are to somebody who has just signed in."""
    page = AppTest.from_file(str(ROOT / "skilltrack" / "ui" / "main.py"), default_timeout=90)
    now = time.time()
    page.user = {"is_logged_in": True, "sub": viewer.account, "iat": now, "exp": now + 600, "iss": "i", "nonce": "n"}
    return page


SIGN_IN = {
    "SKILLTRACK_LOCAL": "",
    "SKILLTRACK_URL": "https://skills.example",
    "SKILLTRACK_COOKIE_SECRET": "0" * 32,
    "SKILLTRACK_OIDC_URL": "https://login.example",
    "SKILLTRACK_OIDC_CLIENT_ID": "skilltrack",
    "SKILLTRACK_OIDC_CLIENT_SECRET": "x",
    "SKILLTRACK_ACCOUNT_CLAIM": "sub",
}


@contextmanager
def sent(is_signed_in: bool = True) -> Iterator[list[bytes]]:
    """Collects every message that screens send to a browser, and every file behind a download button."""
    told: list[bytes] = []
    messages, button = LocalScriptRunner.forward_msgs, st.download_button

    def forward_msgs(runner):
        found = messages(runner)
        told.extend(message.SerializeToString() for message in found)
        return found

    def download_button(label, data, *rest, **more):
        try:
            told.append(readable(data() if callable(data) else data))
        except Refused as refused:
            told.append(str(refused).encode())
        return button(label, data, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        for name, said in SIGN_IN.items() if is_signed_in else ():
            patch.setenv(name, said)
        patch.setattr(LocalScriptRunner, "forward_msgs", forward_msgs)
        patch.setattr(st, "download_button", download_button)
        yield told


def by_exports(made: Company, store: Store, asked: Asked, turn: int, is_all: bool = False) -> Iterator[str]:
    """What every report and pack says, in one format each or in all."""
    for n, name in enumerate(EXPORTED):
        forms = forms_of(name)
        for at, form in enumerate(forms):
            if not is_all and at != (turn + n) % len(forms):
                continue
            about = {"team": 2, "transcript": 1 + 2 * (turn % 2)}.get(name, turn + n)
            order = Order(name, form, asked.filters(about))
            try:
                told = readable(exports.export(store, asked.viewer, order, None)[1])
            except Refused as refused:
                told = str(refused).encode()
            yield from outside(made, asked.viewer, f"{name} as {form}", asked.day, told, asked.named)


def by_mails(made: Company, store: Store, asked: Asked) -> Iterator[str]:
    """What every kind of mail tells its reader, with the files that go with it; the reader is who signs in as the viewer."""
    person = addressees(store).get(asked.viewer.account)
    if person is None:
        return
    post = Post(store, RULES, asked.day, datetime.combine(asked.day, clock()))
    refused = partial(feed.refused_mail, files="feed", problems=("A row is bad.",))
    makes = [
        lapses.mail_for,
        digest.mail_for,
        decisions.mail_for,
        *([feed.missed_mail, feed.state_mail] if "hr" in person.roles else []),
        refused,
    ]
    for name, of in (("readiness", {}), ("team", {"manager": asked.viewer.employee_id})):
        order = Order(name, forms_of(name)[0], Filters(as_of=asked.day, **of))
        makes.append(lambda post, person, known, order=order: orders.report_mail(post, person, order)[0])
        makes.append(partial(scheduled_mail, order=order))
    mails = []
    for make in makes:
        try:
            mails.append(make(post, person, ()))
        except Refused as refusal:
            yield from outside(made, asked.viewer, "mail refused", asked.day, str(refusal).encode(), asked.viewer.lines)
    for mail in filter(None, mails):
        message = as_message(mail, "Skilltrack <s@x.example>", "<1@x.example>")
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        told = b"\n".join([str(message.items()).encode(), mail.kind.encode(), *map(readable, parts)])
        where = f"mail {mail.kind}" + (
            f" of {mail.letter.subject.split(',')[0]}" if mail.kind in ("report", "packs") else ""
        )
        yield from outside(made, asked.viewer, where, asked.day, told)


def scheduled_mail(post: Post, person: Addressee, known: object, order: Order) -> Mail | None:
    """What a schedule of somebody who sees everybody sends to a reader; None where it is refused to them."""
    now = datetime.now(UTC).replace(tzinfo=None)
    one = Schedule("s", "local", definition_of(order), (person.account,), "week", 1, 6, False, now, date.min, None, {})
    (due,) = scheduled._of_schedule(post, one, post.as_of)
    return due.mail


def by_star(made: Company, store: Store, asked: Asked, folder: Path) -> Iterator[str]:
    """What the model for other tools holds."""
    try:
        exports.export_model(store, asked.viewer, Filters(as_of=asked.day), folder)
    except BadQuestion:
        return
    told = b"\n".join(readable(path.read_bytes()) for path in sorted(folder.iterdir()))
    yield from outside(made, asked.viewer, "star", asked.day, told)


def readable(content: bytes | str) -> bytes:
    """A file's bytes with everything in them that a reader of the format finds."""
    if isinstance(content, str):
        return content.encode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"\n".join(book.read(name) for name in book.namelist())
    if content.startswith(b"%PDF"):
        paper = PdfReader(io.BytesIO(content))
        shown = "".join(page.extract_text() for page in paper.pages) + str(paper.metadata)
        attached = b"".join(b"".join(parts) for parts in paper.attachments.values())
        return "".join(shown.replace("\u200b", "").split()).encode() + attached
    if content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content))
        return str(table.to_pylist()).encode() + str(table.schema.metadata).encode()
    return content


def by_routes(made: Company, asked: Asked, turn: int = 0) -> Iterator[str]:
    """What the API answers programs whose tokens stand for the viewer, and what anybody gets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_API_TOKEN", "t" * 40)
        patch.setenv("SKILLTRACK_API_ACCOUNT", asked.viewer.account)
        patch.setenv("SKILLTRACK_API_RATE", "100000")
        client = TestClient(Starlette(routes=api.ROUTES))
        for route in api.BELOW:
            for method in sorted(route.methods):
                for address in addresses(route.path, method, asked, turn):
                    for token in ("t" * 40, token_of(asked.viewer.account)):
                        content = f"employee_id,name,manager_id\n{asked.employee},,{asked.manager}\n".encode()
                        answer = client.request(
                            method,
                            f"/api{address}",
                            content=content if method == "POST" else None,
                            headers={"Authorization": f"Bearer {token}"},
                        )
                        told = readable(answer.content) + str(answer.headers).encode()
                        where = f"{method} {address.split('?')[0]}"
                        yield from outside(made, asked.viewer, where, asked.day, told, asked.named)


@cache
def token_of(account: str) -> str:
    """A token of an account with every scope that it can have; where it can have none, one that nobody knows."""
    store = store_at(settings().database)
    scopes = [scope for scope, (area, _) in SCOPES.items() if viewer_called(store, account).may(area)]
    return make_token(store, Viewer.everyone(), account, scopes) if scopes else "t" * 39


def addresses(path: str, method: str, asked: Asked, turn: int) -> Iterator[str]:
    """Addresses of a route: about what the viewer asks, each report in one format, nothing stored or undone."""
    if "{name}" not in path:
        for kind in ("roster", "badges", "nothing") if "{kind}" in path else ("",):
            dry = "?dry_run=true" if method == "POST" else ""
            yield path.replace("{kind}", kind).replace("{number}", "1") + dry
        return
    every = 6 if method == "HEAD" or "receipt" in path else 1  # they are made of the same
    for n, name in enumerate([*EXPORTED, "nothing"]):
        about = {"team": 2, "transcript": 1 + 2 * (turn % 2)}.get(name, turn + n)
        named = {what: getattr(asked.filters(about), what) for what in ("employee", "manager")}
        query = {"as_of": str(asked.day), "months": "2", "assurance": "claimed"}
        query |= {what: value for what, value in named.items() if value is not None}
        forms = forms_of(name) if name in EXPORTED else ["csv"]
        if (n + turn) % every == 0:
            yield f"{path.replace('{name}', name)}?{urlencode(query | {'format': forms[(turn + n) % len(forms)]})}"
