"""On whose word what people hold is believed, and which keys would have to be listed to verify more."""

from dataclasses import replace

import streamlit as st

from skilltrack.questions import READINGS
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask, shaped

parts.heading("Issuers", "On whose word do we believe what people hold?")
day = filters.bar("as_of")
issuers, keys = ask("issuers_seen", day), ask("keys_seen", day)
parts.answers(shaped(answers.readings, *(("totals", replace(day, assurance=reading)) for reading in READINGS)))
unlisted = keys[keys["listed_for"].isna()]
parts.cards(
    parts.part_of("Verified", int(issuers["verified"].sum()), int(issuers["awards"].sum()), "awards valid on the day"),
    parts.part_of("Attested", int(issuers["attested"].sum()), int(issuers["awards"].sum()), "awards valid on the day"),
    ("Keys not listed", f"{len(unlisted):,}", f"that signed {int(unlisted['awards'].sum()):,} awards"),
)
parts.table(issuers, "issuers", parts.columns("issuers_seen", *issuers.columns))
st.subheader("Keys that signed badges", anchor=False)
parts.table(keys, "keys", parts.columns("keys_seen", *keys.columns), empty="No badge has come as a signed file yet.")
