"""The frame around every page: navigation by what is open to the viewer, title, refusals in place."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from skilltrack.access import AREAS
from skilltrack.config import ROOT
from skilltrack.errors import BadDefinition, Refused, Superseded
from skilltrack.happenings import timed
from skilltrack.language import _, listed, mark
from skilltrack.ui import cache, crumbs, demo, filters, languages, menu, signin
from skilltrack.ui.text import plain

HERE = Path(__file__).parent
ICON = HERE / "icon.svg"
STYLE = f"<style>{(HERE / 'style.css').read_text(encoding='utf-8')}</style>"
"""What the theme in .streamlit/config.toml cannot express; docs/design.md explains what both are for."""

EVERYBODY = "everybody"
"""In place of an area: everyone who has signed in sees the page."""
SHOWN = "page_shown"
"""Where a session keeps the page that it was shown last."""


class Page(NamedTuple):
    """A page of the menu."""

    name: str
    """Its file below pages/, without the ending; what is after the slash is its address."""
    title: str
    icon: str
    """A Material icon."""
    area: str
    """The area (`access.AREAS`) that it belongs to: only viewers who may see the area see the page."""


PAGES: dict[str, tuple[Page, ...]] = {
    mark("My team"): (
        Page("team/overview", mark("Overview"), "monitoring", "people"),
        Page("team/coverage", mark("Coverage"), "grid_on", "people"),
        Page("team/organisation", mark("Organisation"), "account_tree", "people"),
        Page("team/gaps", mark("Gaps"), "rule", "people"),
        Page("team/readiness", mark("Readiness"), "how_to_reg", "people"),
        Page("team/experts", mark("Who can do"), "person_search", "people"),
        Page("team/people", mark("People"), "badge", "person"),
        Page("team/waiting", mark("Waiting"), "fact_check", "approvals"),
        Page("team/renewals", mark("Renewals"), "event_repeat", "people"),
        Page("team/staffing", mark("Staffing"), "airline_seat_recline_normal", "people"),
        Page("team/changes", mark("What changed"), "difference", "people"),
    ),
    mark("Money"): (Page("money/spend", mark("Spend"), "payments", "money"),),
    mark("Data"): (
        Page("data/uploads", mark("Uploads"), "upload_file", "uploads"),
        Page("data/catalogue", mark("Catalogue"), "inventory_2", "catalogue"),
        Page("data/issuers", mark("Issuers"), "verified_user", "catalogue"),
    ),
    mark("Reports"): (
        Page("reports/exports", mark("Exports"), "ios_share", "exports"),
        Page("reports/schedules", mark("Schedules"), "schedule_send", "schedules"),
        Page("reports/mails", mark("Mails"), "mail", EVERYBODY),
        Page("reports/definitions", mark("Definitions"), "menu_book", EVERYBODY),
    ),
    mark("Running it"): (
        Page("admin/roles", mark("Roles"), "admin_panel_settings", "roles"),
        Page("audit/log", mark("Audit log"), "policy", "audit"),
        Page("data/privacy", mark("Privacy"), "shield_person", "privacy"),
    ),
}
"""Navigation: section to its pages; the first page is the default."""

CALLED = {
    "employee": mark("everybody on the roster"),
    "manager": mark("managers"),
    "hr": mark("HR"),
    "ld": mark("L&D"),
    "auditor": mark("auditors"),
    "administrator": mark("administrators"),
}
"""What the people with each role are called."""

NAMES = [page.name for pages in PAGES.values() for page in pages]
AREA_OF = {page.name: page.area for pages in PAGES.values() for page in pages if page.area != EVERYBODY}
OPEN_TO_ALL = tuple(name for name in NAMES if name not in AREA_OF)
WITHOUT_DATABASE = ("reports/definitions",)
"""Of these, those that are open where only what was published of a database is looked at."""


def refuse_strange_areas(area_of: Mapping[str, str]) -> None:
    """Raise `BadDefinition` for a page of an area that there is not."""
    for name, area in area_of.items():
        if area not in AREAS:
            raise BadDefinition(
                f"The page {name} has the area {area!r} in PAGES of ui/shell.py. Give it one of: {', '.join(AREAS)}; "
                "or EVERYBODY, if everyone who has signed in may see it."
            )


refuse_strange_areas(AREA_OF)


def page_file(name: str) -> str:
    """The path of a page, for links: `team/coverage` to its file."""
    return str(ROOT / "pages" / f"{name}.py")


def is_open(name: str) -> bool:
    """Whether a page is open to the viewer."""
    asked_by = signin.viewer()
    if name in OPEN_TO_ALL:
        return name in WITHOUT_DATABASE or not asked_by.reads_published
    return asked_by.may(AREA_OF[name])


def _registered(refusal: str | None) -> dict[str, StreamlitPage]:
    """Every page by name: the page itself if it is open to the viewer, else one that says why not."""
    pages: dict[str, StreamlitPage] = {}
    first = None
    for name, title, icon, _area in (page for section in PAGES.values() for page in section):
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
            shown = [page for page in members if is_open(page.name)]
            if shown:
                st.caption(_(section))
            for page in shown:
                label, icon = _(page.title), f":material/{page.icon}:"
                st.page_link(pages[page.name], label=label, icon=icon, query_params=kept, width="stretch")


def _start(first: str) -> None:
    st.switch_page(first, query_params=st.query_params.to_dict())


def _closed(name: str, title: str) -> None:
    """Say whom a page is for, and link to the viewer's own record."""
    st.title(_(title), anchor=False)
    if signin.viewer().reads_published:
        why = _("The page {page} is about the database itself, and this is what was published of it.", page=_(title))
        st.info(plain(why), icon=":material/database:")
        return
    open_to = listed([_(words) for role, words in CALLED.items() if role in AREAS[AREA_OF[name]]])
    st.error(plain(_("The page {page} is for {readers}.", page=_(title), readers=open_to)), icon=":material/block:")
    if is_open("team/people"):
        st.page_link(page_file("team/people"), label=_("Go to your own record"), icon=":material/badge:")


def run() -> None:
    """Show the page that was asked for inside the shell; refusals become sentences in place."""
    st.set_page_config(page_title="Skilltrack", page_icon=str(ICON), layout="wide")
    languages.arrive()
    refusal = signin.arrive()
    with cache.one_state() if refusal is None else nullcontext():  # whoever is not in opens nothing
        _draw(refusal)


def _tell_address(page: StreamlitPage) -> None:
    """Have the browser show the address of this run, where the page was shown before.

    A link to the page that is shown asks the server for other filters and leaves the address as it is.
    """
    if st.session_state.get(SHOWN) == page.url_path:
        st.query_params.from_dict(st.query_params.to_dict())
    st.session_state[SHOWN] = page.url_path


def _draw(refusal: str | None) -> None:
    pages = _registered(refusal)
    page = st.navigation(list(pages.values()), position="hidden")
    if refusal is None:
        _tell_address(page)
    st.session_state.pop(filters.LINE, None)
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
        if not signin.viewer().reads_published:
            demo.sign()
    try:
        name = next((name for name, one in pages.items() if one is page), "")
        if refusal is None and name and is_open(name):
            crumbs.show(name, page_file)
        with timed("page", page=page.title):
            page.run()
    except Superseded:
        st.rerun()  # all of the page from what is newest
    except Refused as refused:
        st.error(plain(refused), icon=":material/block:")
