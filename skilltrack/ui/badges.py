"""What was checked of signed badges, and what was not, in plain words."""

import json
from collections.abc import Iterable

import pandas as pd
import streamlit as st

from skilltrack.badges import Checked
from skilltrack.text import visible
from skilltrack.ui import parts

STATES = {
    "verified": ("verified_user", "Everything that can be checked was checked, and holds."),
    "proof holds, issuer's key not known": (
        "help",
        "The badge is as it was signed, but its key is not listed for the issuer on the day of issue: anybody could "
        "have signed it.",
    ),
    "proof holds, issuer not trusted": (
        "help",
        "The badge is as its issuer signed it, but the issuer is not called trusted on this day.",
    ),
    "proof holds, credential demonstrates nothing": (
        "help",
        "The badge is as its issuer signed it. Its credential shows attendance, not a skill.",
    ),
    "holder not named by the badge": (
        "help",
        "Somebody said by hand whose badge this is: the badge does not name this person by an address of theirs.",
    ),
    "day of issue not that of the badge": (
        "help",
        "Somebody gave the award another day of issue by hand than the badge has.",
    ),
    "unsigned": (
        "help",
        "It has no signature: anybody could have written it. It counts on the word of whoever uploaded it.",
    ),
    "not checkable offline": (
        "cloud_off",
        "Something that decides lies elsewhere, and nothing is fetched. The steps say what.",
    ),
    "not yet valid": ("schedule", "It has not begun on this day."),
    "expired": ("event_busy", "It has ended."),
    "suspended": ("pause_circle", "Its issuer has suspended it."),
    "revoked": ("block", "It was revoked."),
}  # fmt: skip
"""By state, an icon and what it means."""
OUTCOMES = {"passed": "Checked, holds", "failed": "Does not hold", "open": "Not checked", "absent": "Nothing to check"}
STEPS = {
    "parsed": "Read", "signature": "Signature", "key": "Key", "issuer": "Issuer", "dates": "Dates",
    "status": "Revoked?",
}  # fmt: skip


def shown(checks: pd.DataFrame) -> None:
    """The badges that came as signed files: the state of each, and every step of its check."""
    if checks.empty:
        return
    st.subheader("Signed badges, and what was checked", anchor=False)
    for badge in checks.to_dict("records"):
        icon, meaning = STATES[badge["state"]]
        title = f"{badge['credential'] or badge['credential_id']}, {badge['issued_on']}: {badge['state']}"
        with st.expander(parts.plain(title), icon=f":material/{icon}:"):
            st.text(meaning)
            st.dataframe(steps_of(badge["steps"]), hide_index=True, placeholder="")
            key = f", signed with {badge['key']}" if isinstance(badge["key"], str) else ""
            checked = f"{badge['standard']} as {badge['carrier']}{key}. Checked when it was uploaded"
            st.text(visible(f"{checked}, {badge['checked_at']:%Y-%m-%d %H:%M} UTC."))


def read_from(checked: Iterable[Checked]) -> pd.DataFrame:
    """The credentials of a file before it is imported: what each says, and what became of its signature."""
    rows = [
        {
            "Badge": visible(one.where),
            "Says": visible(one.credential.achievement or one.credential.achievement_id) if one.credential else "",
            "Issuer": visible(one.credential.issuer or one.credential.issuer_id) if one.credential else "",
            "Signature": OUTCOMES[step.outcome],
            "Reason": visible(step.reason),
        }
        for one in checked
        for step in one.steps
        if step.name == ("signature" if one.credential else "parsed")
    ]
    return pd.DataFrame(rows, columns=["Badge", "Says", "Issuer", "Signature", "Reason"])


def steps_of(steps: str) -> pd.DataFrame:
    """The steps of a check as a table: what was looked at, what became of it, and why."""
    rows = [
        {
            "Step": STEPS.get(step["name"], step["name"]),
            "Outcome": OUTCOMES[step["outcome"]],
            "Reason": visible(step["reason"]),
        }
        for step in json.loads(steps)
    ]
    return pd.DataFrame(rows, columns=["Step", "Outcome", "Reason"])
