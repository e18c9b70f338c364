"""What looks wrong about a file as a whole: somebody at a screen must confirm it; otherwise it is only reported."""

from datetime import date, timedelta
from typing import Any

from skilltrack.config import today
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import in_sql, worded
from skilltrack.ingest.reading.outcome import KindCount, Problem
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import KINDS
from skilltrack.language import NOTHING, Sentence, as_it_is, counting, mark, sentence
from skilltrack.relations import read_text, with_definitions

LEAVING, HALVED = 0.1, 0.5
"""The share of today's people who leave at once, and of the headcount that remains, from which it is an alarm."""
TIMES = 10
"""A file's usual payment may be less than this many times the usual payment of earlier files."""
STARTS = ("hired_on", "issued_on", "paid_on")
"""Columns of dates that are past or soon."""
OLD, SOON, FAR = timedelta(days=70 * 365), timedelta(days=2 * 365), timedelta(days=50 * 365)


def alarms(landing: Landing, counts: list[KindCount], digests: list[str], effective_on: date) -> list[Problem]:
    """Alarms about the rows that have just been stored."""
    problems = []
    for count in counts:
        if KINDS[count.kind].holds_payments:
            problems += _payments(landing)
        if KINDS[count.kind].holds_awards:
            problems += _reasons_alone(landing) + _ahead(landing)
        problems += _dates(landing, count.kind, effective_on) + _erased(landing, count.kind)
    return problems + _renamed(landing, digests)


def _alarm(
    landing: Landing,
    file_no: int,
    column: str | None,
    message: Sentence,
    line: int | None = None,
    is_grave: bool = False,
) -> Problem:
    return Problem(landing.file_names[file_no], line, column, None, message, "alarm", is_grave)


BEFORE = read_text("landing/alarms/before")
GONE = read_text("landing/alarms/gone")
LOST = read_text("landing/alarms/lost")
STAYS = """(case when g.employee_id is null then {if_unlisted}
        else (g.hired_on is null or g.hired_on <= $effective_on) and (g.left_on is null or g.left_on >= $effective_on)
    end)"""
VITAL = ("manager_id", "role_id", "team")
"""Columns without which no team, no organisation or no coverage is left."""
IS_WHOLE = sentence("Is this the whole roster? A list of some people only, such as leavers, needs the mode changes.")
EXAMPLE = in_sql(mark("{id} was {was} and is {name}"), id="employee_id", was="was_name", name="name")
FEWEST = 3
"""The fewest people who lose a value for an alarm."""


def _is_first_roster(landing: Landing) -> bool:
    """Whether there is no earlier roster to compare with."""
    return not landing.transaction.rows("select 1 from roster_rows limit 1")


def compared(landing: Landing, given: set[str], before: dict[str, Any], file_no: int) -> list[Problem]:
    """Warnings and alarms about a roster that is about to be stored, against the one in force before, looked at once.

    `given`: the columns that its files have; what others keep says nothing about who is meant.
    """
    if _is_first_roster(landing):
        return []
    landing.transaction.run(f"create or replace temp table roster_before as {with_definitions(BEFORE)}", before)
    newcomers = "select 1 from good where employee_id not in (select b.employee_id from roster_before as b) limit 1"
    limit = "" if landing.transaction.rows(newcomers) else " limit 0"
    landing.transaction.run(f"create or replace temp table roster_gone as {with_definitions(GONE)}{limit}", before)
    at = {"effective_on": before["effective_on"]}
    problems = _emptied(landing, given, file_no) + _replaced(landing, given)
    problems += _renumbered(landing, at) + _lost(landing, given, at, file_no)
    landing.transaction.run("drop table roster_before; drop table roster_gone")
    return problems


def _lost(landing: Landing, given: set[str], at: dict[str, Any], file_no: int) -> list[Problem]:
    """Alarms about a roster by which most people leave, or lose their manager, role or team."""
    pairs = [f"nullif(b.{name}, '') is not null and g.employee_id is not null" for name in VITAL]
    columns = ", ".join(
        f"count(*) filter ({had}) as had_{name}, "
        f"count(*) filter ({had} and nullif(g.{name}, '') is null) as lost_{name}"
        for name, had in zip(VITAL, pairs, strict=True)
    )
    stays = STAYS.format(if_unlisted="false" if landing.mode == "snapshot" else "true")
    row = landing.transaction.rows(LOST.format(stays=stays, columns=columns), at)[0]
    problems = []
    if row["leaving"] > LEAVING * row["people"]:
        left = row["people"] - row["leaving"]
        message = sentence(
            "{leaving:,} of {people:,} people would leave. {question}",
            leaving=row["leaving"],
            people=row["people"],
            question=IS_WHOLE,
        )
        if landing.mode == "changes":
            message = sentence(
                "{leaving:,} of {people:,} people would leave. Is that right?",
                leaving=row["leaving"],
                people=row["people"],
            )
        elif left <= HALVED * row["people"]:
            message = sentence(
                "only {left:,} of {people:,} people are here under the ids they had. {question}",
                left=left,
                people=row["people"],
                question=IS_WHOLE,
            )
            if row["now"] <= HALVED * row["people"]:
                message = sentence(
                    "the headcount falls from {people:,} to {now:,}. {question}",
                    people=row["people"],
                    now=row["now"],
                    question=IS_WHOLE,
                )
        problems.append(_alarm(landing, file_no, None, message))
    for name in VITAL:
        had, gone = row[f"had_{name}"], row[f"lost_{name}"]
        if gone >= FEWEST and gone > HALVED * had:
            why = mark("is missing here, and {gone:,} of {had:,} people would lose theirs. {question}")
            if name in given:
                why = mark("is empty here, and {gone:,} of {had:,} people would lose theirs. {question}")
            question = sentence("Is this a roster, and a whole one?")
            message = sentence(why, gone=gone, had=had, question=question)
            problems.append(_alarm(landing, file_no, name, message, is_grave=True))
        elif gone and landing.mode == "changes":
            message = counting(
                "is empty here, so {n:,} person would lose theirs. To keep what people have, leave the column out of "
                "the file.",
                "is empty here, so {n:,} people would lose theirs. To keep what people have, leave the column out of "
                "the file.",
                n=gone,
            )
            problems.append(Problem(landing.file_names[file_no], None, name, None, message, "warning"))
    return problems


def _emptied(landing: Landing, given: set[str], file_no: int) -> list[Problem]:
    """Warnings about columns that people have values in now and a whole new roster lacks."""
    columns = [c.name for c in KINDS["roster"].columns if c.name not in given and not c.required]
    if landing.mode != "snapshot" or not columns:
        return []
    counts = ", ".join(f"count(nullif(r.{name}, '')) as {name}" for name in columns if not name.endswith("_on"))
    dates = ", ".join(f"count(r.{name}) as {name}" for name in columns if name.endswith("_on"))
    row = landing.transaction.rows(f"select {', '.join(filter(None, (counts, dates)))} from roster_before as r")[0]
    return [
        Problem(
            landing.file_names[file_no],
            None,
            name,
            None,
            counting(
                "the file has no such column; {n:,} person has a value now and would have none.",
                "the file has no such column; {n:,} people have a value now and would have none.",
                n=row[name],
            ),
            "warning",
        )
        for name in columns
        if row[name]
    ]


REPLACED = read_text("landing/alarms/replaced")
WORDS = "string_split_regex(lower(strip_accents({})), '[^[:alnum:]]+')"
OTHER_NAME = f"not list_has_any({WORDS.format('g.name')}, {WORDS.format('b.name')})"
ANOTHER = (
    f"not list_has_all({WORDS.format('g.name')}, {WORDS.format('b.name')}) "
    f"and not list_has_all({WORDS.format('b.name')}, {WORDS.format('g.name')})"
)
"""Whether each of two names has a word that the other lacks: Bob Lyle and Bea Lyle, not Bea Lyle and Bea Ann Lyle."""
RENUMBERED = read_text("landing/alarms/renumbered")
OF_PERSON = {"email": "varchar", "hired_on": "date"}
"""What identifies a person beside the name, with its type."""
MOST_RENAMED = 0.5
"""The share of known ids with other names from which the ids are taken to be those of another list."""


def _replaced(landing: Landing, given: set[str]) -> list[Problem]:
    """Alarms about known ids that belong to somebody else in a roster that is about to be stored."""
    cells = {name: f"g.{name}" if name in given else f"cast(null as {type_})" for name, type_ in OF_PERSON.items()}
    by_name = "true" if landing.mode == "changes" and not given & {*OF_PERSON} else "false"
    select = REPLACED.format(other_name=OTHER_NAME, another=ANOTHER, by_name=by_name, example=EXAMPLE, **cells)
    row = landing.transaction.rows(select)[0]
    if row["renamed"] > 1 and row["renamed"] > MOST_RENAMED * row["known"]:
        message = sentence(
            "{renamed:,} of {known:,} known ids have another name here: {example}. Is this a roster, and "
            "of these people?",
            renamed=row["renamed"],
            known=row["known"],
            example=worded(row["example"]),
        )
        return [_alarm(landing, row["first_file_no"], "name", message, is_grave=True)]
    if not row["replaced"]:
        return []
    more = (
        sentence(" {replaced:,} ids have another person.", replaced=row["replaced"]) if row["replaced"] > 1 else NOTHING
    )
    message = sentence(
        "the id {employee_id} was {was_name} and is {name} here, with nothing in common: {name} "
        "would get the other's awards.{more} Give new people their own ids.",
        employee_id=row["employee_id"],
        was_name=row["was_name"],
        name=row["name"],
        more=more,
    )
    return [_alarm(landing, row["file_no"], "employee_id", message, row["line_no"], is_grave=True)]


def _renumbered(landing: Landing, at: dict[str, Any]) -> list[Problem]:
    """Alarms about people who go under one id and come under another: what they have earned would stay behind."""
    if landing.mode != "snapshot":
        return []
    row = landing.transaction.rows(RENUMBERED, at)[0]
    if not row["n"]:
        return []
    more = sentence(" So do {n:,} more.", n=row["n"] - 1) if row["n"] > 1 else NOTHING
    message = sentence(
        "{name} has the id {now} here and had {was}, with the same address or day of hiring.{more} "
        "Awards stay with the old id. To keep it, say in a mapping: {as_it_was}",
        name=row["name"],
        now=row["now"],
        was=row["was"],
        more=more,
        as_it_was=_as_it_was(row["now"], row["was"]),
    )
    return [_alarm(landing, row["file_no"], "employee_id", message, row["line_no"], is_grave=row["n"] > FEWEST)]


def _as_it_was(now: str, was: str) -> str:
    """What a mapping says so that an id is read as it was: with or without zeros before it, or this one alone."""
    if now.lstrip("0") != was.lstrip("0"):
        return f'[values.employee_id] "{now}" = "{was}".'
    return '[ids] employee_id = "without zeros".' if len(now) > len(was) else f'[pad] employee_id = "{len(was)}".'


def _payments(landing: Landing) -> list[Problem]:
    rows = landing.transaction.rows(
        "select r.currency, min(r.file_no) filter (r.upload_id = $upload_id) as file_no, "
        "cast(median(abs(r.amount)) filter (r.upload_id = $upload_id) as double) as now, "
        "cast(median(abs(r.amount)) filter (r.upload_id < $upload_id) as double) as usual "
        "from spend_rows as r group by r.currency having usual > 0 and now >= $times * usual order by r.currency",
        {"upload_id": landing.upload_id, "times": TIMES},
    )
    return _only_refunds(landing) + [
        _alarm(
            landing,
            row["file_no"],
            "amount",
            sentence(
                "the usual payment here is {now:,.2f} {currency}, {times:,.0f} times that of earlier files "
                "({usual:,.2f}). Are the decimals read right?",
                now=row["now"],
                currency=row["currency"],
                times=row["now"] / row["usual"],
                usual=row["usual"],
            ),
        )
        for row in rows
    ]


def _reasons_alone(landing: Landing) -> list[Problem]:
    """Alarms about awards with a reason for a revocation that neither a day nor a status tells of."""
    rows = landing.transaction.rows(
        "select file_no, count(*) as n, min(line_no) as line_no from badge_rows "
        "where upload_id = $upload_id and nullif(revocation_reason, '') is not null and revoked_on is null "
        "group by file_no order by file_no",
        {"upload_id": landing.upload_id},
    )
    problems = []
    for row in rows:
        message = sentence(
            "gives a reason in {rows}, and no day and no status says that the award was revoked: it "
            "counts. Give the day in revoked_on, or leave the reason empty.",
            rows=counted(row["n"], "row"),
        )
        problems.append(_alarm(landing, row["file_no"], "revocation_reason", message, row["line_no"], is_grave=True))
    return problems


def _only_refunds(landing: Landing) -> list[Problem]:
    """Alarms about files in which money only came back: statements of a card or a bank write payments so."""
    rows = landing.transaction.rows(
        "select file_no, count(*) as n from spend_rows where upload_id = $upload_id "
        "group by file_no having count(*) > 1 and max(amount) < 0 order by file_no",
        {"upload_id": landing.upload_id},
    )
    message = sentence(
        "every amount is negative, so it is taken for money that came back. If these are payments, as in a card or "
        "bank statement, turn their signs round and import the file again."
    )
    return [_alarm(landing, row["file_no"], "amount", message, is_grave=True) for row in rows]


def _dates(landing: Landing, kind_name: str, effective_on: date) -> list[Problem]:
    """Alarms about dates that are years off: long before anybody worked here, or long after today."""
    kind, last = KINDS[kind_name], max(effective_on, today())
    if not (columns := [column.name for column in kind.columns if column.type == "date"]):
        return []
    asked = {"upload_id": landing.upload_id, "oldest": _shifted(last, -OLD)}
    asked |= {"soon": _shifted(last, SOON), "far": _shifted(last, FAR)}
    is_off = "({x} < date '9000-01-01' and ({x} < $oldest or {x} > ${latest}))"
    off = {x: is_off.format(x=x, latest="soon" if x in STARTS else "far") for x in columns}
    some = ", ".join(f"bool_or({where}) as {x}" for x, where in off.items())
    row = landing.transaction.rows(f"select {some} from {kind.table} where upload_id = $upload_id", asked)[0]
    problems = []
    for x in (x for x in columns if row[x]):
        dates = landing.transaction.rows(
            f"select count(*) as n, min({x}) as first, max({x}) as last, min(file_no) as file_no, "
            f"arg_min(line_no, (file_no, line_no)) as line_no from {kind.table} "
            f"where upload_id = $upload_id and {off[x]}",
            asked,
        )[0]
        span = as_it_is(dates["first"])
        if dates["first"] != dates["last"]:
            span = sentence("{first} to {last}", first=dates["first"], last=dates["last"])
        message = counting(
            "{n:,} date is years off ({span}). Is the date style right?",
            "{n:,} dates are years off ({span}). Is the date style right?",
            n=dates["n"],
            span=span,
        )
        problems.append(_alarm(landing, dates["file_no"], x, message, dates["line_no"]))
    return problems


def _ahead(landing: Landing) -> list[Problem]:
    """A warning about awards that are issued after the day of their upload: planned, and not yet earned."""
    row = landing.transaction.rows(
        "select count(*) as n, min(file_no) as file_no, arg_min(line_no, (file_no, line_no)) as line_no, "
        "arg_min(cast(issued_on as varchar), (file_no, line_no)) as day from badge_rows "
        "where upload_id = $upload_id and issued_on > $landed_on",
        {"upload_id": landing.upload_id, "landed_on": landing.landed_on},
    )[0]
    if not row["n"] or landing.is_again:
        return []
    message = sentence(
        "{day} is after today ({rows}): an award counts from that day on. If it is only planned, "
        "leave the row out until it is earned.",
        day=row["day"],
        rows=counted(row["n"], "row"),
    )
    file = landing.file_names[row["file_no"]]
    return [Problem(file, row["line_no"], "issued_on", None, message, "warning")]


def _shifted(day: date, by: timedelta) -> date:
    """The day moved, but not beyond the calendar's ends, near which rosters of earlier versions may begin."""
    return date.fromordinal(min(max(day.toordinal() + by.days, 1), date.max.toordinal()))


def _renamed(landing: Landing, digests: list[str]) -> list[Problem]:
    """Alarms about files that came before under another name, such as yesterday's export sent again."""
    problems = []
    for file_no, digest in enumerate(digests):
        rows = landing.transaction.rows(
            "select upload_id, file_name from upload_files where sha256 = $digest and upload_id < $upload_id "
            "and file_name <> $name order by upload_id desc limit 1",
            {"digest": digest, "upload_id": landing.upload_id, "name": landing.file_names[file_no]},
        )
        if rows:
            message = sentence(
                "the same bytes came as {file} in upload {upload_id}. Is this the new one?",
                file=rows[0]["file_name"],
                upload_id=rows[0]["upload_id"],
            )
            problems.append(_alarm(landing, file_no, None, message))
    return problems


def _erased(landing: Landing, kind_name: str) -> list[Problem]:
    """An alarm about rows of somebody who was erased, whom an old file brings back."""
    table, owner = KINDS[kind_name].table, KINDS[kind_name].about
    if not owner or not landing.transaction.rows("select 1 from erasures limit 1"):
        return []
    row = landing.transaction.rows(
        f"select count(*) as n, coalesce(min(r.file_no), 0) as file_no, "
        f"arg_min(r.line_no, (r.file_no, r.line_no)) as line_no from {table} as r "
        "where r.upload_id = $upload_id and exists "
        f"(select 1 from erasures as e where e.code = sha256(e.salt || r.{owner}))",
        {"upload_id": landing.upload_id},
    )[0]
    message = sentence(
        "{rows} about somebody who was erased. Is this an old file? Erase them again if so.",
        rows=counted(row["n"], "row"),
    )
    return [_alarm(landing, row["file_no"], owner, message, row["line_no"])] if row["n"] else []
