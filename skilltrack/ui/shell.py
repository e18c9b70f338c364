"""The frame around every page: navigation by what is open to the viewer, title, refusals in place."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from skilltrack.access import AREAS
from skilltrack.config import ROOT
from skilltrack.errors import BadDefinition, Refused
from skilltrack.happenings import timed
from skilltrack.language import _, listed, mark
from skilltrack.ui import demo, filters, languages, menu, signin
from skilltrack.ui.text import plain

HERE = Path(__file__).parent
ICON = HERE / "icon.svg"
STYLE = f"<style>{(HERE / 'style.css').read_text(encoding='utf-8')}</style>"
"""What the theme in .streamlit/config.toml cannot express; docs/design.md explains what both are for."""

PAGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    mark("My team"): (
        ("team/overview", mark("Overview"), "monitoring"),
        ("team/coverage", mark("Coverage"), "grid_on"),
        ("team/gaps", mark("Gaps"), "rule"),
        ("team/readiness", mark("Readiness"), "how_to_reg"),
        ("team/experts", mark("Who can do"), "person_search"),
        ("team/people", mark("People"), "badge"),
        ("team/waiting", mark("Waiting"), "fact_check"),
        ("team/renewals", mark("Renewals"), "event_repeat"),
        ("team/staffing", mark("Staffing"), "airline_seat_recline_normal"),
        ("team/changes", mark("What changed"), "difference"),
    ),
    mark("Money"): (("money/spend", mark("Spend"), "payments"),),
    mark("Data"): (
        ("data/uploads", mark("Uploads"), "upload_file"),
        ("data/catalogue", mark("Catalogue"), "inventory_2"),
        ("data/issuers", mark("Issuers"), "verified_user"),
    ),
    mark("Reports"): (
        ("reports/exports", mark("Exports"), "ios_share"),
        ("reports/schedules", mark("Schedules"), "schedule_send"),
        ("reports/definitions", mark("Definitions"), "menu_book"),
    ),
    mark("Running it"): (
        ("admin/roles", mark("Roles"), "admin_panel_settings"),
        ("audit/log", mark("Audit log"), "policy"),
        ("data/privacy", mark("Privacy"), "shield_person"),
    ),
}
"""Navigation: section to (file below pages/, title, Material icon); the first page is the default."""

AREA_OF = {
    "team/overview": "people",
    "team/coverage": "people",
    "team/gaps": "people",
    "team/readiness": "people",
    "team/experts": "people",
    "team/people": "person",
    "team/waiting": "approvals",
    "team/renewals": "people",
    "team/staffing": "people",
    "team/changes": "people",
    "money/spend": "money",
    "data/uploads": "uploads",
    "data/catalogue": "catalogue",
    "data/issuers": "catalogue",
    "data/privacy": "privacy",
    "reports/exports": "exports",
    "reports/schedules": "schedules",
    "admin/roles": "roles",
    "audit/log": "audit",
}
"""The area (`access.AREAS`) that a page belongs to: only viewers who may see the area see the page."""

OPEN_TO_ALL = ("reports/definitions",)
"""Pages without an area: everyone who has signed in sees them."""

CALLED = {
    "employee": mark("everybody on the roster"), "manager": mark("managers"), "hr": mark("HR"), "ld": mark("L&D"),
    "auditor": mark("auditors"), "administrator": mark("administrators"),
}  # fmt: skip
"""What the people with each role are called."""

NAMES = [page[0] for pages in PAGES.values() for page in pages]


def refuse_without_area(names: Iterable[str], area_of: Mapping[str, str]) -> None:
    """Raise `BadDefinition` for a page without an area that is not open to everyone."""
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


def _registered(refusal: str | None) -> dict[str, StreamlitPage]:
    """Every page by name: the page itself if it is open to the viewer, else one that says why not."""
    pages: dict[str, StreamlitPage] = {}
    first = None
    for name, title, icon in (page for section in PAGES.values() for page in section):
        show: str | Callable[[], None] = page_file(name)
        if refusal is not None:
            show = partial(signin.page, refusal)
        elif not is_open(name):
            show = partial(_closed, name, title)
        else:
            first = first or name
        pages[name] = st.Page(
            show,
            title=_(title),
            icon=f":material/{icon}:",
            url_path=name.split("/")[1],
            visibility="visible" if isinstance(show, str) else "hidden",
        )
    if first and first != NAMES[0]:
        start = st.Page(partial(_start, page_file(first)), title=_("Start"), default=True, visibility="hidden")
        pages = {**pages, NAMES[0]: start}
    return pages


def _menu(pages: Mapping[str, StreamlitPage]) -> None:
    """Links to the pages that are open to the viewer, in sections; each keeps the shared filters.

    Streamlit's own menu drops the filters, and its sections put what is not a list item into a list.
    """
    kept = filters.shared()
    with st.container(key="menu", gap=None):
        for section, members in PAGES.items():
            shown = [member for member in members if is_open(member[0])]
            if shown:
                st.caption(_(section))
            for name, title, icon in shown:
                st.page_link(pages[name], label=_(title), icon=f":material/{icon}:", query_params=kept, width="stretch")


def _start(first: str) -> None:
    st.switch_page(first, query_params=st.query_params.to_dict())


def _closed(name: str, title: str) -> None:
    """Say whom a page is for, and link to the viewer's own record."""
    st.title(_(title), anchor=False)
    open_to = listed([_(words) for role, words in CALLED.items() if role in AREAS[AREA_OF[name]]])
    st.error(plain(_("The page {page} is for {readers}.", page=_(title), readers=open_to)), icon=":material/block:")
    if is_open("team/people"):
        st.page_link(page_file("team/people"), label=_("Go to your own record"), icon=":material/badge:")


def run() -> None:
    """Show the page that was asked for inside the shell; refusals become sentences in place."""
    st.set_page_config(page_title="Skilltrack", page_icon=str(ICON), layout="wide")
    languages.arrive()
    refusal = signin.arrive()
    pages = _registered(refusal)
    page = st.navigation(list(pages.values()), position="hidden")
    st.logo(str(ICON), size="large")
    st.html(STYLE)
    with st.sidebar:
        if refusal is None:
            _menu(pages)
            menu.complete(page.title)
        signin.corner(is_in=refusal is None)
        languages.choice()
    if refusal is None:
        languages.store_of(signin.viewer())
        demo.sign()
    try:
        with timed("page", page=page.title):
            page.run()
    except Refused as refused:
        st.error(plain(refused), icon=":material/block:")
