"""The one way out: only named hosts of the public internet are asked, over https, for small JSON, within a time."""

import json
import shutil
import ssl
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from skilltrack.badges import NotFetched
from skilltrack.commands.cli import cli
from skilltrack.config import today
from skilltrack.errors import Refused
from skilltrack.fetching import FetchRules, Guarded, fetch_rules, guard, is_public
from skilltrack.fetching.nightly import refresh_now
from skilltrack.ingest import Options, check_again
from skilltrack.keeping.durability import open_store
from tests.badges.signing import INTEGRITY, V2, Signer, badge
from tests.ingest.test_badge_files import land, made, met

assert made
WANTED = {"one": "page"}


def certificate(folder, name="localhost"):
    """A key and a certificate of its own for a name."""
    key, called = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made_one = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made_one.public_bytes(serialization.Encoding.PEM))
    return path


class Host(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, object]] = {}
    asked: ClassVar[list[dict]] = []

    def do_GET(self):
        self.asked.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        path = self.path.partition("?")[0]
        if path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.send_header("Set-Cookie", "a=b")
            self.end_headers()
            return
        if path == "/slow":
            self.send_response(200)
            for _ in range(100):
                self.wfile.write(b"X-A: b\r\n")
                time.sleep(0.05)
            return
        if path == "/gone":
            body = json.dumps(self.pages.get(path, WANTED)).encode()
            self.send_response(410)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        body = b" " * (guard.LARGEST + 1) if path == "/large" else json.dumps(self.pages.get(path, WANTED)).encode()
        self.send_response(404 if path == "/none" else 200)
        self.send_header("Content-Type", "text/html" if path == "/html" else "application/vc+ld+json; charset=utf-8")
        if path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A real https server on loopback, with a certificate that nobody else knows."""
    path = certificate(tmp_path_factory.mktemp("tls"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    server.handle_error = lambda *args: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.name = f"localhost:{server.server_port}"
    server.trusted = ssl.create_default_context(cafile=path)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A host that runs on this machine beside other tests may be slow."""
    monkeypatch.setattr(guard, "WAIT", 60)


def client(host, **more):
    usual = {"may_reach": lambda address: True, "trusted": host.trusted, "longest": 60}
    return Guarded([host.name], **(usual | more))


def refused(fetch, address):
    with pytest.raises(NotFetched) as error:
        fetch(address)
    return str(error.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.9", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("192.0.2.1", False), ("198.18.0.1", False), ("240.0.0.1", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fc00::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:93.184.216.34", False), ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False), ("2001:0:a00:1::1", False), ("ff02::1", False), ("2001:db8::1", False),
        ("fec0::1", False), ("localhost", False), ("", False),
        # For protocols, documentation and old ways from one internet to the other:
        ("192.0.0.8", False), ("192.0.0.9", False), ("192.0.0.192", False), ("192.88.99.1", False), ("192.31.196.1", False),
        ("192.52.193.1", False), ("192.175.48.1", False), ("2620:4f:8000::1", False), ("2001:1::1", False),
        ("2001:4:112::1", False), ("3fff::1", False), ("3fff:fff:ffff::1", False), ("5f00::1", False), ("100:0:0:1::1", False),
        ("2001:4860:4860::8888", True), ("192.0.1.1", True), ("192.88.98.1", True), ("4000::1", False),
        # Where clouds answer the machines in them: Azure, Alibaba, Amazon, Google, Oracle.
        ("168.63.129.16", False), ("168.63.129.17", True), ("100.100.100.200", False), ("fd00:ec2::254", False),
        ("169.254.170.2", False), ("fd20:ce::254", False),
        # IPv4 addresses in IPv6 ones (NAT64, 6to4, Teredo), private and public:
        ("64:ff9b::a9fe:a9fe", False), ("64:ff9b::808:808", False), ("64:ff9b:1::a00:1", False), ("::10.0.0.1", False),
        ("2002:a9fe:a9fe::1", False), ("2002:808:808::1", False), ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_public_internet_may_be_reached(address, public):
    """A badge that names an address inside the company could otherwise make the server ask there."""
    assert is_public(address) is public


def test_a_page_of_a_named_host_is_fetched_without_cookies_or_credentials(host):
    Host.asked.clear()
    assert json.loads(client(host)(f"https://{host.name}/a?b=c#d")) == WANTED
    assert json.loads(client(host)(f"https://{host.name}/to/https://{host.name}/e")) == WANTED
    assert [one["path"] for one in Host.asked] == ["/a?b=c", f"/to/https://{host.name}/e", "/e"]
    assert not {"cookie", "authorization", "referer"} & {name for one in Host.asked for name in one}
    assert {one["host"] for one in Host.asked} == {host.name}
    assert json.loads(client(host)(f"https://{host.name}?b=c")) == WANTED
    assert Host.asked[-1]["path"] == "/?b=c"


def test_what_a_host_says_was_revoked_is_read_although_it_is_gone(host):
    """By Open Badges 2.0 the address of a badge that was taken back answers with 410 and says so."""
    assert "410" in refused(client(host), f"https://{host.name}/gone")
    Host.pages["/gone"] = {"id": f"https://{host.name}/gone", "revoked": True}
    assert json.loads(client(host)(f"https://{host.name}/gone")) == Host.pages["/gone"]


def test_this_machine_is_not_asked_whatever_the_setting_names(host):
    Host.asked.clear()
    fetch = Guarded([host.name], trusted=host.trusted)
    assert "not a host of the public internet" in refused(fetch, f"https://{host.name}/a")
    assert not Host.asked


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none", "404"),
        ("/html", "not JSON"),
        ("/packed", "packed"),
        ("/large", "more than"),
        ("/to/http://{name}/a", "not an https address"),
        ("/to/https://elsewhere.example/a", "leads to another host"),
        ("/to/file:///etc/passwd", "not an https address"),
        ("/to///elsewhere.example/a", "leads to another host"),
        ("/to/https://[bad", "no address"),
        ("/to//to//to//to//to/", "leads from one address to another"),
    ],
)
def test_what_is_not_a_small_json_page_of_a_named_host_is_refused(host, path, reason):
    if path == "/to//to//to//to//to/":
        path = "/to/" * 6 + "a"
    assert reason in refused(client(host), f"https://{host.name}{path.format(name=host.name)}")


def test_an_address_that_is_written_to_mislead_is_not_asked(host):
    Host.asked.clear()
    for address in (
        f"http://{host.name}/",
        f"https://{host.name}@elsewhere.example/",
        f"https://user:pass@{host.name}/",
        f"https://{host.name}.elsewhere.example/",
        f"https://{host.name}\\@elsewhere.example/",
        "https://[::1",
        "https:///a",
        f"https://{host.name}/\r\nHost: elsewhere",
        "https://127.0.0.1/",
        "",
    ):
        refused(client(host), address)
    assert not [one for one in Host.asked if one["host"] != host.name]


def test_a_name_that_leads_elsewhere_when_it_is_looked_up_again_is_not_followed(host, monkeypatch):
    """The address that was looked at is the one that is connected to (DNS rebinding)."""
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def resolve(name, port, *args, **more):
        return [(2, 1, 6, "", (next(answers), port))]

    connected = []
    monkeypatch.setattr(guard.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(
        guard.httpcore2.SyncBackend, "connect_tcp", lambda self, address, *a, **m: connected.append(address) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        Guarded([host.name])(f"https://{host.name}/a")
    assert connected == ["93.184.216.34"]


def test_a_host_with_another_certificate_is_not_believed_and_one_that_dawdles_is_left(host, tmp_path):
    assert "cannot be reached" in refused(client(host, trusted=None), f"https://{host.name}/a")
    slow = client(host, longest=0.5)
    assert "too long" in refused(slow, f"https://{host.name}/slow")
    slow.silent[host.name] = guard.SILENT
    assert "does not answer" in refused(slow, f"https://{host.name}/a")
    slow.silent.clear()
    assert slow.seconds[host.name] > 0.4
    slow.seconds[host.name] = guard.PATIENCE
    assert "does not answer" in refused(slow, f"https://{host.name}/a")


def test_keys_are_looked_up_over_a_real_connection_and_the_badge_is_verified(host, made, tmp_path):
    """From the file that names a did:web to the number on the screen."""
    signer, did = Signer(), f"did:web:{host.name.replace(':', '%3A')}"
    method = {"id": f"{did}#1", "type": "Multikey", "controller": did, "publicKeyMultibase": signer.multibase}
    Host.pages["/.well-known/did.json"] = {"id": did, "assertionMethod": [method]}
    with closing(open_store(shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "made.duckdb")) as store:
        land(store, f"issuer,key\nWeld School,{did}\n".encode(), "k.csv", "issuer_keys")
        land(store, signer.prove(badge(did, [*V2, INTEGRITY]), "eddsa-jcs-2022", f"{did}#1"))
        again = check_again(store, client(host), Options())
        assert (again.decided, again.not_fetched, again.problems) == (1, {}, [])
        assert met(store, "verified", today()) == 1


def test_nothing_is_looked_up_unless_hosts_are_named_and_a_wrong_name_says_what_would_work(made, tmp_path, monkeypatch):
    path = shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "made.duckdb"
    with closing(open_store(path)) as store:
        land(
            store,
            Signer().prove(badge("did:web:weld.example", [*V2, INTEGRITY]), "eddsa-jcs-2022", "did:web:weld.example#1"),
        )
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *args, **more: pytest.fail("a name was looked up"))
    done = CliRunner().invoke(cli, ["badges", "refresh", "--db", str(path)])
    assert done.exit_code == 0, done.output
    assert "SKILLTRACK_FETCH_HOSTS names no host" in done.output
    assert "Nothing is new" in done.output
    monkeypatch.setenv("SKILLTRACK_FETCH_HOSTS", "Weld.example, https://b.example/x")
    with pytest.raises(Refused, match="without https://"):
        fetch_rules()
    monkeypatch.setenv("SKILLTRACK_FETCH_HOSTS", "Weld.example:443, b.example:8443")
    assert fetch_rules().hosts == ("weld.example", "b.example:8443")


def test_what_the_app_does_each_night_goes_on_after_a_night_that_fails(made, tmp_path, caplog):
    """Else one night without a disk or a network would be the last on which anything was checked."""
    signer, rules = Signer(), FetchRules((), None)
    with closing(open_store(shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "made.duckdb")) as store:
        land(
            store,
            signer.prove(badge("did:web:weld.example", [*V2, INTEGRITY]), "eddsa-jcs-2022", "did:web:weld.example#1"),
        )
        land(store, f'issuer,key\nWeld School,"{signer.pem}"\n'.encode(), "k.csv", "issuer_keys")

        def gone():
            raise OSError("the disk is away")

        refresh_now(rules, gone)
        assert "were not checked again" in caplog.text
        assert met(store, "verified", today()) == 0
        refresh_now(rules, lambda: store)
        assert met(store, "verified", today()) == 1
