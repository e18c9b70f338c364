"""In which language people are written to: the one they chose on the screens; who chose none gets the usual one."""

from skilltrack.language import LANGUAGES
from skilltrack.storage import Store

LANGUAGE_ROW = "insert into language_choices values ($account, $language, cast($happened_at as timestamp), $by_whom)"
_CHOSEN = """
select account, language from language_choices
qualify row_number() over (partition by account order by happened_at desc) = 1
"""


def languages_chosen(store: Store) -> dict[str, str]:
    """The language that each account chose last, of those that there are."""
    rows = store.query(_CHOSEN).to_pylist()
    return {row["account"]: row["language"] for row in rows if row["language"] in LANGUAGES}


def choose_language(store: Store, account: str, language: str) -> bool:
    """Store the language that an account chose; False, and nothing stored, where it is theirs already."""
    if languages_chosen(store).get(account) == language:
        return False
    with store.write() as transaction:
        at = transaction.moment_after("language_choices")
        event = {"account": account, "language": language, "by_whom": account}
        transaction.run(LANGUAGE_ROW, event | {"happened_at": at})
        transaction.record({"event": "language", "happened_at": at.isoformat()} | event)
    return True
