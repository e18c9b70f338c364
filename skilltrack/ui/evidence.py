"""What a person can do, the paths they are on, and every line of evidence with where it comes from."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.ui import badges, filters, grounds, parts, pictures, take_along
from skilltrack.ui.cache import ask
from skilltrack.ui.shell import is_open, page_file

SINCE = ("valid_from", "valid_to", "issuer", "assurance")


def shown(own: Filters, transcript: pd.DataFrame, best: pd.DataFrame) -> None:
    """What the person named by `own` can do, and the evidence for it.

    `transcript` is already in words, and `best` has its `best_levels`.
    """
    pictures.heading(_("Can do"), "can_do", grounds.skills_shown(own))
    parts.table(best, "can_do", "transcript", "skill", "level", *SINCE, "source")
    stacks = ask("stack_progress", own)
    if len(stacks):
        pictures.heading(_("Certificate paths"), "paths", grounds.paths(own))
        columns = ("credential", "component", "is_held", "held", "min_components")
        parts.table(stacks, "stacks", "stack_progress", *columns)
    pictures.heading(_("All evidence"), "evidence", grounds.evidence(own))
    lines = ("source", "credential", "skill", "level", *SINCE, "counts")
    parts.table(transcript, "transcript", "transcript", *lines)
    take_along.button(own)
    with parts.if_published():
        badges.shown(ask("badge_checks", own))
    if st.toggle(_("Where does each line come from?"), key="origins"):
        with parts.if_published():
            origins = ask("origins", own)
            opens = partial(_open_upload, str(own.employee)) if is_open("data/uploads") else None
            parts.table(origins, "origins", "origins", *origins.columns, opens=opens)


def _open_upload(person: str, row: dict[str, Any]) -> None:
    """Go to the upload that brought a line of evidence."""
    where = {"employee": person, "upload": str(row["upload_id"])}
    line = {} if pd.isna(row["line_no"]) else {"line": str(int(row["line_no"]))}
    st.switch_page(page_file("data/uploads"), query_params=filters.shared() | where | line)
