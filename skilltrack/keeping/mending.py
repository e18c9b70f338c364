"""The two ways out when part of a company is lost: the database from its journal, the journal from its database."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from skilltrack.access import roles_in_force, stopped_mail, unended_tokens
from skilltrack.errors import Refused
from skilltrack.keeping.agreement import (
    compared,
    contradicted,
    differences,
    given_up,
    lacking,
    named,
    unbound,
)
from skilltrack.keeping.durability import NOT_THERE
from skilltrack.keeping.in_lake import open_at
from skilltrack.keeping.journal_faults import check_journal, missing_files
from skilltrack.keeping.replay import Say, carry_exports, replay
from skilltrack.keeping.restoring import Fill, replacing
from skilltrack.relations import content_sum
from skilltrack.storage import Address, Journal, Store, as_line, beside, stamp

CHANGED_BY_LINES = (
    "uploads",
    "upload_events",
    "proposal_events",
    "company_key_events",
    "schedule_events",
    "language_choices",
)
"""Tables besides those of rows that a rebuild makes anew of the journal."""
WAYS_OUT = "If the database can be read, run `repair`; else restore a backup."


def rebuild(place: Path | Address, say: Say = lambda line: None, is_meant: bool = False) -> int:
    """Build the database anew from its journal; the one that is there is set aside. Returns how many uploads.

    Raises `Refused`, and changes nothing, when the journal or a kept file is not whole; and unless it `is_meant`, when
    rows or rights would differ from those of the database that is there, or the audit log noted other lines.
    """
    journal = Journal(str(beside(place)))
    _refuse_lacking(place, journal)
    with replacing(place, say, creates=True) as put:
        return _rebuild(journal, put, say, is_meant)


def _rebuild(journal: Journal, put: Callable[[Fill], None], say: Say, is_meant: bool) -> int:
    lines = journal.lines()
    entries = lines.entries
    doubts = unbound([entry["digest"] for entry in entries], journal.audit)
    if doubts:  # where the audit log confirms that no line is missing, one that cannot be read was none of ours
        doubts = [f"Line {number} of the journal cannot be read." for number in lines.unreadable] + doubts

    def fill(fresh: Path, before: Store | None) -> None:
        store = Store.open(fresh, journal=journal)
        try:
            stopped = replay(store, entries, say)
            if stopped:
                raise Refused(f"{stopped} Nothing was changed.")
            if before:
                carry_exports(before, store)
            changes = doubts + (_changes(before, store) if before else [])
        finally:
            store.close()
        if changes and not is_meant:
            changes.append(f"Nothing was changed. {_way_out(before)} To rebuild anyway, say --yes.")
            raise Refused("\n".join(changes))
        for line in changes:
            say(line)

    put(fill)
    if doubts:
        journal.bind()
    return sum(entry["event"] == "landed" for entry in entries)


def _refuse_lacking(place: Path | Address, journal: Journal) -> None:
    """Raise `Refused` where a database cannot be built from the journal and the kept files."""
    entries = journal.entries()
    if not any(entry["event"] == "landed" for entry in entries):
        if isinstance(place, Path) and not place.exists() and not journal.is_begun():
            raise Refused(NOT_THERE.format(path=place))
        raise Refused(f"{journal.path} has no upload to build {place} from. Nothing was changed. {WAYS_OUT}")
    gone = lacking(entries)
    if gone:
        raise Refused(
            f"{journal.folder} does not hold every upload from the first on (upload {gone[0]} is not in it): "
            f"{place} cannot be rebuilt from it. {WAYS_OUT}"
        )
    missing = missing_files(journal, entries)
    if missing:
        raise Refused(
            f"{missing[0]} {place} cannot be rebuilt without it; nothing was changed. If the database is lost, restore "
            "a backup that was made since: it has the rows of the file."
        )


def repair(place: Path | Address, say: Say = lambda line: None, is_meant: bool = False) -> list[str]:
    """Write the journal again from the database, and set aside what belongs to no upload; returns what is still wrong.

    What was accepted and cannot be brought back is given up only when it `is_meant`. Raises `Refused`, and changes
    nothing, when the database is not the one to rely on.
    """
    with closing(open_at(place, say, creates=False, may_be_behind=True)) as store, store.alone():
        store.journal.audit.refuse_other_key()
        agreed = compared(store)
        wrong = contradicted(store, agreed.copies)
        doubts = unbound([copy["digest"] for copy in agreed.copies], store.journal.audit)
        lines = [entry["digest"] for entry in store.journal.entries()]
        sound = bool(lines) and not unbound(lines, store.journal.audit)
        if wrong or (doubts and agreed.lost and sound):
            raise Refused(
                f"The audit log confirms the journal, not the database {place}. Nothing was changed. Run `rebuild`."
                if sound
                else f"{place} contradicts itself about {named(wrong[0])}. Nothing was changed. Restore a backup."
            )
        lost = given_up(store, agreed)
        if lost and not is_meant:
            raise Refused("\n".join([store.fault, *lost, "Nothing was changed. To go on without it, say --yes."]))
        for line in (*differences(agreed), *lost):
            say(line)
        is_other = agreed.is_untidy or bool(agreed.ahead)
        if is_other:
            store.journal.write_again(as_line(copy) for copy in agreed.copies)
            say(f"The journal was written again from the database: {len(agreed.copies)} lines.")
        store.fault = ""
        if doubts or is_other:
            store.journal.bind()
        _set_strays_aside(store.journal, say)
        return check_journal(store)


def _set_strays_aside(journal: Journal, say: Say) -> None:
    stray = journal.unnamed()
    if stray:
        aside = journal.folder.with_name(f"{journal.folder.name}.{stamp()}.aside")
        aside.mkdir(mode=0o700)
        for file in stray:
            file.rename(aside / file.name)
        say(f"{len(stray)} files that belong to no upload are in {aside.name} now. Delete it when nobody needs them.")


def _way_out(before: Store | None) -> str:
    """What helps where the journal does not give everything: the database, where it can be read, else a backup."""
    return "The database can be read: `repair` writes the journal again from it." if before else "Restore a backup."


def _changes(before: Store, rebuilt: Store) -> list[str]:
    """Where a rebuilt database differs from the one that is there, a sentence each."""
    changes = []
    known = before.columns()
    for table, columns in rebuilt.columns().items():
        if table in known and (table.endswith("_rows") or table in CHANGED_BY_LINES):
            both = [name for name in columns if name in known[table]]
            # For a row set aside, the journal's file may lack cells that must not be stored.
            sums = "0" if table == "quarantined_rows" else content_sum(both)
            content = f"select count(*) as n, {sums} as content from {table}"
            was, now = (store.query(content).to_pylist()[0] for store in (before, rebuilt))
            if was != now:
                what = f"{was['n']:,} rows would be {now['n']:,}" if was["n"] != now["n"] else "rows would differ"
                changes.append(f"{table}: {what}.")
    changes += _rights(before, rebuilt) if "role_events" in known else []
    changes += _tokens(before, rebuilt) if "token_events" in known else []
    return changes + (_mail(before, rebuilt) if "mail_choices" in known else [])


def _rights(before: Store, after: Store) -> list[str]:
    had, has = (
        {(row["account"], row["role"], row["of_manager"]) for row in roles_in_force(store).to_dict("records")}
        for store in (before, after)
    )
    changes = [f"{account} would have the role {role} again." for account, role, _ in sorted(has - had)]
    return changes + [f"{account} would lose the role {role}." for account, role, _ in sorted(had - has)]


def _mail(before: Store, after: Store) -> list[str]:
    had, has = stopped_mail(before), stopped_mail(after)
    changes = [f"{account} would get the mail {mail} again." for account, mail in sorted(had - has)]
    return changes + [f"{account} would not get the mail {mail} any more." for account, mail in sorted(has - had)]


def _tokens(before: Store, after: Store) -> list[str]:
    had, has = unended_tokens(before), unended_tokens(after)
    changes = [f"The token {token} of {has[token]} would be valid again." for token in sorted(has.keys() - had)]
    return changes + [f"The token {token} of {had[token]} would be lost." for token in sorted(had.keys() - has)]
