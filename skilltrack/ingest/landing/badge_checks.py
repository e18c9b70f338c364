"""Rows of badges that came as signed files: whose they are, which credential they mean, and what was checked of them.

Whose badge it is, the badge itself must say, by an e-mail address or the hash of one: what is assigned by hand counts
as any other row does, and is never verified.
"""

import json
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from skilltrack.badges import Checked, Credential, Result
from skilltrack.ingest.landing.awards import retype
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import as_text, in_sql
from skilltrack.ingest.reading.badge_files import Badges, addresses_of, cells_of, refusal
from skilltrack.ingest.reading.issued import with_issuer
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.kinds import Kind
from skilltrack.language import mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Transaction

CHECKED = pa.schema(
    {"file_no": pa.int32(), "line_no": pa.int64(), "refusal": pa.string()}
    | dict.fromkeys(("is_answered", "is_proving", "is_again"), pa.bool_())
    | dict.fromkeys(
        ("email", "credential_id", "credential", "issuer", "known_issuer", "carrier", "standard", "badge_id",
         "issuer_id", "key_did", "key_name", "key_owner", "signature", "speaks", "dates", "status", "taken_back",
         "looked_up"),
        pa.string(),
    )
    | dict.fromkeys(("issued_on", "signed_on", "valid_from", "valid_to"), pa.date32())
    | dict.fromkeys(("steps", "results", "alignments"), pa.string())
)  # fmt: skip
RECIPIENTS = pa.schema(
    {"file_no": pa.int32(), "line_no": pa.int64(), "place": pa.int32()}
    | dict.fromkeys(("algorithm", "value", "salt"), pa.string())
)

ADDRESSED = read_text("landing/badge_checks/addressed")

WITH_ADDRESS = read_text("landing/badge_checks/with_address")

_GIVE_ID = {
    "advice": sentence("say whose the badge is by giving the employee_id. It then counts, but never as verified.")
}
_HASH = in_sql(mark("is the hash of an address that nobody on the roster has; {advice}"), **_GIVE_ID)
_ADDRESS = in_sql(mark("is the address of nobody on the roster; {advice}"), **_GIVE_ID)
_NO_ADDRESS = in_sql(mark("is not an e-mail address, so it names nobody on the roster; {advice}"), **_GIVE_ID)
NOBODY = (
    "case when starts_with(t.raw_email, 'sha256$') or starts_with(t.raw_email, 'md5$') "
    f"then {_HASH} when contains(t.raw_email, '@') then {_ADDRESS} else {_NO_ADDRESS} end"
)
"""What is wrong with a badge whose holder is not known, as SQL."""

OF_SEVERAL = (
    "(select t.*, a.addresses from typed_badges as t join badge_addresses as a "
    "on a.file_no = t.file_no and a.line_no = t.line_no "
    "where a.address is null and coalesce(t.raw_employee_id, '') = '')"
)
"""Badges that name several people of the roster, and nobody has said whose they are."""

NAMES_SEVERAL = in_sql(
    mark("names several people of the roster ({addresses}) and does not say which of them earned it; {advice}"),
    addresses="t.addresses",
    **_GIVE_ID,
)
"""What is wrong with such a badge, as SQL."""

OUTDONE = read_text("landing/badge_checks/outdone")

OUTDONE_BY_SIGNED = sentence(
    "has the id of a badge that is signed with a listed key, and says another holder, credential or day of issue; "
    "nothing proves it. Ask its issuer for the badge as it was signed, or leave it out."
)
"""What is wrong with a row of `refused_badges` that has no message of its own."""

EQUAL = read_text("landing/badge_checks/equal_checks")

MEANT = read_text("landing/badge_checks/meant")

WITH_CREDENTIAL = """
select t.* replace (coalesce(m.credential_id, t.credential_id) as credential_id)
from typed_badges as t
left join badge_credentials as m on m.file_no = t.file_no and m.line_no = t.line_no
"""

UNCONFIRMED = """
select c.file_no, c.line_no
from given_checks as c
join badge_credentials as m on m.file_no = c.file_no and m.line_no = c.line_no
where m.credential_id is null and not c.is_answered
"""
"""Badges whose name alone must not decide: another issuer may use the same name."""

STORED = read_text("landing/badge_checks/stored")

NAMED_ISSUERS = read_text("landing/badge_checks/named_issuers")


def stage_checks(files: AnyMapping[int, ReadFile], transaction: Transaction) -> None:
    """Put what was checked of badges into `given_checks` and whom they name into `badge_recipients`, if any came."""
    checks, recipients = [], []
    for file_no, file in files.items():
        answered = file.mapped.mapping.values.get("credential", {})
        badges = file.badges or Badges()
        for line, one in badges.checked.items():
            if one.credential is None or line not in badges.cells:
                continue
            place, check = {"file_no": file_no, "line_no": line}, _checked(one, one.credential)
            check["is_again"] = badges.looked_up is not None
            if check["is_again"]:  # it is here already: what no longer holds takes its proof away, not the award
                check["refusal"] = None
            if file.mapped.mapping.lands_as_fourth:
                check |= {"results": None, "alignments": None}
            name, issuer = str(check["credential"]), str(check["issuer"])
            checks.append(place | check | {"is_answered": bool({name, with_issuer(name, issuer)} & set(answered))})
            for number, identity in enumerate(addresses_of(one.credential)):
                algorithm, _, value = identity.value.rpartition("$") if identity.is_hashed else ("", "", identity.value)
                salt = identity.salt if identity.is_hashed else ""
                recipients.append(place | {"place": number, "algorithm": algorithm, "value": value, "salt": salt})
    if any(file.badges for file in files.values()):
        transaction.stage("given_checks", pa.Table.from_pylist(checks, CHECKED), "select * from landing")
        transaction.stage("badge_recipients", pa.Table.from_pylist(recipients, RECIPIENTS), "select * from landing")


def have_checks(landing: Landing) -> bool:
    """Whether the upload brings badges as signed files."""
    return any(file.badges for file in landing.files)


def find_meant(kind: Kind, landing: Landing) -> None:
    """Find which credentials badges mean, and by which address they name their holders."""
    if kind.holds_awards and have_checks(landing):
        _find_achievements(landing)
        _find_addresses(landing)


def _find_achievements(landing: Landing) -> None:
    """Give badges the credential_id that they mean; `unconfirmed` has those for which only the name could decide."""
    transaction, at = landing.transaction, {"known_at": END_OF_TIME}
    transaction.run(f"create or replace temp table badge_credentials as {with_definitions(MEANT)}", at)
    transaction.run(f"create or replace temp table unconfirmed as {UNCONFIRMED}")
    retype(transaction, "badges", WITH_CREDENTIAL, {})


def _find_addresses(landing: Landing) -> None:
    """Put the address that a badge itself names in the place of its hash, or of the first of several."""
    transaction = landing.transaction
    transaction.run(
        f"create or replace temp table badge_addresses as {with_definitions(ADDRESSED)}", {"known_at": END_OF_TIME}
    )
    retype(transaction, "badges", WITH_ADDRESS, {})


def tell_nobody(kind: Kind, landing: Landing) -> None:
    """Say of badges whose holder nobody knows what would work for them."""
    if not (kind.holds_awards and have_checks(landing)):
        return
    explained = (
        f"select t.* replace (case when c.line_no is not null and t.employee_id is null then {NOBODY} "
        "else t.email_problem end as email_problem) from typed_badges as t "
        "left join (select c.file_no, c.line_no from given_checks as c left join badge_addresses as a "
        "on a.file_no = c.file_no and a.line_no = c.line_no where a.address is null) as c "
        "on c.file_no = t.file_no and c.line_no = t.line_no"
    )
    retype(landing.transaction, "badges", explained, {})


def refuse_badges(kind: Kind, landing: Landing) -> None:
    """Fill `refused_badges` with the badges that are bad rows for what was checked of them, and say why.

    They are no rows beside which another is one too many. An upload that landed whole had none when it landed.
    """
    if not (kind.holds_awards and have_checks(landing)):
        return
    transaction = landing.transaction
    transaction.run(
        "create or replace temp table refused_badges as "
        "select c.file_no, c.line_no, c.refusal from given_checks as c where c.refusal is not null"
    )
    transaction.run("create or replace temp table equal_checks (file_no integer, line_no bigint, kept_line_no bigint)")
    if not landing.is_again or landing.keeps_good_rows:
        outdone = with_definitions(f"select o.file_no, o.line_no, null as refusal from ({OUTDONE}) as o")
        transaction.run(f"insert into refused_badges {outdone}", {"known_at": END_OF_TIME})


def keep_equal_checks(landing: Landing) -> None:
    """Keep what was checked of badges whose rows are left out because they equal others, as `equal_rows` has them."""
    if have_checks(landing):
        landing.transaction.run(f"insert into equal_checks {EQUAL}")


def note_checks(landing: Landing, landed_at: object) -> None:
    """Store what was checked of the good rows in `good`."""
    landing.transaction.run(STORED, {"upload_id": landing.upload_id, "landed_at": landed_at})


def note_named_issuers(landing: Landing) -> None:
    """Note whom good rows of badges name as their issuer, where it is not that of their credential."""
    if landing.lands_as_fourth("badges"):
        return
    signed_by, checks = "null", ""
    if have_checks(landing):  # one key may be listed for several issuers
        signed_by = "case when l.key is null then k.known_issuer else c.issuer end"
        checks = (
            "left join given_checks as k on k.file_no = g.file_no and k.line_no = g.line_no "
            "left join (select distinct key, issuer from issuer_keys) as l on l.key = k.key_did and l.issuer = c.issuer"
        )
    named = with_definitions(NAMED_ISSUERS.format(signed_by=signed_by, checks=checks))
    at = {"upload_id": landing.upload_id, "known_at": END_OF_TIME}
    landing.transaction.run(f"insert into named_issuers {named}", at)


def _checked(one: Checked, credential: Credential) -> dict[str, object]:
    outcome = {step.name: str(step.outcome) for step in one.steps}
    signer = one.signer
    steps = [*one.steps[:3], *([one.speaks] if one.speaks else []), *one.steps[4:]]
    cells = cells_of(credential, one)
    return {
        "refusal": as_text(refused) if (refused := refusal(one)) else None,
        "is_proving": bool(one.signer or one.looked_up)
        and bool(one.known_issuer)
        and not refused
        and not one.taken_back,
        **{name: cells[name] for name in ("email", "credential_id", "credential", "issuer")},
        "known_issuer": one.known_issuer or None,
        "carrier": one.carrier,
        "standard": credential.standard,
        "badge_id": credential.id or None,
        "issuer_id": credential.issuer_id or None,
        "key_did": signer.did if signer else None,
        "key_name": (signer.name or None) if signer else None,
        "key_owner": (signer.owner or None) if signer else None,
        "looked_up": one.looked_up or None,
        "signature": outcome["signature"],
        "speaks": str(one.speaks.outcome) if one.speaks else "absent",
        "dates": outcome["dates"],
        "status": outcome["status"],
        "taken_back": one.taken_back or None,
        "issued_on": credential.issued_on,
        "signed_on": one.signed_on,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "steps": json.dumps(
            [{"name": step.name, "outcome": str(step.outcome), "reason": step.reason} for step in steps],
            ensure_ascii=False,
        ),
        "results": _listed(_result(result) for result in credential.results if result.reached is not None),
        "alignments": _listed(map(asdict, credential.alignments)),
    }


def _result(result: Result) -> dict[str, object]:
    return {"name": result.name, "reached": result.reached, "about": [asdict(target) for target in result.alignments]}


def _listed(items: Iterable[Any]) -> str | None:
    """A JSON list; none where it is empty."""
    listed = list(items)
    return json.dumps(listed, ensure_ascii=False) if listed else None
