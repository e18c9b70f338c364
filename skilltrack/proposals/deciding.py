"""What a manager of the line or HR makes of a proposal, and what a manager knows of their people's skills."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from skilltrack.access import Viewer
from skilltrack.config import today
from skilltrack.days import accepted, in_order
from skilltrack.errors import NotOpen, Refused, WouldReplace
from skilltrack.ingest import Mapping, Options, Outcome, Source, import_sources, read_all, refuse_settled
from skilltrack.ingest import take_back as take_upload_back
from skilltrack.language import _, mark
from skilltrack.proposals.events import note
from skilltrack.proposals.proposing import refuse_other_link, refuse_unknown
from skilltrack.proposals.reading import refuse_others_people, refuse_undecidable
from skilltrack.proposals.rows import as_file, refuse_unless
from skilltrack.questions import Effects, Filters, Metrics, preview_import
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage import Store

ASSESSED = (
    "select assessor from prior_learning "
    "where employee_id = $employee_id and skill_id = $skill_id and valid_from = $first"
)
REPLACES = mark(
    "It would replace what is on record already. Choose it alone, look at what would change, and say that it may; or "
    "decline it."
)
LONGEST = 2000
"""Characters of a reason."""


@dataclass(frozen=True)
class Meant:
    """What whoever decides adds to a proposal; only HR can."""

    subject_id: str | None = None
    """The credential or skill of the catalogue that is meant."""
    is_theirs: bool = False
    """Whether a badge is theirs although it names an address that nobody has; it is never verified then."""
    replaces: bool = False
    """Whether it may change what is on record: said before it does, since that is a correction."""


def accept(store: Store, viewer: Viewer, proposal_id: int, meant: Meant = Meant()) -> Outcome:
    """Accept a proposal: it lands as an upload of its own, in the approver's name, and counts from then on.

    An award counts on its issuer's word, as every award does; prior learning on that of the approver, its assessor.
    Raises `Refused`, and the proposal goes on waiting, where it cannot be stored, somebody was quicker, or it would
    change what is on record and nobody has said that it may.
    """
    row = refuse_undecidable(store, viewer, proposal_id)
    source = _as_file(store, viewer, row, meant)
    try:
        outcome = import_sources(store, [source], _options(viewer, proposal_id, only_adds=not meant.replaces))
    except WouldReplace as refused:
        raise WouldReplace(_(REPLACES) if _is_hr(viewer) else str(refused)) from None
    return _refuse_unless(outcome, "stored", row, viewer)


def preview(store: Store, viewer: Viewer, proposal_id: int, meant: Meant = Meant()) -> Effects:
    """How the coverage of the teams that the viewer sees would move; raises `Refused` as `accept` does."""
    row = refuse_undecidable(store, viewer, proposal_id)
    read = read_all(store, [_as_file(store, viewer, row, meant)], lambda step: None)
    options = replace(_options(viewer, proposal_id, only_adds=not _is_hr(viewer)), dry_run=True)
    would = preview_import(store, viewer.asking_for_proposals(), read, options)
    _refuse_unless(would.outcome, "checked", row, viewer)
    return would.effects


def _options(viewer: Viewer, proposal_id: int, *, only_adds: bool) -> Options:
    """How a proposal is imported."""
    return Options(by=viewer.account, settles=proposal_id, only_adds=only_adds)


def _refuse_unless(outcome: Outcome, status: str, row: dict[str, Any], viewer: Viewer) -> Outcome:
    """The outcome, if it has this status; else the reasons, which may name others where a badge file is concerned."""
    if row["what"] == "badge" and outcome.status != status and not _is_hr(viewer):
        raise Refused(_("This badge cannot be stored as theirs. HR sees why, and can accept it."))
    return refuse_unless(outcome, status)


def _as_file(store: Store, viewer: Viewer, row: dict[str, Any], meant: Meant) -> Source:
    """What a proposal asks for, as a file that can be imported; raises `Refused` where that is not known."""
    if meant != Meant() and not _is_hr(viewer):
        raise NotOpen(
            _(
                "Only HR says which credential or skill is meant, whose a badge is, and what may replace what is on "
                "record."
            )
        )
    what, about, number = row["what"], meant.subject_id or row["subject_id"], row["proposal_id"]
    if what == "correction":
        raise Refused(_("A correction is not accepted but settled: HR uploads what is right, and says so."))
    if what == "badge":
        if row["stored"] is None:
            raise Refused(
                _(
                    "The file with this badge mentioned somebody who was erased, and is gone. Decline it, and ask for "
                    "it again."
                )
            )
        mapping = Mapping(constants={"employee_id": row["employee_id"]} if meant.is_theirs else {})
        content = store.journal.read(row["stored"])
        return Source("badges", row["file_name"], content, mapping, is_mapped=meant.is_theirs)
    if row["subject_id"] not in (None, about):
        raise Refused(_("They have chosen which one it is. Accept that, or decline it, and say why."))
    if about is None:
        raise Refused(
            _(
                "The catalogue has no {wording}: HR says which credential or skill is meant.",
                wording=repr(row["wording"]),
            )
        )
    refuse_unknown(store, viewer, what, about)
    cells = {"employee_id": row["employee_id"], "evidence_url": row["evidence_url"]}
    if what == "award":
        cells |= {"credential_id": about, "issued_on": row["valid_from"], "expires_on": row["valid_to"]}
        return as_file("badges", cells, f"proposal {number}.csv")
    cells |= {"skill_id": about, "level": row["level"], "assessor": _called(store, viewer)}
    cells |= {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
    return as_file("prior_learning", cells, f"proposal {number}.csv")


def decline(store: Store, viewer: Viewer, proposal_id: int, reason: str) -> None:
    """Decline a proposal, with a reason that the person reads."""
    row = refuse_undecidable(store, viewer, proposal_id)
    if row["what"] == "correction" and not _is_hr(viewer):
        raise NotOpen(_("HR settles corrections."))
    _end(store, viewer, proposal_id, "declined", reason)


def settle(store: Store, viewer: Viewer, proposal_id: int, reason: str, upload_id: int | None = None) -> None:
    """Say that a correction is done, and by which upload where one did it; only HR can."""
    row = refuse_undecidable(store, viewer, proposal_id)
    if not _is_hr(viewer):
        raise NotOpen(_("HR settles corrections."))
    if row["what"] != "correction":
        raise Refused(_("Only a correction is settled. Accept this, or decline it."))
    if upload_id is not None:
        counting = with_definitions("select 1 from live_uploads where upload_id = $id")
        if not store.query(counting, {"id": upload_id, "known_at": END_OF_TIME}).num_rows:
            raise Refused(
                _(
                    "There is no upload {upload_id}, or it was undone. `uploads` lists them.",
                    upload_id=str(upload_id),
                )
            )
    _end(store, viewer, proposal_id, "settled", reason, upload_id)


def take_back(store: Store, viewer: Viewer, proposal_id: int) -> None:
    """Undo the upload by which a proposal was accepted: HR can, and whoever accepted it."""
    row = refuse_undecidable(store, viewer, proposal_id)
    if row["ended_by"] != "accepted":
        raise Refused(_("Proposal {n} was not accepted, so there is nothing to take back.", n=proposal_id))
    if not _is_hr(viewer) and row["ended_by_whom"] != viewer.account:
        raise NotOpen(_("Somebody else has accepted it: they or HR can take it back."))
    with store.write() as transaction:
        take_upload_back(transaction, row["brought_by"], viewer.account)


def assess(
    store: Store,
    viewer: Viewer,
    employee_id: str,
    skill_id: str,
    level: int,
    valid_from: date | None = None,
    valid_to: date | None = None,
    evidence_url: str = "",
) -> Outcome:
    """Store what a manager or HR knows that somebody can do, as prior learning that they have assessed."""
    refuse_others_people(store, viewer, employee_id)
    refuse_unknown(store, viewer, "prior_learning", skill_id)
    refuse_other_link(evidence_url)
    first = valid_from or today()
    for day in filter(None, (first, valid_to)):
        accepted(day)
    in_order(first, valid_to)
    if first > today():
        raise Refused(_("{day} has not come yet. Assess it then.", day=first))
    if level < 1:  # the import leaves such a row out
        raise Refused(_("Say at which level, 1 or more."))
    assessor = _called(store, viewer)
    if not _is_hr(viewer):
        _refuse_others_word(store, employee_id, skill_id, first, assessor)
    row = {
        "employee_id": employee_id,
        "skill_id": skill_id,
        "level": level,
        "assessor": assessor,
        "valid_from": first,
        "valid_to": valid_to,
        "evidence_url": evidence_url.strip(),
    }
    file = as_file("prior_learning", row, "assessment.csv")
    return refuse_unless(import_sources(store, [file], Options(by=viewer.account)))


def _refuse_others_word(store: Store, employee_id: str, skill_id: str, first: date, assessor: str) -> None:
    """Raise `Refused` where somebody else has assessed the skill from the same day on: their word would go."""
    asked = {"employee_id": employee_id, "skill_id": skill_id, "first": first, "known_at": END_OF_TIME}
    for row in store.query(with_definitions(ASSESSED), asked).to_pylist():
        if row["assessor"] != assessor:
            raise Refused(
                _("{who} has assessed this skill from {day} on. HR can change that.", who=row["assessor"], day=first)
            )


def each(numbers: Iterable[int], decide: Callable[[int], object]) -> dict[int, str]:
    """Decide several proposals one by one; those that were refused, each with the reason. The others are done."""
    refused = {}
    for number in numbers:
        try:
            decide(number)
        except Refused as refusal:
            refused[number] = str(refusal)
    return refused


def _end(store: Store, viewer: Viewer, proposal_id: int, step: str, reason: str, upload_id: int | None = None) -> None:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the person reads it."))
    if len(reason) > LONGEST:
        raise Refused(_("This text has {n} characters. Write at most {most}.", n=len(reason), most=LONGEST))
    with store.write() as transaction:
        employee_id = refuse_settled(transaction, proposal_id)
        note(transaction, proposal_id, employee_id, step, viewer.account, reason=reason, upload_id=upload_id)


def _is_hr(viewer: Viewer) -> bool:
    return "hr" in viewer.roles


def _called(store: Store, viewer: Viewer) -> str:
    """The name of the approver, as an assessor is named; their account where the roster has no name of theirs."""
    if viewer.employee_id is None:
        return viewer.account
    listed = Metrics(store).ask("people", viewer.asking_for_proposals(), Filters(employee=viewer.employee_id))
    name = "" if listed.empty else listed.iloc[0]["name"]
    return str(name or viewer.account)
