"""The frame around every page: navigation by what is open to the viewer, title, refusals in place."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from skilltrack.access import AREAS
from skilltrack.config import ROOT
from skilltrack.errors import BadDefinition, Refused
from skilltrack.ui import signin
from skilltrack.ui.text import plain

ICON = Path(__file__).parent / "icon.svg"

STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 2.75rem; }
[data-testid="stDateInput"] [role="spinbutton"] {
  display: inline-block; min-width: 24px; min-height: 24px; line-height: 24px;
}
.st-key-local_mode { margin-bottom: -1.25rem; }
@media (max-width: 640px) { .st-key-local_mode { margin-top: 1.25rem; } }
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
    "Reports": (
        ("reports/exports", "Exports", "ios_share"),
        ("reports/definitions", "Definitions", "menu_book"),
    ),
    "Accounts": (("admin/roles", "Roles", "admin_panel_settings"),),
    "Audit": (("audit/log", "Audit log", "policy"),),
}
"""Navigation: section to (file below pages/, title, Material icon); the first page is the default."""

AREA_OF = {
    "team/overview": "people",
    "team/coverage": "people",
    "team/readiness": "people",
    "team/people": "person",
    "team/renewals": "people",
    "money/spend": "money",
    "data/uploads": "uploads",
    "data/catalogue": "catalogue",
    "data/privacy": "privacy",
    "reports/exports": "exports",
    "admin/roles": "roles",
    "audit/log": "audit",
}
"""The part (`access.AREAS`) that a page belongs to: only viewers to whom that is open see it."""

OPEN_TO_ALL = ("reports/definitions",)
"""Pages that belong to no part: everyone who has signed in sees them."""

NAMES = [name for pages in PAGES.values() for name, _, _ in pages]


def refuse_without_area(names: Iterable[str], area_of: Mapping[str, str]) -> None:
    """Raise `BadDefinition` for a page of which nothing says whom it is open to."""
    for name in names:
        if name not in OPEN_TO_ALL and area_of.get(name) not in AREAS:
            raise BadDefinition(
                f"The page {name} has the area {area_of.get(name)!r} in AREA_OF of ui/shell.py. Give it one of: "
                f"{', '.join(AREAS)}. If everyone who has signed in may see it, name it in OPEN_TO_ALL."
            )


refuse_without_area(NAMES, AREA_OF)


def page_file(name: str) -> str:
    """The path of a page, for links: `team/coverage` to its file."""
    return str(ROOT / "pages" / f"{name}.py")


def is_open(name: str) -> bool:
    """Whether a page is open to the viewer."""
    return name in OPEN_TO_ALL or signin.viewer().may(AREA_OF[name])


def _menu(refusal: str | None) -> list[StreamlitPage]:
    """Every page under its address: itself where it is open, else a sentence that is not in the menu.

    One flat menu: Streamlit's sections put what is not a list item into a list, which screen readers stumble over.
    """
    menu, first = [], None
    for name, title, icon in (page for pages in PAGES.values() for page in pages):
        show: str | Callable[[], None] = page_file(name)
        if refusal is not None:
            show = partial(signin.page, refusal)
        elif not is_open(name):
            show = partial(_closed, name, title)
        else:
            first = first or name
        menu.append(
            st.Page(
                show, title=title, icon=f":material/{icon}:", url_path=name.split("/")[1],
                visibility="visible" if isinstance(show, str) else "hidden",
            )
        )  # fmt: skip
    if first and first != NAMES[0]:
        menu[0] = st.Page(partial(_start, page_file(first)), title="Start", default=True, visibility="hidden")
    return menu


def _start(first: str) -> None:
    st.switch_page(first, query_params=st.query_params.to_dict())


def _closed(name: str, title: str) -> None:
    st.title(title, anchor=False)
    signin.viewer().acting_in(AREA_OF[name], f"The page {title}")


def run() -> None:
    """Show the page that was asked for inside the shell; refusals become sentences in place."""
    st.set_page_config(page_title="Skilltrack", page_icon=str(ICON), layout="wide")
    refusal = signin.arrive()
    page = st.navigation(_menu(refusal), expanded=True)
    st.logo(str(ICON), size="large")
    st.html(STYLE)
    with st.sidebar:
        st.caption("Skilltrack · who can demonstrably do what")
        signin.corner(is_in=refusal is None)
    signin.banner()
    try:
        page.run()
    except Refused as refused:
        st.error(plain(refused), icon=":material/block:")
