"""What was uploaded: who, when, which file, what it changed; the file itself, undoing it, correcting its bad rows."""

from functools import partial

import pandas as pd
import streamlit as st

from skilltrack.access import Viewer
from skilltrack.access import trail as audit
from skilltrack.errors import Refused
from skilltrack.ingest import APART_DETAILS, Options, Source, files_of, import_sources, redo, rows_apart, undo, uploads
from skilltrack.keeping import ORIGINALS_GONE, recoveries
from skilltrack.kinds import kind_called, kinds_open_to
from skilltrack.language import _, current, mark, plural
from skilltrack.questions import preview_take_back
from skilltrack.text import shown, visible
from skilltrack.ui import filters, labels, names, parts, upload_preview
from skilltrack.ui.cache import remembered, store
from skilltrack.ui.signin import viewer, while_in

ACTS = {
    "undone": (mark("Undo upload {n}"), mark("Yes, undo upload {n}"), mark("Upload {n} is undone.")),
    "redone": (mark("Redo upload {n}"), mark("Yes, redo upload {n}"), mark("Upload {n} is redone.")),
}
"""What is asked, confirmed and reported when an upload is taken back, or that is."""
NOT_CELLS = list(APART_DETAILS)
"""Columns of a row set aside that are not cells of its file."""
SHORT = 60
"""Characters of what is wrong that are seen in a row of one line."""


def history() -> None:
    """Every upload, newest first; one of them in full."""
    for happened_at, message in recoveries(store())[:1]:
        day = happened_at.date()
        was_damaged = _("The database was damaged on {day}, and rebuilt from what was kept.", day=day)
        lost = _(
            "The kept files of earlier uploads were missing on {day}. Only the database has their rows now.", day=day
        )
        st.warning(parts.plain(lost if ORIGINALS_GONE in message else was_damaged), icon=":material/healing:")
    past = uploads(store())
    if past.empty:
        st.caption(_("No uploads yet."))
        return
    words = {"landed": _("in force"), "undone": _("undone")}
    in_force = past["status"].map(lambda status: words.get(status, status))
    parts.table(
        names.with_names(past.assign(status=in_force), "by_whom"), "uploads", "uploads",
        "upload_id", "landed_at", "status", "files", "new_rows", "changed_rows", "gone_rows", "quarantined",
        "effective_on", "by_whom",
    )  # fmt: skip
    files = dict(zip(past["upload_id"], past["files"], strict=True))
    st.session_state["history_upload"] = {str(number): number for number in files}.get(filters.get("upload"))
    number = st.selectbox(
        _("Look at one upload"),
        list(files),
        index=None,
        key="history_upload",
        on_change=_look_at,
        width=420,
        format_func=lambda n: visible(f"{n}: {files[n]}")[:80],
        placeholder=_("Its files, and taking it back"),
    )
    if number is not None:
        _one(int(number), str(past.set_index("upload_id").loc[number, "status"]))


def _look_at() -> None:
    """Write the chosen upload into the address, in the place of the line of evidence that led to another one."""
    chosen = st.session_state["history_upload"]
    filters.put(upload=None if chosen is None else str(chosen), line=None, employee=None)


def _one(number: int, status: str) -> None:
    with st.container(border=True):
        files, kinds = files_of(store(), number), kinds_open_to(viewer().areas)
        if {file["kind"] for file in files} - set(kinds):
            st.caption(_("Only HR can open these files, or take the upload back."))
            return
        for file in files:
            with st.container(horizontal=True, vertical_alignment="center"):
                name = visible(file["file_name"])
                kind = kind_called(file["kind"])
                st.text(_("{file}: {kind}, {n} bytes", file=name, kind=kind, n=file["byte_count"]))
                if file["stored"] == file["sha256"]:
                    label, about = _("As it came"), _("The file, byte for byte as it was uploaded.")
                else:
                    label, about = _("As it is kept"), _("The file without the cells of its sensitive columns.")
                st.download_button(
                    label,
                    data=while_in(partial(_file, number, file["stored"], viewer())),
                    file_name=name,
                    key=f"bytes_{number}_{file['file_no']}",
                    on_click="ignore",
                    icon=":material/download:",
                    help=about,
                )
        event = "undone" if status == "landed" else "redone"
        shown = st.session_state.get("taking_back") == (number, event)
        if not shown and st.button(_(ACTS[event][0], n=number), key="take_back", icon=":material/undo:"):
            st.session_state["taking_back"] = number, event
            st.rerun()
        if shown:
            _confirm(number, event)


def _file(number: int, stored: str, asked_by: Viewer) -> bytes:
    """The bytes of a stored file; the download is noted in the audit log."""
    audit.note(store().journal.audit, asked_by.account, "exported", report="file", upload=number)
    return store().journal.read(stored)


def _confirm(number: int, event: str) -> None:
    """What taking it back would do, and the button that does it."""
    try:
        with st.spinner(_("Computing what would change")):
            effects = preview_take_back(store(), viewer(), number, event)
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    if effects.teams.empty and not effects.people:
        st.caption(_("No team's coverage and nobody's place on the roster would change today."))
    else:
        upload_preview.effect(effects)
    if st.button(_(ACTS[event][1], n=number), key="take_back_go", type="primary"):
        act = undo if event == "undone" else redo
        act(store(), number, by=viewer().acting_in("uploads"), areas=viewer().areas)
        st.session_state.pop("taking_back")
        st.toast(_(ACTS[event][2], n=number))
        st.rerun()
    upload_preview.effects(effects, at="_taken_back")


def apart() -> None:
    """Bad rows that were set aside, to be corrected in place and tried again."""
    kinds = kinds_open_to(viewer().areas)
    set_aside = remembered("rows set aside", current(), lambda: rows_apart(store()))
    frames = {apart: frame for apart, frame in set_aside.items() if apart[1] in kinds}
    if not frames:
        return
    st.subheader(_("Rows set aside"), anchor=False)
    st.caption(
        _("Correct cells here and try again. Or download, correct in Excel, and upload the file as the same kind.")
    )
    for (number, kind), frame in frames.items():
        with st.container(border=True):
            about = plural(
                "**Upload {id}, {kind}**: {n} row",
                "**Upload {id}, {kind}**: {n} rows",
                len(frame),
                id=number,
                kind=kind_called(kind),
            )
            st.markdown(about)
            name = f"apart_{number}_{kind}"
            cells = shown(frame)
            edited = st.data_editor(
                cells,
                hide_index=True,
                key=name,
                width="stretch",
                row_height=upload_preview.SENTENCES if frame["reason"].str.len().max() > SHORT else None,
                placeholder="",
                disabled=[*NOT_CELLS, "kept_apart"],
                column_config={"kept_apart": None} | labels.columns("set_aside", *NOT_CELLS),
            )
            with st.container(horizontal=True):
                if st.button(_("Try these rows again"), key=f"retry_{number}_{kind}", icon=":material/replay:"):
                    _retry(number, kind, edited.where(edited.ne(cells), frame))
                parts.download(frame, name)


def _retry(number: int, kind: str, edited: pd.DataFrame) -> None:
    content = edited.drop(columns=NOT_CELLS, errors="ignore").to_csv(index=False).encode()
    past = uploads(store()).set_index("upload_id").loc[number]
    by = viewer().acting_in("uploads")
    options = Options(past["effective_on"], "changes", quarantine=True, by=by, areas=viewer().areas)
    try:
        outcome = import_sources(store(), [Source(kind, f"mended rows of upload {number}.csv", content)], options)
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    st.session_state["upload_landed"] = outcome
    st.rerun()
