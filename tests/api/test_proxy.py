"""The app behind nginx, as deploy/nginx.conf sets it up, over real TLS; and what `doctor` says of one set up wrongly."""

import datetime
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.sync.client import connect

from skilltrack.config import ROOT
from tests.access import wire
from tests.browser.conftest import Server
from tests.browser.provider import provider, settings
from tests.commands.test_beside import company_in
from tests.forked import skilltrack
from tests.ports import free_port

TOKEN = "a token of the test that nobody guesses"
pytestmark = pytest.mark.skipif(
    not shutil.which("nginx"), reason="nginx is not installed (apt-get install nginx-light)"
)


class Proxy:
    """nginx with the file of deploy/, where only names, ports and places are others."""

    def __init__(self, folder, app_port, port):
        self.folder, self.port, self.plain_port = folder, port, free_port()
        self.url = f"https://localhost:{port}/"
        self.places = {
            "skills.example.com$": f"localhost:{port}$",
            "skills.example.com": "localhost",
            "listen 80 ": f"listen {self.plain_port} ",
            "listen 443 ": f"listen {port} ",
            "127.0.0.1:8501": f"127.0.0.1:{app_port}",
            "/etc/ssl/skilltrack": str(folder),
            "/var/log/nginx": str(folder),
            "listen 443 ssl;": f"listen {port} ssl;",
        }
        self._certify()
        self.write({})
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", "main.conf", "-e", "errors.log"])
        self.wait()

    def write(self, wrong):
        """The configuration, with some of its lines taken out or changed."""
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for old, new in (wrong | self.places).items():
            assert old in text or old in self.places, old
            text = text.replace(old, new)
        (self.folder / "skilltrack.conf").write_text(text)
        places = "".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.getuid() == 0 else ""
        main = f"daemon off; {user} pid {self.folder}/pid; events {{}} http {{ {places} include skilltrack.conf; }}"
        (self.folder / "main.conf").write_text(main)

    def change(self, wrong):
        """Have nginx take a configuration with something wrong in it."""
        before = workers(self.process.pid)
        self.write(wrong)
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 60
        while workers(self.process.pid) & before:
            assert time.monotonic() < until
            time.sleep(0.05)

    def wait(self):
        for _ in range(1_200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, (self.folder / "errors.log").read_text()
            time.sleep(0.05)

    def _certify(self):
        key, name = (
            ec.generate_private_key(ec.SECP256R1()),
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")]),
        )
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(1)
        )
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        (self.folder / "fullchain.pem").write_bytes(
            builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        form = serialization.PrivateFormat.PKCS8
        text = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        (self.folder / "privkey.pem").write_bytes(text)
        self.trust = ssl.create_default_context(cafile=self.folder / "fullchain.pem")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def workers(master):
    text = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout
    return set(text.split())


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """The app with a sign-in, behind nginx; gives the proxy and the database."""
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    db = company_in(tmp_path_factory.mktemp("company"))
    with provider({"ann@x.example": {}}) as address:
        more = {
            "SSL_CERT_FILE": f"{folder}/fullchain.pem",
            "SKILLTRACK_API_TOKEN": TOKEN,
            "SKILLTRACK_ACCOUNT_CLAIM": "sub",
        }
        server = Server(db, lambda url: settings(address, f"https://localhost:{port}", **more))
        proxy = Proxy(folder, int(server.url.rsplit(":", 1)[1].strip("/")), port)
        yield proxy, db
        proxy.stop()
        server.stop()


def get(proxy, path="", data=None, **headers):
    request = urllib.request.Request(proxy.url + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60, context=proxy.trust) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_people_get_pages_over_tls_and_one_name_and_programs_send_large_files(proxied):
    proxy, _ = proxied
    plain = http.client.HTTPConnection("localhost", proxy.plain_port, timeout=60)
    plain.request("GET", "/people?as=01")
    location = plain.getresponse().headers["location"]
    plain.close()
    assert location == f"{proxy.url}people?as=01"
    assert get(proxy, "healthz") == (200, b"ok")
    with pytest.raises(OSError, match="closed|EOF|reset"):
        get(proxy, Host="other.example")
    assert get(proxy, "metrics")[0] == 404

    session = wire.session(proxy.url, sub="01")
    tokens = session.pop("Sec-WebSocket-Protocol").split(", ")
    with connect(
        f"wss://localhost:{proxy.port}/_stcore/stream",
        ssl=proxy.trust,
        origin=proxy.url.rstrip("/"),
        proxy=None,
        additional_headers=session | {"X": "x" * 15_000},
        subprotocols=tokens,
        max_size=None,
        open_timeout=wire.WAIT,
    ) as browser:
        browser.send(wire.page_of("people", ""))
        drawn = wire.until_drawn(browser)
    assert b"Ann" in b"".join(drawn)

    large = os.urandom(2**20) * 64
    status, text = get(proxy, "api/imports/roster?name=Ann.csv", large, Authorization=f"Bearer {TOKEN}")
    assert (status, json.loads(text)["status"]) == (422, "refused")
    proxy.change({})  # the worker that has answered is gone, and its lines are written
    log = (proxy.folder / "skilltrack.log").read_text()
    assert "POST /api/imports/roster 422" in log
    assert "Ann.csv" not in log


def faults(db):
    done = skilltrack("doctor", "--json", db=db)
    return [
        each
        for each in json.loads(done.stdout)["findings"]
        if each["about"] in ("proxy", "sign-in") and each["is_wrong"]
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, None),
        ({"Upgrade           $http_upgrade": "X-Upgrade no"}, "does not pass on WebSockets"),
        ({"large_client_header_buffers 8 32k;": ""}, "refuses long cookies (400)"),
        ({"Host              $http_host": "Host skilltrack"}, "answers 403, and not our ok"),
    ],
)
def test_doctor_meets_the_proxy_as_people_do_and_says_what_it_does_wrong(proxied, wrong, sentence):
    proxy, db = proxied
    proxy.change(wrong)
    messages = [each["message"] for each in faults(db)]
    proxy.change({})

    assert len(messages) == bool(sentence), messages
    assert sentence is None or sentence in messages[0]
