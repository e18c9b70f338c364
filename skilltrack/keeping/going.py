"""What an erasure takes and what stays: told before, and counted afterwards from what is there and what was.

Both are told in the same terms, so that whoever has confirmed the one finds it in the other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skilltrack.errors import BadStore
from skilltrack.ingest import Named, without_people
from skilltrack.keeping.kept_files import KeptRows, Places, lines_of, mentioned_in_proposed, read_kept
from skilltrack.keeping.remains import stays
from skilltrack.keeping.replay import mentioning, saved_exports
from skilltrack.kinds import kind_called, kinds_about_people
from skilltrack.language import _, plural
from skilltrack.storage import Entry, Store
from skilltrack.text import counted

NAMED = 20
"""At most this many exports are named."""
Line = tuple[Any, ...]
"""Upload, file and line, or what else tells one thing from another."""
OF_SEVERAL = ("digest", "feed", "report", "packs")
"""Kinds of mail that may name others than the one who gets it."""

_SETTINGS = ("role_events", "token_events", "mail_choices", "language_choices")
"""Tables of what accounts may do and want."""
_ACCOUNTED = ("role", "token", "mail", "language")
"""Events of the journal's lines about these."""


@dataclass
class Gone:
    """What goes, or went."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows by kind of file."""
    set_aside: int = 0
    """Rows that were set aside, and are theirs."""
    unproved: int = 0
    """Awards of others whose signed badge loses its proof, since what was signed mentions the people."""
    proposals: int = 0
    """Proposals for their record, with the files that go with these."""
    proofs: tuple[int, ...] = ()
    """Proposals of others that lose their file, since it mentions the people."""
    saved: int = 0
    """Exports saved by name that mention them."""
    schedules: int = 0
    """Scheduled reports that they scheduled, or that are about them."""
    settings: int = 0
    """Roles, tokens and choices of mail and language, each with every change of it."""


@dataclass
class Going(Gone):
    """What would be erased, what stays here and why, and what stays elsewhere."""

    reports: int = 0
    """People whose manager today is one of them: their reporting line ends there afterwards."""
    shared: tuple[str, ...] = ()
    """Names and addresses that others have too."""
    kept: list[str] = field(default_factory=list)
    """What reads like them and stays, since it means something else; a sentence each."""
    backups: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)


def going(store: Store, people: Named, places: Mapping[str, Places], also: Collection[int] = ()) -> Going:
    """What erasing would take away, to be confirmed before, and where else they are, to be dealt with after.

    `also`: proposals, by number, that go besides theirs.
    """
    rows = {kind: sum(map(len, of_kind.values())) for kind, of_kind in places.items() if of_kind}
    reports = store.query(
        "select count(*) as n from kept_roster where valid_to = date '9999-12-31' "
        "and manager_id in (select unnest($ids)) and employee_id not in (select unnest($ids))",
        {"ids": sorted(people.ids)},
    ).to_pylist()[0]["n"]
    entries = store.journal.entries()
    proposed = {entry["proposal_id"] for entry in entries if entry.get("employee_id") in people.ids} | {*also}
    scheduled = {entry["schedule_id"] for entry in entries if entry["event"] == "schedule" and is_of(entry, people)}
    proofs = tuple(
        entry["proposal_id"]
        for entry in entries
        if entry.get("proposal_id") not in proposed and is_in_file(store, entry, people)
    )
    set_aside, unproved = _in_files(store, people, places, entries)
    return Going(
        rows, set_aside, unproved, len(proposed), proofs, len(mentioning(saved_exports(store), people)),
        len(scheduled), sum(entry["event"] in _ACCOUNTED and is_of(entry, people) for entry in entries), reports,
        people.shared, stays(store, people, places, scheduled), _backups(store, people), _exports(store, people),
    )  # fmt: skip


def _in_files(store: Store, people: Named, places: Mapping[str, Places], entries: Iterable[Entry]) -> tuple[int, int]:
    """How many rows that were set aside would go, and how many awards of others would lose their proof.

    Only the files that have one or the other are looked at, in the way in which an erasure looks at them.
    """
    known, apart = KeptRows(store, people, places), lines_of(store.query("from quarantined_rows"))
    checks = _checks(store)
    signed = {place[:2] for place in checks}
    set_aside, unproved = 0, set[str]()
    for entry in entries:
        for file_no, file in enumerate(entry.get("files", ())):
            place = entry["upload_id"], file_no
            if place in apart or place in signed:
                read = read_kept(store, file)
                left = without_people(read, people, known.of(*place, read))
                set_aside += len(left.gone & apart.get(place, set()))
                unproved |= {checks[*place, line] for line in left.unproved if (*place, line) in checks}
    return set_aside, len(unproved)


@dataclass(frozen=True)
class Standing:
    """What there is that an erasure may take, up to an upload."""

    last: int
    rows: Mapping[str, int]
    set_aside: frozenset[Line]
    checks: Mapping[Line, str]
    """The awards of signed badges that were checked, by the line of the badge."""
    awards: frozenset[Line]
    """Lines of awards in the uploads that have such badges."""
    proposals: Mapping[int, bool]
    """Each proposal, and whether a file goes with it."""
    saved: frozenset[Line]
    schedules: frozenset[Line]
    settings: Counter[Line]


def standing(store: Store, before: Standing | None = None) -> Standing:
    """What there is now; with what there was `before`, up to the upload that was the last one then."""
    newest: int = store.query("select coalesce(max(upload_id), 0) as n from uploads").to_pylist()[0]["n"]
    last, checks = before.last if before else newest, _checks(store)
    signed = sorted({place[0] for place in (before.checks if before else checks)})

    def lines(columns: str, source: str, **asked: Any) -> list[Line]:
        return [tuple(row.values()) for row in store.query(f"select {columns} from {source}", asked).to_pylist()]

    place, known = "upload_id, file_no, line_no", "upload_id <= $last"
    rows = {
        kind.name: lines("count(*)", f"{kind.table} where {known}", last=last)[0][0] for kind in kinds_about_people()
    }
    awards = lines(place, "badge_rows where upload_id in (select unnest($uploads))", uploads=signed)
    proposals = lines("proposal_id, count(stored) > 0", "proposal_events group by proposal_id")
    settings = [one for table in _SETTINGS for one in lines(f"'{table}', account, happened_at", table)]
    return Standing(
        last,
        rows,
        frozenset(lines(place, f"quarantined_rows where {known}", last=last)),
        checks,
        frozenset(awards),
        dict(proposals),
        frozenset(lines("by_whom, name", "saved_exports")),
        frozenset(lines("distinct schedule_id", "schedule_events")),
        Counter(settings),
    )


def _checks(store: Store) -> dict[Line, str]:
    """The awards of signed badges that were checked, by the line of the badge."""
    rows = store.query("select upload_id, file_no, line_no, award_key from award_checks").to_pylist()
    return {(row["upload_id"], row["file_no"], row["line_no"]): row["award_key"] for row in rows}


def what_went(before: Standing, after: Standing) -> Gone:
    """What an erasure took, from what there was and what there is."""
    rows = {kind: count - after.rows[kind] for kind, count in before.rows.items() if count != after.rows[kind]}
    unproved = {award for line, award in before.checks.items() if line in after.awards and line not in after.checks}
    proofs = tuple(
        sorted(number for number, had in before.proposals.items() if had and after.proposals.get(number) is False)
    )
    return Gone(
        rows,
        len(before.set_aside - after.set_aside),
        len(unproved),
        len(before.proposals.keys() - after.proposals),
        proofs,
        len(before.saved - after.saved),
        len(before.schedules - after.schedules),
        (before.settings - after.settings).total(),
    )


def in_words(what: Going) -> list[str]:
    """What goes, what stays and why, and what stays elsewhere, a sentence each."""
    sentences = [
        plural("{kind}: {n} row would go.", "{kind}: {n} rows would go.", count, kind=kind_called(kind))
        for kind, count in what.rows.items()
    ]
    if what.set_aside:
        sentences.append(_("Rows set aside that would go: {n}.", n=what.set_aside))
    if what.reports:
        sentences.append(
            plural(
                "{n} person reports to them today: the managers above them would no longer see this person. Upload a "
                "roster with the new manager first.",
                "{n} people report to them today: the managers above them would no longer see these people. Upload a "
                "roster with the new manager first.",
                what.reports,
            )
        )
    if what.proposals:
        sentences.append(_("Proposals that would go, with their files: {n}.", n=what.proposals))
    if what.proofs:
        numbers = ", ".join(map(str, what.proofs))
        sentences.append(
            _("Proposals of others whose file mentions them, and would lose that file: {numbers}.", numbers=numbers)
        )
    if what.unproved:
        sentences.append(
            _(
                "Awards of others whose signed badge mentions them, and would lose its proof: {n}. They would be "
                "attested still, and not verified.",
                n=what.unproved,
            )
        )
    if what.saved:
        sentences.append(_("Exports saved by name that mention them and would go: {n}.", n=what.saved))
    if what.schedules:
        sentences.append(_("Scheduled reports by them or about them that would go: {n}.", n=what.schedules))
    if what.settings:
        sentences.append(_("Roles, tokens and choices of theirs that would go: {n}.", n=what.settings))
    if what.shared:
        names = ", ".join(what.shared)
        sentences.append(_("Other people have the same name or address, so it stays in texts: {names}.", names=names))
    sentences += [*what.kept, *what.backups]
    if what.exports:
        newest = "; ".join(what.exports[:-NAMED:-1] if len(what.exports) >= NAMED else what.exports[::-1])
        count = len(what.exports)
        sentences.append(
            _("Exports that may hold them: {n}. Ask whoever has them to delete them: {newest}.", n=count, newest=newest)
        )
    return sentences


def receipt(went: Gone) -> str:
    """What an erasure took, in one sentence."""
    parts = [(kind_called(kind), count) for kind, count in went.rows.items()]
    parts += [
        (_("rows set aside"), went.set_aside),
        (_("proposals"), went.proposals),
        (_("files of others' proposals"), len(went.proofs)),
        (_("proofs of others' awards"), went.unproved),
        (_("saved exports"), went.saved),
        (_("scheduled reports"), went.schedules),
        (_("roles, tokens and choices"), went.settings),
    ]
    listed = ", ".join(f"{name} {count:,}" for name, count in parts if count)
    return _("Erased: {what}.", what=listed) if listed else _("There was nothing to erase.")


def is_of(entry: Entry, people: Named) -> bool:
    """Whether a line is about mail, a token, a schedule or a proposal of one of them, or a role that one had."""
    if any(people.is_meant(entry[name]) for name in ("account", "of_manager") if name in entry):
        return True
    return entry.get("employee_id") in people.ids or (
        entry["event"] == "schedule" and bool(mentioning([entry | {"by_whom": entry["account"], "name": ""}], people))
    )


def is_in_file(store: Store, entry: Entry, people: Named) -> bool:
    """Whether the file of a proposal mentions them."""
    return entry["event"] == "proposal" and mentioned_in_proposed(store, entry, people)[0]


PACKED = (".tar.gz", ".tar.gz.age")
"""How the names of backups off the machine end; they are not opened: some lie in a bucket, and some are sealed."""


def _backups(store: Store, people: Named) -> list[str]:
    """Backups, published relations and old files that still hold them."""
    places = [str(entry["path"]) for entry in store.journal.entries() if entry["event"] == "backup"]
    packed = Counter(place.rpartition("/")[0] for place in places if place.endswith(PACKED))
    sentences = [
        f"{place} has or had {counted(number, 'backup')} that may hold them. Delete these, or let the rule remove "
        "them: `backups list` shows them."
        for place, number in packed.items()
    ]
    published = (entry["what"]["to"] for entry in store.journal.audit.entries() if entry["event"] == "published")
    sentences += [
        f"{place} holds published relations that may hold them. `publish --to {place}` again removes these."
        for place in dict.fromkeys(published)
    ]
    noted = [Path(place) for place in places if not place.endswith(PACKED)]
    path = Path(store.path)
    for file in dict.fromkeys([*noted, *path.parent.glob(f"{path.name}*.aside")]):
        try:
            old = Store.open(file, is_read_only=True) if file.is_file() and not file.name.endswith(".wal") else None
        except BadStore:
            sentences.append(f"{file} cannot be opened, and may hold them. Delete it.")
            continue
        if old is not None:
            asked = "select 1 from roster_rows where employee_id in (select unnest($ids)) limit 1"
            if old.query(asked, {"ids": sorted(people.ids)}).num_rows:
                sentences.append(f"{file} holds them. Delete it, or let it expire; restoring it leaves them out.")
            old.close()
        elif file.is_dir():
            sentences.append(f"{file} is the folder of an earlier database, and may hold them. Delete it.")
    return sentences


def _exports(store: Store, people: Named) -> list[str]:
    """Exports and mails that may hold them: those about them, and lists of several people."""
    log = store.journal.audit
    codes = {"", *map(log.code, people.ids)}
    return [
        f"{entry['at'][:16]} {entry['who'] or 'the program'}: {entry['what'].get('report') or entry['what']['mail']}"
        for entry in log.entries()
        if (entry["event"] == "exported" and entry["about"] in codes)
        or (entry["event"] == "mailed" and (entry["about"] in codes - {""} or entry["what"]["mail"] in OF_SEVERAL))
    ]
