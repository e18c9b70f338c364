"""Giving and taking roles: who may see more than the roster says, stand in for a manager, or not sign in."""

import streamlit as st

from skilltrack.access import GRANTS, ROLES, give, roles_in_force, take
from skilltrack.days import FIRST, LAST
from skilltrack.language import _, day_format, mark, texts
from skilltrack.text import visible
from skilltrack.ui import names, parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer

OPENS = ROLES | {
    "delegate": mark("a manager's organisation, while standing in for them"),
    "barred": mark("nothing: the account cannot sign in"),
}

CALLED = {
    "hr": mark("HR"),
    "ld": mark("L&D"),
    "auditor": mark("Auditor"),
    "administrator": mark("Administrator"),
    "delegate": mark("Stand-in for a manager"),
    "barred": mark("Barred"),
}


def in_force() -> None:
    """Every role in force, with a button that takes it back."""
    roles = roles_in_force(store())
    if roles.empty:
        st.info(_("Nobody has been given a role yet. Employees and managers need none: the roster says who they are."))
        return
    called = texts(CALLED)
    shown = roles.assign(
        role=roles["role"].map(called),
        opens=roles["role"].map(texts(OPENS)),
        valid_from=roles["valid_from"].astype(object).fillna(_("at once")),
        valid_to=roles["valid_to"].astype(object).fillna(_("until taken back")),
    ).astype(str)
    columns = ("account", "role", "of_manager", "opens", "valid_from", "valid_to", "by_whom")
    parts.table(names.with_names(shown, "account", "of_manager", "by_whom"), "roles", "roles", *columns)
    rows = roles.to_dict("records")
    named = [(names.called(row["account"]), called[row["role"]], names.called(row["of_manager"])) for row in rows]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.selectbox(
            _("Take back"),
            range(len(rows)),
            index=None,
            key="take_which",
            placeholder=_("Choose a role in force"),
            format_func=lambda at: visible(" · ".join(filter(None, named[at]))),
        )
        if st.button(_("Take it back"), key="take_go", disabled=at is None, icon=":material/undo:") and at is not None:
            row = rows[at]
            parts.do(
                lambda: take(store(), viewer(), row["account"], row["role"], row["of_manager"]),
                _("The role is taken back."),
            )


def to_give() -> None:
    """The form that gives a role from one date to another."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        opens = {role: f"{title} · {texts(OPENS)[role]}" for role, title in texts(CALLED).items()}
        account = st.text_input(_("Name, employee id or e-mail address"), key="give_account", width=260)
        role = st.selectbox(_("Role"), GRANTS, key="give_role", width=360, format_func=opens.__getitem__)
        manager = ""
        if role == "delegate":
            manager = st.text_input(_("Stands in for (name or id of a manager)"), key="give_manager", width=260)
        first = st.date_input(_("From"), None, FIRST, LAST, key="give_from", width=150, format=day_format())
        last = st.date_input(_("To (inclusive)"), None, FIRST, LAST, key="give_to", width=150, format=day_format())
        if st.button(_("Give"), key="give_go", type="primary", disabled=not account, icon=":material/add_moderator:"):
            parts.do(
                lambda: give(
                    store(), viewer(), names.account_of(account), role, names.account_of(manager), first, last
                ),
                _("The role is given."),
            )
