"""What a person can do, the paths they are on, and every line of evidence with where it comes from."""

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.questions import Filters
from skilltrack.ui import badges, parts
from skilltrack.ui.cache import ask

SINCE = {"valid_from": "Since", "valid_to": "Until", "issuer": "Issued by", "assurance": "Evidence"}


def shown(own: Filters, transcript: pd.DataFrame) -> None:
    """What the person named by `own` can do, and the evidence for it; `transcript` is already in words."""
    st.subheader("Can do", anchor=False)
    best = tables.best_levels(transcript)
    parts.table(best, "can_do", {"skill": "Skill", "level": "Level", **SINCE, "source": "Shown by"})
    stacks = ask("stack_progress", own)
    if len(stacks):
        st.subheader("Certificate paths", anchor=False)
        columns = {"component": "Part", "is_held": "Held", "held": "Now", "min_components": "Of"}
        parts.table(stacks, "stacks", {"credential": "Path", **columns})
    st.subheader("All evidence", anchor=False)
    lines = {"credential": "Credential", "skill": "Skill", "level": "Level", **SINCE, "counts": "Counts"}
    parts.table(transcript, "transcript", {"source": "Source", **lines})
    badges.shown(ask("badge_checks", own))
    if st.toggle("Where does each line come from?", key="origins"):
        what = {"kind": "Kind", "credential_id": "Credential", "skill_id": "Skill", "since": "Since"}
        came = {"upload_id": "Upload", "file_name": "File", "line_no": "Line"}
        came |= {"landed_at": "Imported (UTC)", "by_whom": "By"}
        parts.table(ask("origins", own), "origins", what | came)
