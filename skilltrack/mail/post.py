"""What every kind of mail is made with: the store, the rules, the day, and the codes by which mails are known."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

import pandas as pd

from skilltrack.access import Addressee, Viewer, viewer_called
from skilltrack.config import MailRules
from skilltrack.errors import BadQuestion, Refused
from skilltrack.language import _
from skilltrack.mail.letter import Link
from skilltrack.mail.message import MAILS
from skilltrack.questions import Filters, Metrics
from skilltrack.storage import AuditLog, Store
from skilltrack.text import shown


@dataclass(frozen=True)
class Post:
    """What mails are made with on one day."""

    store: Store
    rules: MailRules
    as_of: date
    now: datetime
    """UTC, naive."""

    def ask(self, name: str, viewer: Viewer, filters: Filters) -> pd.DataFrame:
        """A metric's answer as the reader of the mail may see it, fit to be shown."""
        return shown(Metrics(self.store).ask(name, viewer, filters))

    def viewer_of(self, person: Addressee) -> Viewer:
        """As whom a mail's content is asked for: what its reader sees when they sign in with their address.

        Raises `BadQuestion` where they could not sign in, and where somebody else has the address too.
        """
        viewer = viewer_called(self.store, person.address, person.claimed)
        if viewer.account != person.account:
            raise BadQuestion(f"{person.address} is the address of {viewer.account}. Ask HR to correct the roster.")
        return viewer

    def language_of(self, person: Addressee) -> str:
        """The language that somebody is written to in: the one they chose on the screens, else the usual one."""
        return person.language or self.rules.language

    def code(self, *parts: object) -> str:
        """What a mail tells, as a code that says nothing to others; the same for the same parts."""
        return code_of(self.store.journal.audit, "told", *parts)

    def stop_link(self, account: str, kind: str) -> Link:
        """Where a reader stops a kind of mail, or allows it again; whoever has the link can do nothing else."""
        audit = self.store.journal.audit
        query = {"mail": kind, "who": audit.code(account), "sign": code_of(audit, "stop", kind, account)}
        return Link(_("Stop these mails"), f"{self.rules.url}{STOP}?{urlencode(query)}")


STOP = "/mail/stop"
"""Where a kind of mail is stopped."""


def code_of(audit: AuditLog, *parts: object) -> str:
    """A keyed hash of the parts, under the audit log's own secret; raises `Refused` where it has none."""
    if not (secret := audit.secret()):
        raise Refused(
            f"The audit log {audit.path} has no beginning, so no mail can be sent. Put the log back in place."
        )
    return hmac.new(secret.encode(), repr(parts).encode(), hashlib.sha256).hexdigest()[:32]


def account_of_link(people: Mapping[str, Addressee], audit: AuditLog, given: Mapping[str, str]) -> tuple[str, str]:
    """The account that a link is for, and the kind of mail; raises `Refused` for a link that we did not make."""
    kind, who, sign = (given.get(name, "") for name in ("mail", "who", "sign"))
    for account in people if kind in MAILS else ():
        if audit.code(account) == who:
            if hmac.compare_digest(code_of(audit, "stop", kind, account).encode(), sign.encode()):
                return account, kind
            break
    raise Refused(_("This link is not one that Skilltrack made, or it is of somebody who has left. Ask HR instead."))
