"""Which award a row of badges is about: the one with its award_id, or the one with its holder, credential and day."""

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.numberings import find_stored, number_files, of_badges_in
from skilltrack.ingest.landing.wording import in_sql
from skilltrack.ingest.reading.mapping import CORRECT
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import NOTHING, counting, joined, mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Transaction

FEW, SHARE, MANY = 3, 0.01, 20
"""Changes of holder are an alarm above MANY, or above FEW if also above SHARE of the stored awards in the upload."""

OTHER_KEY = "'id ' || t.award_id || chr(31) || {}.numbering"
"""The key of an award `{}` whose own key belongs to an award of another numbering."""

REKEYED = read_text("landing/awards/rekeyed")

FIRST_TOLD, BY_KEY = "r.upload_id, r.file_no, r.line_no", "r.award_key"
"""Which of several awards a row without an id is about: the one whose row for that day came first. Earlier programs
went by keys, which may name the first holder of an award and change when that one is erased."""

TWO_NUMBERINGS = read_text("landing/awards/two_numberings").format(other_key=OTHER_KEY.format("f"))

LISTED_TWICE = read_text("landing/awards/listed_twice")

TOLD_BY_BOTH = read_text("landing/awards/told_by_both")

AS_TOLD = "select $file as file_no, unnest($lines) as line_no, unnest($keys) as award_key"
"""The keys that a copy without erased people gives: the rows are gone that had told whose these awards are."""

REPLACING = read_text("landing/badge_checks/replacing")

MOVED = read_text("landing/awards/moved")

OF_ANOTHER_HOLDER = in_sql(
    mark(
        "is an award of {holder} (upload {upload_id}), but of {new_holder} here; give {holder}, or say in a mapping "
        'file award_holders = "correct" if the award moves, or award_ids = "NAME" if another system numbers its awards '
        "in the same way."
    ),
    holder="t.holder",
    upload_id="t.upload_id",
    new_holder="t.new_holder",
)
"""What is wrong with a row of `moved_awards`, as SQL."""

NUMBERED_APART = read_text("landing/awards/numbered_apart")

WITH_AND_WITHOUT_ID = read_text("landing/awards/with_and_without_id")

SEVERAL_AWARDS = read_text("landing/awards/several_awards")

OF_ANOTHER_CREDENTIAL = read_text("landing/awards/of_another_credential")

CHANGES_OF_HOLDER = read_text("landing/awards/changes_of_holder")


def find_awards(landing: Landing) -> None:
    """Give every row of `typed_badges` the key of its award, and note each change of holder in `moved_awards`."""
    transaction = landing.transaction
    # Files imported before numberings were kept are imported again as they were then.
    is_as_earlier = landing.is_again and not any(file.mapping.award_ids for file in landing.files_of("badges").values())
    has_stored = not is_as_earlier and bool(transaction.rows("select 1 from badge_rows limit 1"))
    find_stored(landing, has_stored)
    has_several = number_files(landing, is_as_earlier) > 1
    forms = transaction.rows("select count(*) as rows, count(award_id) as ids from typed_badges")[0]
    has_both_forms = 0 < forms["ids"] < forms["rows"] and not is_as_earlier
    of_badges = {"of_badges": of_badges_in(landing)}
    if has_stored:
        first = BY_KEY if landing.lands_as_seventh("badges") else FIRST_TOLD
        _rekey(transaction, REKEYED.format(other_key=OTHER_KEY.format("t"), first=first), of_badges)
    if has_several:
        _rekey(transaction, TWO_NUMBERINGS)
    if has_both_forms:
        _rekey(transaction, LISTED_TWICE)
    if has_several and any(file.badges for file in landing.files):
        _rekey(transaction, TOLD_BY_BOTH, of_badges)
    for no, file in landing.files_of("badges").items():
        if file.mapping.awards:
            lines = [int(line) for line in file.mapping.awards]
            _rekey(transaction, AS_TOLD, {"file": no, "lines": lines, "keys": [*file.mapping.awards.values()]})
    if has_stored or has_several:
        _tell_apart(landing)
    if has_stored or has_both_forms:
        _tell_both_forms(landing)
    _find_replacing(landing, has_stored)
    correcting = [no for no, mapping in landing.mappings.items() if mapping.award_holders == CORRECT]
    transaction.run(f"create or replace temp table moved_awards as {MOVED}", {"correcting": correcting})
    _tell_moved(landing)
    if has_stored and not landing.is_again:
        _tell_other_credential(landing)


def derived_columns(kind: Kind, **others: str) -> list[str]:
    """The derived columns of a row `t`, as SQL; `others` are expressions to use in place of some of its columns."""
    made = []
    for column in kind.derived:
        text = column.derived
        for name, expression in others.items():
            text = text.replace(f"t.{name}", expression)
        made.append(f"{text} as {column.name}")
    return made


def retype(transaction: Transaction, kind: str, select: str, asked: AnyMapping[str, Any] | None = None) -> None:
    """Replace `typed_<kind>` by a select over it; `asked` are its parameters, by default what is known now."""
    asked = {"known_at": END_OF_TIME} if asked is None else asked
    transaction.run(f"create or replace temp table named_{kind} as {select}", dict(asked))
    transaction.run(f"create or replace temp view typed_{kind} as select * from named_{kind}")


def _find_replacing(landing: Landing, has_stored: bool) -> None:
    """Note the badges that take the place of copies which nothing proves, in `replacing_badges`, and say so."""
    transaction = landing.transaction
    have_any = has_stored and any(file.badges for file in landing.files) and not landing.lands_as_fourth("badges")
    select = with_definitions(REPLACING) if have_any else "select 0 as file_no, 0 as line_no where false"
    at = {"known_at": END_OF_TIME} if have_any else {}
    transaction.run(f"create or replace temp table replacing_badges as {select}", at)
    for row in transaction.rows("select * from replacing_badges order by all") if have_any else ():
        message = sentence(
            "is signed by its issuer and takes the place of a copy that nothing proves, which said that "
            "it is an award of {employee_id} (upload {upload_id}).",
            employee_id=row["employee_id"],
            upload_id=row["upload_id"],
        )
        file = landing.file_names[row["file_no"]]
        landing.problems.append(Problem(file, row["line_no"], "award_id", None, message, "warning"))


def _rekey(transaction: Transaction, select: str, asked: AnyMapping[str, Any] | None = None) -> None:
    """Give rows the keys that a select lists for them; `asked` are its parameters."""
    transaction.run(f"create or replace temp table rekeyed as {select}", dict(asked or {}))
    if transaction.rows("select 1 from rekeyed limit 1"):
        keyed = (
            "select t.* replace (coalesce(k.award_key, t.award_key) as award_key) from typed_badges as t "
            "left join rekeyed as k on k.file_no = t.file_no and k.line_no = t.line_no"
        )
        retype(transaction, "badges", keyed)


def _tell_apart(landing: Landing) -> None:
    row = landing.transaction.rows(NUMBERED_APART)[0]
    if row["n"]:
        message = sentence(
            "is the id of another award in another source; {n:,} such ids here are read as other awards. "
            'If they are the same awards, say which system numbered them: award_ids = "NAME" in a '
            "mapping file.",
            n=row["n"],
        )
        file = landing.file_names[row["file_no"]]
        landing.problems.append(Problem(file, row["line_no"], "award_id", row["award_id"], message, "warning"))


def _tell_both_forms(landing: Landing) -> None:
    count = landing.transaction.rows(WITH_AND_WITHOUT_ID)[0]["n"]
    if count:
        message = sentence(
            "{awards} listed both with an award_id and without one; each counts once.", awards=counted(count, "award")
        )
        file = landing.file_names[min(landing.files_of("badges"))]
        landing.problems.append(Problem(file, None, "award_id", None, message, "notice"))
    for row in landing.transaction.rows(SEVERAL_AWARDS) if count else ():
        message = sentence(
            "{rows} without an award_id could each be about several awards of one person, credential and "
            "day: this one about {listed}. Each changes one of them. Give the award_id.",
            rows=counted(row["n"], "row"),
            listed=", ".join(row["award_ids"]),
        )
        file = landing.file_names[row["file_no"]]
        landing.problems.append(Problem(file, row["line_no"], "award_id", None, message, "warning"))


def _tell_moved(landing: Landing) -> None:
    """Ask about awards that change their holder; many of them are an alarm, whatever the answer is."""
    if not landing.transaction.rows("select 1 from moved_awards limit 1"):
        return
    row = landing.transaction.rows(CHANGES_OF_HOLDER)[0]
    file = landing.file_names[row["file_no"]]
    if _are_many(row):
        message = sentence(
            "{n:,} of {known:,} stored awards would go to somebody else. Does another system number its "
            "awards in the same way?",
            n=row["n"],
            known=row["known"],
        )
        landing.problems.append(Problem(file, None, "award_id", None, message, "alarm", is_grave=True))
    if row["asked"]:
        text = counting(
            "{n:,} award has another holder here than before, such as {award!r}.",
            "{n:,} awards have another holder here than before, such as {award!r}.",
            n=row["asked"],
            award=row["award"],
        )
        moves = {
            CORRECT: sentence(
                "yes: {holder} loses the award, {new_holder} has it", holder=row["holder"], new_holder=row["new_holder"]
            )
        }
        is_right, are_others = sentence("Is that right?"), sentence("Are these other awards?")
        landing.questions.append(Question(file, "award_holders", joined((text, is_right)), moves, must=False))
        name = re.sub(r"[\W\d_]+", "-", Path(file).stem).strip("-") or "other"
        others = {f"{name}-{landing.upload_id}": sentence("yes: another system numbers its awards in the same way")}
        landing.questions.append(Question(file, "award_ids", joined((text, are_others)), others, must=False))


def _tell_other_credential(landing: Landing) -> None:
    """Warn about stored awards that are of another credential here; many of them are an alarm."""
    row = landing.transaction.rows(OF_ANOTHER_CREDENTIAL)[0]
    if row["n"]:
        more = (
            sentence("; {n:,} of {known:,} stored awards change in this way", n=row["n"], known=row["known"])
            if row["n"] > 1
            else NOTHING
        )
        message = sentence(
            "was an award of {was} and is one of {becomes} here, for the same person{more}. The row here "
            'holds. If they are other awards, name the system that numbered them: award_ids = "NAME" in '
            "a mapping file.",
            was=row["was"],
            becomes=row["becomes"],
            more=more,
        )
        severity = "alarm" if _are_many(row) else "warning"
        file = landing.file_names[row["file_no"]]
        problem = Problem(file, row["line_no"], "award_id", row["award_id"], message, severity)
        landing.problems.append(replace(problem, is_grave=severity == "alarm"))


def _are_many(row: dict[str, Any]) -> bool:
    """Whether so many stored awards change that the ids are probably those of another system."""
    return bool(row["n"] > MANY or (row["n"] > FEW and row["n"] > SHARE * row["known"]))
