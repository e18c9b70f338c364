"""Who may sign in and for how long: the providers, the roles that a sign-in tells, and when a session has ended.

Settings come from a TOML file that `SKILLTRACK_SIGNIN` names and, over it, from the environment (docs/signing-in.md).
Nothing here knows the screens; `web` and `ui.signin` ask it at every request and every click.
"""

import hashlib
import ipaddress
import logging
import os
import re
import time
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from skilltrack.access.accounts import GIVEN
from skilltrack.access.viewer import ROLES
from skilltrack.config import environment, settings
from skilltrack.errors import Refused
from skilltrack.language import mark
from skilltrack.storage import beside, growing

log = logging.getLogger("skilltrack")

FROM_ENVIRONMENT = {
    "url": "SKILLTRACK_URL",
    "cookie_secret": "SKILLTRACK_COOKIE_SECRET",
    "session_hours": "SKILLTRACK_SESSION_HOURS",
    "account_claim": "SKILLTRACK_ACCOUNT_CLAIM",
    "roles_claim": "SKILLTRACK_ROLES_CLAIM",
}
PROVIDER = {
    "server_metadata_url": "SKILLTRACK_OIDC_URL",
    "client_id": "SKILLTRACK_OIDC_CLIENT_ID",
    "client_secret": "SKILLTRACK_OIDC_CLIENT_SECRET",
}
"""One provider may be told by the environment alone; `SKILLTRACK_ROLES` is `claim value=role, …`."""
CALLBACK = "/oauth2callback"
SKEW = 300
"""Seconds by which the provider's clock may be ahead of ours."""


@dataclass(frozen=True)
class SignIn:
    """How people sign in."""

    url: str
    """Where they reach the app: scheme, host and port, no path."""
    titles: dict[str, str]
    """Provider to what its button says."""
    auth: dict[str, Any]
    """The section `auth` as streamlit takes it."""
    roles: dict[str, str]
    """Value of the roles claim to role of ours."""
    seconds: float
    """The longest a session lasts."""
    account_claim: str = "email"
    roles_claim: str = ""
    domains: dict[str, list[str]] = field(default_factory=dict)
    """Provider to the domains of the addresses that it may vouch for; one that is not named may for any."""

    @property
    def is_https(self) -> bool:
        """Whether people reach the app over HTTPS."""
        return self.url.startswith("https:")


def sign_in() -> SignIn | None:
    """The sign-in that is configured, or None; raises `Refused` when what is said is not enough or not safe."""
    options = _options()
    if not options.get("providers"):
        return None
    address = urlsplit(_needed(options, "url"))
    url = f"{address.scheme}://{address.netloc}"
    if not _is_safe(url) or address.path not in ("", "/"):
        raise Refused(f"url is {options['url']!r}. Say where people reach the app: https://HOST, without a path.")
    if len(_needed(options, "cookie_secret")) < 32:
        raise Refused("cookie_secret is too short. Use 32 random characters or more, such as `openssl rand -hex 32`.")
    seconds = _hours(options.get("session_hours", 10)) * 3600
    auth = {"redirect_uri": url + CALLBACK, "cookie_secret": options["cookie_secret"]}
    providers = {name: _provider(name, provider, seconds) for name, provider in options["providers"].items()}
    titles = {name: provider.get("title", name) for name, provider in options["providers"].items()}
    roles = options.get("roles") or {role: role for role in GIVEN}
    for value, role in roles.items():
        if role not in GIVEN:
            more = f" {role} follows from the roster." if role in ROLES else ""
            raise Refused(f"roles: {value!r} leads to {role!r}.{more} Use one of: {', '.join(GIVEN)}.")
    claims = {name: str(options[name]) for name in ("account_claim", "roles_claim") if name in options}
    domains = {
        name: _domains(name, provider["domains"])
        for name, provider in options["providers"].items()
        if "domains" in provider
    }
    return SignIn(url, titles, auth | providers, roles, seconds, domains=domains, **claims)


def _options() -> dict[str, Any]:
    options: dict[str, Any] = {}
    given = environment({"path": "SKILLTRACK_SIGNIN", "roles": "SKILLTRACK_ROLES"})
    if path := given.get("path"):
        try:
            options = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Refused(f"SKILLTRACK_SIGNIN names {path}, which cannot be read: {error}") from None
    options |= environment(FROM_ENVIRONMENT)
    if roles := given.get("roles"):
        pairs = [pair.rpartition("=") for pair in roles.split(",")]
        options["roles"] = {value.strip(): role.strip() for value, _, role in pairs}
    if provider := environment(PROVIDER):
        options["providers"] = options.get("providers", {}) | {"company": {"title": "your company account"} | provider}
    return options


def _provider(name: str, options: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    if not re.fullmatch(r"[a-zA-Z0-9-]+", name):
        raise Refused(f"The provider {name!r} needs a name of letters, digits and hyphens.")
    values = {key: _needed(options, key, f" of provider {name} ({PROVIDER[key]})") for key in PROVIDER}
    if not _is_safe(values["server_metadata_url"]):
        raise Refused(
            f"server_metadata_url of provider {name} is not an https address: {values['server_metadata_url']}"
        )
    scope = options.get("scope", "openid email profile")
    # A provider that is asked for max_age tells auth_time, and has people identify themselves anew when it is too old.
    return values | {"client_kwargs": {"scope": scope}, "authorize_params": {"max_age": str(int(seconds))}}


def _domains(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(domain, str) for domain in value):
        raise Refused(f'domains of provider {name} is {value!r}. Write a list, such as ["corp.example"].')
    return [domain.lower() for domain in value]


def _needed(options: Mapping[str, Any], key: str, of: str = "") -> str:
    if not options.get(key):
        where = of or f" ({FROM_ENVIRONMENT[key]})"
        raise Refused(f"The sign-in needs {key}{where}. docs/signing-in.md has an example.")
    return str(options[key])


def _hours(value: Any) -> float:
    try:
        hours = float(value)
    except (TypeError, ValueError):
        hours = 0
    if not 0 < hours <= 24 * 30:
        raise Refused(f"session_hours is {value!r}. Say how many hours a sign-in lasts at most, such as 10.")
    return hours


def _is_safe(url: str) -> bool:
    """Whether nobody on the way can read along: HTTPS, or within this machine."""
    address = urlsplit(url)
    return bool(address.hostname) and (
        address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or ""))
    )


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def why_ended(rules: SignIn, claims: Mapping[str, Any]) -> str | None:
    """Why a sign-in with these ID-token claims does not count (any more), or None.

    It ends with the ID token, and at the latest `rules.seconds` after the person identified themselves.
    """
    now, ends = time.time(), _seconds(claims.get("exp"))
    began = _seconds(claims.get("auth_time", claims.get("iat")))
    if not ends or not 0 < began <= now + SKEW:
        return mark("The sign-in did not tell until when it holds.")
    if ends <= now or began + rules.seconds <= now:
        return mark("Your sign-in has ended.")
    if _code(claims) in _ended(settings().database):
        return mark("You have signed out.")
    if rules.account_claim == "email" and claims.get("email_verified", True) not in (True, "true"):
        return mark("The provider has not verified your e-mail address.")
    domains = rules.domains.get(str(claims.get("provider")))
    if domains and str(claims.get(rules.account_claim)).strip().lower().rpartition("@")[2] not in domains:
        return mark("This sign-in provider may not vouch for such an address. Sign in with another account.")
    return None


def _seconds(value: Any) -> float:
    """A time that a claim tells, in seconds since 1970; 0 when it tells none."""
    return float(value) if isinstance(value, int | float) else 0


def claimed_roles(rules: SignIn, claims: Mapping[str, Any]) -> frozenset[str]:
    """Our roles that the claim of `rules.roles_claim` tells."""
    claim = claims.get(rules.roles_claim) or () if rules.roles_claim else ()
    values = [claim] if isinstance(claim, str) else claim if isinstance(claim, list | tuple) else ()
    return frozenset(rules.roles[value] for value in values if isinstance(value, str) and value in rules.roles)


class _Ended:
    """Sign-ins that somebody has ended before their time, by code: a kept cookie, or another tab, is out too.

    They stand in a file beside the database, to which the other servers of a lake add too. Thread-safe.
    """

    def __init__(self, database: Path):
        self._path = Path(f"{beside(database)}.ended")
        self._is_shared = beside(database) != database
        """Whether other processes add to it."""
        self._at = -1
        """How far the file was read; negative: not yet."""
        self._codes: dict[str, float] = {}
        """When each would have ended."""

    def __contains__(self, code: str) -> bool:
        if self._is_shared or self._at < 0:
            self._read_on()
        return code in self._codes

    def add(self, code: str, ends: float) -> None:
        """End a sign-in here at once, and everywhere as soon as it is written down."""
        self._codes[code] = ends
        try:
            with growing(self._path) as lines:
                lines.append(f"{code} {ends:.0f}".encode())
        except OSError as error:
            why = error.strerror
            log.warning("%s cannot be written (%s): a sign-out holds until the app is started again", self._path, why)

    def _read_on(self) -> None:
        """Read what was added; who opens a file on a shared disk is told its size as it is."""
        at = max(0, self._at)
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > at:
                file.seek(at)
                whole, end, _ = file.read().rpartition(b"\n")
                lines = [line.split() for line in whole.split(b"\n")]
                ended = {line[0].decode(): float(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}
                self._codes |= {code: ends for code, ends in ended.items() if ends > time.time()}
                at += len(whole + end)
        self._at = at  # last: whoever sees it knows that these are known


@cache
def _ended(database: Path) -> _Ended:
    return _Ended(database)


def sign_out(claims: Mapping[str, Any]) -> None:
    """End a sign-in, wherever its cookie still is, over restarts too and on every server of a lake."""
    if claims:
        _ended(settings().database).add(_code(claims), _seconds(claims.get("exp")))


def _code(claims: Mapping[str, Any]) -> str:
    """What tells a sign-in from every other, and nobody who it is about."""
    identity = repr([str(claims.get(name)) for name in ("iss", "sub", "iat", "nonce", "at_hash")])
    return hashlib.sha256(identity.encode()).hexdigest()
