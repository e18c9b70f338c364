"""Proposals that wait for the viewer: the table, accepting and declining some or all of them, and what was decided."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.errors import Refused
from skilltrack.language import _, mark, plural, texts
from skilltrack.proposals import (
    WHAT,
    Meant,
    accept,
    decidable,
    decline,
    each,
    file_of,
    preview,
    settle,
    take_back,
    version,
)
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui import parts, upload_preview
from skilltrack.ui.cache import ask, shaped, store
from skilltrack.ui.signin import viewer, while_in

STATES = {
    "waiting": mark("waiting"),
    "accepted": mark("accepted"),
    "declined": mark("declined"),
    "settled": mark("settled"),
    "taken back": mark("taken back"),
    "withdrawn": mark("withdrawn"),
}
DECIDES = {"manager or HR": mark("manager or HR"), "HR": mark("HR")}
ABOUT = ("subject", "what", "level", "valid_from", "valid_to")
"""Columns that say what was proposed."""
OUTCOME = "waiting_outcome"
"""Where a session keeps what became of a decision until the page drawn anew has said it."""
DRAWN = "waiting_drawn"
"""Where a session keeps the numbers that the page showed last: what came since is not among all that are ticked."""
MOST = 500
"""Names that the catalogue tells at once; beyond them one searches."""
SHOWN = 50
"""Decided proposals that are listed."""


def in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Proposals with their words in the language of this run."""
    changed = {"what": rows["what"].map(texts(WHAT)), "state": rows["state"].map(texts(STATES))}
    return rows.assign(**changed, decides=rows["decides"].map(texts(DECIDES)))


def table(rows: pd.DataFrame, key: str, *columns: str) -> None:
    """A table of proposals, without the columns that say nothing about any of them."""
    worded = in_words(rows)
    is_empty = worded.isna() | worded.eq("")
    parts.table(worded, key, "proposals_made", *(name for name in columns if not is_empty[name].all()))


def label(row: dict[str, Any]) -> str:
    """A proposal in few words."""
    return visible(" · ".join(filter(None, (row["name"] or row["employee_id"], _(WHAT[row["what"]]), row["subject"]))))


def made(person: str | None = None) -> pd.DataFrame:
    """The proposals in the viewer's sight, or those about one person."""
    return ask("proposals_made", Filters(employee=person), more=version(store()))


def pointed_to() -> None:
    """A link to the page, with how many proposals wait for the viewer; nothing where none does."""
    if viewer().may("approvals") and (count := len(decidable(made(), viewer()))):
        parts.link("team/waiting", f"**{_sentence(count)}**", "fact_check")


def shown() -> None:
    """How many proposals wait for the viewer, what became of the last decision, the form, and what was decided."""
    everything = made()
    rows = decidable(everything, viewer())
    count = len(rows)
    st.markdown(f"**{_sentence(count)}**" if count else _("Nothing waits for you."))
    st.caption(
        _("What you accept is an upload in your name; nothing of it counts before.")
        if count
        else _(
            "Here come awards, prior learning and corrections that people propose on their page under People. Nothing "
            "of it counts before it is accepted."
        )
    )
    done, refused = st.session_state.pop(OUTCOME, ("", {}))
    if done:
        st.success(done, icon=":material/check_circle:")
    for reason in refused.values():
        st.error(parts.plain(reason), icon=":material/block:")
    if count:
        _to_decide(rows)
    _decided(everything[everything["state"] != "waiting"].head(SHOWN).reset_index(drop=True))


def _sentence(count: int) -> str:
    return plural("{n} proposal waits for you.", "{n} proposals wait for you.", count)


def _to_decide(rows: pd.DataFrame) -> None:
    """The proposals that wait for the viewer, and the form that decides those that are chosen."""
    table(rows, "waiting", "name", "days", *ABOUT, "evidence_url", "file_name", "note", "team")
    by_number = {row["proposal_id"]: row for row in tables.records(rows)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.multiselect(
            _("Which ones"),
            list(by_number),
            key="waiting_which",
            placeholder=_("Choose"),
            width=520,
            format_func=lambda number: label(by_number[number]),
        )
        is_all = st.checkbox(_("All {n}", n=len(by_number)), key="waiting_all")
    drawn = st.session_state.get(DRAWN, list(by_number))
    numbers = [number for number in by_number if number in drawn] if is_all else picked
    st.session_state[DRAWN] = list(by_number)
    meant, upload_id = _looked_at(by_number[numbers[0]]) if len(numbers) == 1 else (Meant(), None)
    corrections = [number for number in numbers if by_number[number]["what"] == "correction"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input(_("Reason, which the person reads"), key="waiting_reason", width=420, max_chars=2000)
        if st.button(
            _("Accept"),
            key="waiting_accept",
            type="primary",
            icon=":material/check:",
            disabled=len(corrections) == len(numbers),
        ):
            others = [number for number in numbers if number not in corrections]
            _do(others, lambda number: accept(store(), viewer(), number, meant), mark("Accepted: {n} of {all}."))
        if st.button(_("Decline"), key="waiting_decline", icon=":material/close:", disabled=not (numbers and reason)):
            _do(numbers, lambda number: decline(store(), viewer(), number, reason), mark("Declined: {n} of {all}."))
        if corrections and st.button(
            _("It is settled"),
            key="waiting_settle",
            icon=":material/task_alt:",
            disabled=not reason or len(corrections) < len(numbers),
        ):
            _do(
                numbers,
                lambda number: settle(store(), viewer(), number, reason, upload_id),
                mark("Settled: {n} of {all}."),
            )


def _do(numbers: list[int], decide: Callable[[int], object], message: str) -> None:
    with st.spinner(_("Storing")):
        refused = each(numbers, decide)
    count = len(numbers) - len(refused)
    done = _(message, n=count, all=len(numbers)) if count else ""
    st.session_state[OUTCOME] = done, refused
    for key in ("waiting_which", "waiting_all", "waiting_reason"):
        st.session_state.pop(key, None)
    st.rerun()


def _looked_at(row: dict[str, Any]) -> tuple[Meant, int | None]:
    """The one proposal that is chosen: its words and proof; returns what HR says that it means, or what settled it."""
    number, is_hr = row["proposal_id"], "hr" in viewer().roles
    with st.container(border=True):
        st.text(label(row))
        if row["note"]:
            st.text(visible(row["note"]))
        with st.container(horizontal=True):
            parts.link("team/people", _("Open the record"), "badge", employee=row["employee_id"])
            proof(row)
        if row["what"] == "correction":
            st.caption(_("HR uploads what is right and says here by which upload, or declines with a reason."))
            given = st.number_input(
                _("Settled by upload (if any)"), 1, None, None, key=f"settled_by_{number}", width=240
            )
            return Meant(), None if given is None else int(given)
        meant = _meant(row) if is_hr else Meant()
        if is_hr:
            may = st.checkbox(_("It may replace what is on record"), key=f"replaces_{number}")
            meant = replace(meant, replaces=may)
        if st.toggle(_("What would change?"), key=f"preview_{number}"):
            _preview(number, meant)
    return meant, None


def _meant(row: dict[str, Any]) -> Meant:
    """What HR says that a proposal means, where it does not say so itself."""
    number = row["proposal_id"]
    if row["what"] == "badge":
        label = _("It is theirs, although it names an address that nobody has (it is never verified then)")
        return Meant(is_theirs=st.checkbox(label, key=f"theirs_{number}"))
    if row["decides"] != "HR":
        return Meant()
    options = catalogue("credential" if row["what"] == "award" else "skill")
    st.caption(_("The catalogue does not have it under this name. Say which one it is, or add it first."))
    return Meant(
        st.selectbox(
            _("It is"),
            list(options),
            index=None,
            key=f"means_{number}",
            placeholder=_("Choose"),
            width=420,
            format_func=options.__getitem__,
        )
    )


def _preview(number: int, meant: Meant) -> None:
    """How the coverage of teams would move, were a proposal accepted."""
    try:
        with st.spinner(_("Computing what would change")):
            effects = preview(store(), viewer(), number, meant)
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    if effects.teams.empty:
        st.caption(_("The coverage of no team would change."))
    upload_preview.effects(effects)


def proof(row: dict[str, Any]) -> None:
    """The link and the file that go with a proposal."""
    number = row["proposal_id"]
    if row["evidence_url"]:
        parts.proof(row["evidence_url"])
    if row["file_name"]:
        asked = partial(file_of, store(), viewer(), number)
        st.download_button(
            parts.plain(row["file_name"]),
            data=while_in(lambda: asked()[1]),
            file_name=row["file_name"],
            mime="application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
            key=f"proof_{number}",
        )


def catalogue(kind: str, search: str = "") -> dict[str, str]:
    """The credentials or skills that can be chosen, by id."""
    return shaped(_called, ("proposable", Filters(search=search or None)), more=(kind,))


def _called(rows: pd.DataFrame, kind: str) -> dict[str, str]:
    return rows[rows["kind"] == kind].set_index("value")["label"].map(visible).to_dict()


def _decided(rows: pd.DataFrame) -> None:
    """What was decided lately in the viewer's sight, and the form that takes an acceptance back."""
    if rows.empty:
        return
    st.subheader(_("Decided"), anchor=False)
    by = ("decided_by",) if viewer().may("uploads") else ()
    table(rows, "decided", "name", *ABOUT, "state", "reason", "upload_id", "decided_at", *by)
    accepted = {row["proposal_id"]: row for row in tables.records(rows[rows["state"] == "accepted"])}
    if not accepted:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            _("Take an acceptance back"),
            list(accepted),
            index=None,
            key="waiting_back",
            placeholder=_("Choose"),
            width=520,
            format_func=lambda number: label(accepted[number]),
        )
        if (
            st.button(_("Take it back"), key="waiting_back_go", disabled=number is None, icon=":material/undo:")
            and number
        ):
            parts.do(lambda: take_back(store(), viewer(), number), _("It does not count any more."))
