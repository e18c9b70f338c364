"""What became of what somebody proposed for their record: told once for each decision."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from skilltrack.access import Addressee, Viewer
from skilltrack.language import _, mark
from skilltrack.mail.letter import Letter, Part
from skilltrack.mail.message import Mail
from skilltrack.mail.post import Post
from skilltrack.mail.words import greeting, page_link, shortened
from skilltrack.proposals import WHAT, proposals
from skilltrack.storage import Store
from skilltrack.tables import records
from skilltrack.text import shown

BACK = timedelta(days=14)
"""How long after a decision it is still told: whoever begins to send mail does not tell of last year's."""
STATES = {
    "accepted": mark("accepted: it counts on your record"),
    "declined": mark("declined"),
    "settled": mark("dealt with"),
    "taken back": mark("taken back after all: it does not count"),
}
"""What somebody is told of, in words; what they withdrew themselves they know."""
_LATELY = (
    "select 1 from proposal_events where step in ('accepted', 'declined', 'settled') and happened_at >= $since "
    "union all select 1 from upload_events as e join proposal_events as p on p.upload_id = e.upload_id "
    "where e.event in ('undone', 'redone') and e.happened_at >= $since limit 1"
)
_TURNED = (
    "select e.upload_id, max(e.happened_at) as turned_at from upload_events as e join proposal_events as p "
    "on p.upload_id = e.upload_id where e.event in ('undone', 'redone') group by e.upload_id"
)
"""When what was accepted or dealt with was last taken back, or put back."""


def are_any(store: Store, now: datetime) -> bool:
    """Whether there are decisions that are recent enough to be told, sent or not; asks little."""
    return bool(store.query(_LATELY, {"since": now - BACK}).num_rows)


def due(post: Post, known: Collection[str]) -> Iterator[str]:
    """Employee_ids of those of whose proposals something was decided that they do not know."""
    if are_any(post.store, post.now):
        rows, turned = records(shown(proposals(post.store, Viewer.everyone()))), _turned(post.store)
        yield from sorted({row["employee_id"] for row in rows if _key(post, row, turned) not in (None, *known)})


def mail_for(post: Post, person: Addressee, known: Collection[str]) -> Mail | None:
    """What was decided about one person's proposals; None where there is nothing new."""
    made = records(shown(proposals(post.store, post.viewer_of(person), person.account)))
    turned = _turned(post.store)
    rows = [
        row for row in made if row["employee_id"] == person.account and _key(post, row, turned) not in (None, *known)
    ]
    if not rows:
        return None
    listed, more = shortened(
        [(_(WHAT[row["what"]]), row["subject"] or "", _(STATES[row["state"]]), row["reason"] or "") for row in rows]
    )
    one = len(rows) == 1
    letter = Letter(
        _("Your proposal was decided") if one else _("{n} of your proposals were decided", n=len(rows)),
        greeting(person.name),
        _("This is what became of what you proposed for your record."),
        (
            Part(
                "",
                _("Your manager or HR has decided:"),
                (_("What"), _("About"), _("Decision"), _("Reason")),
                listed,
                more,
                page_link(post.rules.url, "people", _("See your record")),
            ),
        ),
        _("You get this mail because you proposed something for your record in Skilltrack."),
        post.stop_link(person.account, "decisions"),
    )
    keys = tuple(key for row in rows if (key := _key(post, row, turned)))
    return Mail(person.account, person.address, "decisions", letter, keys)


def _turned(store: Store) -> dict[int, datetime]:
    return {row["upload_id"]: row["turned_at"] for row in store.query(_TURNED).to_pylist()}


def _key(post: Post, row: Mapping[str, Any], turned: Mapping[int, datetime]) -> str | None:
    """The code of a decision; None where nothing was decided lately."""
    if row["state"] not in STATES or row["decided_at"] is None:
        return None
    turned_at = turned.get(row["upload_id"])
    if (turned_at or row["decided_at"]) < post.now - BACK:
        return None
    again = [str(turned_at)] if turned_at and row["state"] != "taken back" else []
    return post.code("decision", row["proposal_id"], row["state"], *again)
