"""The address in each mail by which its reader stops mails of that kind, or allows them again, without signing in.

Looking at it changes nothing, since mail programs look at links before people do: the button on the page does, and the
button of the mail program itself (RFC 8058).
"""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from skilltrack.config import settings
from skilltrack.errors import Refused
from skilltrack.keeping import store_at
from skilltrack.language import _, best_of, current, spoken
from skilltrack.mail import STOP, by_link, choose_by_link

PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Skilltrack mail</title>'
    '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"></head>'
    '<body style="font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:10vh auto;padding:0 16px;color:#1f2933">'
    "<h1>{title}</h1>{body}</body></html>"
)
BUTTON = (
    '<form method="post" action="{action}">'
    '<button style="font:inherit;padding:8px 20px;border:0;border-radius:6px;color:#fff;background:#0b5cad">'
    "{label}</button></form>"
)


async def stop(request: Request) -> HTMLResponse:
    """Ask whether the mails are to stop (GET), or stop them (POST); with `again` they are sent again.

    In the language that the browser prefers.
    """
    asked, is_post = dict(request.query_params), request.method == "POST"
    is_again = bool(asked.pop("again", ""))
    with spoken(best_of(request.headers.get("accept-language", ""))):
        try:
            store = await run_in_threadpool(store_at, settings().database)
            if is_post:
                await run_in_threadpool(choose_by_link, store, asked, is_again)
            mails, is_wanted = await run_in_threadpool(by_link, store, asked)
        except Refused as refused:
            return _page(_("This does not work"), str(refused), status=404)
        if not is_wanted:
            sentence = _(
                "You will not get {mails} any more. You can turn them on again here or on the page Mails, or HR can do "
                "it for you.",
                mails=mails,
            )
            return _page(_("Stopped"), sentence, _button(_("Send these mails again"), asked | {"again": "1"}))
        button = _button(_("Stop these mails"), asked)
        if is_post:
            return _page(_("Turned on again"), _("You get {mails} again.", mails=mails), button)
        return _page(_("Stop these mails?"), _("You would not get {mails} any more.", mails=mails), button)


def _button(label: str, asked: Mapping[str, str]) -> str:
    return BUTTON.format(label=escape(label), action=escape(f"?{urlencode(asked)}"))


def _page(title: str, sentence: str, button: str = "", status: int = 200) -> HTMLResponse:
    page = PAGE.format(language=current(), title=escape(title), body=f"<p>{escape(sentence)}</p>{button}")
    return HTMLResponse(page, status, {"cache-control": "no-store"})


ROUTES = [Route(STOP, stop, methods=["GET", "POST"])]
