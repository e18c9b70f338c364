"""The files of an upload as one table: what each contains, its rows, what it leaves open, and what would change."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from skilltrack.errors import Refused
from skilltrack.ingest import (
    KINDS_OF_LEVELS,
    KindCount,
    Mapping,
    Question,
    ReadFile,
    Source,
    kind_of_name,
    last_part,
    recognised_kinds,
)
from skilltrack.kinds import kind_called, kinds_open_to
from skilltrack.language import _, mark, number, plural
from skilltrack.text import visible
from skilltrack.ui import parts
from skilltrack.ui.received import received
from skilltrack.ui.signin import viewer

OF_LEVELS = mark("A skill matrix: who gave the levels?")
ABOUT_MATRIX = mark(
    "This looks like a skill matrix. If people rated themselves, choose **self ratings**. If somebody assessed them, "
    "choose **prior learning**: you can then say who it was."
)
WIDTHS = (4, 4, 1.5, 2, 4)
"""How wide the columns of the table are, beside each other."""
COUNTED = {
    "new": mark("new: {n}"),
    "changed": mark("changed: {n}"),
    "gone": mark("gone: {n}"),
    "unchanged": mark("unchanged: {n}"),
    "quarantined": mark("bad: {n}"),
}
"""What would become of the rows of a kind, in words."""


class Listed:
    """The table of files, into whose rows goes what only reading and checking the files tells."""

    def __init__(self) -> None:
        self._cells: dict[str, tuple[Any, Any, Any]] = {}
        """By name of the file: where its rows, its questions and what would change are written."""

    def row(self, name: str) -> Any:
        """A row of the table; returns the place for what the file contains."""
        with st.container(key=f"file_{len(self._cells)}"):
            columns = st.columns(WIDTHS, gap="small", vertical_alignment="center")
        columns[0].text(visible(name))  # not in a label, which screen readers read out with its escapes
        self._cells[name] = columns[2].empty(), columns[3].empty(), columns[4].empty()
        return columns[1]

    def ask(self, questions: Iterable[Question]) -> None:
        """Say how many questions each file leaves open."""
        asked = list(questions)
        for name, (_rows, place, _changes) in self._cells.items():
            if n := sum(question.file == name for question in asked):
                place.text(plural("{n} question", "{n} questions", n))

    def tell(self, read: Iterable[ReadFile], counts: Iterable[KindCount]) -> None:
        """Say how many rows each file has and what would become of them; files of one kind are counted together."""
        by_kind, firsts = {count.kind: count for count in counts}, dict[str, str]()
        for file in read:
            name, kind = file.decoded.name, file.kind.name
            rows, _asked, changes = self._cells[name]
            rows.text(plural("{n} row", "{n} rows", len(file.mapped.lines)))
            first = firsts.setdefault(kind, name)
            if first != name:
                changes.text(visible(_("counted with {file}", file=first)))
            elif kind in by_kind:
                changes.text(in_words(by_kind[kind]))


def in_words(count: KindCount) -> str:
    """What would become of the rows of a kind: what there is none of is left out."""
    amounts = ((text, getattr(count, name)) for name, text in COUNTED.items())
    return ", ".join(_(text, n=number(n)) for text, n in amounts if n)


def _head() -> None:
    titles = (_("File"), _("This file contains"), _("Rows"), _("Open questions"), _("What would change"))
    with st.container(key="files_head"):
        for column, title in zip(st.columns(WIDTHS, gap="small"), titles, strict=True):
            column.caption(title)


def listed(files: list[Any]) -> tuple[list[Source] | None, Listed]:
    """The files with their kinds, recognised or chosen, and the answers about each; None while a kind is missing."""
    table = Listed()
    sources, is_whole, names = [], True, dict[str, str]()
    try:
        contents = received(files)
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return None, table
    _head()
    for file in files:
        (content, digest), name = contents[file.file_id], last_part(file.name) or "file"
        key = digest[:16]
        if digest in names.values():
            st.caption(parts.plain(_("{file} is here twice. It is used once.", file=name)))
            continue
        same = sum(other.rsplit(" (", 1)[0] == name for other in names)
        name = f"{name} ({same + 1})" if same else name
        names[name] = digest
        if f"kinds_{key}" not in st.session_state:
            named = kind_of_name(name)
            st.session_state[f"kinds_{key}"] = [named] if named else recognised_kinds(name, content)
        guesses = st.session_state[f"kinds_{key}"]
        kinds = kinds_open_to(viewer().areas)
        called = {kind: kind_called(kind) for kind in kinds}
        if guesses and guesses[0] not in kinds:
            only = _("Only HR can upload files of this kind: {kind}.", kind=kind_called(guesses[0]))
            st.error(only, icon=":material/block:")
        is_open = guesses[:2] == list(KINDS_OF_LEVELS)  # who gave the levels of a matrix is never guessed
        guess = guesses[0] if guesses and not is_open else None
        kind = table.row(name).selectbox(
            _("This file contains"),
            kinds,
            index=kinds.index(guess) if guess in kinds else None,
            key=f"kind_{key}",
            format_func=called.__getitem__,
            label_visibility="collapsed",
            placeholder=_(OF_LEVELS) if is_open else _("Not recognised: choose what it contains"),
        )
        if kind is None:
            if is_open:
                st.info(_(ABOUT_MATRIX), icon=":material/grid_on:")
            is_whole = False
            continue
        base = st.session_state.get(f"mapping_{key}")
        answers = st.session_state.get(f"answers_{key}", {})
        mapping = (base or Mapping()).answered(answers)
        sources.append(Source(kind, name, content, mapping, bool(base or answers), digest))
    return (sources if is_whole else None), table
