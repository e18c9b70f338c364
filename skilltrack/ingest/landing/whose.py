"""Questions about whose rows are: which column is right, whether names say it, and who is meant by a name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rapidfuzz import fuzz, process, utils

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.spelling import words
from skilltrack.ingest.reading.ids import UNTITLED, without_titles
from skilltrack.ingest.reading.mapping import BY_NAME, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import ASKS_FOR_NAMES, Question, Typed
from skilltrack.ingest.reading.status_words import LEAVE_OUT
from skilltrack.ingest.reading.things import counted, read_as
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, as_it_is, counting, joined, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

ASKED, OFFERED, SIMILAR, SURELY = 40, 8, 75, 100
"""The most names asked about at once; the most people offered for each, and their least likeness, out of 100."""
LEFT = read_text("landing/whose/left")
OPEN = read_text("landing/whose/open")
ALIKE = read_text("landing/whose/alike")


def ask_who_is_right(landing: Landing, file_no: int, rows: int, meaning_of: dict[str, Sentence]) -> None:
    """Ask which column is right, where columns of a row name two people; `meaning_of`: what each of them says.

    Where this was asked about other columns of the file already, the columns are added to that question.
    """
    file = landing.files[file_no]
    headers = {name: _header(file.mapped.mapping.columns.get(name, name)) for name in meaning_of}
    answers: dict[str, Sentence] = {
        name: joined((headers[name], meaning), ": ") for name, meaning in meaning_of.items()
    }
    for at, question in enumerate(landing.questions):
        if (question.file, question.about) == (file.decoded.name, "holder"):
            landing.questions[at] = replace(question, answers={**answers, **question.answers})
            return
    names = _and(list(reversed(headers.values())))
    text = sentence(
        "{names} name different people in {rows}. Which one is right?", names=names, rows=counted(rows, "row")
    )
    landing.questions.append(Question(file.decoded.name, "holder", text, answers))


def _header(named: str | list[str]) -> Sentence:
    return as_it_is(named) if isinstance(named, str) else _and(named)


def _and(names: Sequence[str]) -> Sentence:
    return joined(names, sentence(" and "))


def ask_whose(kind: Kind, landing: Landing, by_name: list[int]) -> None:
    """Ask what the names and addresses in the rows of a kind leave open about whose they are.

    `by_name`: the files of which somebody said that people are found by name.
    """
    for row in landing.transaction.rows(
        "select file_no, count(*) as n, any_value(column_name) as name, arg_min(value, line_no) as value "
        "from people_problems where is_two group by file_no order by file_no"
    ):
        has_ids = "employee_id" in landing.files[row["file_no"]].mapped.columns
        such_as = sentence("the name, such as {value}", value=row["value"])
        if row["name"] == "email":
            such_as = sentence("the email, such as {value}", value=row["value"])
        other = {"employee_id": sentence("the id")} if has_ids else {"email": sentence("the address")}
        meaning_of = {row["name"]: such_as} | other
        ask_who_is_right(landing, row["file_no"], row["n"], meaning_of)
    if not landing.is_again:
        _ask_for_names(kind, landing, by_name)
        _ask_who_is_meant(landing, by_name)


def _ask_for_names(kind: Kind, landing: Landing, by_name: list[int]) -> None:
    """Ask whether people may be found by name, where rows have nothing else."""
    for row in landing.transaction.rows(LEFT.format(kind=kind.name), {"by_name": by_name or [-1]}):
        text = counting(
            "{n:,} row names people by name only. {question}",
            "{n:,} rows name people by name only. {question}",
            n=row["n"],
            question=ASKS_FOR_NAMES,
        )
        if row["is_beside_id"]:
            text = counting(
                "{n:,} row has an id that nobody has, and a known name. {question}",
                "{n:,} rows have an id that nobody has, and a known name. {question}",
                n=row["n"],
                question=ASKS_FOR_NAMES,
            )
        answers = {BY_NAME: sentence("yes: {value} is {employee}", value=row["name"], employee=row["person"])}
        landing.questions.append(Question(landing.file_names[row["file_no"]], "people", text, answers))


def _ask_who_is_meant(landing: Landing, by_name: list[int]) -> None:
    """Ask who is meant by names that nobody has; people with similar names are offered.

    Which of several people with one name is meant can differ from row to row: only an employee_id says it.
    """
    rows = landing.transaction.rows(OPEN.format(most=ASKED + 1), {"by_name": by_name or [-1]})
    similar = alike(landing, [row["value"] for row in rows[:ASKED]])
    for row in rows[:ASKED]:
        answers = similar.get(row["value"], {}) | {LEAVE_OUT: sentence("none of our people: leave it out")}
        place = about("values", "name", row["value"])
        text = sentence("{value!r} is nobody's name. Who is it?", value=row["value"])
        if row["former"]:
            answers = {row["former"]: sentence("{person}, who once had that name", person=row["person"])} | answers
            text = sentence(
                "{value!r} is nobody's name any more, and somebody was erased. Who is it?", value=row["value"]
            )
        file, typed = landing.file_names[row["file_no"]], (Typed(place, sentence("The employee_id")),)
        landing.questions.append(Question(file, place, text, answers, must=False, typed=typed))
    _ask_about_titles(landing, [row for row in rows[:ASKED] if without_titles(row["value"]) != row["value"]])
    if len(rows) > ASKED:
        message = sentence("more than {most} names are nobody's; give the employee_id of these people.", most=ASKED)
        landing.problems.append(Problem(landing.file_names[rows[0]["file_no"]], None, "name", None, message, "warning"))


def _ask_about_titles(landing: Landing, rows: list[dict[str, Any]]) -> None:
    """Ask whether titles are to be taken off, where names that nobody has are then somebody's."""
    bare = {row["value"]: without_titles(row["value"]) for row in rows}
    people = alike(landing, list(bare.values()), SURELY)
    hits = [row for row in rows if len(people[bare[row["value"]]]) == 1]
    if hits:
        file, first = landing.file_names[hits[0]["file_no"]], hits[0]["value"]
        text = sentence(
            "{names} would be somebody's without the title. Take titles off?", names=counted(len(hits), "name")
        )
        answers = {UNTITLED: read_as(first, bare[first])}
        landing.questions.append(Question(file, "ids.name", text, answers, must=False))


def alike(landing: Landing, names: list[str], least: int = SIMILAR) -> dict[str, dict[str, Sentence]]:
    """For each name that nobody has, the ids of the people with the most similar names, and who they are.

    `least`: the least likeness, out of 100.
    """
    if not names:
        return {}
    select = ALIKE.format(of_people=words("name"), asked=words("name"))
    rows = landing.transaction.rows(with_definitions(select), {"known_at": END_OF_TIME, "names": names})
    similar: dict[str, dict[str, Sentence]] = {}
    for name in names:
        people = {row["employee_id"]: row for row in rows if row["asked_for"] == name}
        called = {employee_id: row["name"] for employee_id, row in people.items()}
        likely = process.extract(
            name,
            called,
            scorer=fuzz.token_sort_ratio,
            processor=utils.default_process,
            limit=OFFERED,
            score_cutoff=least,
        )
        similar[name] = {
            employee_id: as_it_is(f"{called[employee_id]}: {people[employee_id]['person']}")
            for _, _, employee_id in likely
        }
    return similar
