"""Erasing people: from the kept files first, then from the database, which is built anew from them.

The old database file is deleted, so that no freed block of it stays. Nothing is half erased: the files are imported
again into a new database before anything is replaced. Backups and exports are out of reach, and are listed.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from skilltrack.access import trail as audit
from skilltrack.errors import BadQuestion, BadStore, Refused
from skilltrack.ingest import ERASED, Named, marker, without_people
from skilltrack.keeping.kept_files import KeptRows, Place, Places, lines_where, mentioned_in_proposed, read_kept
from skilltrack.keeping.remains import Remains, search
from skilltrack.keeping.replay import Say, mentioning, renew, saved_exports
from skilltrack.kinds import kind_called, kinds_about_people
from skilltrack.language import _, plural
from skilltrack.relations import with_definitions
from skilltrack.storage import Entry, Journal, Store
from skilltrack.text import counted, have

__all__ = ["Remains", "erase", "going", "in_words", "named", "places_of", "search"]

NAMED = 20
"""At most this many exports are named."""
TEXTS = ("label", "wording", "evidence_url", "note", "file_name", "reason")
"""Fields of lines of the journal that somebody has written in their own words."""
OF_SEVERAL = ("digest", "feed", "report", "packs")
"""Kinds of mail that may name others than the one who gets it."""


@dataclass
class Going:
    """What would be, or was, erased, and what stays elsewhere."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows by kind of file."""
    reports: int = 0
    """People whose manager today is one of them: their reporting line ends there afterwards."""
    shared: tuple[str, ...] = ()
    """Names and addresses that others have too."""
    proposals: int = 0
    """Proposals for their record, with the files that go with these."""
    proofs: tuple[int, ...] = ()
    """Proposals of others whose file mentions them, and would lose it."""
    saved: int = 0
    """Exports saved by name that mention them."""
    schedules: int = 0
    """Scheduled reports that they scheduled, or that are about them."""
    backups: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)


def named(store: Store, employee_ids: list[str]) -> Named:
    """The ids, addresses and names that people ever had.

    Raises `BadQuestion` when nothing is stored about one of them.
    """
    ids = frozenset(employee_ids)
    named = with_definitions("select employee_id from people_named where employee_id in (select unnest($ids))")
    known = store.query(named, {"ids": sorted(ids)}).to_pylist()
    unknown = ids - {row["employee_id"] for row in known}
    if unknown and (unknown := unknown - _set_aside(store)):
        raise BadQuestion(
            _(
                "Nothing is stored about an employee {employee_id}. Give an employee_id.",
                employee_id=repr(sorted(unknown)[0]),
            )
        )
    called: dict[str, frozenset[str]] = {}
    shared: set[str] = set()
    for column in ("name", "email"):
        rows = store.query(
            f"select lower(trim({column})) as folded, bool_or(employee_id not in (select unnest($ids))) as is_shared, "
            f"list(distinct trim({column})) as spelled from roster_rows where {column} is not null group by folded "
            "having bool_or(employee_id in (select unnest($ids)))",
            {"ids": sorted(ids)},
        ).to_pylist()
        shared |= {row["folded"] for row in rows if row["is_shared"]}
        called[column] = frozenset(text for row in rows if not row["is_shared"] for text in row["spelled"])
    return Named(ids, called["email"], called["name"], tuple(sorted(shared)))


def _set_aside(store: Store) -> set[str]:
    """The ids in rows that were set aside, which nobody else may have."""
    selects = [
        f"select trim(cells ->> '$.{kind.about}') as id from quarantined_rows where kind = '{kind.name}'"
        for kind in kinds_about_people()
    ]
    return {*store.query(" union ".join(selects))["id"].to_pylist()}


def places_of(store: Store, people: Named, also: Mapping[str, Places] | None = None) -> dict[str, Places]:
    """The lines that are about them, by kind of file, and those of `also`."""
    places, ids = {kind: dict(places) for kind, places in (also or {}).items()}, sorted(people.ids)
    for kind in kinds_about_people():
        theirs = lines_where(store, kind.table, f"{kind.about} in (select unnest($ids))", {"ids": ids})
        of_kind = places.setdefault(kind.name, {})
        for place, lines in theirs.items():
            of_kind[place] = of_kind.get(place, set()) | lines
    return places


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
    saved = len(mentioning(saved_exports(store), people))
    entries = store.journal.entries()
    proposed = {entry["proposal_id"] for entry in entries if entry.get("employee_id") in people.ids} | {*also}
    scheduled = {entry["schedule_id"] for entry in entries if entry["event"] == "schedule" and _is_of(entry, people)}
    proofs = tuple(
        entry["proposal_id"]
        for entry in entries
        if entry.get("proposal_id") not in proposed and _is_in_file(store, entry, people)
    )
    return Going(
        rows, reports, people.shared, len(proposed), proofs, saved, len(scheduled), _backups(store, people),
        _exports(store, people),
    )  # fmt: skip


def in_words(what: Going) -> list[str]:
    """What goes and what stays elsewhere, a sentence each."""
    sentences = [
        plural("{kind}: {n} row would go.", "{kind}: {n} rows would go.", count, kind=kind_called(kind))
        for kind, count in what.rows.items()
    ]
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
    if what.shared:
        names = ", ".join(what.shared)
        sentences.append(_("Other people have the same name or address, so it stays in texts: {names}.", names=names))
    if what.proposals:
        sentences.append(_("Proposals that would go, with their files: {n}.", n=what.proposals))
    if what.proofs:
        numbers = ", ".join(map(str, what.proofs))
        sentences.append(
            _("Proposals of others whose file mentions them, and would lose that file: {numbers}.", numbers=numbers)
        )
    if what.saved:
        sentences.append(_("Exports saved by name that mention them and would go: {n}.", n=what.saved))
    if what.schedules:
        sentences.append(_("Scheduled reports by them or about them that would go: {n}.", n=what.schedules))
    sentences += what.backups
    if what.exports:
        newest = "; ".join(what.exports[:-NAMED:-1] if len(what.exports) >= NAMED else what.exports[::-1])
        count = len(what.exports)
        sentences.append(
            _("Exports that may hold them: {n}. Ask whoever has them to delete them: {newest}.", n=count, newest=newest)
        )
    return sentences


def erase(
    store: Store, by: str, people: Named, places: Mapping[str, Places], say: Say = lambda line: None,
    also: Collection[int] = (),
) -> None:  # fmt: skip
    """Erase people everywhere within reach, and the rows at `places` and proposals of `also`, which may be of others.

    Raises `Refused`, and changes nothing, when the database cannot be built anew from the kept files.
    """
    if not store.journal.is_kept:
        raise Refused("A database in memory keeps no files to erase from. Close it, and everything is gone.")
    for file in store.journal.folder.glob("*"):
        if file.is_symlink():
            raise Refused(
                f"{file} is a link to {file.readlink()}: the file there would stay. Nothing was erased; replace the "
                "link by the file itself."
            )
    audit.note(store.journal.audit, by, "erased", next(iter(people.ids), None), people=len(people.ids))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()

    def draft() -> Journal:
        staying = [
            entry
            for entry in store.journal.entries()
            if not _is_of(entry, people) and entry.get("proposal_id") not in also
        ]
        proposed = {entry["proposal_id"] for entry in staying if entry["event"] == "proposal"}
        codes = {person: marker(secrets.token_hex(4)) for person in sorted(people.ids)}
        known = KeptRows(store, people, places_of(store, people, places), codes)
        entries = [_rewritten(store, entry, known, say) for entry in staying]
        for entry in entries:
            if entry.get("settles", 0) not in {0, *proposed}:
                del entry["settles"]
        highest = max((entry["proposal_id"] for entry in store.journal.entries() if "proposal_id" in entry), default=0)
        for person in sorted(people.ids) or [""]:
            salt = secrets.token_hex(16)
            code = hashlib.sha256(f"{salt}{person}".encode()).hexdigest() if person else ""
            erased = {"event": "erased", "happened_at": now, "salt": salt, "code": code, "by": _who_without(by, known)}
            entries.append(erased | {"highest_proposal": highest})  # so that no number is given twice
        say(_("Building the database anew"))
        return store.journal.draft(entries)

    try:
        renew(store, draft, people)
    except Refused:
        audit.note(store.journal.audit, by, "failed", next(iter(people.ids), None), instead_of="erased")
        raise


def _rewritten(store: Store, entry: Entry, known: KeptRows, say: Say) -> Entry:
    """A line of the journal without the people; files that hold them are rewritten."""
    made = {key: _who_without(entry[key], known) if key in ("by", "by_whom") else entry[key] for key in entry}
    for name in TEXTS:
        if entry.get(name):
            made[name] = known.people.mention.sub(ERASED, entry[name])
    if entry["event"] == "schedule":
        made |= _without_readers(entry, known.people)
    if _is_in_file(store, entry, known.people):
        made |= {"stored": None, "file_name": None}
    if "files" in entry:
        made["files"] = [
            _rewritten_file(store, file, (entry["upload_id"], file_no), known, say)
            for file_no, file in enumerate(entry["files"])
        ]
    return made


def _who_without(who: str, known: KeptRows) -> str:
    """Who did something, which need not be an account: `--by` takes any words."""
    if who and known.people.is_meant(who):
        return ERASED
    return who if not who or known.names_another(who) else known.people.mention.sub(ERASED, who)


def _without_readers(entry: Entry, people: Named) -> Entry:
    """The readers of a scheduled report and what came of it, without these people."""
    readers = [account for account in json.loads(entry["readers"]) if not people.is_meant(account)]
    changed: Entry = {"readers": json.dumps(readers, ensure_ascii=False)}
    if entry["outcome"]:
        outcome = {who: code for who, code in json.loads(entry["outcome"]).items() if not people.is_meant(who)}
        changed["outcome"] = json.dumps(outcome, ensure_ascii=False)
    return changed


def _rewritten_file(store: Store, file: Entry, place: Place, known: KeptRows, say: Say) -> Entry:
    say(_("Looking at {file}", file=file["name"]))
    read = read_kept(store, file)
    left = without_people(read, known.people, known.of(*place, read))
    if left.unproved:
        say(
            f"{counted(left.unproved, 'signed badge')} of others in it {have(left.unproved)} no proof any more, since "
            "what was signed mentions whoever is erased: attested still, and not verified."
        )
    return file | {
        "name": known.people.mention.sub(ERASED, file["name"]),
        "stored": file["stored"] if left.content is None else store.journal.keep(left.content),
        "mapping": left.mapping.to_toml(),
    }


def _is_of(entry: Entry, people: Named) -> bool:
    """Whether a line is about mail, a token, a schedule or a proposal of one of them, or a role that one had."""
    if any(people.is_meant(entry[name]) for name in ("account", "of_manager") if name in entry):
        return True
    return entry.get("employee_id") in people.ids or (
        entry["event"] == "schedule" and bool(mentioning([entry | {"by_whom": entry["account"], "name": ""}], people))
    )


def _is_in_file(store: Store, entry: Entry, people: Named) -> bool:
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
