"""What waits is in the weekly digest of those who may decide it, and in nobody else's."""

from datetime import datetime

from skilltrack.access import addressees
from skilltrack.config import MailRules, today
from skilltrack.mail import digest
from skilltrack.mail.letter import as_text
from skilltrack.mail.post import Post
from skilltrack.mail.rounds import due
from skilltrack.proposals import Proposal, decline, propose
from tests.proposals.test_proposals import AWARD, BO

RULES = MailRules("https://skills.example", (90,), 0, {}, None, ())


def test_who_may_decide_is_reminded_every_week_while_something_waits(store, called):
    number = propose(store, called(BO), BO, AWARD)
    propose(store, called("03"), "03", Proposal("correction", note="Wrong."))
    post = Post(store, RULES, today(), datetime.now())
    mails, _ = due(post, ("digest",))
    texts = {mail.account: as_text(mail.letter) for mail in mails}
    assert set(texts) == {"01", "06"}
    assert "- Bo Bodega; a certificate or another award; Welder; 0 days" in texts["01"]
    assert "Cy Cyan" not in texts["01"]
    assert "Cy Cyan" in texts["06"]
    assert "https://skills.example/waiting" in texts["06"]

    decline(store, called("01"), number, "no")
    assert digest.mail_for(post, addressees(store)["01"], ()) is None
