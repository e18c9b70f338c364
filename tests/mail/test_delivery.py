"""Mail goes to the company's server as the settings say, and what is wrong with them is said without the password."""

import pytest

from skilltrack.config import mail_rules, mail_server
from skilltrack.errors import Refused
from skilltrack.mail.delivery import connected
from skilltrack.mail.letter import Letter, Link, Part
from skilltrack.mail.message import Attached, Mail, as_message, checked_address
from tests.mail.conftest import PASSWORD

LETTER = Letter(
    "Größe", "Hello Ann,", "An <opening>.",
    (Part("A & B", "A sentence.", ("One", "Two"), (("<script>", "x"),), "And 1 more.", Link("See", "https://x.example/?a=1&b=2")),),
    "Why.", Link("Stop", "https://x.example/stop"),
)  # fmt: skip
MAIL = Mail(
    "1", "ann@works.example", "lapses", LETTER, ("k",), (Attached("a.ics", "text/calendar", b"BEGIN:VCALENDAR"),)
)


def test_a_mail_arrives_over_tls_in_both_forms_and_nothing_in_it_is_taken_for_markup(inbox):
    with connected(mail_server()) as line:
        line.send(as_message(MAIL, mail_server().sender, "<1@works.example>"))

    (mail,) = inbox.mails
    assert (mail["Subject"], mail["From"]) == ("Größe", "Skilltrack <skills@works.example>")
    assert mail["List-Unsubscribe"] == "<https://x.example/stop>"
    plain, html = (mail.get_body((form,)).get_content() for form in ("plain", "html"))
    assert "- <script>; x" in plain
    assert "https://x.example/?a=1&b=2" in plain
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert [part.get_filename() for part in mail.iter_attachments()] == ["a.ics"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SMTP_PASSWORD", "another-secret", "does not let skilltrack in"),
        ("SMTP_PORT", "1", "cannot be reached"),
        ("SMTP_TLS", "tls", "cannot be trusted"),
        ("SMTP_TLS", "ssl", "Use starttls, tls or none"),
        ("SMTP_HOST", "", "SKILLTRACK_SMTP_HOST is not set"),
        ("SMTP_PASSWORD_FILE", "/absent", "cannot be read"),
        ("SMTP_USER", "", "belong together"),
    ],
)
def test_a_setting_that_does_not_work_is_named_and_no_password_is_told(inbox, monkeypatch, name, value, sentence):
    monkeypatch.setenv(f"SKILLTRACK_{name}", value)

    with pytest.raises(Refused, match=sentence) as refused, connected(mail_server()):
        pass
    assert PASSWORD not in str(refused.value)
    assert "another-secret" not in repr((refused.value, refused.value.__cause__))
    assert inbox.mails == []


def test_a_server_that_nobody_vouches_for_gets_no_password(inbox, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(Refused, match="cannot be trusted"), connected(mail_server()):
        pass


def test_mail_without_tls_goes_to_this_machine_only(inbox, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_SMTP_TLS", "none")
    monkeypatch.setenv("SKILLTRACK_SMTP_HOST", "mail.works.example")

    with pytest.raises(Refused, match="another machine"), connected(mail_server()):
        pass


def test_the_password_comes_from_a_file_and_is_not_shown_with_the_settings(inbox, monkeypatch, tmp_path):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    monkeypatch.delenv("SKILLTRACK_SMTP_PASSWORD")
    monkeypatch.setenv("SKILLTRACK_SMTP_PASSWORD_FILE", str(tmp_path / "password"))

    with connected(mail_server()) as line:
        line.send(as_message(MAIL, mail_server().sender, "<1@works.example>"))
    assert PASSWORD not in repr(mail_server())
    assert len(inbox.mails) == 1


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@works.example", "a b@works.example", "ann@works.example\nBcc: x@x.example", "ann@works"],
)
def test_what_is_no_address_is_not_written_to(text):
    with pytest.raises(Refused, match="not an e-mail address"):
        checked_address(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMIND_DAYS", "90,x"),
        ("DIGEST_DAY", "someday"),
        ("FEED", "roster"),
        ("FEED", "rosters 26"),
        ("REMIND_AT", "25:00"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_what_would_work(monkeypatch, name, value):
    monkeypatch.setenv(f"SKILLTRACK_{name}", value)

    with pytest.raises(Refused, match=f"SKILLTRACK_{name}"):
        mail_rules(["roster"])
