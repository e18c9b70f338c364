"""Managers who are named other than by their id: by name, address, another id, or several of these.

`find_managers` reads what is plain to a reader: a name with its id, or its words in another order. `name_managers`
looks for whole names, addresses and other ids, and compares them with the ids beside them. Where only the case differs,
it is asked about.
"""

import re
from typing import Any

from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import in_sql
from skilltrack.ingest.reading.ids import ANY_CASE, UNTITLED
from skilltrack.ingest.reading.inside import ACCOUNT, NAMED_IDS
from skilltrack.ingest.reading.mapping import FIFTH_READING, READING, SIXTH_READING, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.places import HONORIFICS
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.remarks import bare_name
from skilltrack.ingest.reading.status_words import plain as plain_word
from skilltrack.ingest.reading.things import counted, read_as
from skilltrack.language import counting, mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

_ID = r"(?P<id>[^\W_][\w.-]*)"
NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<name>[^()\[\]]+?)\s*[(\[]\s*#?{_ID}\s*[)\]]",
        r"(?P<id>[\w.-]*\d[\w.-]*)\s*[-–—:|,]?\s+(?P<name>[^\d()]+)",
        r"(?P<name>[^\d()]+?)\s*[-–—:|,/]\s*(?P<id>[\w.-]*\d[\w.-]*)",
        r"(?P<name>[^\d()]+?)\s+(?P<id>[\w.-]*\d[\w.-]*)",
    )
)
"""A name and an id: Rosa Marlow (201), 201 - Rosa Marlow, Marlow, Rosa / 201, Rosa Marlow 201."""
PLAIN = "trim(regexp_replace(lower(nfc_normalize({x})), '[\\s,]+', ' ', 'g'))"
WORDS = f"array_to_string(list_sort(string_split({PLAIN}, ' ')), ' ')"
"""The words of a name in the order of the alphabet, whatever their case and order, as SQL."""

PEOPLE = """
select employee_id, name from typed_roster where employee_id is not null
"""
OTHERS = "union all select r.employee_id, r.name from roster as r where r.valid_to = date '9999-12-31'"

ASKED = read_text("landing/managers/asked")

MATCHES = read_text("landing/managers/matches").format(
    words=WORDS.format(x="name"), words_of_value=WORDS.format(x="a.name")
)


WITH_ADDRESSES = "union all select r.employee_id, r.name, r.email from roster as r where r.valid_to = date '9999-12-31'"

NAMED_HERE = read_text("landing/managers/named_here")

STORED = """
select r.employee_id, r.name
from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
where r.employee_id in (select t.manager_id from typed_roster as t)
    and r.employee_id not in (select t.employee_id from typed_roster as t where t.employee_id is not null)
"""
"""Managers whom the file does not list, with their earlier names."""

TWO_MANAGERS = in_sql(
    mark(
        "is {manager_id}, and the manager_id of the row leads to {other}: two people. Say in a mapping which column is "
        'right: manager = "manager_id", "manager_name" or "manager_email".'
    ),
    manager_id="t.manager_id",
    other="t.other",
)
"""What is wrong with a row of `two_managers`, as SQL."""

TO_FIND = read_text("landing/managers/to_find")

PARTS = f"string_split(strip_accents({PLAIN}), ' ')"
OTHER_NAMES = read_text("landing/managers/other_names").format(
    people=PEOPLE, stored=STORED, parts_beside=PARTS.format(x="b.name"), parts_called=PARTS.format(x="c.name")
)


def split(value: str, reading: str = "") -> tuple[str, str | None]:
    """The name in a manager's cell, and the id beside it; None where there is none.

    `reading`: how the file is read, as its mapping says it.
    """
    value = bare_name(value, reading)
    for pattern in NAMED:
        if matched := pattern.fullmatch(value):
            return matched["name"].strip(), matched["id"]
    if reading in ("", FIFTH_READING, SIXTH_READING, READING) and (
        matched := next(filter(None, (p.fullmatch(value) for p in NAMED_IDS)), None)
    ):
        return bare_name(matched["name"], reading), matched["id"]  # Ben Lund (On Leave) (1002)
    return value, None


def find_managers(landing: Landing) -> None:
    """Give people of `typed_roster` their manager's id where it is plain, and ask where only the case differs."""
    transaction = landing.transaction
    files = landing.files_of("roster")
    if any(file.mapped.mapping.reads_as_earlier for file in files.values()):
        return
    people, at = PEOPLE + (OTHERS if landing.mode == "changes" else ""), {"known_at": END_OF_TIME}
    asked = transaction.rows(with_definitions(ASKED.format(people=people)), at)
    if not asked:
        return
    transaction.run(f"create or replace temp table people_here as {with_definitions(people)}", at)
    treatments = {no: file.mapped.mapping.ids.get("manager_id") for no, file in files.items()}
    names = [split(row["value"], files[row["file_no"]].mapped.mapping.reading) for row in asked]
    bare = [(without_titles(name), number) for name, number in names]
    names = [
        other if treatments[row["file_no"]] == UNTITLED else name
        for row, name, other in zip(asked, names, bare, strict=True)
    ]
    by_account = [no for no, file in files.items() if ACCOUNT in file.mapped.mapping.cells.values()]
    matches = _matches(landing, asked, names, by_account)
    any_case = [no for no, word in treatments.items() if word == ANY_CASE]
    plain = {row["value"]: row["manager_id"] for row in matches if row["manager_id"]}
    cased = {row["value"]: row for row in matches if row["other_case"] and not row["manager_id"]}
    plain |= {value: row["other_case"] for value, row in cased.items() if row["file_no"] in any_case}
    _ask_about_case(landing, [row for value, row in cased.items() if value not in plain])
    if plain:
        _name(landing, plain)
    _ask_about_several(landing)
    titled = [at for at, row in enumerate(asked) if row["value"] not in plain and names[at] != bare[at]]
    if titled and not landing.is_again:
        rows = [asked[at] for at in titled]
        _ask_about_titles(landing, _matches(landing, rows, [bare[at] for at in titled], by_account))


def _matches(
    landing: Landing, asked: list[dict[str, Any]], names: list[tuple[str, str | None]], by_account: list[int]
) -> list[dict[str, Any]]:
    """What the cells of managers lead to, by the name and the id in each."""
    landing.transaction.run(
        "create or replace temp table asked_managers as select unnest($value) as value, unnest($file_no) as file_no, "
        "unnest($name) as name, cast(unnest($id) as varchar) as id, unnest($rows) as rows",
        {
            "value": [row["value"] for row in asked],
            "file_no": [row["file_no"] for row in asked],
            "name": [name for name, _ in names],
            "id": [number for _, number in names],
            "rows": [row["rows"] for row in asked],
        },
    )
    return landing.transaction.rows(MATCHES, {"by_account": by_account or [-1]})


def without_titles(name: str) -> str:
    """A name without what people are called by before it: Dr. Rosa Marlow, Marlow, Dr. Rosa."""
    parts = [part.split() for part in name.split(",")]
    for part in parts:
        while len(part) > 1 and plain_word(part[0]) in HONORIFICS:
            part.pop(0)
    bare = ", ".join(" ".join(part) for part in parts)
    return bare if len(bare.split()) > 1 else name


def _ask_about_titles(landing: Landing, matches: list[dict[str, Any]]) -> None:
    rows = [row for row in matches if row["manager_id"]]
    if rows:
        file, first = landing.file_names[rows[0]["file_no"]], rows[0]
        text = sentence(
            "{managers} would match somebody without the title before the name. Take it off?",
            managers=counted(len(rows), "manager"),
        )
        answers = {UNTITLED: read_as(first["value"], first["manager_id"])}
        landing.questions.append(Question(file, "ids.manager_id", text, answers, must=False))


SEVERAL = read_text("landing/managers/several").format(
    words=WORDS.format(x="name"), words_of_value=WORDS.format(x="a.name")
)


def _ask_about_several(landing: Landing) -> None:
    """Ask which of several people with one name is meant as the manager; until then nobody is."""
    rows = landing.transaction.rows(SEVERAL)
    if not rows or landing.lands_as_earlier("roster"):
        return
    for row in rows:
        file = landing.files[row["file_no"]]
        column = "manager_id" if "manager_id" in file.mapped.columns else "manager_name"
        text = sentence(
            "{value!r}, the manager in {rows}, is the name of several people. Who is it?",
            value=row["value"],
            rows=counted(row["rows"], "row"),
        )
        answers = dict.fromkeys(row["ids"], sentence("{value} with this id", value=row["value"]))
        place = about("values", column, row["value"])
        landing.questions.append(Question(file.decoded.name, place, text, answers, must=False))
        message = sentence(
            "is the name of several people ({listed}), so their manager is empty.", listed=", ".join(row["ids"])
        )
        problem = Problem(file.decoded.name, None, column, row["value"], message, "warning")
        landing.problems.append(problem)
    retype(
        landing.transaction,
        "roster",
        "select t.* replace (if(t.manager_id in (select unnest($several)), null, t.manager_id) as manager_id) "
        "from typed_roster as t",
        {"several": [row["value"] for row in rows]},
    )


def _ask_about_case(landing: Landing, rows: list[dict[str, Any]]) -> None:
    if rows:
        file, first = landing.file_names[rows[0]["file_no"]], rows[0]
        text = sentence(
            "{managers} would match somebody only if case is ignored. Ignore it?",
            managers=counted(len(rows), "manager"),
        )
        answers = {ANY_CASE: read_as(first["value"], first["other_case"])}
        landing.questions.append(Question(file, "ids.manager_id", text, answers, must=False))


def _name(landing: Landing, plain: dict[str, str]) -> None:
    """Replace what names managers by their ids."""
    landing.transaction.run(
        "create or replace temp table plain_managers as "
        "select unnest($value) as value, unnest($manager_id) as manager_id",
        {"value": list(plain), "manager_id": list(plain.values())},
    )
    retype(
        landing.transaction,
        "roster",
        "select t.* replace (coalesce(m.manager_id, if(t.manager_id in (select p.employee_id from people_here as p), "
        "t.manager_id, coalesce(n.manager_id, t.manager_id))) as manager_id) from typed_roster as t "
        "left join plain_managers as m on m.value = t.raw_manager_id "
        "left join plain_managers as n on n.value = t.raw_manager_name",
    )
    first = next(iter(plain))
    message = sentence(
        "{managers} named so that only one person can be meant, such as {first!r}: {meant}.",
        managers=counted(len(plain), "manager"),
        first=first,
        meant=plain[first],
    )
    file = landing.file_names[min(landing.files_of("roster"))]
    landing.problems.append(Problem(file, None, "manager_id", None, message, "notice"))


def _tell_other_names(landing: Landing) -> None:
    """Warn where the name of a manager is not that of the id beside it, neither in this file nor as stored."""
    if landing.is_again or not any("manager_name" in f.mapped.columns for f in landing.files_of("roster").values()):
        return
    others = landing.transaction.rows(with_definitions(OTHER_NAMES), {"known_at": END_OF_TIME})
    if others:
        first, rows = others[0], sum(row["rows"] for row in others)
        message = sentence(
            "is beside manager_id {manager_id}, who is called {called}; in {rows} the name of the "
            "manager is not that of the id. The id is used. If the names are right, say manager = "
            '"manager_name" in a mapping.',
            manager_id=first["manager_id"],
            called=first["called"],
            rows=counted(rows, "row"),
        )
        file, line = landing.file_names[first["place"]["file_no"]], first["place"]["line_no"]
        landing.problems.append(Problem(file, line, "manager_name", first["name"], message, "warning"))


def name_managers(landing: Landing) -> bool:
    """Give people their manager's id where the file has a name or an e-mail address that is one person's.

    Rows whose columns name two managers are noted in `two_managers`. Returns whether there was any manager to look for,
    including the unknown ids in `unknown_manager_id`.
    """
    transaction = landing.transaction
    transaction.run(
        "create or replace temp table two_managers "
        "(file_no integer, line_no bigint, shown varchar, manager_id varchar, other varchar)"
    )
    if not transaction.rows(TO_FIND):
        return False
    others = WITH_ADDRESSES if landing.mode == "changes" else ""
    retype(transaction, "roster", with_definitions(NAMED_HERE.format(others=others)))
    if not landing.is_as_before("roster"):
        _note_two_managers(landing)
    counts = transaction.rows(
        "select count(*) filter (is_named) as named, count(*) filter (is_lost) as lost, "
        "arg_min(line_no, (file_no, line_no)) filter (is_lost) as line_no, "
        "coalesce(min(file_no) filter (is_lost), 0) as file_no, "
        "string_agg(distinct coalesce(nullif(raw_manager_name, ''), raw_manager_email), ', ') "
        "filter (is_lost) as names from typed_roster"
    )[0]
    file = landing.file_names[counts["file_no"]]
    if counts["named"]:
        message = sentence(
            "{managers} found by name, e-mail or another id.", managers=counted(counts["named"], "manager")
        )
        landing.problems.append(Problem(file, None, "manager_id", None, message, "notice"))
    if counts["lost"]:
        message = counting(
            "{n:,} row names a manager who is nobody or several people here, so these people have no manager: {names}.",
            "{n:,} rows name a manager who is nobody or several people here, so these people have no manager: {names}.",
            n=counts["lost"],
            names=counts["names"][:300],
        )
        landing.problems.append(Problem(file, counts["line_no"], "manager_name", None, message, "warning"))
    _tell_other_names(landing)
    return True


def _note_two_managers(landing: Landing) -> None:
    """Note the rows whose columns name two managers, and ask which column is right."""
    transaction = landing.transaction
    transaction.run(
        "insert into two_managers select file_no, line_no, manager_called, named_manager, manager_id from typed_roster "
        "where named_manager is not null and manager_id <> named_manager"
    )
    row = transaction.rows(
        "select count(*) as n, min(file_no) as file_no, arg_min(shown, (file_no, line_no)) as shown, "
        "arg_min(manager_id, (file_no, line_no)) as manager_id, arg_min(other, (file_no, line_no)) as other "
        "from two_managers"
    )[0]
    if not row["n"]:
        return
    file = landing.files[row["file_no"]]
    names = [name for name in ("manager_id", "manager_email", "manager_name") if name in file.mapped.columns]
    text = sentence(
        "{listed} name different managers in {rows}. Which one is right?",
        listed=", ".join(names),
        rows=counted(row["n"], "row"),
    )
    answers = {
        name: sentence("for example {other}", other=row["other"])
        if name == "manager_id"
        else sentence("for example {shown}, {manager_id}", shown=row["shown"], manager_id=row["manager_id"])
        for name in names
    }
    landing.questions.append(Question(file.decoded.name, "manager", text, answers))
