"""What is wrong with a journal and its files, in sentences that say what mends it."""

from skilltrack.errors import BadStore
from skilltrack.keeping.agreement import compared, contradicted, differences, named, unbound
from skilltrack.storage import Entry, Journal, Store, kept_of

MOST_LISTED = 10
"""Kept files that are named where they are gone."""


def check_journal(store: Store) -> list[str]:
    """Where the journal, its files, the audit log and the database disagree, a sentence each."""
    if not store.journal.is_kept:
        return []
    agreed = compared(store)
    problems = differences(agreed)
    if agreed.is_untidy:
        problems.append("Run `repair`: it writes the journal again from the database.")
    problems += [f"It was accepted and is not in the database: {named(entry)}." for entry in agreed.ahead]
    wrong = contradicted(store, agreed.copies)
    problems += [f"The database contradicts its own copy of the journal about {named(entry)}." for entry in wrong]
    doubts = unbound([copy["digest"] for copy in agreed.copies], store.journal.audit)
    if doubts and not wrong and not agreed.is_untidy:
        doubts.append("Run `repair`: it has the audit log know the journal as it is.")
    missing = missing_files(store.journal, agreed.copies)
    if len(missing) > MOST_LISTED:
        missing[MOST_LISTED:] = [f"{len(missing) - MOST_LISTED:,} more kept files are gone or damaged."]
    return problems + doubts + missing


def missing_files(journal: Journal, entries: list[Entry]) -> list[str]:
    """Kept files that are gone or damaged, a sentence each, with what brought the file and what mends it."""
    problems, seen = [], set()
    for entry in entries:
        for file in kept_of(entry):
            if file["stored"] not in seen:
                seen.add(file["stored"])
                try:
                    journal.read(file["stored"])
                except BadStore as error:
                    of = f"upload {entry['upload_id']}" if "files" in entry else f"proposal {entry['proposal_id']}"
                    problems.append(f"{error} It is {file['name']} of {of}.")
    return problems
