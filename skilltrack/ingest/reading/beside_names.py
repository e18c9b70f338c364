"""What stands beside names in a file: in a roster it is a status of the person, elsewhere it is taken off."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from skilltrack.ingest.reading import dates
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.ids import BARE
from skilltrack.ingest.reading.mapping import PEOPLE_ACROSS, Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.remarks import left_beside, split_remarks
from skilltrack.ingest.reading.things import and_more, with_counts
from skilltrack.kinds import Kind
from skilltrack.language import sentence

SHOWN = 20
"""Remarks that a notice lists."""


@dataclass
class Remarks:
    """The remarks beside the names of a roster."""

    mapping: Mapping
    """The mapping with the style of the days in them, as that of names."""
    header: str = ""
    """The header of the names, which is also that of the status; empty where the file has no remarks."""
    days: pa.ChunkedArray | None = None
    """The day in each remark, in reference form or, where it cannot be read, empty."""
    questions: list[Question] = field(default_factory=list)


def take_remarks(
    kind: Kind,
    decoded: Decoded,
    places: AnyMapping[str, list[int]],
    mapping: Mapping,
    taken: dict[str, pa.ChunkedArray],
    others: dict[str, pa.ChunkedArray],
    is_again: bool,
    problems: list[Problem],
) -> Remarks:
    """Move remarks beside a roster's names, `(On Leave)`, to the other columns."""
    if not kind.lists_people or "name" not in places:
        return Remarks(mapping)
    header = decoded.header[places["name"][-1]]
    is_settled = header in mapping.values
    others.pop(header, None)
    if is_again and not is_settled:
        return Remarks(mapping)
    taken["name"], remarks, days = split_remarks(taken["name"], is_settled, mapping.reading, decoded.room)
    if not is_again and (beside := left_beside(kind, taken["name"])):
        listed = with_counts(list(beside.items())[:SHOWN])
        more = and_more(len(beside) - SHOWN)
        message = sentence(
            "{listed}{more} stays part of a name, though it may say that somebody left. If it does, put "
            "it into a column of its own.",
            listed=listed,
            more=more,
        )
        problems.append(Problem(decoded.name, None, header, None, message, "warning"))
    if remarks is None or days is None:
        return Remarks(mapping)
    others[header] = remarks
    given = [day for day in days.unique().to_pylist() if day]
    written = [day for day in given if dates.date_styles([day]) or dates.as_date(day, dates.REFERENCE)]
    if unread := [day for day in given if day not in written]:
        message = sentence(
            "{listed} beside names is not a day that can be read, so it is not used. Correct it, or give "
            "the last day in a column of its own.",
            listed=", ".join(map(repr, unread[:SHOWN])),
        )
        problems.append(Problem(decoded.name, None, header, None, message, "warning"))
    if not written:
        return Remarks(mapping, header)
    styles = [mapping.dates["name"]] if "name" in mapping.dates else dates.date_styles(written) or [dates.REFERENCE]
    if len(styles) > 1:
        shown = dates.shown_by(written, styles)
        answers = {style: dates.outcome_of(shown, style) for style in styles}
        text = sentence("The day beside a name, {shown!r}, can be read in two ways.", shown=shown[0])
        typed = (Typed("dates.name", sentence("A style such as %d.%m.%Y, for {listed}", listed="; ".join(shown))),)
        return Remarks(mapping, header, questions=[Question(decoded.name, "dates.name", text, answers, typed=typed)])
    read = {day: dates.as_date(day, styles[0]) or "" for day in written}

    def in_reference_form(piece: pa.Array) -> pa.Array:
        return pa.array([read.get(day, "") for day in piece.to_pylist()], pa.string())

    with_style = replace(mapping, dates=mapping.dates | {"name": styles[0]})
    return Remarks(with_style, header, decoded.room.changed(in_reference_form, days))


def with_bare_names(
    kind: Kind, decoded: Decoded, taken: AnyMapping[str, pa.ChunkedArray], mapping: Mapping, problems: list[Problem]
) -> Mapping:
    """The mapping, which takes remarks such as `(left)` off names; in a roster they are a status instead.

    Names may also stand above the cells of a matrix, in place of ids.
    """
    if not kind.names_people:
        return mapping
    for name in ("name", *["employee_id"] * (mapping.matrix == PEOPLE_ACROSS)):
        beside = left_beside(kind, taken[name]) if kind.holds_awards and name in taken else {}
        if beside and name not in mapping.ids:
            listed = with_counts(list(beside.items())[:SHOWN])
            message = sentence(
                "{listed} beside names may say that these awards do not count. They do: if that is wrong, "
                "put it into a column of its own.",
                listed=listed,
            )
            problems.append(Problem(decoded.name, None, name, None, message, "warning"))
        remarks = split_remarks(taken[name], False, "", decoded.room)[1] if name in taken else None
        if remarks is not None and name not in mapping.ids:
            distinct = sorted(set(remarks.unique().to_pylist()) - {""})
            message = sentence(
                "{listed} beside names is taken off: it does not say who somebody is.",
                listed=", ".join(map(repr, distinct[:SHOWN])),
            )
            problems.append(Problem(decoded.name, None, name, None, message, "notice"))
            mapping = mapping.answered({f"ids.{name}": BARE})
    return mapping
