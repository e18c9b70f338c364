"""Who can be written to: everybody on today's roster, and every account with a role, each by its account."""

from dataclasses import dataclass

from skilltrack.access.accounts import roles_holding
from skilltrack.access.languages import languages_chosen
from skilltrack.config import today
from skilltrack.relations import read_text
from skilltrack.storage import Store

_ON_ROSTER = read_text("access/accounts/on_roster")


@dataclass(frozen=True)
class Addressee:
    """Somebody who may be written to."""

    account: str
    name: str
    """Empty where only an address is known."""
    address: str
    """Empty where the roster has none."""
    roles: frozenset[str]
    """Roles in force, those of the roster included; what they see is decided by `viewer_called`."""
    language: str = ""
    """The language that they chose on the screens; empty where they chose none."""


def addressees(store: Store) -> dict[str, Addressee]:
    """Everybody who may be written to today, by account: first those on the roster, in the order of their ids."""
    given: dict[str, set[str]] = {}
    for account, role, _ in roles_holding(store, today()):
        given.setdefault(account, set()).add("manager" if role == "delegate" else role)
    known: dict[str, Addressee] = {}
    speak = languages_chosen(store)
    for row in store.query(f"{_ON_ROSTER} order by r.employee_id", {"today": today()}).to_pylist():
        account, address = row["employee_id"], (row["email"] or "").strip()
        roles = given.pop(account, set()) | given.pop(address.lower(), set()) | {"employee"}
        roles |= {"manager"} if row["has_people"] else set()
        known[account] = Addressee(account, row["name"] or "", address, frozenset(roles), speak.get(account, ""))
    named_by_address = {
        account: Addressee(account, "", account, frozenset(given[account]), speak.get(account, "")) for account in given
    }
    return known | {account: person for account, person in named_by_address.items() if "@" in account}
