"""What stands in front of every request: who is let in by host and session, security headers, and deep links.

It wraps the whole server, so that no route, download or socket is reached around it. The screens decide what a
viewer sees; this decides who may speak to the server at all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from skilltrack.access import CALLBACK, SignIn, is_loopback

OPEN = ("/_stcore/health", "/_stcore/host-config", "/_stcore/stream")
"""What the sign-in page itself needs. The socket shows that page and nothing else to a stranger (`ui.signin`), and
takes from them no message but those that the page sends (`ui.socket`)."""
GUARDED = ("/_stcore/", "/media/", "/component/")
"""Uploads, downloads, components, counters: only for who has signed in. All else is streamlit's own files, the
sign-in, what programs watch (`api.health`), /mail/stop, whose links are signed, /.well-known/did.json, which is for
everybody, and /api, which asks for its token itself."""
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
NEXT = "skilltrack_next"
"""Cookie with the page that somebody wanted before signing in."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # addresses of pages name people
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def content_policy(script_hashes: list[str]) -> str:
    """The Content-Security-Policy: nothing comes from elsewhere, and of inline scripts only streamlit's own.

    Components hand their script over as a blob; streamlit sets styles inline.
    """
    hashes = " ".join(f"'sha256-{digest}'" for digest in script_hashes)
    return (
        f"default-src 'none'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "manifest-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    )


@dataclass
class Guard:
    """The outermost layer of the server."""

    app: ASGIApp
    policy: str
    is_local: bool
    sign_in: SignIn | None
    claims_in: Callable[[Mapping[str, str]], dict[str, Any]]
    """The claims of the session that cookies hold, empty when none holds."""
    sign_out: Callable[[Mapping[str, Any]], None]
    is_allowed: Callable[[bytes, bool], bool]
    """Whether a message of the socket may reach the app: its bytes, and whether who sends it has signed in."""
    without_server_details: Callable[[bytes], bytes]
    """A message of the app to a browser, without what it says about the server."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through to the app, or tell why not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        refusal = self._refusal(asked)
        if refusal and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif refusal:
            await PlainTextResponse(refusal, 403)(scope, receive, self._telling(asked, send))
        else:
            if asked.scope["path"] == "/auth/logout":
                self.sign_out(self.claims_in(asked.cookies))
            if scope["type"] == "websocket":
                receive, send = self._sifted(asked, receive, send)
            await self.app(scope, receive, self._telling(asked, send))

    def _sifted(self, asked: HTTPConnection, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Both directions of a socket; what may not pass is left out, as if it had not been sent."""
        is_closed = False

        async def take() -> Message:
            nonlocal is_closed
            while True:
                message = await receive()
                frame = message.get("bytes") or b""
                # Asked at every message: a session may end while its socket is open.
                if message["type"] != "websocket.receive" or self.is_allowed(frame, self._is_signed_in(asked)):
                    return message
                if self.is_allowed(frame, True):  # only the session is missing: the browser comes anew, to sign in
                    is_closed = True
                    await send({"type": "websocket.close", "code": 1008})
                    return {"type": "websocket.disconnect", "code": 1008}

        async def give(message: Message) -> None:
            if not is_closed:
                frame = message.get("bytes")
                await send({**message, "bytes": self.without_server_details(frame)} if frame else message)

        return take, give

    def _is_signed_in(self, asked: HTTPConnection) -> bool:
        return self.is_local or bool(self.sign_in and self.claims_in(asked.cookies))

    def _refusal(self, asked: HTTPConnection) -> str | None:
        named, origin, path = asked.headers.get("host", ""), asked.headers.get("origin"), asked.scope["path"]
        host = _hostname(named)
        # Only the very host that is asked: what streamlit is left to judge it asks another host about, and waits.
        if origin is not None and (not host or origin not in (f"http://{named}", f"https://{named}")):
            return "Another site may not ask here."  # one on another port of this host neither, which has our cookies
        is_here = is_loopback(host) and is_loopback(asked.client.host if asked.client else "")
        if self.is_local:
            if not is_from_here(asked):
                return "Skilltrack runs in local mode here: it answers this machine only, and no proxy."
            return None
        if self.sign_in and not is_here and host != urlsplit(self.sign_in.url).hostname:
            return f"Skilltrack is at {self.sign_in.url}."
        if path.startswith(GUARDED) and path not in OPEN and not self._is_signed_in(asked):
            return "Sign in first."
        return None

    def _telling(self, asked: HTTPConnection, send: Send) -> Send:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._harden(asked, headers)
                if self.sign_in:
                    self._keep_deep_link(asked, headers, self.sign_in)
                    self._shorten_cookies(headers, self.sign_in)
            await send(message)

        return tell

    def _harden(self, asked: HTTPConnection, headers: MutableHeaders) -> None:
        headers.update(HEADERS | {"content-security-policy": self.policy})
        if self.sign_in and self.sign_in.is_https:
            headers["strict-transport-security"] = "max-age=31536000"
        if asked.scope["path"].startswith("/media/"):
            headers["cache-control"] = "no-store"

    def _keep_deep_link(self, asked: HTTPConnection, headers: MutableHeaders, rules: SignIn) -> None:
        """Remember the page a stranger asked for, and lead there instead of to `/` when the sign-in has worked."""
        path = asked.scope["path"]
        if path == CALLBACK and any(c.startswith("_streamlit_user=") for c in headers.getlist("set-cookie")):
            wanted = unquote(asked.cookies.get(NEXT, ""))
            if is_our_page(wanted):
                headers["location"] = wanted
            headers.append("set-cookie", _cookie(NEXT, "", 0))
        elif (
            asked.headers.get("sec-fetch-mode") == "navigate"
            and path not in (CALLBACK, "/")
            and not path.startswith(("/auth/", "/api/", "/mail/", *GUARDED))
            and not self.claims_in(asked.cookies)
        ):
            query = f"?{asked.url.query}" if asked.url.query else ""
            if len(path + query) < 2000:
                headers.append("set-cookie", _cookie(NEXT, quote(path + query, safe=""), 600))

    def _shorten_cookies(self, headers: MutableHeaders, rules: SignIn) -> None:
        """Cookies last no longer than a session, and travel over HTTPS only where the app does."""
        for at, (name, value) in enumerate(headers.raw):
            if name == b"set-cookie":
                text = value.decode("latin-1")
                if text.startswith("_streamlit_user"):
                    text = re.sub(r"(?i)max-age=[1-9]\d*", f"Max-Age={int(rules.seconds)}", text)
                if rules.is_https and "; secure" not in text.lower():
                    text += "; Secure"
                headers.raw[at] = name, text.encode("latin-1")


def is_from_here(asked: HTTPConnection) -> bool:
    """Whether a request comes from this machine, under its own name and through no proxy."""
    client = asked.client.host if asked.client else ""
    is_here = is_loopback(_hostname(asked.headers.get("host", ""))) and is_loopback(client)
    return is_here and not any(name in asked.headers for name in FORWARDING)


def _hostname(named: str) -> str:
    """The name in a Host header, lower case and without port; empty where the header is not a name and a port."""
    try:
        parts = urlsplit(f"//{named}")
    except ValueError:
        return ""
    return parts.hostname or "" if parts.netloc == named else ""


def is_our_page(wanted: str) -> bool:
    """Whether this is a path within our own site, and not an address that leads elsewhere."""
    return bool(re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", wanted)) and not urlsplit(wanted).netloc


def _cookie(name: str, value: str, seconds: int) -> str:
    jar = SimpleCookie({name: value})
    for attribute, wanted in {"path": "/", "httponly": True, "samesite": "Lax", "max-age": seconds}.items():
        jar[name][attribute] = wanted
    return jar[name].OutputString()
