"""What a question is about: whether what it names exists, its people's range of numbers, which tables answer."""

from dataclasses import dataclass
from typing import Any

from skilltrack.errors import BadQuestion, NotPublished, NotThere
from skilltrack.kept import BEHIND
from skilltrack.language import _
from skilltrack.questions.lookups import KNOWN, SEEK, Fresh, freshness, look_up, numbers, of_badges, remembered
from skilltrack.questions.question import Question
from skilltrack.relations import known, only, seen_if_few
from skilltrack.storage import Snapshot, relations_read

PAST = "known-at is in the past, and the kept tables have what is known now"
NOT_WANTED = "the kept tables are not to be read"
PUBLISHED = "a lake has the relations that were published, and no kept tables"
STALE = "the kept tables are behind the uploads, or another version of Skilltrack made them"


@dataclass(frozen=True)
class Scope:
    """What was looked up before a question is asked."""

    parameters: dict[str, Any]
    why_defined: str
    """Why the definitions answer; "" where the kept tables do."""
    is_short_list: bool = False
    """Whether the viewer sees so few people that the parameters list them."""
    is_about_seen: bool = False
    """Whether the question is about one person, who is in that list."""
    has_results: bool = True
    """Whether any badge on record may say which level its holder reached."""
    has_proofs: bool = True
    """Whether any award may have a checked badge or name another issuer than its credential's."""
    given: frozenset[str] = frozenset()
    """Relations that lie ready in a lake, from which the definitions answer; none in a database."""


def scope_of(reading: Snapshot, question: Question, reads_kept: bool) -> Scope:
    """Look up what must be known before the question is asked; raises `BadQuestion` for what nobody knows.

    A viewer who sees only some people is refused while the kept tables are behind: these say whom they may see.
    """
    why = _why_defined(reading, question, reads_kept)
    fresh = freshness(reading) if question.is_limited or not why else {}
    if fresh and fresh["happened"] != fresh["included"]:
        if question.is_limited:
            raise BadQuestion(BEHIND)
        why = STALE
    asked = {what: getattr(question.filters, what) for what in KNOWN if getattr(question.filters, what) is not None}
    parameters = question.parameters
    if why:
        facts = look_up(reading, asked, parameters, is_kept=False, limited=question.is_limited)
        scope = Scope(parameters, why, given=reading.given)
    else:
        facts, scope = _from_kept(reading, question, asked, fresh)
    for what, seek in SEEK.items():
        if facts.get(what) is False:
            raise NotThere(_(seek, asked=repr(asked[what])))
    return scope


def _why_defined(reading: Snapshot, question: Question, reads_kept: bool) -> str:
    """Why the definitions answer, as far as is known without a look at the data; "" where nothing speaks for it."""
    if reading.given:
        _refuse_unpublished(question)
        return PUBLISHED
    return PAST if question.filters.known_at is not None else "" if reads_kept else NOT_WANTED


def _refuse_unpublished(question: Question) -> None:
    """Raise `NotPublished` for what published relations do not say."""
    if question.filters.known_at is not None:
        raise NotPublished(
            _("A lake says what was known when it was published. Ask the database itself what was known earlier.")
        )
    if question.is_limited:
        raise NotPublished(_("A lake does not say who may see whom. Ask the database itself, or as the operator."))


def _from_kept(
    reading: Snapshot, question: Question, asked: dict[str, str], fresh: Fresh
) -> tuple[dict[str, Any], Scope]:
    """What the kept tables say beforehand, and the scope that follows from it."""
    parameters, seen = question.parameters, {}
    if not question.is_limited:
        facts = remembered(reading, fresh, asked, parameters)
        parameters |= {name: facts[name] for name in ("manager_person", "employee_person")}
    else:
        parameters |= numbers(reading, fresh, asked)
        seen = seen_if_few(reading, fresh, parameters)
        parameters |= seen
        facts = (known(parameters) if seen else None) or look_up(
            reading, asked, parameters, True, True, *(("short_list",) if seen else ())
        )
        if seen and "employee" in asked and "roster" not in relations_read(question.metric.sql):
            parameters |= only(asked["employee"], seen)
    parameters |= {"first_person": facts["first"] or 0, "last_person": facts["last"] or 0}
    is_about_seen, says = bool(seen and facts.get("employee")), of_badges(reading, fresh)
    return facts, Scope(parameters, "", bool(seen), is_about_seen, says["has_results"], says["has_proofs"])
