"""Self-service on a person's page: what they propose for their record, what became of it, and an assessment of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.config import today
from skilltrack.days import FIRST, LAST
from skilltrack.ingest import BADGE_ENDINGS
from skilltrack.language import _, day_format, mark, texts
from skilltrack.proposals import ENDINGS, Proposal, assess, may_assess, may_propose, propose, rate, withdraw
from skilltrack.ui import parts, waiting
from skilltrack.ui.cache import remembered, store
from skilltrack.ui.signin import viewer

RATING = "rating"
CHOICES = {
    "award": mark("A certificate or award"),
    "badge": mark("A badge file"),
    "prior_learning": mark("Something I learned without training"),
    RATING: mark("How well I can do something"),
    "correction": mark("Something is wrong here"),
}
"""What somebody can tell, in their words."""
EXPLAINED = {
    "award": mark("Your manager or HR looks at it. It counts once it is accepted."),
    "badge": mark("Your manager or HR looks at it, and the badge is checked. It counts once it is accepted."),
    "prior_learning": mark("Your manager or HR looks at it. It counts once it is accepted, on their word."),
    RATING: mark("It is stored at once, as your own claim: it counts only where claims are asked for."),
    "correction": mark("HR looks at it, puts it right or says why not."),
}
PROPOSING, ASSESSING = "propose_open", "assess_open"
"""Where a session keeps which of the forms are open."""
TURN = "propose_turn"
"""Where a session counts what it has proposed: the next form is empty."""


def shown(person: str, transcript: pd.DataFrame) -> None:
    """The forms that are open to the viewer, and what was proposed for this person's record."""
    if not viewer().may("proposals"):
        return
    if may_propose(viewer(), person):
        form = st.expander(
            _("Tell us what you can do"), icon=":material/rate_review:", key=PROPOSING, on_change="rerun"
        )
        if form.open:  # filled when it is opened, as the next one is: most come to read
            with form:
                _form(person, transcript)
    if remembered("may_assess", person, lambda: may_assess(store(), viewer(), person)):
        form = st.expander(_("Assess a skill"), icon=":material/grading:", key=ASSESSING, on_change="rerun")
        if form.open:
            with form:
                _assessment(person)
    _proposed(person)


def _form(person: str, transcript: pd.DataFrame) -> None:
    turn = st.session_state.setdefault(TURN, 0)
    words = texts(CHOICES)
    what = st.segmented_control(
        _("What is it?"), list(CHOICES), default="award", key=f"propose_what_{turn}", format_func=words.__getitem__
    )
    if what is None:
        return
    st.caption(_(EXPLAINED[what]))
    if what == RATING:
        skill, level = _skill_and_level(f"propose_{turn}")
        if st.button(_("Store my rating"), key="propose_go", type="primary", disabled=skill is None):
            _do(lambda: rate(store(), viewer(), person, str(skill), level), _("Your rating is stored."))
        return
    proposal = _FIELDS[what](f"propose_{turn}", transcript)
    if st.button(_("Propose"), key="propose_go", type="primary", icon=":material/send:"):
        _do(
            lambda: propose(store(), viewer(), person, proposal),
            _("Proposed. You see here what becomes of it."),
        )


def _do(change: Callable[[], object], message: str) -> None:
    def changed() -> None:
        change()
        st.session_state[TURN] += 1

    parts.do(changed, message)


def _award(key: str, _transcript: pd.DataFrame) -> Proposal:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        credential = _chosen(_("Certificate or award"), "credential", key)
        wording = "" if credential else _wording(key)
        first = _day(_("Issued on"), f"{key}_from", None, today())
        last = _day(_("Valid until (if it ends)"), f"{key}_to", None)
    return Proposal("award", credential, wording, None, first, last, **_proof(key))


def _badge(key: str, _transcript: pd.DataFrame) -> Proposal:
    return Proposal("badge", **_proof(key, is_badge=True))


def _learnt(key: str, _transcript: pd.DataFrame) -> Proposal:
    skill, level = _skill_and_level(key)
    wording = "" if skill else _wording(key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _day(_("Since"), f"{key}_from", today(), today())
        last = _day(_("Until (if it ends)"), f"{key}_to", None)
    return Proposal("prior_learning", skill, wording, level, first, last, **_proof(key))


def _wrong(key: str, transcript: pd.DataFrame) -> Proposal:
    lines = transcript[["source", "credential", "skill", "level"]].astype("string").fillna("").drop_duplicates()
    options = [" · ".join(filter(None, line)) for line in lines.itertuples(index=False)]
    wording = st.selectbox(
        _("Which line"), options, index=None, key=f"{key}_line", placeholder=_("Something else"), width=520
    )
    return Proposal("correction", wording=(wording or "")[:200], **_proof(key))


_FIELDS: dict[str, Callable[[str, pd.DataFrame], Proposal]] = {
    "award": _award,
    "badge": _badge,
    "prior_learning": _learnt,
    "correction": _wrong,
}
"""The fields of each form, and what is proposed by them."""


def _proof(key: str, *, is_badge: bool = False) -> dict[str, Any]:
    """The fields for link, file and words, as those of a proposal."""
    link = "" if is_badge else st.text_input(_("Link, as proof"), key=f"{key}_link", width=520)
    file = st.file_uploader(
        _("Badge file") if is_badge else _("File, as proof"),
        key=f"{key}_file",
        max_upload_size=10,
        width=520,
        type=list(BADGE_ENDINGS if is_badge else ENDINGS),
    )
    note = st.text_area(_("What should we know?"), key=f"{key}_note", max_chars=2000, height=80, width=520)
    name, content = (file.name, file.getvalue()) if file else ("", b"")
    return {"evidence_url": link, "note": note, "file_name": name, "content": content}


def _skill_and_level(key: str) -> tuple[str | None, int]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        skill = _chosen(_("Skill"), "skill", key)
        level = st.number_input(_("Level"), 1, 99, 1, key=f"{key}_level", width=120)
    return skill, int(level)


def _chosen(title: str, kind: str, key: str) -> str | None:
    """A credential or skill of the catalogue, chosen by name; in a large one after a search."""
    options = waiting.catalogue(kind)
    if len(options) >= waiting.MOST:
        options = waiting.catalogue(kind, st.text_input(_("Search"), key=f"{key}_search", width=200))
    chosen: str | None = st.selectbox(
        title,
        list(options),
        index=None,
        key=f"{key}_{kind}",
        placeholder=_("Choose"),
        width=420,
        format_func=lambda value: options.get(value, value),
    )
    return chosen


def _wording(key: str) -> str:
    return st.text_input(_("Not in the list? What is it called?"), key=f"{key}_wording", max_chars=200, width=300)


def _day(title: str, key: str, value: date | None, last: date = LAST) -> date | None:
    return st.date_input(title, value, FIRST, last, key=key, width=180, format=day_format())


def _assessment(person: str) -> None:
    """The form by which a manager or HR says what somebody can do."""
    turn = st.session_state.setdefault(TURN, 0)
    key = f"assess_{turn}"
    st.caption(_("It counts at once, on your word as the assessor. HR can undo it."))
    skill, level = _skill_and_level(key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _day(_("Since"), f"{key}_from", today(), today())
        last = _day(_("Until (if it ends)"), f"{key}_to", None)
        link = st.text_input(_("Link, as proof"), key=f"{key}_link", width=300)
        if st.button(_("Assess"), key="assess_go", type="primary", disabled=skill is None, icon=":material/grading:"):
            _do(
                lambda: assess(store(), viewer(), person, str(skill), level, first, last, link),
                _("The assessment is stored."),
            )


def _proposed(person: str) -> None:
    """What was proposed for this record and what became of it, with a way to withdraw what waits."""
    rows = waiting.made(person)
    if rows.empty:
        return
    st.subheader(_("Proposed"), anchor=False)
    waiting.table(rows, "proposed", *waiting.ABOUT, "state", "reason", "decides", "proposed_at", "decided_at")
    waiting_rows = {row["proposal_id"]: row for row in tables.records(rows[rows["state"] == "waiting"])}
    if waiting_rows and may_propose(viewer(), person):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            number = st.selectbox(
                _("Withdraw"),
                list(waiting_rows),
                index=None,
                key="withdraw_which",
                placeholder=_("Choose"),
                width=420,
                format_func=lambda number: waiting.label(waiting_rows[number]),
            )
            if (
                st.button(_("Withdraw it"), key="withdraw_go", disabled=number is None, icon=":material/undo:")
                and number
            ):
                parts.do(lambda: withdraw(store(), viewer(), number), _("It is withdrawn."))
    elif waiting_rows:
        parts.link("team/waiting", _("Decide what waits"), "fact_check")
