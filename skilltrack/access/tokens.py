"""Tokens by which programs ask and act over HTTP: each stands for an account, opens some parts of the API, and ends.

A token opens at most what its account may see and do at that moment: the account is looked up at every request. Only a
token's hash is stored. A token is random enough that nobody finds it by trying hashes.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from skilltrack.access.accounts import GIVEN, known_account, roles_in_force, viewer_called
from skilltrack.access.standing import still
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadToken, NotOpen, NotThere, Refused
from skilltrack.language import mark
from skilltrack.relations import read_text
from skilltrack.storage import Store

SCOPES = {
    "imports": ("uploads", mark("sends files, each request one upload")),
    "reports": ("exports", mark("fetches reports and packs")),
    "uploads": ("uploads", mark("lists uploads, takes them back and puts them back")),
}
"""The parts of the API that a token can open: each with the area that its account needs, and what the token then does.

A scope is the first part of the addresses below /api that it opens.
"""
USUAL, LONGEST = 90, 366
"""Days for which a token is valid unless something else is asked for, and at most."""
LONGEST_LABEL = 100
"""Characters of what a token is for."""
SHOWN_AFTER = 30
"""Days for which a token that is over is still listed, so that whoever looks for the reason finds it."""
SHAPE = re.compile(r"skt_([0-9a-f]{12})_[0-9a-f]{48}")

TOKEN_ROW = (
    "insert into token_events values ($token_id, $account, $label, $scopes, $token_hash, "  # noqa: S105 a statement
    "$is_made, cast($valid_to as date), cast($happened_at as timestamp), $by_whom)"
)
_NEWEST = read_text("access/tokens/newest")
UNKNOWN = "The token is not one that this server knows. Compare it with the one that was made, or make a new one."


@dataclass(frozen=True)
class Caller:
    """A program that asks with a token."""

    viewer: Viewer
    """As whom it asks: what its account may see and do now."""
    token_id: str
    scopes: frozenset[str]
    valid_to: date

    def opening(self, scope: str) -> Viewer:
        """The viewer, where the token opens this part of the API; raises `NotOpen` where it does not."""
        if scope not in self.scopes:
            raise NotOpen(
                f"This token opens {' and '.join(sorted(self.scopes))}, not {scope}. Make one with the scope {scope}."
            )
        self.viewer.acting_in(SCOPES[scope][0])
        return self.viewer


def make_token(
    store: Store, viewer: Viewer, account: str, scopes: list[str], label: str = "", valid_to: date | None = None
) -> str:
    """Make a token of an account and return it, for the only time; without `valid_to` it is valid for `USUAL` days.

    Raises `Refused` where the account could do nothing with it, or where whoever makes it would see more by it than
    they do.
    """
    last = valid_to or today() + timedelta(days=USUAL)
    account = known_account(store, account)
    if account != viewer.account:
        viewer.acting_in("roles", "Making tokens of other accounts")
    bearer = viewer_called(store, account)
    _refuse_impossible(viewer, bearer, scopes, label.strip(), last)
    _refuse_gain(store, viewer, bearer)
    token_id = secrets.token_hex(6)
    token = f"skt_{token_id}_{secrets.token_hex(24)}"
    event = {
        "token_id": token_id,
        "account": account,
        "label": label.strip(),
        "scopes": " ".join(sorted(set(scopes))),
        "token_hash": _hash(token),
        "valid_to": last.isoformat(),
    }
    _note(store, viewer, event, is_made=True)
    return token


def end_token(store: Store, viewer: Viewer, token_id: str) -> None:
    """End a token: the next request with it is refused. Whose it is may end it, and administrators may end any."""
    row = _newest(store, token_id.strip())
    is_theirs = row is not None and row["account"] == viewer.account
    if not is_theirs:
        viewer.acting_in("roles", "Ending tokens of other accounts")
    if row is None:
        raise NotThere(f"There is no token {token_id.strip()!r}. `token list` lists them.")
    if not row["is_made"]:
        raise Refused(f"The token {row['token_id']} was ended before.")
    event = {name: row[name] for name in ("token_id", "account", "label", "scopes", "token_hash")}
    _note(store, viewer, event | {"valid_to": row["valid_to"].isoformat()}, is_made=False)


def tokens_in_force(store: Store, viewer: Viewer, *, is_own: bool = False) -> pd.DataFrame:
    """Tokens that were made and not ended: first those that open nothing any more, then those that end first.

    Columns: token_id, account, label, scopes, made_at (UTC), valid_to, days (left; negative where it is over), by_whom,
    state (valid, over, or why its account can do nothing with it). `is_own`: only the viewer's; all others need the
    administrator's role. Those that are over are listed for `SHOWN_AFTER` days.
    """
    if not is_own:
        viewer.acting_in("roles", "Listing tokens")
    rows = []
    for row in store.query(_NEWEST, {"token_id": None, "account": viewer.account if is_own else None}).to_pylist():
        days = (row["valid_to"] - today()).days
        if row["is_made"] and days >= -SHOWN_AFTER:
            rows.append(
                {
                    **{name: row[name] for name in ("token_id", "account", "label", "scopes")},
                    "made_at": row["happened_at"],
                    "valid_to": row["valid_to"],
                    "days": days,
                    "by_whom": row["by_whom"],
                    "state": _state(store, row),
                }
            )
    columns = ["token_id", "account", "label", "scopes", "made_at", "valid_to", "days", "by_whom", "state"]
    return pd.DataFrame(sorted(rows, key=lambda row: row["state"] == "valid"), columns=columns)


def unended_tokens(store: Store) -> dict[str, str]:
    """The account of each token that was made and not ended, by the token's id."""
    rows = store.query(_NEWEST, {"token_id": None, "account": None}).to_pylist()
    return {row["token_id"]: row["account"] for row in rows if row["is_made"]}


def caller(store: Store, token: str) -> Caller:
    """Who asks with a token.

    Raises `BadToken` for one that is unknown, ended or over, `BadQuestion` where its account may not be let in (any
    more).
    """
    named = SHAPE.fullmatch(token)
    row = _newest(store, named[1]) if named else None
    if not hmac.compare_digest(_hash(token), row["token_hash"] if row else "0" * 64) or row is None:
        raise BadToken(UNKNOWN)
    if not row["is_made"]:
        raise BadToken(f"This token was ended on {row['happened_at'].date()}. Make a new one.")
    if row["valid_to"] < today():
        raise BadToken(f"This token was valid until {row['valid_to']}. Make a new one.")
    scopes = frozenset(row["scopes"].split())
    return Caller(_account_of(store, row), row["token_id"], scopes, row["valid_to"])


def _account_of(store: Store, row: dict[str, Any]) -> Viewer:
    """The viewer that a token's account is now; raises `BadQuestion` where it is somebody else's, or nobody's."""
    viewer = still(store, row["account"], row["made_at"].date(), "token")
    if row["by_whom"] != row["account"] and row["by_whom"] in _who_gave_roles(store, row["account"]):
        raise NotOpen(
            f"{row['by_whom']} made this token and gave {row['account']} a role: a role given to oneself. "
            "Ask another administrator to make one, or the operator at the command line."
        )
    return viewer


def _state(store: Store, row: dict[str, Any]) -> str:
    if row["valid_to"] < today():
        return "over"
    try:
        bearer = _account_of(store, row)
        for scope in row["scopes"].split():
            bearer.acting_in(SCOPES[scope][0])
    except Refused as refused:
        return str(refused)
    return "valid"


def _newest(store: Store, token_id: str) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = store.query(_NEWEST, {"token_id": token_id, "account": None}).to_pylist()
    return rows[0] if rows else None


def _refuse_impossible(viewer: Viewer, bearer: Viewer, scopes: list[str], label: str, last: date) -> None:
    """Raise `Refused` for scopes that are unknown or closed to the account, and for a label or day that cannot be."""
    if not scopes:
        raise Refused(f"Say what the token opens. Use one or more of: {', '.join(SCOPES)}.")
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise Refused(f"There is no scope {unknown[0]!r}. Use one or more of: {', '.join(SCOPES)}.")
    for area in {SCOPES[scope][0] for scope in scopes}:
        if viewer.account == bearer.account and viewer.may(area) and not bearer.may(area):
            raise NotOpen(
                "Your role is told by your sign-in, which a program does not have. Ask an administrator to give it to "
                f"{bearer.account}, or to make a token of an account of the program."
            )
        bearer.acting_in(area)
    if len(label) > LONGEST_LABEL:
        raise Refused(f"What the token is for takes {len(label):,} characters. Say it in {LONGEST_LABEL} or fewer.")
    if not today() <= last <= today() + timedelta(days=LONGEST):
        raise Refused(
            f"The token would end on {last}. Choose a last day from {today()} to "
            f"{today() + timedelta(days=LONGEST)}; without one it is valid for {USUAL} days."
        )


def _refuse_gain(store: Store, viewer: Viewer, bearer: Viewer) -> None:
    """Raise `Refused` where somebody would see more by the token than they do: a role nobody gives to themselves."""
    sees_more = not viewer.sees_everyone and (bearer.sees_everyone or bearer.employee_id or bearer.lines)
    if bearer.account == viewer.account or not (sees_more or bearer.areas - viewer.areas):
        return
    if bearer.employee_id:
        raise Refused(
            f"A token of {bearer.account} would show you more than you may see. They make it themselves on the "
            "*Exports* page, or the operator makes it at the command line."
        )
    if viewer.account in _who_gave_roles(store, bearer.account):
        raise Refused(
            f"You gave {bearer.account} its role, so a token of it would be a role that you gave to yourself. Ask "
            "another administrator to make it, or the operator at the command line."
        )


def _who_gave_roles(store: Store, account: str) -> set[str]:
    """Who gave an account the roles that it has, apart from the operator, who sees everything anyway."""
    given = roles_in_force(store)
    theirs = given[(given["account"] == account) & given["role"].isin([*GIVEN, "delegate"])]
    return set(theirs["by_whom"]) - {Viewer.everyone().account}


def _note(store: Store, viewer: Viewer, event: dict[str, str], *, is_made: bool) -> None:
    with store.write() as transaction:
        at = transaction.moment_after("token_events")
        whole = event | {"is_made": is_made, "by_whom": viewer.account}
        transaction.run(TOKEN_ROW, whole | {"happened_at": at})
        transaction.record({"event": "token", "happened_at": at.isoformat()} | whole)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
