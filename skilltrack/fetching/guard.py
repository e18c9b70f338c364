"""A guarded client: it asks named hosts for small JSON documents over https, and nobody else for anything.

An address comes out of a file that anybody may have written. So a host is asked only if it is named in the settings,
and its name must lead to public addresses alone: these are looked up once, checked, and one of them is connected to. A
redirect is an address like any other, on the same host. There are no cookies, no proxy, no credentials, and an end in
bytes and seconds.
"""

import socket
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2

from skilltrack.badges import NotFetched, says_revoked
from skilltrack.reasons import english
from skilltrack.text import visible

LARGEST = 4 * 2**20
"""Bytes of a page, with its headers."""
LONGEST = 20.0
"""Seconds that a page may take, with its redirects."""
WAIT = 5.0
"""Seconds that one step of it may take."""
REDIRECTS = 3
MOST = 5_000
"""Pages that one client looks up."""
ALL = 256 * 2**20
"""Bytes of all of them."""
PATIENCE = 900.0
"""Seconds that all pages of one host may take: thousands that each dawdle would take days."""
SILENT = 3
"""So many times a host may fail to answer; then it is not asked any more."""
KINDS = ("json", "jwt", "text/plain")
"""What a content type must have in it: application/did+json, application/vc+ld+json, application/vc+jwt …"""
GONE = 410
"""How a host answers, by Open Badges 2.0, for a hosted badge that it has revoked, with a page that says so."""
_EMBEDDING = [ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "2002::/16", "2001::/32")]
"""IPv6 networks in which an IPv4 address stands that is reached by them."""
_SPECIAL = [
    ip_network(net)
    for net in (
        "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24",
        "2001::/23", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "100::/63",
        "168.63.129.16/32", "100.64.0.0/10", "fc00::/7",
    )
]  # fmt: skip
"""Networks that some version of Python calls global and that are not of the internet: for protocols and documentation
(IANA's registries of special addresses), and where clouds answer machines (Azure, Alibaba, Amazon)."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, not of this machine, a company's network or a cloud's."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip.scope_id or any(ip in net for net in _EMBEDDING)):
        return False
    if (isinstance(ip, IPv6Address) and ip.is_site_local) or any(ip in net for net in _SPECIAL):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Guarded:
    """A `Fetcher` for badges; raises `NotFetched` with the reason for whatever it does not fetch."""

    def __init__(
        self,
        hosts: Collection[str],
        may_reach: Callable[[str], bool] = is_public,
        trusted: ssl.SSLContext | None = None,
        longest: float = LONGEST,
    ) -> None:
        self.hosts = frozenset(host.lower() for host in hosts)
        """Names of hosts, with a port where it is not 443."""
        self.may_reach, self.longest = may_reach, longest
        self.trusted = trusted or ssl.create_default_context()
        self.pages, self.byte_count = 0, 0
        self.silent: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def __call__(self, address: str) -> bytes:
        """What lies at an address."""
        ends_at = time.monotonic() + self.longest
        for _ in range(REDIRECTS + 1):
            answer = self._asked(self._url(address), ends_at)
            if isinstance(answer, bytes):
                self.byte_count += len(answer)
                return answer
            address = _joined(address, answer)
        raise NotFetched(english("{address} leads from one address to another", address=visible(address)[:160]))

    def _url(self, address: str) -> httpcore2.URL:
        """An address that may be asked for."""
        shown = visible(address)[:160]
        try:
            parts = urlsplit(address)
            host = parts.netloc.lower().removesuffix(":443")
            if parts.scheme != "https":
                raise NotFetched(english("{address} is not an https address", address=shown))
            if host not in self.hosts:
                raise NotFetched(english("{host} is not one of the hosts that may be asked", host=visible(host)[:100]))
            if self.silent[host] >= SILENT or self.seconds[host] >= PATIENCE:
                raise NotFetched(english("{host} does not answer", host=visible(host)[:100]))
            target = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
            return httpcore2.URL(
                scheme=b"https",
                host=(parts.hostname or "").encode("ascii"),
                port=parts.port,
                target=target.encode("ascii"),
            )
        except (ValueError, UnicodeEncodeError):
            raise NotFetched(english("{address} is not written as an address is", address=shown)) from None

    def _asked(self, url: httpcore2.URL, ends_at: float) -> bytes | str:
        """What lies there, or where it says that it lies instead."""
        self.pages += 1
        if self.pages > MOST or self.byte_count > ALL:
            raise NotFetched(
                english("more than {most:,} pages or {size:,} bytes would be looked up at once", most=MOST, size=ALL)
            )
        host = url.host.decode() + (f":{url.port}" if url.port not in (None, 443) else "")
        backend = _Reaching(self.may_reach, ends_at)
        headers = [("Host", host), ("Accept", "application/json, */*;q=0.5"), ("Accept-Encoding", "identity")]
        begun = time.monotonic()
        times = dict.fromkeys(("connect", "read", "write", "pool"), WAIT)
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self.trusted, network_backend=backend) as pool,
                pool.stream("GET", url, headers=headers, extensions={"timeout": times}) as answer,
            ):
                return _content(answer, host)
        except httpcore2.TimeoutException:
            self.silent[host] += 1
            raise NotFetched(english("{host} took too long to answer", host=host)) from None
        except httpcore2.ConnectError as error:
            self.silent[host] += 1
            raise NotFetched(english("{host} cannot be reached: {why}", host=host, why=_reason(error))) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise NotFetched(english("{host} broke off: {why}", host=host, why=_reason(error))) from None
        finally:
            self.seconds[host] += time.monotonic() - begun


def _joined(address: str, location: str) -> str:
    """Where a redirect leads, on the same host: what lies on another is not the word of this one."""
    try:
        joined = urljoin(address, location)
        there = urlsplit(joined)
        if there.scheme == "https" and there.netloc.lower() != urlsplit(address).netloc.lower():
            raise NotFetched(
                english(
                    "{address} leads to another host, {host}",
                    address=visible(address)[:160],
                    host=visible(there.netloc)[:100],
                )
            )
        return joined
    except ValueError:
        raise NotFetched(
            english(
                "{address} leads to {location}, which is no address",
                address=visible(address)[:160],
                location=visible(location)[:160],
            )
        ) from None


def _content(answer: httpcore2.Response, host: str) -> bytes | str:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    if answer.status in (301, 302, 303, 307, 308) and "location" in headers:
        return headers["location"]
    if answer.status not in (200, GONE):
        raise NotFetched(english("{host} answers with {status}", host=host, status=answer.status))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not any(known in kind for known in KINDS):
        raise NotFetched(
            english(
                "{host} answers with {kind}, which is not JSON",
                host=host,
                kind=visible(kind)[:60] or english("no content type"),
            )
        )
    if headers.get("content-encoding", "identity") != "identity":
        raise NotFetched(english("{host} answers with something packed, which was not asked for", host=host))
    content = b"".join(answer.iter_stream())
    if answer.status == GONE and not says_revoked(content):
        raise NotFetched(english("{host} answers with {status}", host=host, status=answer.status))
    return content


def _reason(error: Exception) -> str:
    return visible(error)[:160] or type(error).__name__


class _Reaching(httpcore2.NetworkBackend):
    """Connects to addresses that may be reached, and to no name."""

    def __init__(self, may_reach: Callable[[str], bool], ends_at: float) -> None:
        self.may_reach, self.ends_at = may_reach, ends_at

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Look the name up, look at every address that it leads to, and connect to one of these."""
        try:
            addresses = list(
                dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            )
        except (OSError, UnicodeError):
            raise NotFetched(english("the name {host} is not known", host=visible(host)[:100])) from None
        if not addresses or not all(map(self.may_reach, addresses)):
            raise NotFetched(english("{host} is not a host of the public internet", host=visible(host)[:100]))
        failed: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                stream = httpcore2.SyncBackend().connect_tcp(address, port, _left(self.ends_at, WAIT))
                return _Bounded(stream, self.ends_at, [LARGEST])
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed


class _Bounded(httpcore2.NetworkStream):
    """A connection that ends after so many seconds and bytes, however slowly they come."""

    def __init__(self, stream: httpcore2.NetworkStream, ends_at: float, room: list[int]) -> None:
        self.stream, self.ends_at, self.room = stream, ends_at, room

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes."""
        data = self.stream.read(max_bytes, _left(self.ends_at, timeout))
        self.room[0] -= len(data)
        if self.room[0] < 0:
            raise NotFetched(english("the page has more than {most:,} bytes", most=LARGEST))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self.stream.write(buffer, _left(self.ends_at, timeout))

    def close(self) -> None:
        """End the connection."""
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection with TLS, in which the name is proved."""
        inner = self.stream.start_tls(ssl_context, server_hostname, _left(self.ends_at, timeout))
        return _Bounded(inner, self.ends_at, self.room)

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self.stream.get_extra_info(info)


def _left(ends_at: float, timeout: float | None) -> float:
    """Seconds that a step may still take."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is over")
    return min(left, timeout or left)
