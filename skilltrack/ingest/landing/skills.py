"""Skills that a file names and the catalogue lacks: questions ask which one is meant, or whether it is new."""

from rapidfuzz import fuzz, process, utils

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.mapping import CREATE, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.status_words import LEAVE_OUT
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, as_it_is, sentence
from skilltrack.relations import END_OF_TIME, with_definitions

ASKED = 40
"""At most this many names are asked about at once."""
MOST = 500
"""At most this many skills of the catalogue are offered for each."""
SHOWN = 8
"""At most this many new skills are named."""
GROUP = sentence("Which skill is it?")


def ask_about_skills(kind: Kind, landing: Landing) -> None:
    """Ask which skill is meant by each name that no skill has, in files about people; the likeliest are offered first.

    Where a mapping says so, they are added to the catalogue instead.
    """
    transaction = landing.transaction
    if not kind.about:
        return
    _add_skills(kind, landing)
    if landing.is_again or not transaction.rows("select 1 from unknown_skill_id limit 1"):
        return
    lost = transaction.rows(
        "select u.value, min(t.file_no) as file_no, count(*) as n from unknown_skill_id as u "
        f"join typed_{kind.name} as t on t.skill_id = u.value group by u.value "
        "order by min(t.line_no) limit $most",
        {"most": ASKED + 1},
    )
    called = _catalogue(landing)
    for row in lost[:ASKED]:
        alike = process.extract(row["value"], called, scorer=fuzz.WRatio, processor=utils.default_process, limit=MOST)
        answers = {skill_id: as_it_is(f"{called[skill_id]} ({skill_id})") for _, _, skill_id in alike}
        answers |= {LEAVE_OUT: sentence("not one of our skills: leave it out")}
        place = about("values", "skill_id", row["value"])
        text = sentence("{group} {value} ({rows}).", group=GROUP, value=row["value"], rows=counted(row["n"], "row"))
        file, typed = landing.file_names[row["file_no"]], (Typed(place, sentence("The id of another skill")),)
        landing.questions.append(Question(file, place, text, answers, typed=typed, group=GROUP))
    file = landing.file_names[lost[0]["file_no"]]
    if len(lost) > ASKED:
        message = sentence(
            "more than {most} names are not skills of the catalogue; import a skills file with the "
            "columns skill_id and name first, or have them all added.",
            most=ASKED,
        )
        landing.problems.append(Problem(file, None, "skill_id", None, message, "warning"))
    names = _listed([row["value"] for row in lost])
    text = sentence("Or are the remaining ones new skills, to be added to the catalogue?")
    landing.questions.append(
        Question(file, "unknown_skills", text, {CREATE: sentence("yes: {listed}", listed=names)}, must=False)
    )


def _add_skills(kind: Kind, landing: Landing) -> None:
    """Add unknown skills of files whose mapping says that these are new; each name becomes the id too."""
    files = [no for no, file in landing.files_of(kind.name).items() if file.mapped.mapping.unknown_skills == CREATE]
    if not files:
        return
    lost = landing.transaction.rows(
        "select u.value as name, arg_min(t.file_no, (t.file_no, t.line_no)) as file_no, "
        "arg_min(t.line_no, (t.file_no, t.line_no)) as line_no from unknown_skill_id as u "
        f"join typed_{kind.name} as t on t.skill_id = u.value where t.file_no in (select unnest($files)) "
        "group by u.value order by file_no, line_no",
        {"files": files},
    )
    for row in lost:
        landing.transaction.run(
            "insert into skill_rows (upload_id, file_no, line_no, skill_id, name) "
            "values ($upload_id, $file_no, $line_no, $name, $name)",
            row | {"upload_id": landing.upload_id},
        )
    if lost:
        names = [row["name"] for row in lost]
        landing.transaction.run("delete from unknown_skill_id where value in (select unnest($names))", {"names": names})
        message = sentence(
            "{skills} added to the catalogue: {listed}.", skills=counted(len(names), "skill"), listed=_listed(names)
        )
        file = landing.file_names[lost[0]["file_no"]]
        landing.problems.append(Problem(file, None, "skill_id", None, message, "warning"))


def _listed(names: list[str]) -> Sentence:
    listed = as_it_is(", ".join(names[:SHOWN]))
    return listed + sentence(" and others") if len(names) > SHOWN else listed


def _catalogue(landing: Landing) -> dict[str, str]:
    """The name of each skill, by id."""
    at = {"known_at": END_OF_TIME}
    rows = landing.transaction.rows(with_definitions("select skill_id, name from skills order by name"), at)
    return {row["skill_id"]: row["name"] for row in rows}
