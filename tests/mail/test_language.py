"""People are written to in the language that they chose on the screens, else in the company's."""

import shutil
from contextlib import closing

import pytest
from babel.dates import format_date
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access import choose_language, languages_chosen
from skilltrack.api import stopping
from skilltrack.config import mail_rules, today
from skilltrack.errors import Refused
from skilltrack.keeping import durability, erasure, mending, shared_store
from skilltrack.mail.orders import post_on, send_report
from skilltrack.mail.rounds import run
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from tests.mail.test_rounds import ANN, BEA, MAX, plain


@pytest.fixture
def db(made, tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "c.duckdb"))
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "c.duckdb"


def test_every_letter_is_in_its_reader_s_language_with_its_days_and_calendar_files(db, inbox, monkeypatch):
    """One English sentence in a German mail, and people take it for a fraud."""
    monkeypatch.setenv("SKILLTRACK_LANGUAGE", "es")
    monkeypatch.setenv("SKILLTRACK_FEED", "spend 1")
    with closing(durability.open_store(db)) as store:
        assert choose_language(store, "21", "fr")
        assert choose_language(store, "21", "de")
        assert not choose_language(store, "21", "de")
        choose_language(store, "20", "fr")
        choose_language(store, "10", "en")
        run(post_on(store), "local")
        send_report(store, Order("renewals", "csv", Filters()), ["20"], "local")

    (german,) = inbox.to(ANN)
    assert (german["Subject"], german["Content-Language"]) == ("2 Ihrer Qualifikationen enden bald", "de")
    assert f"- First aid; {format_date(_in(20), 'long', locale='de')}; in 20 Tagen" in plain(german)
    assert '<html lang="de">' in german.get_body(("html",)).get_content()
    event = Calendar.from_ical(next(german.iter_attachments()).get_content()).walk("VEVENT")[0]
    assert (event["SUMMARY"], event["SUMMARY"].params["LANGUAGE"]) == ("First aid: letzter Tag", "de")
    digest, report = inbox.to(BEA)
    assert (
        digest["Subject"]
        == f"Les compétences de vos équipes : la semaine jusqu’au {format_date(today(), 'long', locale='fr')}"
    )
    assert "Désormais prêtes pour leur rôle : 1" in plain(digest)
    assert "Bonjour Bea," in plain(report)
    assert next(report.iter_attachments()).get_content().startswith("employee_id,name,team")  # files stay English
    assert inbox.to(MAX)[0]["Subject"].startswith("Your people's skills")
    assert "La carga nocturna se retrasa: Gasto" in [mail["Subject"] for mail in inbox.to("hr@works.example")]
    for mail in inbox.mails:
        if mail["Content-Language"] != "en":
            english = ("You get", "Hello", "These", "Stop these", "See ", "Please", "Not every")
            assert [words for words in english if words in plain(mail)] == []


def _in(days):
    return today().fromordinal(today().toordinal() + days)


def test_the_page_that_stops_mail_speaks_the_browser_s_language(db, inbox):
    with closing(durability.open_store(db)) as store:
        link = post_on(store).stop_link("21", "lapses").url.removeprefix("https://skills.works.example")
    page = TestClient(Starlette(routes=stopping.ROUTES)).get(link, headers={"Accept-Language": "fr-CH, de;q=0.5"}).text
    shared_store._stores.pop(str(db)).close()
    assert "Vous ne recevriez plus : rappels avant l’expiration des certifications." in page
    assert '<html lang="fr">' in page


def test_a_choice_outlasts_rebuilding_and_goes_with_the_person(db):
    with closing(durability.open_store(db)) as store:
        choose_language(store, "21", "de")
    mending.rebuild(db)
    with closing(durability.open_store(db)) as store:
        assert languages_chosen(store) == {"21": "de"}
        assert durability.check(store, lambda line: None) == []
        people = erasure.named(store, ["21"])
        erasure.erase(store, "local", people, erasure.places_of(store, people))
        assert languages_chosen(store) == {}


def test_a_language_that_nobody_speaks_is_refused_with_those_that_there_are(monkeypatch):
    monkeypatch.setenv("SKILLTRACK_LANGUAGE", "tlh")
    with pytest.raises(Refused, match="SKILLTRACK_LANGUAGE is 'tlh'. Use one of: en, de, fr, es"):
        mail_rules()
