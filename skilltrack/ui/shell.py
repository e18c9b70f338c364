"""The frame around every page: navigation, title, and who is looking."""

from pathlib import Path

import streamlit as st

from skilltrack.access import Viewer
from skilltrack.config import ROOT
from skilltrack.errors import Refused
from skilltrack.ui.text import plain

ICON = Path(__file__).parent / "icon.svg"

STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 2.75rem; }
[data-testid="stDateInput"] [role="spinbutton"] {
  display: inline-block; min-width: 24px; min-height: 24px; line-height: 24px;
}
[data-testid="stMetricValue"] { font-size: 1.75rem; font-weight: 600; }
</style>"""
"""Less air above the title, so that the answer is in the first view; date fields large enough to hit."""

PAGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Team": (
        ("team/overview", "Overview", "monitoring"),
        ("team/coverage", "Coverage", "grid_on"),
        ("team/readiness", "Readiness", "how_to_reg"),
        ("team/people", "People", "badge"),
        ("team/renewals", "Renewals", "event_repeat"),
    ),
    "Money": (("money/spend", "Spend", "payments"),),
    "Data": (
        ("data/uploads", "Uploads", "upload_file"),
        ("data/catalogue", "Catalogue", "inventory_2"),
        ("data/privacy", "Privacy", "shield_person"),
    ),
    "Reports": (("reports/definitions", "Definitions", "menu_book"),),
    "Audit": (("audit/log", "Audit log", "policy"),),
}
"""Navigation: section to (file below pages/, title, Material icon); the first page is the default."""


def viewer() -> Viewer:
    """Who is looking: the local operator, until there are accounts."""
    return Viewer.everyone()


def page_file(name: str) -> str:
    """The path of a page, for links: `team/coverage` to its file."""
    return str(ROOT / "pages" / f"{name}.py")


def run() -> None:
    """Show the page that was asked for inside the shell; refusals become sentences in place."""
    st.set_page_config(page_title="Skilltrack", page_icon=str(ICON), layout="wide")
    # One flat menu: Streamlit's sections put what is no list item into a list, which screen readers stumble over.
    menu = [
        st.Page(page_file(name), title=title, icon=f":material/{icon}:", url_path=name.split("/")[1])
        for pages in PAGES.values()
        for name, title, icon in pages
    ]
    page = st.navigation(menu)
    st.logo(str(ICON), size="large")
    st.html(STYLE)
    with st.sidebar:
        st.caption("Skilltrack · who can demonstrably do what")
    try:
        page.run()
    except Refused as refused:
        st.error(plain(refused), icon=":material/block:")
