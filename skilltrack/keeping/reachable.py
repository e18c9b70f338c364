"""Whether people get to the app: the provider at which they sign in, and the proxy in front of us, asked as they do."""

import base64
import json
import os
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx2

from skilltrack.access import SignIn
from skilltrack.config import environment
from skilltrack.keeping.findings import Finding, advice

WAIT = 5.0
"""Seconds that another machine has to answer."""
MOST_SKEW = 60
"""Seconds that our clock may be beside the provider's."""
LONG = {"Cookie": "x=" + "0" * 16_000}
"""As long as the cookies of somebody who is in hundreds of groups."""
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
}


def of_providers(rules: SignIn) -> Iterator[Finding]:
    """Providers that do not answer, or whose clock is another."""
    for name in rules.titles:
        address = rules.auth[name]["server_metadata_url"]
        try:
            answer = httpx2.get(address, timeout=WAIT, follow_redirects=True)
            described = answer.raise_for_status().json()
        except (httpx2.HTTPError, json.JSONDecodeError) as error:
            proxy = " HTTPS_PROXY and NO_PROXY say how it is reached." if environment({"proxy": "HTTPS_PROXY"}) else ""
            message = f"The provider {name} does not answer at {address} ({_in_words(error)}), so nobody can sign in."
            yield Finding("sign-in", f"{message}{proxy}")
            continue
        if not isinstance(described, dict) or "authorization_endpoint" not in described:
            yield Finding("sign-in", f"{address} of the provider {name} is not the address of OpenID Connect metadata.")
        if date := answer.headers.get("date"):
            skew = time.time() - parsedate_to_datetime(date).timestamp()
            if abs(skew) > MOST_SKEW:
                yield Finding(
                    "clock", f"Our clock is {skew:+.0f} seconds beside the provider's ({name}). Set it right."
                )


def of_proxy(rules: SignIn) -> Iterator[Finding]:
    """What people would meet at the address under which they reach the app."""
    try:
        answer = httpx2.get(f"{rules.url}/healthz", timeout=WAIT)
    except httpx2.HTTPError as error:
        message = f"{rules.url} cannot be reached from here ({_in_words(error)})."
        yield advice("proxy", f"{message} Look at the proxy, its certificate and the name, if people cannot either.")
        return
    if (answer.status_code, answer.text) != (200, "ok"):
        message = f"{rules.url}/healthz answers {answer.status_code}, and not our ok."
        yield Finding("proxy", f"{message} Look where the proxy leads, and that it passes on `Host`.")
        return
    address, headers = f"{rules.url}/_stcore/stream", UPGRADE | {"Origin": rules.url}
    with httpx2.stream("GET", address, headers=headers, timeout=WAIT) as answer:
        if answer.status_code != 101:
            message = f"{rules.url} does not pass on WebSockets ({answer.status_code}), so pages stay empty."
            yield Finding("proxy", f"{message} Pass on `Upgrade` and `Connection`.")
    answer = httpx2.get(f"{rules.url}/healthz", headers=LONG, timeout=WAIT)
    if answer.status_code != 200:
        message = f"{rules.url} refuses long cookies ({answer.status_code}): people in hundreds of groups are kept out."
        yield Finding("proxy", f"{message} In nginx: large_client_header_buffers 8 32k;")


def _in_words(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
