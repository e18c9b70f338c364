"""What waits is in the weekly digest of those who may decide it; what was decided is told to whoever proposed it."""

from datetime import UTC, datetime, timedelta

from skilltrack.access import addressees, choose_language, choose_mail
from skilltrack.config import MailRules, today
from skilltrack.ingest import redo
from skilltrack.mail import digest
from skilltrack.mail.letter import as_text
from skilltrack.mail.post import Post
from skilltrack.mail.rounds import due
from skilltrack.proposals import Proposal, accept, decline, propose, take_back, withdraw
from tests.proposals.test_proposals import AWARD, BO, LEARNT

RULES = MailRules("https://skills.example", (90,), 0, {}, None, ())


def now():
    return datetime.now(UTC).replace(tzinfo=None)


def test_who_may_decide_is_reminded_every_week_while_something_waits(store, called):
    number = propose(store, called(BO), BO, AWARD)
    propose(store, called("03"), "03", Proposal("correction", note="Wrong."))
    post = Post(store, RULES, today(), now())
    mails, _ = due(post, ("digest",))
    texts = {mail.account: as_text(mail.letter) for mail in mails}
    assert set(texts) == {"01", "06"}
    assert "- Bo Bodega; a certificate or another award; Welder; 0 days" in texts["01"]
    assert "Cy Cyan" not in texts["01"]
    assert "Cy Cyan" in texts["06"]
    assert "https://skills.example/waiting" in texts["06"]

    decline(store, called("01"), number, "no")
    assert digest.mail_for(post, addressees(store)["01"], ()) is None


def told(store, at=None):
    """What mails about decisions say now, or at a time, by account."""
    mails, _ = due(Post(store, RULES, today(), at or now()), ("decisions",))
    return {mail.account: as_text(mail.letter) for mail in mails}


def test_who_proposed_is_told_what_became_of_it_in_their_language_and_nobody_else_is(store, called):
    """Somebody who proposed must not have to look each day, nor read a reason that is another's."""
    accepted, declined = (propose(store, called(BO), BO, one) for one in (AWARD, Proposal("correction", note="Wrong.")))
    propose(store, called("03"), "03", AWARD)
    withdraw(store, called(BO), propose(store, called(BO), BO, LEARNT))
    assert told(store) == {}
    accept(store, called("01"), accepted)
    decline(store, called("06"), declined, "The course was in <2024>.")

    text = told(store)[BO]
    assert set(told(store)) == {BO}
    assert "- a certificate or another award; Welder; accepted: it counts on your record\n" in text
    assert "- something that is wrong; declined; The course was in <2024>.\n" in text
    assert "See your record: https://skills.example/people" in text
    assert "withdrawn" not in text
    assert told(store, now() + timedelta(days=30)) == {}  # who begins to send mail tells of nothing old

    choose_language(store, BO, "de")
    text = told(store)[BO]
    assert "Guten Tag Bo Bodega," in text
    assert "- ein Zertifikat oder anderer Abschluss; Welder; angenommen: zählt in Ihren Daten\n" in text
    take_back(store, called("01"), accepted)
    assert "doch zurückgenommen: zählt nicht" in told(store)[BO]
    choose_mail(store, BO, "decisions", False, BO)
    assert told(store) == {}


def test_what_is_taken_back_or_put_back_long_after_it_was_accepted_is_told(store, called):
    number = propose(store, called(BO), BO, AWARD)
    upload = accept(store, called("01"), number).upload_id
    with store.write() as transaction:
        for table in ("proposal_events", "upload_events"):
            transaction.run(f"update {table} set happened_at = happened_at - interval 40 day")
    assert told(store) == {}
    take_back(store, called("01"), number)
    assert "taken back after all: it does not count" in told(store)[BO]
    post = Post(store, RULES, today(), now())
    known = {key for mail in due(post, ("decisions",))[0] for key in mail.keys}
    redo(store, upload, "06")
    assert "accepted: it counts on your record" in told(store)[BO]
    assert not known & {key for mail in due(post, ("decisions",))[0] for key in mail.keys}
