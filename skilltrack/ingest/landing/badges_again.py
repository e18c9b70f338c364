"""Checking stored badges again: what could not be looked at when they came, and what their issuers say by now.

Badges of which a check says something new are handed in again, by one upload, in a file that also holds the pages that
were looked up. So the journal has what was seen and when, a rebuild gives the same, known-at answers what was believed
before, and undoing that upload takes it back.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from skilltrack.badges import Checked, Checking, Fetcher, Outcome
from skilltrack.badges import Part as BadgePart
from skilltrack.ingest.landing.imports import import_sources
from skilltrack.ingest.landing.remembered import known_keys
from skilltrack.ingest.landing.upload import Options
from skilltrack.ingest.reading.badge_copies import Copy, Gap, LookedUp, Unproved, written
from skilltrack.ingest.reading.badge_files import SOURCE, parts_kept
from skilltrack.ingest.reading.mapping import parse_mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.sources import Source
from skilltrack.language import _
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Store

DUE = read_text("landing/badges_again/due")
FILE = "badges checked again.json"
DECIDED = ("passed", "failed")
ON_RECORD = ("credential_id", "issued_on", "expires_on", "evidence_url")
"""Columns that stay as they are on record, whatever the badge says: somebody may have corrected them."""


@dataclass
class Again:
    """What checking again came to."""

    badges: int = 0
    """Badges that were looked at."""
    upload_id: int | None = None
    """The upload that says what is new; none where nothing is."""
    revoked: int = 0
    suspended: int = 0
    decided: int = 0
    """Badges of which a step could not be decided before, and now is."""
    failed: int = 0
    """Badges whose proof held before and does not any more."""
    not_fetched: dict[str, str] = field(default_factory=dict)
    """By address why it was not fetched."""
    problems: list[Problem] = field(default_factory=list)
    """Why badges of which something is new could not be handed in again."""


@dataclass(frozen=True)
class _News:
    """One part of a kept file of which a check says something new."""

    part: BadgePart
    checked: list[Checked]
    due: dict[int, dict[str, Any]]
    """What is on record of its badges, by their place in `checked`; the others stay as they are."""
    pages: dict[str, bytes | str]


def check_again(store: Store, fetcher: Fetcher | None, options: Options) -> Again:
    """Check the badges of which something was open, or may be new, and store what is; raises `Refused` as imports do.

    Without a `fetcher` only those are checked whose key was not known before. A page that cannot be fetched says
    nothing: what was seen before goes on counting.
    """
    at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    asked = {"known_at": END_OF_TIME, "looks": fetcher is not None}
    due = store.query(with_definitions(DUE), asked).to_pylist()
    checking, again = Checking(None, fetcher, known_keys(store), at.date()), Again(len(due))
    pages = checking.pages
    news: list[_News] = []
    for place, rows in groupby(due, lambda row: (row["upload_id"], row["file_no"], row["stored"], row["mapping"])):
        options.say(_("Checking the badges of upload {number}", number=place[0]))
        of_lines = {row["line_no"]: row for row in rows}
        is_earlier = parse_mapping(place[3], f"of upload {place[0]}", is_kept=True).lands_as_sixth
        for part, lines in parts_kept(store.journal.read(place[2]), FILE, is_earlier):
            known = {number: of_lines[line] for number, line in enumerate(lines) if line in of_lines}
            if isinstance(part, Gap | Unproved) or not known:
                continue
            pages.needed = set()
            checked = list(checking.part(part))
            if any(_is_news(checked[number], row) for number, row in known.items()):
                news.append(_News(part, checked, known, {address: pages.seen[address] for address in pages.needed}))
    again.not_fetched = {address: page for address, page in pages.seen.items() if isinstance(page, str)}
    _hand_in(store, news, at, options, again)
    return again


def _outcomes(one: Checked) -> dict[str, str]:
    by_name = {step.name: str(step.outcome) for step in one.steps}
    speaks = str(one.speaks.outcome) if one.speaks else "absent"
    return {"signature": by_name["signature"], "speaks": speaks, "status": by_name["status"]}


def _is_news(one: Checked, before: dict[str, Any]) -> bool:
    """Whether a check says more, or something else, than the one before: what is open now says nothing."""
    if one.credential is None:
        return False
    now = _outcomes(one)
    if any(before[step] in DECIDED and now[step] == str(Outcome.OPEN) for step in ("signature", "status")):
        return one.taken_back == "revoked" and before["taken_back"] != "revoked"
    signer = one.signer.did if one.signer else None
    is_signed_otherwise = now["signature"] == "passed" and (before["key_did"], before["looked_up"] or "") != (
        signer,
        one.looked_up,
    )
    return (
        any(before[step] != now[step] for step in now)
        or (before["taken_back"] or "") != one.taken_back
        or is_signed_otherwise
    )


def _hand_in(store: Store, news: list[_News], at: datetime, options: Options, again: Again) -> None:
    """Import what is new as one upload, without the parts that would be bad rows by now."""
    while news:
        source = Source("badges", FILE, written(_copy(news, at)), came_from=SOURCE, is_own=True)
        outcome = import_sources(store, [source], options)
        if outcome.status != "refused":
            again.upload_id = outcome.upload_id
            _count(news, again)
            return
        again.problems += outcome.errors
        places = {problem.file for problem in outcome.errors}
        staying = [one for one in news if not places & {checked.where for checked in one.checked}]
        if len(staying) == len(news):  # it is nothing about one of them
            return
        news = staying


def _copy(news: list[_News], at: datetime) -> Copy:
    """The file that is handed in."""
    pages: dict[str, bytes | str] = {}
    given: dict[int, dict[str, str] | None] = {}
    line = 0
    for one in news:
        pages |= one.pages
        for number, checked in enumerate(one.checked):
            line += 1
            row = one.due.get(number)
            given[line] = _on_record(row, checked) if row else None
    return Copy([one.part for one in news], LookedUp(at, pages), given)


def _on_record(row: dict[str, Any], one: Checked) -> dict[str, str]:
    """The cells of a badge's award as they are on record; only what was taken back is new.

    Whether a suspended award still counts as attested is for people to decide.
    """
    holder = {} if row["is_bound"] else {"employee_id": row["employee_id"], "email": ""}
    status = "revoked" if one.taken_back == "revoked" else ""
    return {name: row[name] or "" for name in ON_RECORD} | holder | {"status": status}


def _count(news: list[_News], again: Again) -> None:
    for one in news:
        for number, row in one.due.items():
            checked = one.checked[number]
            now = _outcomes(checked)
            if not _is_news(checked, row):
                continue
            if checked.taken_back:
                again.revoked += checked.taken_back == "revoked"
                again.suspended += checked.taken_back == "suspended"
            elif "failed" in now.values():
                again.failed += 1
            else:
                again.decided += 1
