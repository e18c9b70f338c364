"""A transcript that the company signs, for its holder to take along: Open Badges 3.0 in a Comprehensive Learner Record.

The company is the issuer of all of it, since it is the company's word: who issued what by its records, and whether it
has checked that. It says nothing in the name of the issuers, and it names them as those who have defined what was
achieved. Each credential is signed, so that it can be taken out of the record, and the record around them too: with two
suites, because the contexts of the standard let a strict verifier refuse every record by the first.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.badges import JCS, RDFC, signed
from skilltrack.config import today
from skilltrack.errors import BadQuestion, NotThere
from skilltrack.questions import Filters, Metrics
from skilltrack.reports import open_badges
from skilltrack.signing import company_of, signing_key
from skilltrack.storage import Store
from skilltrack.text import shown

ABOUT = (
    "What {company} has on record and counts on this day. It is the word of {company} about its records, not that of "
    "the issuers who are named in it."
)
WORDS = {
    "verified": "{issuer} issued it; {company} has checked the signature and that the key is the issuer's.",
    "attested": "{issuer} issued it by the records of {company}; no signature was checked.",
    "stack": "By the rules of {company}, earned by holding other credentials.",
    "prior_learning": "{company} has recognised it without training.",
}


def made(store: Store, viewer: Viewer, filters: Filters) -> bytes:
    """The signed record of one person as they are seen, as JSON.

    It has what counts today as known now: not what counted once, nor what the company merely heard. Raises
    `BadQuestion` for another day, `Refused` where there is no key or no public address, `NotThere` for nobody.
    """
    if filters.as_of != today():
        raise BadQuestion(f"What the company signs is about today, {today()}, not about {filters.as_of}.")
    asked = replace(filters, known_at=None)
    who, lines = (shown(Metrics(store).ask(name, viewer, asked)) for name in ("people", "transcript"))
    if who.empty:
        raise NotThere(f"The roster of {filters.as_of} does not list this person.")
    key, private = signing_key(store)
    company, person = company_of(key.name), who.iloc[0]
    issuer = {"id": company.did, "type": ["Profile"], "name": company.name, "url": company.url}
    since = open_badges.moment(filters.as_of)
    subject = {"identifier": _identifiers(person)}
    counting = lines[lines["counts"].astype(bool) & lines["assurance"].isin(["verified", "attested"])]
    held = open_badges.held(_once(counting))
    unsigned = [_credential(subject, known, part, issuer, since) for known, part in held]
    if not unsigned:
        raise NotThere("The company attests no skill of this person today, so there is nothing to sign.")
    about = ABOUT.format(company=company.name)
    method, begun = f"{company.did}#{key.key_id}", datetime.combine(filters.as_of, datetime.min.time(), UTC)
    credentials = [signed(credential, private, method, begun) for credential in unsigned]
    record = open_badges.record(person, subject, credentials, issuer, since, about)
    return open_badges.as_json(signed(record, private, method, begun, (RDFC, JCS)))


def _once(lines: pd.DataFrame) -> pd.DataFrame:
    """Each skill of an award once, where several awards say the same: the highest level, by what proves it best."""
    best = lines.sort_values(["level", "assurance"], ascending=False, kind="stable")
    return best.drop_duplicates([*open_badges.ONE, "skill_id"]).sort_index()


def _identifiers(person: Any) -> list[dict[str, Any]]:
    named = [("emailAddress", person["email"]), ("systemId", person["employee_id"]), ("name", person["name"])]
    return [open_badges.identity(kind, value) for kind, value in named if value and not pd.isna(value)]


def _credential(
    subject: dict[str, Any], known: dict[str, Any], part: pd.DataFrame, issuer: dict[str, Any], since: str
) -> dict[str, Any]:
    """One award as the company attests it, from the day on which it says so; it was awarded on its own day."""
    whole = open_badges.credential_about(subject, known, part)
    named = str(known.get("issuer") or "an issuer that is not known")
    source = str(known["source"])
    words = WORDS.get(source) or WORDS["verified" if part["assurance"].eq("verified").all() else "attested"]
    achievement = whole["credentialSubject"]["achievement"]
    if source == "award":
        achievement["creator"] = open_badges.profile(named)
    return (
        whole
        | {"issuer": issuer, "description": words.format(issuer=named, company=issuer["name"])}
        | {"awardedDate": open_badges.moment(known["valid_from"]), "validFrom": since}
        | open_badges.until(known)
    )
