"""The catalogue as tables that can be changed: each change is its own upload, with a preview and an undo."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack.config import today
from skilltrack.errors import Refused
from skilltrack.ingest import (
    KINDS,
    Column,
    Kind,
    Options,
    Source,
    as_file,
    can_be_removed,
    current_rows,
    import_read,
    read_all,
)
from skilltrack.kinds import kinds_open_to
from skilltrack.language import _, plural
from skilltrack.questions import Filters, preview_import
from skilltrack.text import shown, visible
from skilltrack.ui import filters, labels, parts, upload_preview
from skilltrack.ui.cache import ask, store
from skilltrack.ui.signin import viewer

PATTERNS = {
    "date": r"^(\d{4}-\d{2}-\d{2})?$",
    "whole": r"^\d*$",
    "weight": r"^\d*(\.\d+)?$",
    "money": r"^-?\d*(\.\d+)?$",
}
"""What may be typed into a cell of each type; the import checks the rest."""
NAMED = {"skill_id": "skill", "credential_id": "credential", "role_id": "role", "employee_id": "person"}
"""Columns that hold an id, and the choices that give its name."""


def table(name: str) -> None:
    """The rows of one kind of file; whoever may upload that kind changes them in place."""
    kind, search = KINDS[name], filters.typed("find", _("Find"))
    rows = _matching(current_rows(store(), kind), search)
    if rows.empty:
        nothing = _("Nothing here contains {text}.", text=repr(search)) if search else _("Nothing here yet.")
        st.info(parts.plain(nothing), icon=":material/inbox:")
    may_change = may_offer(name)
    if len(rows) > parts.PAGE:
        st.caption(_("The first {n} of {all} rows. Type in Find to see others.", n=parts.PAGE, all=len(rows)))
    page = rows.head(parts.PAGE).reset_index(drop=True)
    turn = st.session_state.setdefault("catalogue_turn", 0)
    key = f"catalogue_{name}_{search}_{turn}"
    config = {column.name: _config(column, rows) for column in kind.columns}
    seen = shown(_readable(page, kind))
    if not may_change:
        st.dataframe(seen, hide_index=True, key=key, column_config=config, width="stretch", placeholder="")
        st.caption(_("Rows: {n}. Only HR can change them.", n=len(rows)))
    else:
        st.data_editor(
            seen,
            hide_index=True,
            key=key,
            column_config=config,
            width="stretch",
            placeholder="",
            num_rows="dynamic" if can_be_removed(kind) else "add",
            height=min(110 + 35 * len(page), 460),
        )
        st.caption(f"{plural('{n} row.', '{n} rows.', len(rows))} {_how(kind)}")
    parts.download(rows, name)
    if may_change:
        _offer_changes(kind, page, key)


def may_offer(kind: str) -> bool:
    """Whether whoever looks may upload a kind of file."""
    return kind in kinds_open_to(viewer().areas)


def offer(kind: str, content: bytes, name: str) -> None:
    """Show what a small file made on this page would change, and a button that saves it as an upload."""
    by, areas = viewer().acting_in("catalogue"), viewer().areas
    options = Options(mode="changes", dry_run=True, by=by, areas=areas)
    key = hashlib.sha256(content + repr((kind, store().data_version())).encode()).hexdigest()
    try:
        checked = st.session_state.get("catalogue_looked_at")
        if checked is None or checked[0] != key:
            with st.spinner(_("Computing what would change")):
                read = read_all(store(), [Source(kind, name, content)], options.say)
                checked = key, read, preview_import(store(), viewer(), read, options)
            st.session_state["catalogue_looked_at"] = checked
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    _key, read, preview = checked
    for problem in preview.outcome.problems:
        if problem.severity in ("error", "alarm", "warning"):
            show: Callable[..., Any] = st.error if problem.severity == "error" else st.warning
            show(parts.plain(problem), icon=":material/block:" if problem.severity == "error" else ":material/warning:")
    if preview.outcome.status != "checked":
        if preview.outcome.status == "repeated":
            st.info(_("This is stored already."), icon=":material/task_alt:")
        return
    count = sum(c.new + c.changed for c in preview.outcome.counts)
    label = plural("Save {n} change as an upload", "Save {n} changes as an upload", count)
    if st.button(label, key="catalogue_save", type="primary", icon=":material/save:", disabled=not count):
        outcome = import_read(store(), read, replace(options, dry_run=False))
        if outcome.status == "refused":
            st.error(
                _("The data has changed in the meantime, and this no longer fits. Check it again."),
                icon=":material/block:",
            )
            return
        st.session_state["catalogue_turn"] = st.session_state.get("catalogue_turn", 0) + 1
        st.session_state["catalogue_saved"] = outcome.upload_id
        st.rerun()
    upload_preview.effects(preview.effects)


def tell_saved() -> None:
    """Say once that a change is stored, and how to take it back."""
    number = st.session_state.pop("catalogue_saved", None)
    if number is not None:
        message = _("Saved as upload {n}. It counts now; take it back on the uploads page.", n=number)
        st.success(message, icon=":material/check_circle:")


def _offer_changes(kind: Kind, page: pd.DataFrame, key: str) -> None:
    edits = st.session_state.get(key, {})
    try:
        edited, added, removed = (
            edits.get("edited_rows", {}),
            edits.get("added_rows", []),
            edits.get("deleted_rows", []),
        )
        content = as_file(kind, page, edited, added, removed, today())
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    if content:
        offer(kind.name, content, f"{kind.name} changed on the catalogue page.csv")


def _matching(rows: pd.DataFrame, search: str) -> pd.DataFrame:
    if not search or rows.empty:
        return rows
    texts = rows.astype("string").fillna("").agg(" ".join, axis=1)
    return rows[texts.str.contains(search, case=False, regex=False)]


def _readable(page: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """The rows with empty text where there is no value: otherwise an empty date or number would read None."""
    optional = [column.name for column in kind.columns if not (column.required or column.type == "yes_no")]
    return page.assign(**{name: page[name].astype("string").fillna("") for name in optional})


def _config(column: Column, rows: pd.DataFrame) -> Any:
    label = labels.of_kind(column.name) + (" *" if column.required else "")
    if column.type == "yes_no":
        return st.column_config.CheckboxColumn(label, default=column.default == "true")
    if column.required and column.type in ("level", "level_or_0"):
        least = 0 if column.type == "level_or_0" else 1
        return st.column_config.NumberColumn(label, min_value=least, step=1, required=True)
    if column.choices:
        return st.column_config.SelectboxColumn(label, options=list(column.choices), required=column.required)
    if column.refers_to and column.name in NAMED:
        known = ask("names", Filters())
        names = known[known["kind"] == NAMED[column.name]].set_index("value")["label"].map(visible).to_dict()
        options = list(dict.fromkeys([*names, *rows[column.name].dropna()]))
        return st.column_config.SelectboxColumn(
            label,
            options=options,
            required=column.required,
            width="medium",
            format_func=lambda value: f"{names[value]} ({value})" if value in names else str(value),
        )
    return st.column_config.TextColumn(label, required=column.required, validate=PATTERNS.get(column.type))


def _how(kind: Kind) -> str:
    if kind.taken_back:
        return _("Change a cell, or add a row at the bottom. Select a row and press delete to take it back.")
    if can_be_removed(kind):
        return _(
            "Change a cell, or add a row at the bottom. Select a row and press delete to make yesterday its last day."
        )
    return _("Change a cell, or add a row at the bottom.")
