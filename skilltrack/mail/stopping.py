"""Stopping a kind of mail: by the link in each, or for somebody by the operator."""

from collections.abc import Mapping

from skilltrack.access import addressees, choose_mail
from skilltrack.errors import BadQuestion, Refused
from skilltrack.language import _
from skilltrack.mail.message import MAILS
from skilltrack.mail.post import account_of_link
from skilltrack.storage import Store


def stop_asked(store: Store, given: Mapping[str, str]) -> str:
    """What a link of ours would stop, in words; `given`: what its address says. Raises `Refused` for another link."""
    return _(MAILS[account_of_link(addressees(store), store.journal.audit, given)[1]])


def stop_by_link(store: Store, given: Mapping[str, str]) -> str:
    """Stop the kind of mail that a link is for, and return it in words; raises `Refused` for a link not of ours."""
    account, kind = account_of_link(addressees(store), store.journal.audit, given)
    choose_mail(store, account, kind, False, account)
    return _(MAILS[kind])


def choose_for(store: Store, account: str, kinds: tuple[str, ...], is_wanted: bool, by: str) -> list[str]:
    """Stop or allow kinds of mail for an account (all where none is named); returns those that are other than before.

    Raises `BadQuestion` for a kind or an account that is not known.
    """
    for kind in kinds:
        if kind not in MAILS:
            raise BadQuestion(f"There is no mail {kind!r}. Use one of: {', '.join(MAILS)}.")
    if account not in addressees(store):
        raise Refused(f"Nobody on today's roster, and no account with a role, is called {account!r}.")
    return [kind for kind in kinds or MAILS if choose_mail(store, account, kind, is_wanted, by)]
