"""The socket as anybody can speak to it: every kind of message there is, and what comes back."""

import http.cookies
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME, XSRF_COOKIE_NAME
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.browser.provider import SECRET

GIVEN_UP = ForwardMsg.FINISHED_EARLY_FOR_RERUN
RERUN = BackMsg(rerun_script={}).SerializeToString()
SIGN_IN_PAGE = {
    "new_session",
    "session_status_changed",
    "navigation",
    "delta",
    "page_config_changed",
    "script_finished",
    "logo",
}
"""What the sign-in page is made of."""
WAIT = 60
"""Seconds until a message that does not come is missed: a machine that runs other tests meanwhile is slow."""
SPY = """
import os
from streamlit.runtime.app_session import AppSession
handle = AppSession.handle_backmsg
def noting(session, message):
    with open(os.environ["REACHED"], "a") as file:
        kind = message.WhichOneof("type")
        print(message.backend_operation_request.WhichOneof("payload") if kind.startswith("backend") else kind, file=file)
    handle(session, message)
AppSession.handle_backmsg = noting
"""
"""Has a server write down each message that reaches streamlit."""


def frames() -> dict[str, bytes]:
    """A message of every kind that the installed streamlit knows, of one that it does not, and what is no message."""
    made = {}
    for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields:
        inner = field.message_type
        if field.name == "backend_operation_request":
            for payload in inner.oneofs_by_name["payload"].fields:
                message = BackMsg()
                getattr(message.backend_operation_request, payload.name).SetInParent()
                made[payload.name] = message.SerializeToString()
        elif inner:
            message = BackMsg()
            getattr(message, field.name).SetInParent()
            made[field.name] = message.SerializeToString()
        else:
            made[field.name] = BackMsg(**{field.name: True}).SerializeToString()
    made["of a later version"] = b"\xfa\xff\x07\x02\x08\x01"  # field 16,383
    made["an operation of a later version"] = BackMsg(backend_operation_request={}).SerializeToString()
    return made | {"garbage": b"\xff\xff\xff", "nothing": b""}


def spying(folder: Path) -> dict[str, str]:
    """What a server's environment needs to write what reaches streamlit to `folder/reached`."""
    (folder / "sitecustomize.py").write_text(SPY)
    return {"PYTHONPATH": str(folder), "REACHED": str(folder / "reached")}


def reached(folder: Path) -> list[str]:
    """What has reached streamlit since this was last asked."""
    path = folder / "reached"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


def session(url: str, seconds: float = 600, **claims: object) -> dict[str, str]:
    """The headers of the browser of somebody who has signed in."""
    now = time.time()
    told = {"is_logged_in": True, "origin": url.rstrip("/"), "iss": "i", "nonce": "n", "iat": now, "exp": now + seconds}
    value = create_signed_value(SECRET, USER_COOKIE_NAME, json.dumps(told | {"email": "a@x.example"} | claims))
    token = generate_xsrf_token_string()
    jar = http.cookies.SimpleCookie({USER_COOKIE_NAME: value.decode(), XSRF_COOKIE_NAME: token})
    cookies = "; ".join(f"{name}={morsel.coded_value}" for name, morsel in jar.items())
    return {"Cookie": cookies, "Sec-WebSocket-Protocol": f"streamlit, {token}"}


@contextmanager
def opened(url: str, headers: dict[str, str]) -> Iterator[ClientConnection]:
    """A socket to the server at `url`."""
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    told = {name: value for name, value in headers.items() if name != "Sec-WebSocket-Protocol"}
    tokens = [Subprotocol(token) for token in headers.get("Sec-WebSocket-Protocol", "streamlit").split(", ")]
    with connect(
        address,
        origin=Origin(url.rstrip("/")),
        additional_headers=told,
        subprotocols=tokens,
        proxy=None,
        max_size=None,
        open_timeout=WAIT,
    ) as wire:
        yield wire


def page_of(name: str, query: str) -> bytes:
    """The message with which a browser asks for a page."""
    return BackMsg(rerun_script={"page_name": name, "query_string": query}).SerializeToString()


def until_drawn(wire: ClientConnection) -> list[bytes]:
    """What comes until a page is whole: one that was asked for again before it was is given up, and begun anew."""
    told = [wire.recv(timeout=WAIT)]
    while "script_finished" not in kinds(told[-1:]) or ForwardMsg.FromString(told[-1]).script_finished == GIVEN_UP:
        told.append(wire.recv(timeout=WAIT))
    return told


def answers_to(wire: ClientConnection, frame: bytes | str, quiet: float = 0.3) -> list[bytes] | int:
    """What comes back on sending a message and then asking for the page; the code, where the socket is closed."""
    told: list[bytes] = []
    try:
        wire.send(frame)
        with suppress(TimeoutError):
            while True:
                told.append(wire.recv(timeout=quiet))
        with suppress(ConnectionClosed):  # told on receiving
            wire.send(RERUN)
        told += until_drawn(wire)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0
    return told


def kinds(told: list[bytes]) -> set[str]:
    """What kinds of message these are."""
    return {ForwardMsg.FromString(frame).WhichOneof("type") for frame in told}
