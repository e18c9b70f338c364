"""What a person can do, the paths they are on, and every line of evidence with its proof and where it comes from."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import person_tables
from skilltrack.kinds import kind_called
from skilltrack.language import _, mark
from skilltrack.questions import Filters
from skilltrack.reports import person_answers
from skilltrack.ui import badges, filters, grounds, names, parts, pictures, sentences, take_along
from skilltrack.ui.cache import ask, shaped
from skilltrack.ui.shell import is_open, page_file

SINCE = ("valid_to", "valid_from", "issuer", "assurance")
ORIGINS = (
    "kind",
    "credential",
    "skill",
    "since",
    "upload_id",
    "file_name",
    "line_no",
    "landed_at",
    "by_whom",
    "credential_id",
    "skill_id",
)
TO_PROOF = mark("Tick a row to open its proof (keyboard: Shift + Space).")


def answers(asked: Filters, own: Filters) -> None:
    """What lapses first, what the role still needs, and what would meet most of that; `own` is without that role."""
    levels, gaps = ("requirements_met", asked), ("gaps", asked)
    lapsing = shaped(person_answers.lapsing, ("transcript", own), levels, more=(asked.as_of,))
    missing = shaped(person_answers.missing, gaps, levels, more=(bool(asked.role),))
    is_short = missing is not None and not missing.is_good
    learning = shaped(person_answers.learning, ("next_learning", asked), gaps) if is_short else None
    sentences.show(asked, lapsing, missing, learning)


def shown(own: Filters) -> None:
    """What the person named by `own` can do, and the evidence for it: what lapses first comes first."""
    asked = ("transcript", own), ("proofs", own)
    pictures.heading(_("Can do"), "can_do", grounds.skills_shown(own))
    best = shaped(person_tables.can_do, *asked)
    can = ("skill", "level", *SINCE, "proof", "source")
    parts.table(best, "can_do", "transcript", *can, opens=proof, hint=_(TO_PROOF))
    stacks = ask("stack_progress", own)
    if len(stacks):
        pictures.heading(_("Certificate paths"), "paths", grounds.paths(own))
        columns = ("credential", "component", "is_held", "held", "min_components")
        parts.table(stacks, "stacks", "stack_progress", *columns)
    pictures.heading(_("All evidence"), "evidence", grounds.evidence(own))
    lines = ("source", "credential", "skill", "level", *SINCE, "proof", "counts")
    everything = shaped(person_tables.all_evidence, *asked)
    parts.table(everything, "transcript", "transcript", *lines, opens=proof, hint=_(TO_PROOF))
    take_along.button(own)
    with parts.if_published():
        badges.shown(ask("badge_checks", own))
    if st.toggle(_("Where does each line come from?"), key="origins"):
        with parts.if_published():
            origins = shaped(person_tables.origins_named, ("origins", own), asked[0])
            origins = names.with_names(origins.assign(kind=origins["kind"].map(kind_called)), "by_whom")
            opens = partial(_open_upload, str(own.employee)) if is_open("data/uploads") else None
            parts.table(origins, "origins", "origins", *ORIGINS, opens=opens)


def proof(line: dict[str, Any]) -> None:
    """The links to the proofs of a line of evidence, each told where it leads; what is no link is shown as it is."""
    if not line["evidence_url"]:
        st.caption(_("No proof of this line is on record."))
        return
    for address in str(line["evidence_url"]).split("\n"):
        parts.proof(address)


def _open_upload(person: str, row: dict[str, Any]) -> None:
    """Go to the upload that brought a line of evidence."""
    where = {"employee": person, "upload": str(row["upload_id"])}
    line = {} if pd.isna(row["line_no"]) else {"line": str(int(row["line_no"]))}
    st.switch_page(page_file("data/uploads"), query_params=filters.shared() | where | line)
