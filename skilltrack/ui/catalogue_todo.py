"""What is still to be settled before everything counts: credentials without a skill, job titles without a role."""

import csv
import io

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.language import _, texts
from skilltrack.questions import Filters
from skilltrack.text import shown, visible
from skilltrack.ui import catalogue_grounds, labels, parts, pictures
from skilltrack.ui.cache import ask
from skilltrack.ui.catalogue_edit import may_offer, offer
from skilltrack.ui.titles import likely_roles


def credentials(todo: pd.DataFrame, day: Filters) -> None:
    """The form that maps a credential to a skill and a level; once mapped, it leaves the list and counts."""
    awards = catalogue_grounds.idle_awards(day, "unmapped")._replace(adds_up="")
    pictures.heading(_("Credentials without a skill"), "to_map", awards)
    if todo.empty:
        st.success(
            _("Every credential of the catalogue is mapped to a skill or a path."), icon=":material/check_circle:"
        )
        return
    if may_offer("credential_skills"):
        _to_map(todo)
    parts.table(todo, "to_map", "counting_for_nothing", "credential", "issuer", "holders", "awards", "paid")


def _to_map(todo: pd.DataFrame) -> None:
    names = dict(zip(todo["credential_id"], todo["credential"].map(visible), strict=True))
    choices = ask("choices", Filters())
    skills = choices[choices["kind"] == "skill"].set_index("value")["label"].map(visible).to_dict()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        credential = st.selectbox(_("Credential"), list(names), key="map_credential", format_func=names.__getitem__)
        skill = st.selectbox(
            _("demonstrates"),
            list(skills),
            key="map_skill",
            format_func=skills.__getitem__,
            index=None,
            placeholder=_("Choose a skill"),
        )
        level = st.number_input(_("at level"), 1, 10, 1, key="map_level", width=120)
    if skill is not None:
        offer(
            "credential_skills",
            _file(["credential_id", "skill_id", "level"], [[credential, skill, str(level)]]),
            "mapped on the catalogue page.csv",
        )


def titles(todo: pd.DataFrame, day: Filters) -> None:
    """Confirm which role each job title means; a likely one is filled in, and counts only once it is saved."""
    pictures.heading(_("Job titles without a role"), "titles", catalogue_grounds.without_role(day)._replace(adds_up=""))
    if todo.empty:
        st.success(_("Every job title on the roster is mapped to a role profile."), icon=":material/check_circle:")
        return
    if not may_offer("job_titles"):
        parts.table(todo, "titles", "titles_without_role", "job_title", "people", "teams")
        return
    known = ask("names", Filters())
    roles = known[known["kind"] == "role"].set_index("value")["label"].to_dict()
    if not roles:
        st.info(_("There are no role profiles yet. Upload a file of roles first."), icon=":material/inbox:")
        return
    likely = likely_roles(todo["job_title"], roles)
    rows = todo.assign(role_id=todo["job_title"].map(likely), is_right=False)
    turn = st.session_state.setdefault("catalogue_turn", 0)
    means_role, _holds = labels.label_of("job_titles", "role_id")
    edited = st.data_editor(
        shown(rows),
        hide_index=True,
        key=f"titles_{turn}",
        width="stretch",
        placeholder="",
        disabled=["job_title", "people", "teams"],
        column_config={
            **labels.columns("titles_without_role", "job_title", "people", "teams"),
            "role_id": st.column_config.SelectboxColumn(
                means_role,
                options=list(roles),
                format_func=lambda value: visible(roles.get(value, value)),
            ),
            **labels.columns("job_titles", "is_right"),
        },
    )
    confirmed = edited[edited["is_right"].fillna(False) & edited["role_id"].notna()]
    st.caption(_("Where the suggestion is wrong, choose the role. Tick the rows that are correct."))
    if len(confirmed):
        pairs = zip(todo.loc[confirmed.index, "job_title"], confirmed["role_id"], strict=True)
        offer("job_titles", _file(["job_title", "role_id"], pairs), "job titles of the catalogue page.csv")


def skills(day: Filters) -> None:
    """Confirm which skills a credential demonstrates, of those that its badges name; they count only once saved."""
    suggested = ask("skills_suggested", day)
    if suggested.empty:
        return
    pictures.heading(_("Skills that badges name"), "suggested", catalogue_grounds.badges_naming(day))
    columns = ("credential", "issuer", "skill", "named_by", "badges")
    rows = suggested.assign(level=1, is_right=False)
    turn = st.session_state.setdefault("catalogue_turn", 0)
    edited = st.data_editor(
        shown(rows[[*columns, "level", "is_right"]]),
        hide_index=True,
        key=f"skills_{turn}",
        width="stretch",
        placeholder="",
        disabled=list(columns),
        column_config={
            **labels.columns("skills_suggested", *columns),
            **labels.columns("skills_confirmed", "level", "is_right"),
        },
    )
    st.caption(_("Say at which level each credential demonstrates the skill, and tick the rows that are correct."))
    confirmed = edited[edited["is_right"].fillna(False) & edited["level"].notna()]
    if len(confirmed):
        rows = suggested.loc[confirmed.index, ["credential_id", "skill_id"]].assign(
            level=confirmed["level"].astype(int)
        )
        name = "skills confirmed on the catalogue page.csv"
        offer("credential_skills", _file(list(rows.columns), rows.to_numpy().tolist()), name)


def nothing(idle: pd.DataFrame, day: Filters) -> None:
    """What people hold and no coverage counts, each with its reason."""
    pictures.heading(
        _("Held, but counting for nothing"), "idle", catalogue_grounds.idle_awards(day)._replace(adds_up="")
    )
    if idle.empty:
        st.success(_("Everything that people hold counts."), icon=":material/check_circle:")
        return
    columns = ("credential", "reason", "issuer", "holders", "awards", "paid")
    idle = idle.assign(reason=idle["reason"].map(texts(tables.IDLE)), paid=idle["paid"].map(tables.amounts_in_words))
    parts.table(idle, "counting_for_nothing", "counting_for_nothing", *columns)


def _file(header: list[str], rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()
