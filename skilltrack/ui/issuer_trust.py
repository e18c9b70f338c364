"""What rests on each issuer, what to verify next, and the form that lists a key as an issuer's."""

import csv
import io
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack.config import today
from skilltrack.language import _, mark, texts
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui import catalogue_grounds, parts, pictures
from skilltrack.ui.cache import ask
from skilltrack.ui.catalogue_edit import may_offer, offer, tell_saved

MISSING = {
    "tier": mark("Call the issuer trusted"),
    "key": mark("List a key of the issuer"),
    "badges": mark("Ask for the signed badges"),
}
"""What is missing before an issuer's awards count as verified, as what to do."""


def resting(day: Filters) -> None:
    """What coverage would be without each issuer."""
    pictures.heading(_("Coverage without an issuer"), "without_issuer", catalogue_grounds.resting(day))
    rows = ask("without_issuer", day).sort_values(["rests", "issuer"], ascending=[False, True])
    columns = ("issuer", "rests", "people", "awards", "coverage", "coverage_without")
    none = _("No award counts on this day.")
    parts.table(rows, "without_issuer", "without_issuer", *columns, empty=none)


def verify_next(issuers: pd.DataFrame, day: Filters) -> None:
    """The issuers on whose unverified word most coverage hangs, and what to do about each."""
    pictures.heading(_("What to verify next"), "verify_next", catalogue_grounds.hanging(day))
    rows = issuers.assign(missing=issuers["missing"].map(texts(MISSING)))
    none = _("Everything that counts is verified.")
    parts.table(rows, "verify_next", "verify_next", *rows.columns, empty=none)


def trust(unlisted: pd.DataFrame, issuers: list[str]) -> None:
    """List a key that signed badges as that of an issuer: an upload that is previewed and can be undone."""
    tell_saved()
    if unlisted.empty or not may_offer("issuer_keys"):
        return
    st.subheader(_("Trust a key"), anchor=False)
    st.caption(
        _("Ask the issuer by another way whether the key is theirs: anybody can make one and write any name beside it.")
    )
    known = unlisted.drop_duplicates("key").set_index("key")
    key = st.selectbox(
        _("Key"), list(known.index), key="trust_key", format_func=visible, index=None, placeholder=_("Choose a key")
    )
    if key is None:
        return
    row: dict[str, Any] = known.loc[key].to_dict()
    st.text(_("Its badges name {issuer} as their issuer.", issuer=visible(row["named"] or row["issuer"])))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        listed = issuers.index(row["issuer"]) if row["issuer"] in issuers else None
        issuer = st.selectbox(_("is a key of"), issuers, index=listed, key="trust_issuer", format_func=visible)
        since = st.date_input(_("from"), min(row["first_on"], today()), key="trust_from", width=160)
    if issuer is not None and isinstance(since, date):
        offer("issuer_keys", _file(issuer, str(key), since), "key trusted on the issuers page.csv")


def _file(issuer: str, key: str, since: date) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["issuer", "key", "valid_from"], [issuer, key, since.isoformat()]])
    return text.getvalue().encode()
