"""Which mail people want, as they or an operator said; who said nothing gets it."""

from skilltrack.storage import Store

MAIL_ROW = "insert into mail_choices values ($account, $mail, $is_wanted, cast($happened_at as timestamp), $by_whom)"
_STOPPED = """
select account, mail from mail_choices
qualify row_number() over (partition by account, mail order by happened_at desc) = 1 and not is_wanted
order by account, mail
"""


def stopped_mail(store: Store) -> set[tuple[str, str]]:
    """Accounts and the kinds of mail that they do not want."""
    return {(row["account"], row["mail"]) for row in store.query(_STOPPED).to_pylist()}


def choose_mail(store: Store, account: str, mail: str, is_wanted: bool, by: str) -> bool:
    """Store that an account wants a kind of mail, or does not; False, and nothing stored, where it is so already."""
    with store.write() as transaction:
        if ((account, mail) not in stopped_mail(store)) == is_wanted:
            transaction.give_up()
            return False
        at = transaction.moment_after("mail_choices")
        event = {"account": account, "mail": mail, "is_wanted": is_wanted, "by_whom": by}
        transaction.run(MAIL_ROW, event | {"happened_at": at})
        transaction.record({"event": "mail", "happened_at": at.isoformat()} | event)
    return True
