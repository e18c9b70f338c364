"""Who sees which proposals, who may decide them, and the files that go with them."""

from typing import Any

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.access import trail as audit
from skilltrack.errors import BadQuestion, NotOpen, NotThere
from skilltrack.language import _, mark
from skilltrack.questions import Filters, Metrics
from skilltrack.relations import read_text
from skilltrack.storage import Store

WAITING = read_text("proposals/waiting")
OPERATOR = "local"
"""The account of whoever holds the database file, who can do everything for everybody."""


def proposals(store: Store, viewer: Viewer, employee_id: str | None = None) -> pd.DataFrame:
    """The proposals in the viewer's sight, or those about one person, as the metric `proposals_made` gives them."""
    return Metrics(store).ask("proposals_made", viewer, Filters(employee=employee_id))


def version(store: Store) -> int:
    """How much has happened to proposals: lists of them are the same as long as it and the data are."""
    return int(store.query("select count(*) as n from proposal_events")["n"][0].as_py())


def waiting_for(store: Store, viewer: Viewer) -> pd.DataFrame:
    """The proposals that wait and that the viewer may decide; those that have waited longest come first."""
    return decidable(proposals(store, viewer), viewer)


def decidable(rows: pd.DataFrame, viewer: Viewer) -> pd.DataFrame:
    """Those of the proposals in a viewer's sight that wait and that they may decide."""
    is_waiting = (rows["state"] == "waiting") & (rows["employee_id"] != (viewer.employee_id or ""))
    is_theirs = (rows["decides"] != "HR") | _is_hr(viewer)
    chosen = is_waiting & is_theirs & viewer.may("approvals")
    return rows[chosen.astype(bool)].reset_index(drop=True)


def may_propose(viewer: Viewer, employee_id: str) -> bool:
    """Whether somebody may propose for this record: it is their own, or they are the operator of the program."""
    return viewer.employee_id == employee_id or is_operator(viewer)


def may_assess(store: Store, viewer: Viewer, employee_id: str) -> bool:
    """Whether somebody may assess this person and decide their proposals: they manage the line, or they are HR."""
    try:
        refuse_others_people(store, viewer, employee_id)
    except BadQuestion:
        return False
    return True


def is_operator(viewer: Viewer) -> bool:
    """Whether it is whoever holds the database file, who has every role and is nobody on the roster."""
    return viewer.employee_id is None and viewer.roles == Viewer.everyone().roles


def refuse_others_people(store: Store, viewer: Viewer, employee_id: str) -> dict[str, Any]:
    """The roster's row of a person whom the viewer may assess today, and whose proposals they may decide.

    Raises `NotThere` for somebody unknown or out of sight, with the same words; `NotOpen` for the viewer themself, and
    for a viewer who neither manages anybody nor is HR.
    """
    viewer.acting_in("approvals", mark("Deciding proposals"))
    seen = Metrics(store).ask("people", viewer.asking_for_proposals(), Filters(employee=employee_id))
    if viewer.employee_id == employee_id:
        raise NotOpen(_("Nobody decides about their own record. Your manager or HR does."))
    if seen.empty:
        raise NotThere(_("{who} is not on today's roster. HR can upload what they have.", who=employee_id))
    row: dict[str, Any] = seen.iloc[0].to_dict()
    return row


def refuse_undecidable(store: Store, viewer: Viewer, proposal_id: int) -> dict[str, Any]:
    """The proposal as it was made, with the step that ended it; `BadQuestion` where the viewer may not decide it."""
    row = made(store, viewer, proposal_id)
    if _is_hr(viewer) and viewer.employee_id != row["employee_id"]:
        return row  # also about somebody who has left
    refuse_others_people(store, viewer, row["employee_id"])
    return row


def made(store: Store, viewer: Viewer, proposal_id: int) -> dict[str, Any]:
    """A proposal in the viewer's sight; one out of sight and one that is not there are refused with the same words."""
    unknown = NotThere(_("There is no proposal {n}.", n=proposal_id))
    rows = store.query(WAITING, {"proposal_id": proposal_id}).to_pylist()
    if not rows:
        raise unknown
    in_sight = proposals(store, viewer)["proposal_id"]
    if proposal_id not in set(in_sight):
        raise unknown
    row: dict[str, Any] = rows[0]
    return row


def _is_hr(viewer: Viewer) -> bool:
    return "hr" in viewer.roles


def file_of(store: Store, viewer: Viewer, proposal_id: int) -> tuple[str, bytes]:
    """The file that goes with a proposal in the viewer's sight, by name and content; noted in the audit log."""
    row = made(store, viewer, proposal_id)
    if not row["stored"]:
        raise NotThere(_("No file goes with proposal {n}.", n=proposal_id))
    audit.note(store.journal.audit, viewer.account, "exported", row["employee_id"], report="proof", rows=1)
    return row["file_name"], store.journal.read(row["stored"])
