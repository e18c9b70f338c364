"""Noting in the audit log what somebody does, and reading the log: people by their ids, where they are stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from skilltrack.errors import BadStore
from skilltrack.language import _, mark
from skilltrack.storage import EVENTS, IN_CLEAR, AuditEntry, AuditLog, Store, Verified

__all__ = ["EVENTS", "UNSAID", "entries", "note", "verify"]

UNSAID = ("secret", "line", "lines", "root", "keys", "round", "is_lost")
"""What an entry holds for the program alone."""


def note(log: AuditLog, account: str, event: str, about: str | None = None, **what: Any) -> None:
    """Note what somebody is about to do; raises `BadStore` when that cannot be noted, so that it is not done."""
    try:
        log.note(account, event, about, **what)
    except OSError as error:
        raise BadStore(f"The audit log {log.path} cannot be written ({error.strerror}): nothing was done.") from error


def verify(store: Store) -> Verified:
    """What a look at the whole log finds."""
    heads = store.query("select entry_number, entry_hash from audit_heads order by entry_number").to_pylist()
    return store.journal.audit.verify((row["entry_number"], row["entry_hash"]) for row in heads)


def entries(store: Store, filters: Mapping[str, str | None] | None = None) -> pd.DataFrame:
    """The log, newest first: number, at (UTC), who, event, about, what; people by employee_id where one is stored.

    `filters` may name who and about (an account), event, and the first and last day (`first`, `last`, ISO).
    """
    audit, wanted = store.journal.audit, {name: value for name, value in (filters or {}).items() if value}
    codes = {
        name: {audit.code(wanted[name]), audit.coded(wanted[name]), wanted[name]}
        for name in ("who", "about")
        if name in wanted
    }
    entries = [
        entry
        for entry in reversed(audit.entries())
        if all(entry[name] in those for name, those in codes.items())
        and entry["event"] == wanted.get("event", entry["event"])
        and wanted.get("first", "") <= entry["at"][:10] <= wanted.get("last", "9")
    ]
    ids = _ids(store, {entry[name] for entry in entries for name in ("who", "about")})
    rows = []
    for entry in entries:
        who, about = (ids.get(entry[name], entry[name]) for name in ("who", "about"))
        rows.append((entry["number"], datetime.fromisoformat(entry["at"]), who, about, entry["event"], _details(entry)))
    return pd.DataFrame(rows, columns=["number", "at", "who", "about", "event", "what"])


def _ids(store: Store, codes: set[str]) -> dict[str, str]:
    """Employee_ids that are stored, and accounts that are nobody's, by their codes."""
    select = (
        "select k.code, k.employee_id from (select employee_id, left(sha256($secret || employee_id), 16) as code "
        "from kept_people) as k where k.code in (select unnest($codes))"
    )
    rows = store.query(select, {"secret": store.journal.audit.secret(), "codes": sorted(codes)}).to_pylist()
    nobodys = {store.journal.audit.coded(name): name for name in IN_CLEAR}  # of a program that knew fewer of them
    return nobodys | {row["code"]: row["employee_id"] for row in rows}


DETAILS = {
    "report": mark("report {value}"), "format": mark("format {value}"), "receipt": mark("receipt {value}"),
    "rows": mark("rows {value}"), "upload": mark("upload {value}"), "kinds": mark("kinds {value}"),
    "role": mark("role {value}"), "of": mark("of {value}"), "token": mark("token {value}"),
    "scopes": mark("scopes {value}"), "to": mark("to {value}"), "key": mark("key {value}"),
    "step": mark("step {value}"), "mail": mark("mail {value}"), "language": mark("language {value}"),
    "schedule": mark("schedule {value}"), "proposal": mark("proposal {value}"), "people": mark("people {value}"),
    "instead_of": mark("instead of {value}"), "rooms": mark("rooms {value}"), "sent": mark("sent {value}"),
    "failed": mark("failed {value}"), "request": mark("request {value}"), "version": mark("version {value}"),
    "command": mark("command {value}"), "options": mark("options {value}"),
    "uid": mark("account number {value} of the machine"),
}  # fmt: skip
"""What an entry holds, and the words for it."""
WHETHER = {
    "given": (mark("given"), mark("taken back")), "made": (mark("made"), mark("ended")),
    "wanted": (mark("wanted"), mark("not wanted")),
}  # fmt: skip
"""What is written where an entry says whether something is so."""


def _details(entry: AuditEntry) -> str:
    details = {name: value for name, value in entry["what"].items() if name not in UNSAID and value not in ("", [])}
    return ", ".join(_detail(name, value) for name, value in details.items())


def _detail(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _(WHETHER[name][not value]) if name in WHETHER else f"{name} {value}"
    listed = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _(DETAILS[name], value=listed) if name in DETAILS else f"{name} {listed}"
