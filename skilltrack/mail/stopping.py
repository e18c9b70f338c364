"""Stopping a kind of mail, and allowing it again: by the link in each, on the page Mails, by HR or the operator."""

from collections.abc import Mapping

from skilltrack.access import Addressee, Viewer, addressees, choose_mail, stopped_mail
from skilltrack.errors import BadQuestion, Refused
from skilltrack.language import _, mark
from skilltrack.mail.message import MAILS
from skilltrack.mail.post import account_of_link
from skilltrack.storage import Store

GETS = {
    "lapses": {"employee"},
    "digest": {"manager", "hr"},
    "feed": {"hr"},
    "decisions": {"employee"},
    "packs": {"employee", "manager", "hr", "ld", "auditor", "administrator"},
}
"""Which roles can get a kind of mail."""


def by_link(store: Store, given: Mapping[str, str]) -> tuple[str, bool]:
    """The kind of mail that a link is for, in words, and whether its reader wants it.

    `given`: what the link's address says. Raises `Refused` for a link not of ours.
    """
    account, kind = account_of_link(addressees(store), store.journal.audit, given)
    return _(MAILS[kind]), (account, kind) not in stopped_mail(store)


def choose_by_link(store: Store, given: Mapping[str, str], is_wanted: bool) -> str:
    """Stop or allow the kind of mail that a link is for, and return it in words; raises `Refused` as `by_link` does."""
    account, kind = account_of_link(addressees(store), store.journal.audit, given)
    choose_mail(store, account, kind, is_wanted, account)
    return _(MAILS[kind])


def choices(store: Store, person: Addressee) -> dict[str, bool]:
    """The kinds of mail that somebody can get, or has stopped, each with whether they want it."""
    stopped = {kind for account, kind in stopped_mail(store) if account == person.account}
    return {kind: kind not in stopped for kind in MAILS if kind in stopped or person.roles & GETS[kind]}


def choose(store: Store, viewer: Viewer, account: str, kind: str, is_wanted: bool) -> None:
    """Stop or allow a kind of mail, for oneself or as HR; raises `NotOpen` for whoever may not."""
    if account != viewer.account:
        viewer.acting_in("privacy", mark("Choosing mails for others"))
    choose_for(store, account, (kind,), is_wanted, viewer.account)


def choose_for(store: Store, account: str, kinds: tuple[str, ...], is_wanted: bool, by: str) -> list[str]:
    """Stop or allow kinds of mail for an account (all where none is named); returns those that are other than before.

    Raises `BadQuestion` for a kind or an account that is not known.
    """
    for kind in kinds:
        if kind not in MAILS:
            raise BadQuestion(f"There is no mail {kind!r}. Use one of: {', '.join(MAILS)}.")
    if account not in addressees(store, account):
        raise Refused(f"Nobody on today's roster, and no account with a role, is called {account!r}.")
    return [kind for kind in kinds or MAILS if choose_mail(store, account, kind, is_wanted, by)]
