"""Issuers that a file writes in another way than the catalogue: a tier holds for the name exactly as it is written."""

import re

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.mapping import about
from skilltrack.ingest.reading.questions import Question
from skilltrack.kinds import Kind, unaccented
from skilltrack.language import sentence
from skilltrack.relations import END_OF_TIME, with_definitions

ASKED = 20
"""At most this many issuers are asked about."""
COMPANY = frozenset(("inc", "incorporated", "ltd", "limited", "llc", "plc", "corp", "corporation", "co", "company",
                     "gmbh", "ag", "kg", "ev", "sa", "sas", "sarl", "sl", "srl", "spa", "bv", "nv", "the"))  # fmt: skip
"""Words that one writes and another leaves out."""
KNOWN = (
    "select distinct r.issuer from credential_rows as r join live_uploads as u on u.upload_id = r.upload_id "
    "union select distinct r.issuer from issuer_rows as r join live_uploads as u on u.upload_id = r.upload_id"
)


def ask_about_issuers(kind: Kind, landing: Landing) -> None:
    """Ask whether issuers are those that the catalogue writes in another way."""
    if landing.is_again or not any(column.name == "issuer" for column in kind.columns):
        return
    given = landing.transaction.rows(
        f"select issuer, min(file_no) as file_no, count(*) as n from typed_{kind.name} where issuer is not null "
        "group by issuer order by min(line_no)"
    )
    at = {"upload_id": landing.upload_id, "known_at": END_OF_TIME}
    known = {row["issuer"] for row in landing.transaction.rows(with_definitions(KNOWN), at)}
    spelled: dict[str, set[str]] = {}
    for issuer in known | {row["issuer"] for row in given}:
        spelled.setdefault(_plain(issuer), set()).add(issuer)
    new = [row for row in given if row["issuer"] not in known]
    for row in new[:ASKED]:
        others = sorted(spelled[_plain(row["issuer"])] & known)
        if not others:
            continue
        text = sentence(
            "The catalogue has the issuer {other!r}, and this file has {issuer!r}. Are both the same? "
            "Otherwise what the file says holds for {issuer!r} alone.",
            other=others[0],
            issuer=row["issuer"],
        )
        answers = {other: sentence("the same as {other}", other=other) for other in others}
        place = about("values", "issuer", row["issuer"])
        landing.questions.append(Question(landing.file_names[row["file_no"]], place, text, answers, must=False))


def _plain(issuer: str) -> str:
    """The words of a name without case, accents, punctuation and the form of the company."""
    words = re.findall(r"[^\W_]+", unaccented(issuer).casefold())
    return " ".join([word for word in words if word not in COMPANY] or words)
