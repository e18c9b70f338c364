"""A real mail server on loopback with TLS and a sign-in, and a small company whose credentials end soon."""

import asyncio
import ipaddress
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from skilltrack.access.accounts import give
from skilltrack.access.viewer import Viewer
from skilltrack.commands import cli
from skilltrack.config import WEEKDAYS, today
from skilltrack.ingest import import_folder
from skilltrack.keeping.durability import open_store
from tests.ports import free_port

PASSWORD = "correct-horse-battery"
URL = "https://skills.works.example"


class Inbox:
    """What the server has taken, oldest first.

    `refuses` are addresses that it does not take mail for; with `most` whoever sends more than that many waits. Of
    those in `breaks` it takes the mail, hangs up and says nothing; it answers `after` so many seconds.
    """

    def __init__(self):
        self.empty()

    def empty(self):
        self.mails, self.refuses, self.most, self.breaks, self.after = [], set(), None, set(), 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return f"550 5.1.1 <{address}> is not known here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        while self.most is not None and len(self.mails) >= self.most:
            await asyncio.sleep(0.01)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.breaks & set(envelope.rcpt_tos):
            server.transport.abort()
        await asyncio.sleep(self.after)
        return "250 OK"

    def to(self, address):
        return [mail for mail in self.mails if mail["To"] == address]

    def subjects(self):
        return sorted((mail["To"], mail["Subject"]) for mail in self.mails)


def certificate(folder):
    """A certificate of this machine, which whoever trusts the file trusts."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now, here = datetime.now(UTC), [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(9))
    for extension in (x509.SubjectAlternativeName(here), x509.BasicConstraints(ca=True, path_length=None)):
        builder = builder.add_extension(extension, critical=False)
    made, own = builder.sign(key, hashes.SHA256()), folder / "own.pem"
    as_text = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "trusted.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    own.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*as_text))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own)
    return folder / "trusted.pem", context


def is_known(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"skilltrack", PASSWORD.encode()), handled=False)


@pytest.fixture(scope="session")
def post_office(tmp_path_factory):
    """The server: its inbox, its port, and the file by which it is trusted."""
    trusted, context = certificate(tmp_path_factory.mktemp("tls"))
    inbox, port = Inbox(), free_port()
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=is_known,
        ready_timeout=60,
    )
    controller.start()
    yield inbox, port, trusted
    controller.stop()


@pytest.fixture
def inbox(post_office, monkeypatch):
    """The server's inbox, empty, with the settings by which Skilltrack sends there."""
    inbox, port, trusted = post_office
    inbox.empty()
    for name, value in {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_USER": "skilltrack",
        "SMTP_PASSWORD": PASSWORD,
        "SMTP_FROM": "Skilltrack <skills@works.example>",
        "URL": URL,
        "DIGEST_DAY": WEEKDAYS[today().weekday()],
    }.items():
        monkeypatch.setenv(f"SKILLTRACK_{name}", value)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return inbox


def day(days):
    return str(today() + timedelta(days=days))


FILES = {
    "skills": "skill_id,name\ns1,Rescue\n",
    "issuers": "issuer,tier\nI,trusted\n",
    "credentials": "credential_id,name,issuer\nc1,First aid,I\nc2,Crane <b>licence</b>,I\n",
    "credential_skills": "credential_id,skill_id,level\nc1,s1,2\nc2,s1,1\n",
    "roles": "role_id,role_name,skill_id,required_level,critical\nr,Rigger,s1,2,true\n",
    "roster": (
        "employee_id,name,email,manager_id,team,role_id\n"
        "10,Max,max@works.example,,Top,\n20,Bea,bea@works.example,10,North,r\n"
        "21,Ann,ann@works.example,20,North,r\n22,Ben,,20,North,r\n23,Cay,cay@works.example,20,North,r\n"
        "30,Eve,eve@works.example,10,South,r\n31,Ida,same@works.example,30,South,r\n32,Joe,same@works.example,30,South,r\n"
    ),
}


def badges():
    """What people earned, in days from today on; not of the day on which the tests were read in."""
    return (
        "award_id,employee_id,credential_id,issued_on,expires_on\n"
        f"a1,21,c1,{day(-300)},{day(20)}\na2,21,c2,{day(-300)},{day(60)}\n"  # Ann: within 30 days, and within 90
        f"a3,22,c1,{day(-300)},{day(25)}\n"  # Ben has no address
        f"a4,23,c1,{day(-3)},{day(400)}\n"  # Cay became ready this week
        f"a5,30,c1,{day(-300)},{day(-2)}\n"  # Eve's has ended: nobody in South but Ida can
        f"a6,31,c1,{day(-300)},{day(5)}\n"  # Ida shares her address with Joe
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The company's database, closed, and what lies beside it; each test works on a copy."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "files").mkdir()
    for kind, text in (FILES | {"badges": badges()}).items():
        (folder / "files" / f"{kind}.csv").write_text(text)
    store = open_store(folder / "c.duckdb")
    outcome = import_folder(store, folder / "files", effective=today() - timedelta(days=400))
    assert outcome.status == "stored", [str(problem) for problem in outcome.problems]
    give(store, Viewer.everyone(), "hr@works.example", "hr")
    store.close()
    return folder


@pytest.fixture
def command(capsys):
    """What the command line does, in this process, which has loaded it: exit code, standard output, standard error."""

    def do(db, *words):
        capsys.readouterr()
        code = cli.run(["--db", str(db), *map(str, words)])
        written = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, written.out, written.err)

    return do
