"""The form that lands files: choose, check what would change, import; and the history with undo."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack.config import today
from skilltrack.errors import Refused
from skilltrack.ingest import KINDS, Outcome, import_files, import_folder, undo, uploads
from skilltrack.ui import parts
from skilltrack.ui.cache import store
from skilltrack.ui.shell import viewer

BY_NAME = "Named after their kinds"


MODES = {"snapshot": "replaces the one before", "changes": "amends the one before"}


def _in_words(mode: str) -> str:
    return MODES[mode]


def form() -> None:
    """Files in; a check before the import, problems with their places, and what an import changed."""
    files = st.file_uploader("CSV files", type=["csv", "txt", "tsv"], accept_multiple_files=True, key="upload_files")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox("What they hold", [BY_NAME, *KINDS], key="upload_kind", width=240)
        options: dict[str, Any] = {"effective": None, "mode": "snapshot"}
        if kind in (BY_NAME, "roster"):
            options["effective"] = st.date_input("Roster holds from", today(), key="upload_effective", width=160)
            options["mode"] = st.selectbox(
                "The roster", list(MODES), key="upload_mode", width=240, format_func=_in_words
            )
        options["quarantine"] = st.toggle("Keep bad rows apart and import the good ones", key="upload_quarantine")
    with st.expander("Other column names?"):
        st.caption(
            "A mapping file (TOML) says which column is which; docs/importing.md shows how. For one kind at a time."
        )
        mapping = st.file_uploader("Mapping file", type=["toml"], key="upload_mapping")
    with st.container(horizontal=True):
        check = st.button("Check", key="upload_check", disabled=not files, icon=":material/fact_check:")
        land = st.button("Import", key="upload_import", disabled=not files, icon=":material/upload:", type="primary")
    if files and (check or land):
        st.session_state["upload_outcome"] = _import(files, mapping, kind, {**options, "dry_run": not land})
    said = st.session_state.get("upload_outcome")
    if isinstance(said, str):
        st.error(parts.plain(said), icon=":material/block:")
    elif said is not None:
        _tell(said)


def _import(files: list[Any], mapping: Any, kind: str, options: dict[str, Any]) -> Outcome | str:
    """Land the uploaded bytes; a refusal comes back as its sentence."""
    with tempfile.TemporaryDirectory() as name, st.status("Reading", expanded=False) as status:
        folder = Path(name)
        paths = []
        for number, file in enumerate(files):
            # Only the last part of the name: a browser may send anything.
            path = folder / (Path(file.name.replace("\\", "/")).name or f"file {number + 1}")
            path.write_bytes(file.getvalue())
            paths.append(path)
        if mapping is not None:
            options["mapping"] = folder / "mapping" / "mapping.toml"
            options["mapping"].parent.mkdir()
            options["mapping"].write_bytes(mapping.getvalue())
        options |= {"by": viewer().name, "progress": lambda step: status.update(label=step)}
        try:
            if kind == BY_NAME:
                outcome = import_folder(store(), folder, **options)
            else:
                outcome = import_files(store(), kind, paths, **options)
        except Refused as refused:
            status.update(label="Refused", state="error")
            return str(refused).replace(str(folder) + "/", "").replace(str(folder), "The upload")
        status.update(label="Done" if outcome.status != "refused" else "Refused", state="complete")
        return outcome


def _tell(outcome: Outcome) -> None:
    errors = len(outcome.errors)
    if outcome.status == "refused":
        st.error(
            f"Not imported: {errors} problems. Nothing was stored. Mend these rows.",
            icon=":material/block:",
        )
    elif outcome.status == "checked":
        apart = f" {errors} problems would be kept apart." if errors else ""
        st.info(f"Checked: this is what an import would change. Nothing is stored yet.{apart}", icon=":material/task:")
    else:
        apart = f" {errors} problems are kept apart." if errors else ""
        st.success(f"Upload {outcome.upload_id} is stored.{apart}", icon=":material/check_circle:")
    if outcome.status != "refused" and outcome.counts:
        st.table(pd.DataFrame([asdict(count) for count in outcome.counts]).set_index("kind"))
    if outcome.problems:
        parts.table(pd.DataFrame([asdict(problem) for problem in outcome.problems]), "problems", {
            "severity": "What", "file": "File", "line": st.column_config.NumberColumn("Line", format="%d"),
            "column": "Column", "value": "Value",
            "message": st.column_config.TextColumn("What would work", width="large"),
        })  # fmt: skip


def history() -> None:
    """Every upload, and a way to take one back."""
    past = uploads(store())
    if past.empty:
        st.caption("No uploads yet.")
        return
    parts.table(past, "uploads", {
        "upload_id": "Upload", "landed_at": st.column_config.DatetimeColumn("Landed (UTC)", format="YYYY-MM-DD HH:mm"),
        "by_whom": "By", "files": "Files", "effective_on": "Roster from", "new_rows": "New", "changed_rows": "Changed",
        "gone_rows": "Gone", "quarantined": "Kept apart", "status": "Status",
    })  # fmt: skip
    landed = [int(number) for number in past[past["status"] == "landed"]["upload_id"]]
    if not landed:
        return
    names = dict(zip(past["upload_id"], past["files"], strict=True))
    with st.popover("Undo an upload", icon=":material/undo:"):
        number = st.selectbox("Upload", landed, key="undo_upload", format_func=lambda n: f"{n}: {names[n]}"[:80])
        st.caption("Its rows no longer count from now on. Questions as known before now still see them.")
        if st.button("Undo this upload", key="undo_go", type="primary"):
            undo(store(), number, by=viewer().name)
            st.session_state["upload_outcome"] = None
            st.toast(f"Upload {number} is undone.")
            st.rerun()
