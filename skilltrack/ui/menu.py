"""Adds what the menu of links lacks: its landmark, the mark of the current page, and folding on a phone."""

from pathlib import Path

import streamlit as st

from skilltrack.language import _

_menu = st.components.v2.component(
    "menu", html="<span></span>", js=(Path(__file__).parent / "menu.js").read_text(encoding="utf-8")
)


def complete(current: str) -> None:
    """Mark the page called `current` in the links drawn just before."""
    _menu(key="menu_landmark", data={"label": _("Pages"), "current": current}, height=1)
