"""The one way out: `export` writes every file that leaves, with a receipt from which it can be made again.

A report is one metric's answer; a pack (`packs.PACKS`) is a document over several. If nothing has been imported since
the receipt's known-at time, answers are asked for as of now, which is quicker; otherwise they come from the
definitions. Both give the same numbers.
"""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, TypeVar

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.access import trail as audit
from skilltrack.errors import BadQuestion, NotThere, Refused
from skilltrack.keeping import refuse_own_file
from skilltrack.language import ENGLISH, LANGUAGES, _, current, spoken
from skilltrack.questions import Filters, Metrics, catalogue, reports
from skilltrack.reports import open_badges, packs, receipts, signed_transcript
from skilltrack.reports.documents import Document, of_report
from skilltrack.reports.formats import FORMATS, ending
from skilltrack.reports.receipts import Order, Receipt
from skilltrack.reports.suppression import REPORTS, without_small
from skilltrack.storage import Source, Store
from skilltrack.text import shown

OPEN_ALREADY = re.compile(r"/dev/(std(in|out|err)$|fd/)|/proc/")
"""Paths of files that a process has open, such as its standard output; they may lead to plain files."""

PLAIN = tuple(name for name, form in FORMATS.items() if form.write)
"""Formats that are nothing but their table: they need no receipt."""

Progress = Callable[[str], None]
Made = TypeVar("Made", pd.DataFrame, Document)


def forms_of(name: str) -> list[str]:
    """The formats in which a report or pack is available."""
    if name == "transcript":
        return sorted(FORMATS, key=lambda form: form != "pdf")
    return ["pdf", "xlsx"] if name in packs.PACKS else [form for form in FORMATS if not FORMATS[form].is_of_transcript]


def open_to(viewer: Viewer) -> dict[str, str]:
    """Packs and reports that a viewer may make, with their titles."""
    titles = {name: title for name, title in packs.TITLES.items() if viewer.may(packs.AREAS[name])}
    for name in reports():
        if name not in packs.PACKS and catalogue()[name].report == "yes" and viewer.may(catalogue()[name].area):
            titles[name] = catalogue()[name].title
    return titles


def published_to(viewer: Viewer) -> dict[str, str]:
    """Reports that a viewer may make of what was published, with their titles; packs need the database itself."""
    return {name: title for name, title in open_to(viewer).items() if name in catalogue()}


def refuse_closed(name: str, viewer: Viewer) -> None:
    """Raise `NotOpen` for a report or pack that a viewer may not make, whatever it is asked about."""
    if name in packs.PACKS:
        viewer.acting_in(packs.AREAS[name], packs.TITLES[name])
    else:
        viewer.acting_in(catalogue()[name].area, catalogue()[name].title)


def title_of(name: str) -> str:
    """What a report or pack is called, as a marked text."""
    return packs.TITLES.get(name) or catalogue()[name].title


def about(name: str) -> str:
    """What a report or pack answers, in a sentence."""
    return packs.CONTENTS.get(name) or catalogue()[name].question


def file_name(order: Order) -> str:
    """What the file of an order is called, by report and day."""
    return f"{order.name}-{order.filters.as_of}.{ending(order.form)}"


def export(
    store: Store, viewer: Viewer, order: Order, path: Path | None, progress: Progress = lambda step: None
) -> tuple[Receipt, bytes]:
    """Write what is ordered to `path`, whole or not at all; without a path, return it as bytes.

    Nothing is locked meanwhile: others can read and upload. Raises `BadQuestion` for a report, format or
    filter that does not exist, `Refused` for a path that is one of the database's own files.
    """
    if path is not None:
        refuse_own_file(store.place, path)
        if not _is_stream(path):
            refuse_own_file(store.place, receipts.beside(path))
    receipt = receipts.draw(store, viewer, order)
    with tempfile.TemporaryFile() as file:
        write(store, viewer, receipt, file, progress)
        file.seek(0)
        note(store, viewer, receipt)
        if path is None:
            return receipt, file.read()
        progress(_("Putting the file in its place"))
        if not FORMATS[order.form].carries_receipt and not _is_stream(path):
            _put(io.BytesIO(receipt.as_json().encode() + b"\n"), receipts.beside(path))
        _put(file, path)
    return receipt, b""


def refuse_unknown(order: Order) -> None:
    """Raise `BadQuestion` for a report or format that does not exist, and for numbers that cannot be hidden."""
    if order.name not in (*reports(), *packs.PACKS):
        known = ", ".join(dict.fromkeys([*reports(), *packs.PACKS]))
        raise NotThere(f"There is no report {order.name!r}. Try one of: {known}.")
    if order.form not in forms_of(order.name):
        known = ", ".join(forms_of(order.name))
        raise BadQuestion(f"{order.name} is not available as {order.form!r}. Use one of: {known}.")
    if order.language not in LANGUAGES:
        raise BadQuestion(f"There is no language {order.language!r}. Use one of: {', '.join(LANGUAGES)}.")
    if order.suppress and order.name not in (*REPORTS, *receipts.HIDING):
        raise BadQuestion(f"Small numbers can be hidden in {', '.join(REPORTS)}, not in {order.name}.")


def language_of(form: str, asked: str | None) -> str:
    """The language of an order for which one is asked, or none: then that of the run.

    Raises `BadQuestion` for a format that is the same in every language.
    """
    if asked is None:
        return current()
    if form in FORMATS and not FORMATS[form].is_read:
        read = " or ".join(name for name in FORMATS if FORMATS[name].is_read)
        raise BadQuestion(f"{form} is the same in every language. Leave language out, or ask for {read}.")
    return asked


def write(
    store: Store, viewer: Viewer, receipt: Receipt, file: BinaryIO, progress: Progress = lambda step: None
) -> None:
    """The bytes that a receipt stands for."""
    order, receipt_text = receipt.order, receipt.as_json()
    refuse_unknown(order)
    progress(_("Asking"))
    if FORMATS[order.form].is_read:
        document = _document(store, viewer, receipt)
        progress(_("Writing"))
        with spoken(order.spoken):
            if order.form == "pdf":
                from skilltrack.reports import as_pdf  # each writer takes a while to load: only the one that is needed

                as_pdf.write(document, receipt_text, receipt.lines(), order.filters.known_at, file)
            else:
                from skilltrack.reports import as_xlsx

                as_xlsx.write(document, receipt_text, receipt.lines(), file, progress)
        return
    if FORMATS[order.form].is_signed:
        file.write(signed_transcript.made(store, viewer, order.filters))
        return
    frame = _answer(store, viewer, receipt)
    progress(_("Writing"))
    if write_table := FORMATS[order.form].write:
        write_table(frame, file, progress)
    elif order.form == "parquet":
        from skilltrack.reports import as_parquet

        as_parquet.write(frame, file, receipt_text, catalogue()[order.name].columns)
    else:
        who = _ask(store, receipt)("people", viewer, order.filters)
        if who.empty:
            raise NotThere(f"The roster of {order.filters.as_of} does not list this person. Choose another day.")
        file.write(open_badges.transcript(who.iloc[0], frame, order.filters.as_of))


def export_model(
    store: Store, viewer: Viewer, filters: Filters, path: Path, progress: Progress = lambda step: None
) -> Receipt:
    """The star schema as a folder of Parquet files, or as one DuckDB file where `path` ends in .duckdb."""
    from skilltrack.reports import star

    refuse_own_file(store.place, path)
    form = "duckdb" if path.suffix == ".duckdb" else "parquet"
    receipt = receipts.draw(store, viewer, Order("star", form, filters))
    made = star.tables(lambda name: _ask(store, receipt)(name, viewer, receipt.order.filters), filters)
    note(store, viewer, receipt)
    if form == "duckdb":
        star.write_database(made, receipt.as_json(), path)
    else:
        star.write_folder(made, receipt.as_json(), path, progress)
    return receipt


def refuse_unpublished(order: Order) -> None:
    """Raise `BadQuestion` for what cannot be written from published relations, before anybody connects to them."""
    if order.name in packs.PACKS and order.name not in catalogue():
        raise BadQuestion(f"{order.name} needs the database itself. A lake answers: {', '.join(reports())}.")
    refuse_unknown(order)
    if order.form not in PLAIN:
        raise BadQuestion(
            f"A lake gives {', '.join(PLAIN)}, not {order.form}, which carries a receipt of the database itself."
        )


def export_published(lake: Source, order: Order, path: Path | None) -> bytes:
    """A report from published relations, without a receipt: there is no audit log to hold it. Else as `export`."""
    frame, file = shown(Metrics(lake).ask(order.name, Viewer.everyone(), order.filters)), io.BytesIO()
    if write_table := FORMATS[order.form].write:
        write_table(frame, file, lambda step: None)
    if path is None:
        return file.getvalue()
    file.seek(0)
    _put(file, path)
    return b""


def refuse_unanswerable(store: Store, viewer: Viewer, order: Order) -> None:
    """Raise `Refused` for an order that cannot be answered, such as one about a team that is not known, or nobody."""
    receipt = receipts.draw(store, viewer, order)
    if FORMATS[order.form].is_read:
        _document(store, viewer, receipt)
    else:
        _answer(store, viewer, receipt)


def refuse_unseen(store: Store, viewer: Viewer, order: Order) -> None:
    """Raise `NotThere` where whom an order is about is out of the viewer's sight; asks no more than that."""
    Metrics(store).plan(packs.ASKED_FIRST.get(order.name, order.name), viewer, order.filters)


def preview(store: Store, viewer: Viewer, order: Order) -> bytes | pd.DataFrame:
    """A preview: a picture of the first page of a document, the first rows in other formats."""
    receipt = receipts.draw(store, viewer, order)
    if FORMATS[order.form].is_read:
        from skilltrack.reports import as_pdf

        document = _document(store, viewer, receipt)
        with spoken(order.spoken):
            return as_pdf.first_page(document, receipt.lines())
    return _answer(store, viewer, receipt).head(20)


def note(store: Store, viewer: Viewer, receipt: Receipt, event: str = "exported", **more: str) -> None:
    """Write an export to the audit log with its receipt; called before the file is in its place."""
    order = receipt.order
    what = {"report": order.name, "format": order.form, "receipt": receipt.digest()} | more
    audit.note(store.journal.audit, viewer.account, event, order.filters.employee, **what)


def _ask(store: Store, receipt: Receipt) -> packs.Ask:
    """A function that asks metrics as known at the receipt's time, or as of now if nothing has happened since."""
    metrics, known_at = Metrics(store), receipt.order.filters.known_at
    last = store.query("select max(happened_at) as happened_at from upload_events").to_pylist()[0]["happened_at"]

    def ask(name: str, viewer: Viewer, filters: Filters) -> pd.DataFrame:
        return shown(metrics.ask(name, viewer, replace(filters, known_at=None if known_at == last else known_at)))

    return ask


@spoken(ENGLISH)
def _answer(store: Store, viewer: Viewer, receipt: Receipt) -> pd.DataFrame:
    """The rows of a report: a file is the same in whatever language somebody asks for it."""
    name, asked = receipt.order.name, receipt.order.filters
    if receipt.order.hides:
        return _settled(store, receipt, lambda ask: without_small(ask, name, viewer, asked, receipt.smallest_cell))
    return _settled(store, receipt, lambda ask: ask(name, viewer, asked))


def _document(store: Store, viewer: Viewer, receipt: Receipt) -> Document:
    """A report or pack in the language of its order, whatever whoever asks for it speaks."""
    name, as_of = receipt.order.name, receipt.order.filters.as_of
    if name not in packs.PACKS or (name == "transcript" and receipt.order.form == "xlsx"):
        frame = _answer(store, viewer, receipt)
        with spoken(receipt.order.spoken):
            return of_report(catalogue()[name], frame, as_of)
    with spoken(receipt.order.spoken):
        return _settled(store, receipt, lambda ask: packs.PACKS[name](ask, viewer, receipt))


def _settled(store: Store, receipt: Receipt, make: Callable[[packs.Ask], Made]) -> Made:
    """What `make` makes of the answers; made again, as known at the receipt's time, if data was imported meanwhile."""
    before = store.data_version()
    made = make(_ask(store, receipt))
    return made if store.data_version() == before else make(_ask(store, receipt))


def _put(file: BinaryIO, path: Path) -> None:
    """Copy to a file beside the target, then rename it, so that nobody ever sees half a file."""
    try:
        if _is_stream(path):
            with path.open("ab") as target:
                shutil.copyfileobj(file, target, 2**20)
            return
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
            try:
                shutil.copyfileobj(file, new, 2**20)
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).replace(path)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}. Choose another --output.") from error


def _is_stream(path: Path) -> bool:
    """Whether a path is a device, a pipe or a file that is open already. It keeps its name and gets no receipt."""
    return (path.exists() and not path.is_file()) or bool(OPEN_ALREADY.match(str(path.absolute())))
