"""The export form: choose a report or pack and a format, see its first page, download the file."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.access import Viewer
from skilltrack.config import today
from skilltrack.errors import Refused
from skilltrack.language import LANGUAGES, _, current, plural, texts
from skilltrack.questions import Filters
from skilltrack.reports import exports, receipts
from skilltrack.reports.exports import FORMATS, Order, forms_of, open_to
from skilltrack.reports.receipts import Receipt
from skilltrack.reports.saved import KEPT, command, forget, request, save, saved
from skilltrack.reports.suppression import REPORTS
from skilltrack.storage import Store
from skilltrack.text import visible
from skilltrack.ui import filters, parts
from skilltrack.ui.audit_log import note_once
from skilltrack.ui.cache import key_of, scope_of, shaped, store
from skilltrack.ui.signin import viewer, while_in

MADE = "export_made"
"""Where a session keeps the last large file that it made."""


def scopes() -> list[str]:
    """The filters by which the viewer may ask about a part of the company."""
    return ["manager", "team"] if viewer().may("people") else []


def chosen(view: Filters, has_readers: bool = False) -> Order:
    """What is to be exported, from the choices on the page; readers to whom it is sent have a language of their own."""
    titles = texts(open_to(viewer()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(_("What"), list(titles), key="export_what", format_func=titles.__getitem__, width=260)
        form = st.selectbox(_("As"), forms_of(name), key="export_as", format_func=_called, width=220)
        language = _language() if FORMATS[form].is_read and not has_readers else current()
        st.session_state.setdefault("export_hides", viewer().sees_everyone)
        hides = name in REPORTS and st.checkbox(
            _("Hide small numbers"),
            key="export_hides",
            help=_("Numbers with few people behind them stay empty. Show them only to those who may see these people."),
        )
    st.caption(_(exports.about(name)))
    return Order(name, form, view, bool(hides), language)


def _language() -> str:
    """In which language the file is to be: that of the screen, where no other one is chosen."""
    return st.selectbox(
        _("Language of the file"),
        list(LANGUAGES),
        index=list(LANGUAGES).index(current()),
        key=f"export_language_{current()}",
        format_func=LANGUAGES.__getitem__,
        width=180,
    )


@st.cache_data(max_entries=30, show_spinner=False, hash_funcs={Order: repr, Viewer: scope_of})
def _first(order: Order, asked_by: Viewer, path: str, version: str, day: date) -> bytes | pd.DataFrame:
    return exports.preview(store(), asked_by, order)


def file(order: Order) -> None:
    """The first page or rows, and the file with its receipt, made on the click."""
    database = store()
    try:
        with st.spinner(_("Making the first page …")):
            shown = _first(order, viewer(), database.path, database.data_version(), today())
    except Refused as refused:
        st.info(parts.plain(refused), icon=":material/info:")
        return
    if order.filters.employee:
        note_once("saw", order.filters.employee)
    asked_by = viewer()
    if not _is_large(order):
        _downloads(
            order,
            lambda: exports.export(database, asked_by, order, None),
            lambda: receipts.draw(database, asked_by, order),
        )
    elif made := _made(order, database):
        _downloads(order, lambda: made, lambda: made[0], is_drawn=True)
    if isinstance(shown, pd.DataFrame):
        st.dataframe(
            shown,
            hide_index=True,
            width="stretch",
            placeholder="",
            alt=plural("Table with {n} row", "Table with {n} rows", len(shown)),
        )
    else:
        with st.container(border=True, width=720):
            st.image(shown, caption=_("The first page"), alt=_("The first page"))


def _is_large(order: Order) -> bool:
    """Whether the file is about so many people that making it takes longer than a click may."""
    if order.filters.employee or not viewer().may("people"):
        return False
    people = shaped(tables.records, ("totals", order.filters))[0]["people"]
    return bool(people > parts.LISTED)


def _made(order: Order, database: Store) -> tuple[Receipt, bytes] | None:
    """The large file and its receipt, made on a click; None until it is made, and again once the data changes."""
    key = key_of("file", order, viewer(), database)
    if st.button(_("Make {form}", form=_called(order.form)), key="export_make", icon=":material/build:"):
        with st.status(_("Asking")) as status:
            made = exports.export(database, viewer(), order, None, lambda step: status.update(label=step))
            status.update(label=_("Ready: {n} MiB", n=f"{len(made[1]) / 2**20:.1f}"), state="complete")
        st.session_state[MADE] = key, made
    made_of, made = st.session_state.get(MADE, ("", None))
    return made if made_of == key else None


def _called(form: str) -> str:
    """What people read for a format."""
    return _(FORMATS[form].label)


def _downloads(
    order: Order, make: Callable[[], tuple[Receipt, bytes]], receipt: Callable[[], Receipt], *, is_drawn: bool = False
) -> None:
    """The download buttons: the file and, unless the file carries it, its receipt."""
    name, form = exports.file_name(order), FORMATS[order.form]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("Download {form}", form=_called(order.form)),
            data=while_in(lambda: make()[1], is_drawn=is_drawn),
            file_name=name,
            mime=form.media,
            on_click="ignore",
            icon=":material/download:",
            key="export_file",
        )
        if not form.carries_receipt:
            st.download_button(
                _("Receipt"),
                data=while_in(lambda: receipt().as_json() + "\n"),
                file_name=f"{name}.receipt.json",
                mime="application/json",
                on_click="ignore",
                icon=":material/receipt_long:",
                key="export_receipt",
                help=_("What the file rests on. Beside the file, `skilltrack reproduce` uses it to make it again."),
            )


def kept(order: Order) -> None:
    """Save this choice under a name, use a saved one, and show the command that makes the same file."""
    st.subheader(_("Saved exports"), anchor=False)
    orders = saved(store(), viewer(), order.filters.as_of)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(_("Save this export as"), key="export_name", width=260)
        if st.button(_("Save"), key="export_save", icon=":material/bookmark_add:"):
            save(store(), viewer(), name, order)
            st.rerun()
    for saved_as, again in orders.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(visible(f"{saved_as}: {again.name}, {_called(again.form)}"))
            st.button(
                _("Use"),
                key=f"export_use_{saved_as}",
                on_click=_use,
                args=(again, current()),
                icon=":material/play_arrow:",
            )
            if st.button(_("Forget"), key=f"export_forget_{saved_as}", icon=":material/delete:"):
                forget(store(), viewer(), saved_as)
                st.rerun()
    st.caption(_("The same file without a screen, for example each morning by cron:"))
    st.code(visible(command(order)), language="bash", wrap_lines=True)
    st.caption(_("Or from another machine, by a program with a token (docs/api.md):"))
    st.code(visible(request(order)), language="bash", wrap_lines=True)


def _use(order: Order, language: str) -> None:
    """Choose what an order asks for, on a screen of a language."""
    if FORMATS[order.form].is_read:
        st.session_state[f"export_language_{language}"] = order.language
    st.session_state["export_what"], st.session_state["export_as"] = order.name, order.form
    st.session_state["export_hides"] = order.suppress
    asked = {name: getattr(order.filters, name) for name in KEPT}
    filters.put(
        **{name: None if (name, value) == ("assurance", "attested") else value for name, value in asked.items()}
    )
