"""What was uploaded: who, when, which file, what it changed; the file itself, undoing it, correcting its bad rows."""

from functools import partial

import pandas as pd
import streamlit as st

from skilltrack.access import Viewer
from skilltrack.access import trail as audit
from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, files_of, import_sources, redo, rows_apart, undo, uploads
from skilltrack.keeping import recoveries
from skilltrack.kinds import kinds_open_to
from skilltrack.questions import preview_take_back
from skilltrack.text import counted, shown, visible
from skilltrack.ui import parts, upload_preview
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer, while_in

NOT_CELLS = ["reason", "line", "file", "as_it_came"]
"""Columns of a row set aside that are not cells of its file."""


def history() -> None:
    """Every upload, newest first; one of them in full."""
    for message in recoveries(store())[:1]:
        st.warning(parts.plain(message), icon=":material/healing:")
    past = uploads(store())
    if past.empty:
        st.caption("No uploads yet.")
        return
    parts.table(past, "uploads", {
        "upload_id": "Upload",
        "landed_at": st.column_config.DatetimeColumn("Imported (UTC)", format="YYYY-MM-DD HH:mm"),
        "by_whom": "By", "files": "Files", "effective_on": "Roster from", "new_rows": "New", "changed_rows": "Changed",
        "gone_rows": "Gone", "quarantined": "Set aside", "status": "Status",
    })  # fmt: skip
    names = dict(zip(past["upload_id"], past["files"], strict=True))
    number = st.selectbox(
        "Look at one upload", list(names), index=None, key="history_upload", width=420,
        format_func=lambda n: visible(f"{n}: {names[n]}")[:80], placeholder="Its files, and taking it back",
    )  # fmt: skip
    if number is not None:
        _one(int(number), str(past.set_index("upload_id").loc[number, "status"]))


def _one(number: int, status: str) -> None:
    with st.container(border=True):
        files, kinds = files_of(store(), number), kinds_open_to(viewer().areas)
        if {file["kind"] for file in files} - set(kinds):
            st.caption("Only HR can open these files, or take the upload back.")
            return
        for file in files:
            with st.container(horizontal=True, vertical_alignment="center"):
                name = visible(file["file_name"])
                st.text(f"{name}: {file['kind']}, {file['byte_count']:,} bytes")
                if file["stored"] == file["sha256"]:
                    label, about = "As it came", "The file, byte for byte as it was uploaded."
                else:
                    label, about = "As it is kept", "The file without the cells of its sensitive columns."
                st.download_button(
                    label, data=while_in(partial(_file, number, file["stored"], viewer())), file_name=name,
                    key=f"bytes_{number}_{file['file_no']}", on_click="ignore", icon=":material/download:", help=about,
                )  # fmt: skip
        verb, event = ("Undo", "undone") if status == "landed" else ("Redo", "redone")
        shown = st.session_state.get("taking_back") == (number, event)
        if not shown and st.button(f"{verb} upload {number}", key="take_back", icon=":material/undo:"):
            st.session_state["taking_back"] = number, event
            st.rerun()
        if shown:
            _confirm(number, verb, event)


def _file(number: int, stored: str, asked_by: Viewer) -> bytes:
    """The bytes of a stored file; the download is noted in the audit log."""
    audit.note(store().journal.audit, asked_by.account, "exported", report="file", upload=number)
    return store().journal.read(stored)


def _confirm(number: int, verb: str, event: str) -> None:
    """What taking it back would do, and the button that does it."""
    try:
        with st.spinner("Computing what would change"):
            effects = preview_take_back(store(), viewer(), number, event)
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    if effects.teams.empty and not effects.people:
        st.caption("No team's coverage and nobody's place on the roster would change today.")
    if st.button(f"Yes, {verb.lower()} upload {number}", key="take_back_go", type="primary"):
        act = undo if event == "undone" else redo
        act(store(), number, by=viewer().acting_in("uploads"), areas=viewer().areas)
        st.session_state.pop("taking_back")
        st.toast(f"Upload {number} is {event}.")
        st.rerun()
    upload_preview.effects(effects)


def apart() -> None:
    """Bad rows that were set aside, to be corrected in place and tried again."""
    kinds = kinds_open_to(viewer().areas)
    frames = {apart: frame for apart, frame in rows_apart(store()).items() if apart[1] in kinds}
    if not frames:
        return
    st.subheader("Rows set aside", anchor=False)
    st.caption("Correct cells here and try again. Or download, correct in Excel, and upload the file as the same kind.")
    for (number, kind), frame in frames.items():
        with st.container(border=True):
            st.markdown(f"**Upload {number}, {kind.replace('_', ' ')}**: {counted(len(frame), 'row')}")
            name = f"apart_{number}_{kind}"
            cells = shown(frame)
            edited = st.data_editor(
                cells, hide_index=True, key=name, width="stretch", placeholder="",
                disabled=[*NOT_CELLS, "kept_apart"], column_config={"kept_apart": None, "reason": "What is wrong"},
            )  # fmt: skip
            with st.container(horizontal=True):
                if st.button("Try these rows again", key=f"retry_{number}_{kind}", icon=":material/replay:"):
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
