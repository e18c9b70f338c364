"""Files that a page receives, each put on the disk once.

Streamlit itself keeps a received file in memory while it is in its widget; nothing else of it is kept there.
"""

from typing import Any

import streamlit as st

from skilltrack.ingest import Content, Spool, blocks
from skilltrack.ui.cache import store

RECEIVED = "upload_received"
"""Where a session keeps the files of its widget, by their ids: content and SHA-256."""


def received(files: list[Any]) -> dict[str, tuple[Content, str]]:
    """Content and SHA-256 of each file by its id; those no longer in the widget are forgotten."""
    before, kept = st.session_state.get(RECEIVED, {}), {}
    for file in files:
        kept[file.file_id] = before.get(file.file_id) or _on_disk(file)
    st.session_state[RECEIVED] = kept
    return kept


def _on_disk(file: Any) -> tuple[Content, str]:
    with Spool(store().folder) as spool:
        for piece in blocks(file.getvalue()):
            spool.write(piece)
        return spool.content(), spool.sha256()
