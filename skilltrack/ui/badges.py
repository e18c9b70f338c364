"""What was checked of signed badges, and what was not, in plain words."""

import json
from collections.abc import Iterable

import pandas as pd
import streamlit as st

from skilltrack.badges import Checked, Image
from skilltrack.ingest import picture_of
from skilltrack.language import _, mark, short_day
from skilltrack.reasons import recognised
from skilltrack.text import visible
from skilltrack.ui import labels, parts
from skilltrack.ui.cache import store

STATES = {
    mark("verified"): ("verified_user", mark("Everything that can be checked was checked, and holds.")),
    mark("proof holds, issuer's key not known"): (
        "help",
        mark(
            "The badge is as it was signed, but its key is not listed for the issuer on the day of issue: anybody "
            "could have signed it."
        ),
    ),
    mark("proof holds, issuer not trusted"): (
        "help",
        mark("The badge is as its issuer signed it, but the issuer is not called trusted on this day."),
    ),
    mark("proof holds, credential demonstrates nothing"): (
        "help",
        mark("The badge is as its issuer signed it. Its credential shows attendance, not a skill."),
    ),
    mark("holder not named by the badge"): (
        "help",
        mark("Somebody said by hand whose badge this is: the badge does not name this person by an address of theirs."),
    ),
    mark("day of issue not that of the badge"): (
        "help",
        mark("Somebody set the award's day of issue by hand, and the badge has another one."),
    ),
    mark("unsigned"): (
        "help",
        mark("It has no signature: anybody could have written it. It counts on the word of whoever uploaded it."),
    ),
    mark("not checkable offline"): (
        "cloud_off",
        mark("What decides this lies on another server, and Skilltrack does not fetch it. The steps say what."),
    ),
    mark("not yet valid"): ("schedule", mark("It has not begun on this day.")),
    mark("expired"): ("event_busy", mark("It has ended.")),
    mark("suspended"): ("pause_circle", mark("Its issuer has suspended it.")),
    mark("revoked"): ("block", mark("It was revoked.")),
}
"""By state, an icon and what it means."""
OUTCOMES = {
    "passed": mark("Checked, holds"),
    "failed": mark("Does not hold"),
    "open": mark("Not checked"),
    "absent": mark("Nothing to check"),
}
STEPS = {
    "parsed": mark("Read"),
    "signature": mark("Signature"),
    "key": mark("Key"),
    "issuer": mark("Issuer"),
    "dates": mark("Dates"),
    "status": mark("Revoked?"),
}


def shown(checks: pd.DataFrame) -> None:
    """The badges that came as signed files: the state of each, and every step of its check."""
    if checks.empty:
        return
    st.subheader(_("Signed badges, and what was checked"), anchor=False)
    for badge in checks.to_dict("records"):
        icon, meaning = STATES[badge["state"]]
        title = _(
            "{credential}, {day}: {state}",
            credential=badge["credential"] or badge["credential_id"],
            day=short_day(badge["issued_on"]),
            state=_(badge["state"]),
        )
        with st.expander(parts.plain(title), icon=f":material/{icon}:"):
            st.text(_(meaning))
            if isinstance(badge["issuer"], str):
                st.text(visible(_("Issued by {issuer}.", issuer=badge["issuer"])))
            if picture := _picture(badge["upload_id"], badge["file_no"], badge["line_no"]):
                svg = picture.media != "image/png"
                st.image(picture.content.decode() if svg else picture.content, width=160)
            steps = steps_of(badge["steps"])
            columns = labels.columns("badge_steps", *steps.columns)
            st.dataframe(steps, hide_index=True, placeholder="", column_config=columns)
            came = {
                "standard": badge["standard"],
                "carrier": badge["carrier"],
                "key": str(badge["key"]),
                "when": f"{badge['checked_at']:%Y-%m-%d %H:%M}",
            }
            if isinstance(badge["key"], str):
                about = _(
                    "{standard} as {carrier}, signed with {key}. Checked when it was uploaded, {when} UTC.", **came
                )
            else:
                about = _("{standard} as {carrier}. Checked when it was uploaded, {when} UTC.", **came)
            st.text(visible(about))


def _picture(upload_id: int, file_no: int, line_no: int) -> Image | None:
    """The picture of a badge as the kept file has it; looked up once, and never fetched from anywhere."""
    pictures = st.session_state.setdefault("badge_pictures", {})
    place = store().data_version(), upload_id, file_no, line_no
    if place not in pictures:
        pictures[place] = picture_of(store(), upload_id, file_no, line_no)
    picture: Image | None = pictures[place]
    return picture


def read_from(checked: Iterable[Checked]) -> pd.DataFrame:
    """The credentials of a file before it is imported: what each says, and what became of its signature."""
    rows = [
        {
            "badge": visible(one.where),
            "says": visible(one.credential.achievement or one.credential.achievement_id) if one.credential else "",
            "issuer": visible(one.credential.issuer or one.credential.issuer_id) if one.credential else "",
            "signature": _(OUTCOMES[step.outcome]),
            "reason": visible(_(recognised(step.reason))),
        }
        for one in checked
        for step in one.steps
        if step.name == ("signature" if one.credential else "parsed")
    ]
    return pd.DataFrame(rows, columns=["badge", "says", "issuer", "signature", "reason"])


def steps_of(steps: str) -> pd.DataFrame:
    """The steps of a check as a table: what was looked at, what became of it, and why."""
    rows = [
        {
            "step": _(STEPS.get(step["name"], step["name"])),
            "outcome": _(OUTCOMES[step["outcome"]]),
            "reason": visible(_(recognised(step["reason"]))),
        }
        for step in json.loads(steps)
    ]
    return pd.DataFrame(rows, columns=["step", "outcome", "reason"])
