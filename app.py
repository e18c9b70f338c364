"""The server: an ASGI app around the entry script; it holds no business logic and no layout."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from skilltrack import logs, mail
from skilltrack.access import sessions
from skilltrack.api import ROUTES, Guard, Watched, company, content_policy, failed, health, new_reference, stopping
from skilltrack.backups import begin_nightly
from skilltrack.commands import beside, cli
from skilltrack.config import PACKAGE, backup_rules, log_rules, settings
from skilltrack.fetching import begin_refreshing, fetch_rules
from skilltrack.keeping import is_published, store_at
from skilltrack.ui import socket
from skilltrack.ui.signin import claims_in
from skilltrack.ui.text import went_wrong

# Without this, the first visitor after a start could run a page file directly, without the entry script.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def started(_: st.App) -> AsyncIterator[None]:
    """Write the log by our rules once the libraries have set up theirs."""
    logs.begin(log_rules())
    database = settings().database
    if is_published(database):
        yield
        return
    nightly = begin_nightly(backup_rules(), database, store_at), begin_refreshing(fetch_rules(), database, store_at)
    yield
    for ended in filter(None, nightly):
        ended.set()


async def overview(request: Request) -> RedirectResponse:
    """The default page answers at `/` only; its name leads there too."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


def on_script_error(error: Exception) -> bool:
    """Show a reference instead of a stack trace; the trace goes to the log under that reference."""
    reference = new_reference()
    failed(error, "page", reference)
    st.error(went_wrong(reference))
    return True


def inline_scripts() -> list[str]:
    """Hashes of the inline scripts in streamlit's own page, which changes with its version."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]


logs.begin(log_rules())
health.listen()
beside.listen(settings().database, cli.run)
if not is_published(settings().database):
    mail.begin(settings().database)
sign_in = sessions.sign_in()
app = st.App(
    PACKAGE / "ui" / "main.py",
    secrets={"auth": sign_in.auth} if sign_in else None,
    lifespan=started,
    routes=[Route("/overview", overview), *stopping.ROUTES, *company.ROUTES, *health.ROUTES, *ROUTES],
    middleware=[
        Middleware(Watched),
        Middleware(
            Guard,
            policy=content_policy(inline_scripts()),
            is_local=settings().is_local,
            sign_in=sign_in,
            claims_in=claims_in,
            sign_out=sessions.sign_out,
            is_allowed=socket.is_allowed,
            without_server_details=socket.without_server_details,
        ),
        Middleware(GZipMiddleware, minimum_size=1024),
    ],
    on_script_error=on_script_error,
)
