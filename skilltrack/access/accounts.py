"""Who has which role: the roster says who is employee and manager, `role_events` and the sign-in say the rest.

A person is known by the e-mail address they signed in with, and called by their employee_id from then on. Everything
here is about today and everything known by now, whatever day a question is about.
"""

from datetime import date
from typing import Any

import pandas as pd

from skilltrack.access.viewer import ROLES, Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion, NotOpen, Refused
from skilltrack.kept import BEHIND, is_fresh
from skilltrack.language import _
from skilltrack.relations import read_text
from skilltrack.storage import Store

GIVEN = ("hr", "ld", "auditor", "administrator")
"""Roles that somebody gives; employee and manager follow from the roster."""
GRANTS = (*GIVEN, "delegate", "barred")
"""What `give` and `take` know: a delegate stands in for a manager, who is barred cannot sign in."""

_ON_ROSTER = read_text("access/accounts/on_roster")
_ROLES_IN_FORCE = """
select account, role, of_manager, valid_from, valid_to, happened_at, by_whom
from role_events
qualify row_number() over (partition by account, role, of_manager order by happened_at desc) = 1 and is_granted
order by account, role, of_manager
"""


ROLE_ROW = (
    "insert into role_events values ($account, $role, $of_manager, $is_granted, "
    "cast($valid_from as date), cast($valid_to as date), cast($happened_at as timestamp), $by_whom)"
)


def viewer_for(
    store: Store, *, email: str | None = None, employee_id: str | None = None, claimed: frozenset[str] = frozenset()
) -> Viewer:
    """The viewer who signed in with `email`, or is named by `employee_id`; `claimed` are roles that the sign-in told.

    Raises `NotOpen` when no active person of today's roster has the address and no role was given to it, when several
    have it, or when the account is barred; `BadQuestion` while the kept tables, which hold the reporting lines, lag.
    """
    _refuse_stale(store)
    person = _person(store, email, employee_id)
    named = _address(email) if email else employee_id or ""
    account = person["employee_id"] if person else named
    former = _former(store, named) if named and not person else set()
    address = _address(person["email"] or "") if person else named
    in_force = _rows_in_force(store)
    if "barred" in _given(in_force, {account, address, *former}):
        raise NotOpen(_("The account {account} is barred. An administrator can lift that.", account=account))
    given = _given(in_force, {account, named})
    if former:  # who has left has what was given to their address since, whatever the sign-in tells
        given, claimed = _given(in_force, {account} - former, _last_listed(store, named)), frozenset()
    roles = (set(given) | claimed) & set(GIVEN)
    lines = sorted(given.get("delegate", ()))
    if person:
        roles.add("employee")
        lines = [person["employee_id"], *lines] if person["has_people"] else lines
    if lines:
        roles.add("manager")
    if not roles:
        who = email or employee_id
        raise NotOpen(_("{who} is on no roster today and has no role. Ask HR or an administrator for access.", who=who))
    return Viewer(account, frozenset(roles), person["employee_id"] if person else None, tuple(lines))


def viewer_called(store: Store, account: str, claimed: frozenset[str] = frozenset()) -> Viewer:
    """The viewer whom an account names: what has an @ is an e-mail address, all else an employee_id."""
    if "@" in account:
        return viewer_for(store, email=account, claimed=claimed)
    return viewer_for(store, employee_id=account, claimed=claimed)


_EXAMPLES = read_text("access/accounts/examples").format(_on_roster=_ON_ROSTER)


def examples(store: Store) -> dict[str, str]:
    """Somebody with each role today, to look around as: account to name and role; roles nobody has are left out.

    Raises `BadQuestion` while the kept tables lag.
    """
    _refuse_stale(store)
    accounts = {}
    for row in store.query(_EXAMPLES, {"today": today()}).to_pylist():
        accounts = {row["manager"]: f"{row['name']}: manager", row["employee"]: f"{row['employee_name']}: employee"}
    for row in roles_in_force(store).sort_values("happened_at").to_dict("records"):
        if (
            row["role"] in ROLES
            and row["account"] not in accounts
            and _holds(row["valid_from"], row["valid_to"], today())
        ):
            person = None if "@" in row["account"] else _person(store, None, row["account"])
            if not any(label.endswith(f": {row['role']}") for label in accounts.values()):
                accounts[row["account"]] = f"{person['name'] if person else row['account']}: {row['role']}"
    return accounts


def _refuse_stale(store: Store) -> None:
    """Raise `BadQuestion` where the reporting lines are those of before: whoever moved since would see too much."""
    if not is_fresh(store) and store.query("select 1 from upload_events limit 1").num_rows:
        raise BadQuestion(BEHIND)


def _person(store: Store, email: str | None, employee_id: str | None) -> dict[str, Any] | None:
    if email is not None:
        where, who = "lower(trim(r.email)) = $who", _address(email)
    else:
        where, who = "r.employee_id = $who", employee_id or ""
    if not who:
        return None
    people = store.query(f"{_ON_ROSTER} and {where}", {"today": today(), "who": who}).to_pylist()
    if len(people) > 1:
        raise NotOpen(
            _(
                "{email} is the address of {n} people on the roster. Ask HR to correct it.",
                email=email,
                n=len(people),
            )
        )
    return people[0] if people else None


def _address(email: str) -> str:
    """An address as it is compared: without case and blanks; no other sign turns into a letter, as kelvin's K."""
    text = email.strip()
    return text.lower() if text.lower().isascii() == text.isascii() else text


def _former(store: Store, named: str) -> set[str]:
    """Ids of the people whom a roster once listed under an id or address."""
    asked = "select distinct employee_id from roster_rows where employee_id = $named or lower(trim(email)) = $named"
    return {row["employee_id"] for row in store.query(asked, {"named": named}).to_pylist()}


def _last_listed(store: Store, named: str) -> date:
    """The last day on which a person of this id or address was on the roster and had not left."""
    asked = (
        "select max(least(valid_to, coalesce(left_on, valid_to))) as day from kept_roster "
        "where employee_id = $named or lower(trim(email)) = $named"
    )
    day: date | None = store.query(asked, {"named": named}).to_pylist()[0]["day"]
    return day or date.min


def _given(in_force: list[dict[str, Any]], called: set[str], after: date = date.min) -> dict[str, list[str]]:
    """Roles of an account that hold today, by the names it is called, each with the managers it is about.

    Only those that were given later than the day `after`.
    """
    roles: dict[str, list[str]] = {}
    for row in in_force:
        is_later = row["happened_at"].date() > after
        if is_later and row["account"] in called and _holds(row["valid_from"], row["valid_to"], today()):
            roles.setdefault(row["role"], []).append(row["of_manager"])
    return roles


def roles_holding(store: Store, day: date) -> list[tuple[str, str, str]]:
    """Account, role and the manager it is about, of every role that was given and holds on a day."""
    return [
        (row["account"], row["role"], row["of_manager"])
        for row in _rows_in_force(store)
        if _holds(row["valid_from"], row["valid_to"], day)
    ]


def _holds(first: Any, last: Any, day: date) -> bool:
    return (pd.isna(first) or first <= day) and (pd.isna(last) or last >= day)


def roles_in_force(store: Store) -> pd.DataFrame:
    """Every role that was given and not taken back, whether its dates have come or not."""
    return store.frame(_ROLES_IN_FORCE)


def _rows_in_force(store: Store) -> list[dict[str, Any]]:
    """The same as rows, which are quicker to make: who opens a page is looked up at each click."""
    return store.query(_ROLES_IN_FORCE).to_pylist()


def give(
    store: Store,
    viewer: Viewer,
    account: str,
    role: str,
    of_manager: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """Give a role to an account: an employee_id, or the e-mail address of somebody who is on no roster."""
    viewer.acting_in("roles", "Giving and taking roles")
    if role not in GRANTS:
        more = f" {role} follows from the roster." if role in ROLES else ""
        raise Refused(f"The role {role!r} cannot be given.{more} Use one of: {', '.join(GRANTS)}.")
    if (role == "delegate") != bool(of_manager):
        raise Refused(_("A delegate stands in for a manager: say for whom. Every other role is about nobody."))
    account = known_account(store, account)
    if account == viewer.account:
        raise Refused(
            _("Nobody gives a role to themselves. Ask another administrator, or the operator at the command line.")
        )
    if of_manager:
        manager = _person(store, None, of_manager)
        if manager is None or not manager["has_people"]:
            raise Refused(
                _(
                    "{of_manager} is not a manager in today's roster. Give the employee_id of one.",
                    of_manager=of_manager,
                )
            )
        if of_manager == account:
            raise Refused(_("{account} cannot stand in for themselves.", account=account))
    if valid_from and valid_to and valid_to < valid_from:
        raise Refused(
            _(
                "The role would end on {valid_to}, before it begins on {valid_from}.",
                valid_to=str(valid_to),
                valid_from=str(valid_from),
            )
        )
    _note(store, viewer, account, role, of_manager, True, valid_from, valid_to)


def take(store: Store, viewer: Viewer, account: str, role: str, of_manager: str = "") -> None:
    """Take a role back, also from somebody who has left or who stands in for a manager who has."""
    viewer.acting_in("roles", "Giving and taking roles")
    in_force = roles_in_force(store)
    account = account.strip()
    if account not in set(in_force["account"]):
        account = known_account(store, account)
    if not (
        (in_force["account"] == account) & (in_force["role"] == role) & (in_force["of_manager"] == of_manager)
    ).any():
        raise Refused(f"{account} does not have the role {role}{' for ' + of_manager if of_manager else ''}.")
    _note(store, viewer, account, role, of_manager, False, None, None)


def _note(
    store: Store,
    viewer: Viewer,
    account: str,
    role: str,
    of_manager: str,
    is_granted: bool,
    valid_from: date | None,
    valid_to: date | None,
) -> None:
    event = {
        "account": account,
        "role": role,
        "of_manager": of_manager,
        "is_granted": is_granted,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "by_whom": viewer.account,
    }
    with store.write() as transaction:
        at = transaction.moment_after("role_events")
        transaction.run(ROLE_ROW, event | {"happened_at": at})
        transaction.record({"event": "role", "happened_at": at.isoformat()} | event)


def known_account(store: Store, account: str) -> str:
    """The account as it is stored: an employee_id, or a lower-case e-mail address that is on no roster."""
    account = account.strip()
    if "@" not in account:
        if _person(store, None, account) is None:
            raise Refused(
                _(
                    "Nobody on today's roster has the employee_id {account}. Give one, or an e-mail address.",
                    account=repr(account),
                )
            )
        return account
    person = _person(store, account, None)
    return str(person["employee_id"]) if person else _address(account)
