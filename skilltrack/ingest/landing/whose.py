"""Questions about whose rows are: which column is right, whether names say it, and who is meant by a name."""

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
from skilltrack.kinds import Kind
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.text import counted

ASKED, OFFERED, SIMILAR, SURELY = 40, 8, 75, 100
"""The most names asked about at once; the most people offered for each, and their least likeness, out of 100."""
LEFT = read_text("landing/whose/left")
OPEN = read_text("landing/whose/open")
ALIKE = read_text("landing/whose/alike")


def ask_who_is_right(landing: Landing, file_no: int, rows: int, meaning_of: dict[str, str]) -> None:
    """Ask which column is right, where columns of a row name two people; `meaning_of`: what each of them says.

    Where this was asked about other columns of the file already, the columns are added to that question.
    """
    file = landing.files[file_no]
    headers = {name: _header(file.mapped.mapping.columns.get(name, name)) for name in meaning_of}
    answers = {name: f"{headers[name]}: {meaning}" for name, meaning in meaning_of.items()}
    for at, question in enumerate(landing.questions):
        if (question.file, question.about) == (file.decoded.name, "holder"):
            landing.questions[at] = replace(question, answers=answers | question.answers)
            return
    names = " and ".join(reversed(headers.values()))
    text = f"{names} name different people in {counted(rows, 'row')}. Which one is right?"
    landing.questions.append(Question(file.decoded.name, "holder", text, answers))


def _header(named: str | list[str]) -> str:
    return named if isinstance(named, str) else " and ".join(named)


def ask_whose(kind: Kind, landing: Landing, by_name: list[int]) -> None:
    """Ask what the names and addresses in the rows of a kind leave open about whose they are.

    `by_name`: the files of which somebody said that people are found by name.
    """
    for row in landing.transaction.rows(
        "select file_no, count(*) as n, any_value(column_name) as name, arg_min(value, line_no) as value "
        "from people_problems where is_two group by file_no order by file_no"
    ):
        has_ids = "employee_id" in landing.files[row["file_no"]].mapped.columns
        name, other = row["name"], ("employee_id", "the id") if has_ids else ("email", "the address")
        meaning_of = {name: f"the {name}, such as {row['value']}"} | dict([other])
        ask_who_is_right(landing, row["file_no"], row["n"], meaning_of)
    if not landing.is_again:
        _ask_for_names(kind, landing, by_name)
        _ask_who_is_meant(landing, by_name)


def _ask_for_names(kind: Kind, landing: Landing, by_name: list[int]) -> None:
    """Ask whether people may be found by name, where rows have nothing else."""
    for row in landing.transaction.rows(LEFT.format(kind=kind.name), {"by_name": by_name or [-1]}):
        many, is_one = counted(row["n"], "row"), row["n"] == 1
        text = f"{many} {'names' if is_one else 'name'} people by name only. {ASKS_FOR_NAMES}"
        if row["is_beside_id"]:
            text = f"{many} {'has' if is_one else 'have'} an id that nobody has, and a known name. {ASKS_FOR_NAMES}"
        answers = {BY_NAME: f"yes: {row['name']} is {row['person']}"}
        landing.questions.append(Question(landing.file_names[row["file_no"]], "people", text, answers))


def _ask_who_is_meant(landing: Landing, by_name: list[int]) -> None:
    """Ask who is meant by names that nobody has; people with similar names are offered.

    Which of several people with one name is meant can differ from row to row: only an employee_id says it.
    """
    rows = landing.transaction.rows(OPEN.format(most=ASKED + 1), {"by_name": by_name or [-1]})
    similar = alike(landing, [row["value"] for row in rows[:ASKED]])
    for row in rows[:ASKED]:
        answers = similar.get(row["value"], {}) | {LEAVE_OUT: "none of our people: leave it out"}
        place, text = about("values", "name", row["value"]), f"{row['value']!r} is nobody's name. Who is it?"
        if row["former"]:
            answers = {row["former"]: f"{row['person']}, who once had that name"} | answers
            text = f"{row['value']!r} is nobody's name any more, and somebody was erased. Who is it?"
        file, typed = landing.file_names[row["file_no"]], (Typed(place, "The employee_id"),)
        landing.questions.append(Question(file, place, text, answers, must=False, typed=typed))
    _ask_about_titles(landing, [row for row in rows[:ASKED] if without_titles(row["value"]) != row["value"]])
    if len(rows) > ASKED:
        message = f"more than {ASKED} names are nobody's; give the employee_id of these people."
        landing.problems.append(Problem(landing.file_names[rows[0]["file_no"]], None, "name", None, message, "warning"))


def _ask_about_titles(landing: Landing, rows: list[dict[str, Any]]) -> None:
    """Ask whether titles are to be taken off, where names that nobody has are then somebody's."""
    bare = {row["value"]: without_titles(row["value"]) for row in rows}
    people = alike(landing, list(bare.values()), SURELY)
    hits = [row for row in rows if len(people[bare[row["value"]]]) == 1]
    if hits:
        file, first = landing.file_names[hits[0]["file_no"]], hits[0]["value"]
        text = f"{counted(len(hits), 'name')} would be somebody's without the title. Take titles off?"
        answers = {UNTITLED: f"{first} as {bare[first]}"}
        landing.questions.append(Question(file, "ids.name", text, answers, must=False))


def alike(landing: Landing, names: list[str], least: int = SIMILAR) -> dict[str, dict[str, str]]:
    """For each name that nobody has, the ids of the people with the most similar names, and who they are.

    `least`: the least likeness, out of 100.
    """
    if not names:
        return {}
    select = ALIKE.format(of_people=words("name"), asked=words("name"))
    rows = landing.transaction.rows(with_definitions(select), {"known_at": END_OF_TIME, "names": names})
    similar: dict[str, dict[str, str]] = {}
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
            employee_id: f"{called[employee_id]}: {people[employee_id]['person']}" for _, _, employee_id in likely
        }
    return similar
