"""How a question is answered: the text that is run, the texts it is made from, and why these."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skilltrack.errors import NotPublished
from skilltrack.language import _
from skilltrack.questions.question import Question
from skilltrack.questions.scope import Scope
from skilltrack.questions.steps import STEPS
from skilltrack.relations import Case, with_definitions, with_kept, with_published
from skilltrack.storage import parameters_named, relations_read

WHY_CASE: dict[Case, str] = {
    "any": "everything known by now is asked about, and the kept tables are up to date",
    "own_role": "it is about people's own roles, for which standings are kept",
    "asked_role": "it asks everybody about one role, for which no standings are kept",
    "whole_company": "it is about everybody, for whom sums are kept",
    "short_list": "the viewer sees few people, who were looked up in advance",
    "no_results": "no badge on record says which level its holder reached",
    "no_proofs": "no award has a checked badge or names another issuer than its credential's",
}
MOST_SHOWN = 10
"""Items of a list that an explanation shows."""


@dataclass(frozen=True)
class Plan:
    """A question with the text that answers it."""

    question: Question
    scope: Scope
    cases: tuple[Case, ...]
    """Folders of `sql/from_kept` whose texts replace definitions, in this order; without any the definitions answer."""
    sql: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters that the text uses, by name."""
        named = parameters_named(self.sql)
        return {name: value for name, value in self.scope.parameters.items() if name in named}

    def explained(self) -> Iterator[str]:
        """The plan in lines, for its viewer: it names only people whom they named or see."""
        metric, viewer = self.question.metric, self.question.viewer
        yield f"{metric.name}: {metric.question}"
        yield ""
        if not self.cases:
            yield f"Answered from the definitions, because {self.scope.why_defined}."
        else:
            yield "Answered from the kept tables, by the texts in these folders of sql/from_kept, later ones first:"
            yield from (f"  {case}: {WHY_CASE[case]}" for case in self.cases)
        yield f"Narrowed to the people {viewer.account} sees." if self.question.is_limited else "Not narrowed."
        yield ""
        yield "Parameters:"
        yield from (f"  {name} = {shown(name, value)}" for name, value in sorted(self.parameters.items()))
        yield ""
        yield "SQL:"
        yield self.sql
        if metric.then in STEPS:
            yield ""
            yield f"Then {metric.then} of questions/steps.py: {STEPS[metric.then].__doc__ or ''}"


def shown(name: str, value: Any) -> str:
    """A parameter as an explanation shows it; of the people somebody sees only their number."""
    if name == "seen_ids":
        return f"{sum(map(len, value)):,} people in {len(value):,} lists"
    if not isinstance(value, list):
        return "nothing" if value is None else str(value)
    more = f" and {len(value) - MOST_SHOWN:,} more" if len(value) > MOST_SHOWN else ""
    return ", ".join(map(str, value[:MOST_SHOWN])) + more


def choose_texts(question: Question, scope: Scope) -> Plan:
    """The quickest texts that give the answer in this scope."""
    metric, limited = question.metric, question.is_limited
    if scope.given:
        return Plan(question, scope, (), _from_published(question, scope.given))
    if scope.why_defined:
        return Plan(question, scope, (), with_definitions(metric.sql, limited))
    cases = cases_of(scope)
    own = _sees_all_asked(question, scope)
    return Plan(question, scope, cases, with_kept(metric.sql, *cases, is_limited=limited, is_own=own))


def _from_published(question: Question, given: frozenset[str]) -> str:
    """The text over published relations; raises `NotPublished` where it would need what is not published."""
    text = with_published(question.metric.sql, given)
    if lacking := [name for name in relations_read(text) if name not in given]:
        raise NotPublished(
            _(
                "{title} is answered by the database itself only: {relation} is not published.",
                title=_(question.metric.title),
                relation=lacking[0],
            )
        )
    return text


def cases_of(scope: Scope) -> tuple[Case, ...]:
    """The cases of `sql/from_kept` whose texts answer a question in this scope."""
    few: tuple[Case, ...] = ("short_list",) if scope.is_short_list else ()
    few += () if scope.has_results else ("no_results",)
    few += () if scope.has_proofs else ("no_proofs",)
    if scope.parameters["asked_role"] is not None:
        return ("any", "asked_role", *few)
    if scope.parameters["is_whole_company"] and scope.parameters["roster_on"] is None:
        return ("any", "own_role", "whole_company", *few)
    return ("any", "own_role", *few)


def _sees_all_asked(question: Question, scope: Scope) -> bool:
    """Whether the viewer sees everybody in `listed`: their own organisation of today, or one person on one day."""
    parameters = scope.parameters
    rosters_of = {parameters["roster_on"] or day for day in parameters["days"]}
    is_theirs = question.filters.manager in question.viewer.lines and rosters_of == {parameters["today"]}
    return is_theirs or (scope.is_about_seen and len(rosters_of) == 1)
