"""What an import says of badges that come in and do not count as verified: why not, and what would make them count."""

from skilltrack.ingest.landing.badge_checks import have_checks
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.things import counted
from skilltrack.language import Sentence, as_it_is, counting, joined, mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

UNVERIFIED = read_text("landing/badge_checks/unverified")
NAMED = 3
"""Issuers that are named in a sentence."""
REASONS = {
    "key": mark(
        "signed with a key that is not listed for {issuers} on the day of issue. If the key is theirs, list it on the "
        "page Issuers, under Trust a key, or in a file of issuer_keys"
    ),
    "tier": mark("signed with a listed key of {issuers}, not called trusted. To trust it, say so in a file of issuers"),
    "open": mark("not checkable here, because something that decides lies elsewhere. The person's page says what"),
    "unsigned": mark("not signed: anybody could have written it, and it counts on the word of whoever uploads it"),
}
"""Why badges do not count as verified, and what would make them count."""


def tell_unverified(landing: Landing) -> None:
    """Add a warning for each reason for which badges of the upload do not count as verified."""
    if landing.is_again or not have_checks(landing):
        return
    at = {"upload_id": landing.upload_id, "landed_on": landing.landed_on, "known_at": END_OF_TIME}
    for row in landing.transaction.rows(with_definitions(UNVERIFIED), at):
        file = landing.file_names[row["file_no"]]
        message = counting(
            "{n:,} badge will not count as verified: {why}.",
            "{n:,} badges will not count as verified: {why}.",
            n=row["badges"],
            why=sentence(REASONS[row["reason"]], issuers=_named(row["issuers"])),
        )
        landing.problems.append(Problem(file, None, None, None, message, "warning"))


def _named(issuers: list[str]) -> Sentence:
    """The first issuers by name, and how many more there are."""
    names = [as_it_is(name) for name in issuers[:NAMED]]
    if len(issuers) > NAMED:
        names.append(counted(len(issuers) - NAMED, "other issuer"))
    return joined((joined(names[:-1], ", "), names[-1]), sentence(" and "))
