"""Skills that a file names and the catalogue lacks: which one is meant is asked, once for each name."""

from rapidfuzz import fuzz, process, utils

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.mapping import about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed
from skilltrack.ingest.reading.status_words import LEAVE_OUT
from skilltrack.kinds import Kind
from skilltrack.relations import END_OF_TIME, with_definitions

ASKED = 40
"""Names that are asked about at once."""
MOST = 500
"""Skills of the catalogue that are offered for each."""
GROUP = "Which skill is it?"


def ask_about_skills(kind: Kind, landing: Landing) -> None:
    """Ask which skill each name means that no skill has, in files about people; the likeliest are offered first."""
    transaction = landing.transaction
    if not kind.about or landing.is_again or not transaction.rows("select 1 from unknown_skill_id limit 1"):
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
        answers = {skill_id: f"{called[skill_id]} ({skill_id})" for _, _, skill_id in alike}
        answers |= {LEAVE_OUT: "no skill of ours: leave it out"}
        place = about("values", "skill_id", row["value"])
        text = f"{GROUP} {row['value']} ({row['n']:,} rows)."
        file, typed = landing.file_names[row["file_no"]], (Typed(place, "The id of another skill"),)
        landing.questions.append(Question(file, place, text, answers, typed=typed, group=GROUP))
    if len(lost) > ASKED:
        message = f"more than {ASKED} names are not skills of the catalogue; import the skills first."
        file = landing.file_names[lost[0]["file_no"]]
        landing.problems.append(Problem(file, None, "skill_id", None, message, "warning"))


def _catalogue(landing: Landing) -> dict[str, str]:
    """What each skill is called, by its id."""
    at = {"known_at": END_OF_TIME}
    rows = landing.transaction.rows(with_definitions("select skill_id, name from skills order by name"), at)
    return {row["skill_id"]: row["name"] for row in rows}
