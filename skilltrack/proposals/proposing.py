"""What people propose for their own record: an award, a badge file, prior learning, a correction; and self ratings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

from skilltrack.access import Viewer
from skilltrack.config import today
from skilltrack.days import accepted, in_order
from skilltrack.errors import NotOpen, Refused
from skilltrack.ingest import BADGE_ENDINGS, Options, Outcome, import_sources, is_larger, refuse_settled
from skilltrack.language import _, either, mark
from skilltrack.proposals.events import note
from skilltrack.proposals.reading import made, may_propose
from skilltrack.proposals.rows import as_file, refuse_unless
from skilltrack.questions import Filters, Metrics
from skilltrack.relations import read_text
from skilltrack.storage import Store
from skilltrack.text import host_of, readable, visible

WHAT = {
    "award": mark("a certificate or another award"),
    "badge": mark("a badge file"),
    "prior_learning": mark("a skill learned without training"),
    "correction": mark("something that is wrong"),
}
"""What can be proposed, in words."""
ENDINGS = ("pdf", "png", "jpg", "jpeg", "txt", "docx", "xlsx", "pptx", "json", "jwt", "jws")
"""Endings of the names of files that may go with a proposal."""
LARGEST = 10 * 2**20
"""Bytes of a file that goes with a proposal."""
LARGEST_UNPACKED = 50 * 2**20
"""Bytes of what is packed in it, as in an Office file: erasing somebody searches all of it."""
LONGEST = {"wording": 200, "evidence_url": 2000, "note": 2000}
"""Characters of each text."""
MOST_WAITING = 50
"""Proposals of one person that may wait at once."""
WAITING = (
    "select count(*) as n from proposal_events group by proposal_id having count(*) = 1 and min(employee_id) = $id"
)
MOST_A_DAY = 100
"""Proposals of one person within 24 hours: what is withdrawn stays on the disk."""
LATELY = (
    "select count(*) as n from proposal_events where step = 'proposed' and employee_id = $id and happened_at > $after"
)
OWN_RATING = "own rating.csv"
"""What the file of a self rating is called."""
MOST_RATED = 50
"""Self ratings of one person within 24 hours: each is an upload of its own, which stays."""
RATED = read_text("proposals/rated")
MADE_SINCE = (
    "select proposal_id from proposal_events group by proposal_id having count(*) = 1 and min(happened_at) >= $since "
    "order by proposal_id"
)
NUMBER = "select coalesce(max(proposal_id), 0) + 1 as n from proposal_events"


@dataclass(frozen=True)
class Proposal:
    """What somebody proposes."""

    what: str
    """One of `WHAT`."""
    subject_id: str | None = None
    """The credential or skill of the catalogue."""
    wording: str = ""
    """What they call it, where the catalogue has no such thing; of a correction, the line that is wrong."""
    level: int | None = None
    valid_from: date | None = None
    """Day of issue, or the first day of prior learning."""
    valid_to: date | None = None
    evidence_url: str = ""
    note: str = ""
    file_name: str = ""
    content: bytes = b""


def propose(store: Store, viewer: Viewer, employee_id: str, proposal: Proposal) -> int:
    """Propose something for a record, and return the number of the proposal. It counts for nothing until accepted.

    Raises `NotOpen` for somebody else's record, and `Refused` where something is missing or cannot be.
    """
    _refuse_elsewhere(store, viewer, employee_id)
    _refuse_incomplete(proposal)
    if proposal.subject_id is not None and proposal.what in ("award", "prior_learning"):
        refuse_unknown(store, viewer, proposal.what, proposal.subject_id)
    with store.write() as transaction:
        if len(transaction.rows(WAITING, {"id": employee_id})) >= MOST_WAITING:
            raise Refused(_("{n} proposals wait already. Ask your manager or HR to look at them.", n=MOST_WAITING))
        after = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
        if transaction.rows(LATELY, {"id": employee_id, "after": after})[0]["n"] >= MOST_A_DAY:
            raise Refused(_("{n} proposals were made within a day. Go on tomorrow.", n=MOST_A_DAY))
        number = max(int(transaction.rows(NUMBER)[0]["n"]), _highest_erased(store) + 1)
        stored = store.journal.keep(proposal.content) if proposal.content else None
        note(
            transaction, number, employee_id, "proposed", viewer.account, what=proposal.what,
            subject_id=proposal.subject_id, wording=proposal.wording.strip(), level=proposal.level,
            valid_from=_iso(proposal.valid_from), valid_to=_iso(proposal.valid_to),
            evidence_url=proposal.evidence_url.strip(), note=proposal.note.strip(),
            file_name=_name(proposal.file_name) if stored else None, stored=stored,
        )  # fmt: skip
    return number


def _highest_erased(store: Store) -> int:
    """The highest number that a proposal had when somebody was erased: it may have been theirs, and lists tell it."""
    if not store.query("select 1 from erasures limit 1").num_rows:
        return 0
    return max(
        (line.get("highest_proposal", 0) for line in store.journal.entries() if line["event"] == "erased"), default=0
    )


def withdraw(store: Store, viewer: Viewer, proposal_id: int) -> None:
    """Take back what one has proposed, while it waits."""
    row = made(store, viewer, proposal_id)
    if not may_propose(viewer, row["employee_id"]):
        raise NotOpen(_("Only whoever has proposed it can withdraw it. Decline it, and say why."))
    with store.write() as transaction:
        employee_id = refuse_settled(transaction, proposal_id)
        note(transaction, proposal_id, employee_id, "withdrawn", viewer.account)


def withdraw_since(store: Store, since: datetime) -> None:
    """Withdraw everything that was proposed since a moment (UTC) and waits: those who proposed it were invented."""
    for number in store.query(MADE_SINCE, {"since": since})["proposal_id"].to_pylist():
        withdraw(store, Viewer.everyone(), number)


def rate(
    store: Store, viewer: Viewer, employee_id: str, skill_id: str, level: int, since: date | None = None
) -> Outcome:
    """Store a self rating at once, as an upload of its own: a claim, which needs nobody's word."""
    _refuse_elsewhere(store, viewer, employee_id)
    refuse_unknown(store, viewer, "self_rating", skill_id)
    if level < 1:  # the import leaves such a row out
        raise Refused(_("Say at which level, 1 or more."))
    after = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    asked = {"id": employee_id, "file": OWN_RATING, "after": after}
    if store.query(RATED, asked)["n"][0].as_py() >= MOST_RATED:
        raise Refused(_("{n} ratings were stored within a day. Go on tomorrow.", n=MOST_RATED))
    row = {"employee_id": employee_id, "skill_id": skill_id, "level": level, "valid_from": since or today()}
    file = as_file("self_ratings", row, OWN_RATING)
    return refuse_unless(import_sources(store, [file], Options(by=viewer.account)))


def refuse_unknown(store: Store, viewer: Viewer, what: str, subject_id: str) -> None:
    """Raise `Refused` where the catalogue has no credential or skill of this id."""
    thing = "credential" if what == "award" else "skill"
    rows = Metrics(store).ask("proposable", viewer, Filters(search=subject_id))
    if not ((rows["kind"] == thing) & (rows["value"] == subject_id)).any():
        raise Refused(_("The catalogue has no {id}. Choose from it, or say what it is called.", id=repr(subject_id)))


def _refuse_elsewhere(store: Store, viewer: Viewer, employee_id: str) -> None:
    viewer.acting_in("proposals", mark("Proposing"))
    if not may_propose(viewer, employee_id):
        raise NotOpen(_("People propose for their own record only."))
    if Metrics(store).ask("people", viewer, Filters(employee=employee_id)).empty:
        raise NotOpen(_("{who} is not on today's roster. HR can upload what they have.", who=employee_id))


def _refuse_incomplete(proposal: Proposal) -> None:
    """Raise `Refused` for the first thing that is missing or cannot be."""
    if proposal.what not in WHAT:
        raise Refused(f"{proposal.what!r} cannot be proposed. Propose one of: {', '.join(WHAT)}.")
    for name, longest in LONGEST.items():
        text = getattr(proposal, name)
        if len(text) > longest:
            raise Refused(_("This text has {n} characters. Write at most {most}.", n=len(text), most=longest))
        if readable(text) != text:
            raise Refused(_("A text holds characters that are none. Write it again."))
    refuse_other_link(proposal.evidence_url)
    _refuse_other_file(proposal)
    for problem in _missing(proposal):
        raise Refused(problem)
    for day in (proposal.valid_from, proposal.valid_to):
        if day is not None:
            accepted(day)
    in_order(proposal.valid_from, proposal.valid_to)
    if proposal.valid_from and proposal.valid_from > today():
        raise Refused(_("{day} has not come yet. Propose it then.", day=proposal.valid_from))


def _missing(proposal: Proposal) -> Iterable[str]:
    is_named = bool(proposal.subject_id or proposal.wording.strip())
    if proposal.what == "award" and not is_named:
        yield _("Say which award it is: choose it, or write what it is called.")
    if proposal.what == "award" and proposal.valid_from is None:
        yield _("Say on which day it was issued.")
    if proposal.what == "award" and not (proposal.evidence_url.strip() or proposal.content):
        yield _("Add a link or a file as proof.")
    if proposal.what == "badge" and not proposal.content:
        yield _("Add the badge file.")
    if proposal.what == "prior_learning" and not is_named:
        yield _("Say which skill it is: choose it, or write what it is called.")
    if proposal.what == "prior_learning" and not (proposal.level and 1 <= proposal.level < 10**6):
        yield _("Say at which level, 1 or more.")
    if proposal.what == "prior_learning" and proposal.valid_from is None:
        yield _("Say since when.")
    if proposal.what == "correction" and not proposal.note.strip():
        yield _("Say what is wrong, and what would be right.")


def refuse_other_link(link: str) -> None:
    """Raise `Refused` for a link that is no address of the web."""
    link = link.strip()
    if link and not host_of(link):
        raise Refused(_("{link} is not a link. Write one that begins with https://.", link=repr(link[:80])))


def _refuse_other_file(proposal: Proposal) -> None:
    if not proposal.file_name:
        return
    endings = BADGE_ENDINGS if proposal.what == "badge" else ENDINGS
    if _name(proposal.file_name).rpartition(".")[2].lower() not in endings:
        listed = either([f".{ending}" for ending in endings])
        raise Refused(_("A file that ends in {endings} can go with it.", endings=listed))
    if not proposal.content:
        raise Refused(_("{file} is empty.", file=_name(proposal.file_name)))
    if len(proposal.content) > LARGEST:
        raise Refused(_("A file may have {n} MB.", n=LARGEST // 2**20))
    if is_larger(proposal.content, LARGEST_UNPACKED):
        raise Refused(_("Unpacked, a file may have {n} MB.", n=LARGEST_UNPACKED // 2**20))


def _name(file_name: str) -> str:
    """The last part of a file's name, by whatever slashes it is named; at most 200 characters, the ending kept."""
    name = visible(readable(PurePosixPath(file_name.replace("\\", "/")).name))
    return name if len(name) <= 200 else name[-200:]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
