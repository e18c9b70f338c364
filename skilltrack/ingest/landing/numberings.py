"""Which system numbered the award_ids of a file: an id means something only within one numbering.

Two vendors may both count from 1. The numbering of a file is kept with its mapping, so that it is imported again in the
same way.
"""

from dataclasses import replace

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.badge_files import SOURCE
from skilltrack.ingest.reading.ends import STATUS
from skilltrack.ingest.reading.mapping import CORRECT
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.ingest.reading.status_words import REVOKED, plain, words_of
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

EARLIER = "earlier"
"""The numbering of files imported before numberings were kept."""
MAY_LACK = ("expires_on", "revoked_on", "evidence_url")
"""Columns of the ends and the evidence of awards; a file without them says nothing about these."""

STORED_BADGES = read_text("landing/numberings/stored_badges")

STORED_AWARDS = read_text("landing/numberings/stored_awards")

KNOWN_IDS = """
select distinct r.award_id, r.numbering, r.award_key, a.employee_id, a.credential_id, a.is_live
from stored_badges as r
join stored_awards as a on a.award_key = r.award_key
where r.award_id is not null
"""
"""One row per award_id and numbering that is stored, with its award."""

HAD = read_text("landing/numberings/had")

REVOCATIONS = read_text("landing/numberings/revocations")

AGREEING = read_text("landing/numberings/agreeing")


def find_stored(landing: Landing, are_read: bool) -> None:
    """Fill `stored_badges`, `stored_awards` and `known_ids`; all are empty unless stored awards `are_read`."""
    at = {"known_at": END_OF_TIME, "earlier": EARLIER}
    at["brings_badges"] = any(file.badges for file in landing.files) and not landing.lands_as_fourth("badges")
    limit = "" if are_read else " limit 0"
    landing.transaction.run(
        f"create or replace temp table stored_badges as {with_definitions(STORED_BADGES)}{limit}", at
    )
    of_badges = {"of_badges": of_badges_in(landing)}
    landing.transaction.run(f"create or replace temp table stored_awards as {STORED_AWARDS}", of_badges)
    landing.transaction.run(f"create or replace temp table known_ids as {KNOWN_IDS}")


def of_badges_in(landing: Landing) -> str:
    """The numbering of the ids that badges give themselves; earlier programs told them from no other."""
    return "" if landing.lands_as_fourth("badges") else SOURCE


def number_files(landing: Landing, is_as_earlier: bool) -> int:
    """Note the numbering of each file, in `numberings` and with the upload; returns how many numberings there are."""
    transaction, files = landing.transaction, landing.files_of("badges")
    transaction.run("create or replace temp table numberings (file_no integer, numbering varchar)")
    of_source: dict[str, str] = {}
    for file_no, file in files.items():
        name = EARLIER if is_as_earlier else file.mapping.award_ids
        if not name and file.source not in of_source:
            alike = [no for no, other in files.items() if other.source == file.source and not other.mapping.award_ids]
            of_source[file.source] = _numbering_of(landing, file.source, alike)
        name = name or of_source[file.source]
        if not is_as_earlier:
            correct = CORRECT if landing.corrects else file.mapping.award_holders
            landing.mappings[file_no] = replace(file.mapping, award_ids=name, award_holders=correct)
        given = {f"has_{column}": is_as_earlier or column in file.mapped.columns for column in MAY_LACK}
        given["has_revoked_on"] |= "revoked_on" in file.mapping.tells or _tells_revocations(landing, file)
        transaction.run("insert into numberings values ($file_no, $name)", {"file_no": file_no, "name": name})
        transaction.run(
            "insert into badge_files values "
            "($upload_id, $file_no, $name, $has_expires_on, $has_revoked_on, $has_evidence_url, $is_signed, "
            "$is_again)",
            {
                "upload_id": landing.upload_id,
                "file_no": file_no,
                "name": name,
                "is_signed": file.badges is not None,
                "is_again": file.badges is not None and file.badges.looked_up is not None,
                **given,
            },
        )
    return transaction.rows("select count(distinct numbering) as n from numberings")[0]["n"]


def numberings_of(landing: Landing, source: str) -> list[str]:
    """The numberings that files of a source had, the newest first."""
    had = landing.transaction.rows(with_definitions(HAD), {"source": source, "known_at": END_OF_TIME})
    return [row["numbering"] for row in had]


def _tells_revocations(landing: Landing, file: ReadFile) -> bool:
    """Whether a status says which awards of a file are revoked, and so which are not, here or in an earlier file."""
    if STATUS not in file.mapped.columns:
        return False
    known = words_of("badges")
    of_headers = file.mapping.values.items()
    if any(known.get(plain(header)) == REVOKED or REVOKED in meanings.values() for header, meanings in of_headers):
        return True
    return bool(
        landing.transaction.rows(with_definitions(REVOCATIONS), {"source": file.source, "known_at": END_OF_TIME})
    )


def _numbering_of(landing: Landing, source: str, files: list[int]) -> str:
    """The numbering that files of one source had before; where there are several, the one that their ids agree with."""
    names = numberings_of(landing, source)
    if len(names) == 1:
        return str(names[0])
    are_others = landing.transaction.rows("select 1 from known_ids union all select 1 from numberings limit 1")
    agreeing = [row["numbering"] for row in landing.transaction.rows(AGREEING, {"files": files})] if are_others else []
    likely = [name for name in agreeing if name in names or not names]
    return str([*likely, *names, source][0])
