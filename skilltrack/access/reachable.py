"""Who can be written to: everybody on today's roster, and every account with a role, each by its account.

Roles that only the sign-in tells are not known when mail is written. Who is HR by these is named by the settings.
"""

from dataclasses import dataclass, replace

from skilltrack.access.accounts import roles_holding
from skilltrack.access.languages import languages_chosen
from skilltrack.config import hr_addresses, today
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
    claimed: frozenset[str] = frozenset()
    """Those of the roles that the settings tell, as a sign-in would."""


def addressees(store: Store, who: str | None = None) -> dict[str, Addressee]:
    """Everybody who may be written to today, by account: first those on the roster, in the order of their ids.

    `who`: only those of this account or address.
    """
    asked, only = {"today": today(), "who": who or "", "address": (who or "").lower()}, ""
    if who is not None:
        only = "and (r.employee_id = $who or lower(trim(r.email)) = $address)"
    given: dict[str, set[str]] = {}
    for account, role, _ in roles_holding(store, today()):
        given.setdefault(account, set()).add("manager" if role == "delegate" else role)
    known: dict[str, Addressee] = {}
    speak = languages_chosen(store)
    for row in store.query(f"{_ON_ROSTER} {only} order by r.employee_id", asked).to_pylist():
        account, address = row["employee_id"], (row["email"] or "").strip()
        roles = given.pop(account, set()) | given.pop(address.lower(), set()) | {"employee"}
        roles |= {"manager"} if row["has_people"] else set()
        known[account] = Addressee(account, row["name"] or "", address, frozenset(roles), speak.get(account, ""))
    named_by_address = {
        account: Addressee(account, "", account, frozenset(given[account]), speak.get(account, "")) for account in given
    }
    known |= {account: person for account, person in named_by_address.items() if "@" in account}
    for address in hr_addresses():
        same = [person for person in known.values() if person.address.lower() == address]
        for person in same or [Addressee(address, "", address, frozenset(), speak.get(address, ""))]:
            known[person.account] = replace(person, roles=person.roles | {"hr"}, claimed=frozenset({"hr"}))
    if who is None:
        return known
    return {name: person for name, person in known.items() if who == name or person.address.lower() == asked["address"]}
