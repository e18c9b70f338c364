"""The cells of a column in reference form: sentinels that mean nothing, dates, amounts and padded ids."""

import re
from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading import dates, styles
from skilltrack.ingest.reading.broken import tell_broken
from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.ids import EACH, OF_THINGS, ask_about_ids, treatment_of
from skilltrack.ingest.reading.issued import with_issuer
from skilltrack.ingest.reading.lengths import LASTING, is_length, last_day
from skilltrack.ingest.reading.mapping import Mapping, not_one_of
from skilltrack.ingest.reading.orders import settle_orders
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed, Unanswered
from skilltrack.ingest.reading.things import read_as, with_counts
from skilltrack.ingest.reading.words import as_words, ask_about_days, ask_about_scale
from skilltrack.ingest.reading.yearless import yearless_styles
from skilltrack.kinds import Column, Kind
from skilltrack.language import Sentence, sentence

NUMBERS = ("date", "level", "level_or_0", "whole", "weight", "money")


def in_reference_form(
    kind: Kind,
    taken: dict[str, pa.ChunkedArray],
    mapping: Mapping,
    decoded: Decoded,
    problems: list[Problem],
    questions: list[Question],
) -> tuple[dict[str, pa.ChunkedArray], Mapping]:
    """Cells as the mapping or all values of a column say they are meant, and the mapping with what the values showed.

    Raises `Unanswered` where nothing can be stored before a question is answered.
    """
    file, stops = decoded.name, False
    taken = {name: translated(kind.column(name), taken, mapping, decoded, problems) for name in taken}
    if not mapping.reads_as_earlier:
        taken = tell_broken(kind, taken, mapping, file, problems, questions)
        words, mapping = as_words(kind, taken, mapping, file, problems, questions)
        taken |= {name: _replaced(decoded.room, taken[name], pairs) for name, pairs in words.items()}
        stops = _ask_about_ids(kind, taken, mapping, file, questions)
        if any(EACH in question.answers for question in questions if question.about.startswith("ids.")):
            raise Unanswered(
                questions, sentence("{file}: say first whether each of several values is a row of its own.", file=file)
            )
        stops |= ask_about_scale(kind, taken, mapping, file, questions)
        stops |= ask_about_days(taken, mapping, file, questions)
        shown, is_swapped = styles_shown(kind, taken, mapping, file, problems, questions)
        mapping = mapping.answered(shown)
        stops |= is_swapped
    if stops:
        raise Unanswered(questions, sentence("{file}: say first what some of its cells mean.", file=file))
    return {name: styled(kind, kind.column(name), taken, mapping, decoded.room) for name in taken}, mapping


def _replaced(room: Room, cells: pa.ChunkedArray, pairs: dict[str, str]) -> pa.ChunkedArray:
    return _each(room, lambda cell: pairs.get(cell, cell), cells)


def translated(
    column: Column, taken: dict[str, pa.ChunkedArray], mapping: Mapping, decoded: Decoded, problems: list[Problem]
) -> pa.ChunkedArray:
    """Cells with the mapping's values put in; those that say that there is nothing become empty."""
    cells = taken[column.name]
    if column.name in mapping.values:
        pairs = mapping.values[column.name]
        of_addresses = {cell.casefold(): answer for cell, answer in pairs.items()} if column.name == "email" else {}
        anything_else = pairs.get("*")

        def meant(cell: str) -> str:
            anyhow = cell if anything_else is None else anything_else
            return pairs.get(cell, of_addresses.get(cell.casefold(), anyhow))

        if column.name == "credential" and "issuer" in taken:
            of_issuers = mapping.values.get("issuer", {})

            def meant_of_issuer(both: str) -> str:
                name, _, issuer = both.partition("\x1f")
                return pairs.get(with_issuer(name, of_issuers.get(issuer, issuer)), meant(name))

            cells = _each(decoded.room, meant_of_issuer, cells, taken["issuer"])
        else:
            cells = _each(decoded.room, meant, cells)
    if column.type in NUMBERS or column.name.endswith("_id") or column.name in ("email", "evidence_url"):
        empty = pa.array(sorted(styles.EMPTY))
        counts: Counter[str] = Counter()

        def emptied(piece: pa.Array) -> pa.Array:
            says_nothing = pc.is_in(pc.utf8_lower(piece), empty)
            if not pc.any(says_nothing).as_py():
                return piece
            for entry in piece.filter(says_nothing).value_counts().to_pylist():
                counts[entry["values"]] += entry["counts"]
            return pc.if_else(says_nothing, "", piece)

        cells = decoded.room.changed(emptied, cells)
        if counts:
            message = sentence("{listed} taken as empty.", listed=with_counts(counts.items()))
            problems.append(Problem(decoded.name, None, column.name, None, message, "notice"))
    return cells


def _ask_about_ids(
    kind: Kind, taken: dict[str, pa.ChunkedArray], mapping: Mapping, file: str, questions: list[Question]
) -> bool:
    """Ask about ids that only look like ids; returns whether nothing can be stored before that is answered."""
    stops = False
    for column in kind.file_columns:
        if column.name in taken and (column.name not in OF_THINGS or kind.key != (column.name,)):
            is_own = column.name in kind.key
            stops |= ask_about_ids(column, is_own, taken[column.name], mapping, file, questions, kind.holds_payments)
    return stops


def styles_shown(
    kind: Kind,
    taken: dict[str, pa.ChunkedArray],
    mapping: Mapping,
    file: str,
    problems: list[Problem],
    questions: list[Question],
) -> tuple[dict[str, str], bool]:
    """The style of each column that is not in reference form and leaves no doubt; doubts become questions.

    Also whether a spreadsheet may have swapped the days and months of dates that look right.
    """
    style_of, is_swapped = {}, False
    asked_of: dict[str, Question] = {}
    for column in kind.file_columns:
        part = {"date": "dates", "money": "amounts"}.get(column.type, "")
        if not part or column.name not in taken or column.name in getattr(mapping, part):
            continue
        left_out = mapping.skip.get(column.name, ())
        values = [value for value in taken[column.name].unique().to_pylist() if value and not value.startswith("#")]
        values = [value for value in values if value not in left_out]
        if values and part == "dates":
            values += _of_the_same_cells(column.name, taken, mapping)
            if 2 * sum(map(is_length, values)) > len(values):
                questions.append(_ask_about_lengths(kind, file, column, values, taken))
                continue
        asked, style = (_dates if part == "dates" else _amounts)(file, column, values)
        if asked and part == "dates":
            asked_of[column.name] = asked
            is_swapped |= dates.are_swapped(asked.answers)
        elif asked:
            questions.append(asked)
        elif style:
            style_of[f"{part}.{column.name}"] = style
            read = dates.as_date if part == "dates" else styles.as_amount
            shown = next(value for value in values if read(value, style))
            message = sentence(
                "is read as {style!r}: {shown!r} is {read}.", style=style, shown=shown, read=read(shown, style)
            )
            problems.append(Problem(file, None, column.name, None, message, "notice"))
    days = {name.removeprefix("dates."): style for name, style in style_of.items() if name.startswith("dates.")}
    for name, style in settle_orders(kind, file, taken, mapping, days, asked_of, problems).items():
        style_of[f"dates.{name}"] = style
    questions += asked_of.values()
    return style_of, is_swapped


def _ask_about_lengths(
    kind: Kind, file: str, column: Column, values: list[str], taken: dict[str, pa.ChunkedArray]
) -> Question:
    """A question about lengths of time in the place of days: they may be counted from the day on which a row begins."""
    text = sentence("{column}: {value!r} is a length of time and not a day.", column=column.name, value=values[0])
    answers = dict[str, Sentence]()
    if column.ends and kind.begins in taken:
        text += sentence(" Is it counted from {begins}?", begins=kind.begins)
        answers = {
            LASTING: sentence(
                "{value} from 2026-01-31 is until {day}",
                value=values[0],
                day=last_day(values[0], "2026-01-31", dates.REFERENCE),
            )
        }
    return Question(file, f"dates.{column.name}", text, answers)


def _of_the_same_cells(name: str, taken: dict[str, pa.ChunkedArray], mapping: Mapping) -> list[str]:
    """The days that stand in the same cells as those of a column: both are written in one style."""
    header = mapping.columns.get(name)
    if not isinstance(header, str) or header not in mapping.cells:
        return []
    beside = [other for other in taken if other != name and mapping.columns.get(other) == header]
    return [day for other in beside for day in taken[other].unique().to_pylist() if day]


def _dates(file: str, column: Column, values: list[str]) -> tuple[Question | None, str]:
    """A question about the style of dates, or the only possible style; neither where there is nothing to do."""
    possible, about = dates.date_styles(values), f"dates.{column.name}"
    shown = dates.shown_by(values, possible)
    typed = (Typed(about, sentence("A style such as %d.%m.%Y, for {listed}", listed="; ".join(shown))),)
    if len(possible) == 1:
        return None, possible[0]
    periods = [] if possible else dates.period_styles(values)
    if dates.are_swapped(possible):
        text = sentence(
            "{column} holds dates up to the 12th of a month, and text for the days after it: a "
            "spreadsheet has probably swapped day and month of the dates.",
            column=column.name,
        )
    elif possible:
        text = sentence("{column}: {shown!r} can be read in two ways.", column=column.name, shown=shown[0])
    elif periods:
        shown = dates.shown_by(values, periods)
        text = sentence(
            "{column}: {shown!r} names no day. Is its first day meant, or its last?", column=column.name, shown=shown[0]
        )
        possible = periods
    elif yearless := yearless_styles(values):
        text, possible = (
            sentence(
                "{column}: {shown!r} is a day without its year. Which year is it?", column=column.name, shown=shown[0]
            ),
            yearless,
        )
    elif dates.are_serials(values):
        text, possible = (
            sentence("{column} holds whole numbers: are they a spreadsheet's days?", column=column.name),
            [dates.EXCEL],
        )
    elif 2 * sum(bool(re.search(r"\d", value)) and not dates.ISO.fullmatch(value) for value in values) > len(values):
        text = sentence(
            "{column}: dates such as {shown!r} are written in a style that is not known.",
            column=column.name,
            shown=shown[0],
        )
    else:
        return None, ""
    answers = {style: dates.outcome_of(shown, style) for style in possible}
    return Question(file, about, text, answers, typed=typed), ""


def _amounts(file: str, column: Column, values: list[str]) -> tuple[Question | None, str]:
    """The same about the character before the decimals of amounts."""
    possible, is_certain = styles.amount_styles(values)
    if not possible or is_certain:
        return None, possible[0] if possible else ""
    differ = [value for value in values if len({styles.as_amount(value, style) for style in possible}) > 1]
    odd = (differ or [value for value in values if not styles.PLAIN_AMOUNT.fullmatch(value)])[0]
    amounts = {style: styles.as_amount(odd, style) for style in possible}
    answers = {
        style: read_as(odd, amount) if amount else sentence("{odd} is not an amount", odd=odd)
        for style, amount in amounts.items()
    }
    text = sentence("{column}: {odd!r} can be read in several ways.", column=column.name, odd=odd)
    if len(possible) == 1:
        text = sentence("{column}: {odd!r} has more than two decimals. Is it rounded?", column=column.name, odd=odd)
    return Question(file, f"amounts.{column.name}", text, answers), ""


def styled(
    kind: Kind, column: Column, taken: dict[str, pa.ChunkedArray], mapping: Mapping, room: Room
) -> pa.ChunkedArray:
    """Cells in reference form; one that its style does not read stays as it is, for the check to name."""
    cells, name = taken[column.name], column.name
    if mapping.dates.get(name) == LASTING and kind.begins in taken:
        style = mapping.dates.get(kind.begins, dates.REFERENCE)
        cells = _each(room, lambda pair: last_day(*_two(pair), style), cells, taken[kind.begins])
    elif name in mapping.dates and column.type == "date":
        cells = _each(room, lambda cell: dates.as_date(cell, mapping.dates[name]) or cell, cells)
    if name in mapping.amounts:
        style = mapping.amounts[name]
        if style not in styles.STYLES:
            raise not_one_of(map(repr, styles.STYLES), mapping, f"amounts.{name}", style)
        pair = [cells] if "currency" not in taken else [cells, taken["currency"]]
        cells = _each(room, lambda pair: styles.as_amount(*_amount(pair, style)) or pair.split("\x1f")[0], *pair)
    if treatment := treatment_of(name, mapping):
        cells = _each(room, treatment, cells)
    if name in mapping.pad:
        width = mapping.pad[name]
        if not width.isdigit() or not 0 < int(width) < 100:
            raise BadFile(
                sentence(
                    "The mapping {mapping}: pad.{name} must be a number of digits, not {width!r}.",
                    mapping=mapping.name,
                    name=name,
                    width=width,
                )
            )
        cells = _each(room, lambda cell: cell.zfill(int(width)) if cell.isdigit() else cell, cells)
    if name in mapping.prefix:
        cells = _each(room, lambda cell: f"{mapping.prefix[name]}{cell}" if cell else "", cells)
    if name in mapping.values or name in mapping.constants or name in mapping.prefix:
        cells = room.changed(pc.utf8_trim_whitespace, cells)  # what a mapping puts in may have blanks around it
    return cells


def _two(pair: str) -> tuple[str, str]:
    one, _, other = pair.partition("\x1f")
    return one, other


def _amount(pair: str, style: str) -> tuple[str, str, str]:
    amount, _, currency = pair.partition("\x1f")
    return amount, style, currency


def _each(room: Room, change: Callable[[str], str], *columns: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells with every distinct value of a piece changed; those of several columns are joined first."""

    def changed(*parts: pa.Array) -> pa.Array:
        cells = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")
        coded = cells.dictionary_encode()
        return pa.array([change(value) for value in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)

    return room.changed(changed, *columns)
