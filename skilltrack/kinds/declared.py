"""The kinds of file, each declared once: columns, types, keys, references, and the order in which they are imported.

A new kind is one entry here, its table in `sql/schema` and its name in `in_words.CALLED`: import, newest rows,
narrowing, origins, erasing, retention and the data map follow from the entry. A new header of another system is one
more in `headers.toml`. What a column means to people (`means`) decides what erasing somebody changes in it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from skilltrack.errors import NotOpen
from skilltrack.kinds.headers import headers_of
from skilltrack.kinds.meanings import KEPT_APART, Column, Kind, Means
from skilltrack.language import mark

__all__ = ["KEPT_APART", "KINDS", "Column", "Kind", "Means"]


def _kind(
    name: str, table: str, key: tuple[str, ...], *columns: Column, read_only: tuple[Column, ...] = (), **more: Any
) -> Kind:
    def known(column: Column) -> Column:
        return replace(column, synonyms=(*column.synonyms, *headers_of(name, column.name)))

    return Kind(name, table, key, tuple(map(known, columns)), read_only=tuple(map(known, read_only)), **more)


_EMPLOYEE_IDS = (
    "employee number", "emp id", "employee", "user id", "worker id", "associate id", "personnel number", "staff id",
    "person id", "issuer earner id", "file number", "business entity id", "post unique reference", "id",
)  # fmt: skip
_EMPLOYEE = Column("employee_id", required=True, refers_to="roster", synonyms=_EMPLOYEE_IDS)
_SKILL = Column("skill_id", required=True, refers_to="skills", synonyms=("skill code",))
_CREDENTIAL = Column(
    "credential_id",
    required=True,
    refers_to="credentials",
    synonyms=("badge template id", "badge class id", "badgeclass", "certification id", "credential code"),
)
_NAMED_CREDENTIAL = replace(_CREDENTIAL, instead=("credential",))
_CREDENTIAL_NAME = Column(
    "credential", means=Means.REFERENCE,
    synonyms=("credential name", "badge template name", "badge name", "badge", "certification name", "certification",
              "certificate", "course name", "group name", "badge title", "course"),
)  # fmt: skip
_NAMES = (
    "full name", "employee name", "display name", "preferred name", "worker", "legal name", "employee full name",
    "work name", "last name, first name", "name (last, first)",
)  # fmt: skip
_FIRST_NAMES = ("given name", "legal first name", "name given name")
_LAST_NAMES = ("surname", "family name", "legal last name", "name family name")
_ADDRESSES = ("email address", "work email", "employee email", "user email", "learner email", "e-mail")
_STATUS_SAYS = Column("status_says", means=Means.VALUE)
"""What a status says about a row where no day says it: `left`, `revoked`."""
_LEVEL = Column("level", "level", required=True)
_FROM = Column("valid_from", "date", begins=True)
_TO = Column("valid_to", "date", ends=True)
_STARTS = Column("valid_from", "date", required=True, begins=True)
_SOMEBODY = replace(_EMPLOYEE, required=False)
_CALLED = (
    Column("email", means=Means.CALLED, synonyms=_ADDRESSES),
    Column("name", means=Means.CALLED, synonyms=_NAMES),
    Column("first_name", means=Means.CALLED, synonyms=_FIRST_NAMES),
    Column("last_name", means=Means.CALLED, synonyms=_LAST_NAMES),
)
"""The address and names of the person a row is about, in files that may give these instead of an id."""
_LEARNER = (
    Column("name", means=Means.CALLED, synonyms=_NAMES),
    Column("first_name", means=Means.CALLED, synonyms=_FIRST_NAMES),
    Column("last_name", means=Means.CALLED, synonyms=_LAST_NAMES),
)
"""The names of the holder of an award, or of the person a payment was for."""
_TELLS_WHOSE = ("employee_id", "email", "name")

_AWARD_KEY = Column(
    "award_key",
    means=Means.KEY,
    derived="coalesce('id ' || t.award_id, "
    "'of ' || t.employee_id || chr(31) || t.credential_id || chr(31) || t.issued_on)",
)
"""What identifies an award: its award_id or, without one, holder, credential and day."""

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "skills", "skill_rows", ("skill_id",),
            Column("skill_id", required=True, means=Means.KEY),
            Column("name", required=True, means=Means.KEY, thing="skill"),
            Column("category", means=Means.REFERENCE),
            Column("framework", means=Means.REFERENCE),
            Column("framework_uri", means=Means.REFERENCE, thing="skill"),
            purpose="the catalogue of skills",
            is_made_by_others=True,
        ),
        _kind(
            "issuers", "issuer_rows", ("issuer", "valid_from"),
            Column("issuer", required=True, means=Means.KEY),
            Column("tier", "choice", required=True, choices=("trusted", "recognised", "unrecognised")),
            Column("reason", means=Means.TEXT),
            _FROM,
            _TO,
            purpose="how far each issuer is trusted",
        ),
        _kind(
            "issuer_keys", "issuer_key_rows", ("issuer", "key", "valid_from"),
            Column("issuer", required=True, means=Means.KEY),
            Column("key", "public_key", required=True, synonyms=("public key", "did", "issuer did", "issuer id")),
            _FROM,
            _TO,
            purpose="which keys an issuer signs with, so that its badges can be verified",
        ),
        _kind(
            "credentials", "credential_rows", ("credential_id",),
            Column("credential_id", required=True, means=Means.KEY),
            Column("name", required=True, means=Means.KEY, thing="credential"),
            Column("issuer", required=True, means=Means.REFERENCE),
            Column("kind", means=Means.REFERENCE, thing="kind of credential"),
            Column("demonstrates", "yes_no", default="true"),
            Column("validity_months", "whole"),
            Column("list_price", "money"),
            Column("currency", "currency"),
            Column("url", means=Means.KEY, thing="credential"),
            purpose="the catalogue of credentials",
            is_made_by_others=True,
        ),
        _kind(
            "credential_skills", "credential_skill_rows", ("credential_id", "skill_id"),
            _CREDENTIAL,
            _SKILL,
            Column("level", "level_or_0", required=True, takes_back="0"),
            purpose="what a credential demonstrates",
            is_narrowed=True,
        ),
        _kind(
            "stacks", "stack_rows", ("credential_id", "component_id"),
            _CREDENTIAL,
            Column("component_id", required=True, refers_to="credentials", thing="credential"),
            Column("min_components", "whole"),
            purpose="credentials earned by holding others",
            chain=("credential_id", "component_id"),
            newer_win=True,
        ),
        _kind(
            "roles", "role_rows", ("role_id", "skill_id", "valid_from"),
            Column("role_id", required=True, means=Means.KEY),
            Column("role_name", required=True, means=Means.KEY, thing="role"),
            _SKILL,
            Column("required_level", "level", required=True),
            Column("weight", "weight", default="1"),
            Column("critical", "yes_no", default="false"),
            _FROM,
            _TO,
            purpose="what a job role requires",
            relation="requirements",
            newer_win=True,
        ),
        _kind(
            "job_titles", "job_title_rows", ("job_title",),
            Column("job_title", required=True, means=Means.KEY, synonyms=("title", "position", "designation")),
            Column("role_id", refers_to="roles", takes_back=""),
            purpose="which role a job title means",
        ),
        _kind(
            "roster", "roster_rows", ("employee_id",),
            Column("employee_id", required=True, synonyms=_EMPLOYEE_IDS, means=Means.OWNER),
            Column(
                "name", required=True, instead=("first_name", "last_name"), means=Means.CALLED,
                synonyms=_NAMES,
            ),
            Column("email", means=Means.CALLED, synonyms=(
                "work email", "email address", "email primary work", "work contact work email", "e-mail",
                "emails value", "contact e-mail", "business email",
            )),
            Column("manager_id", means=Means.SOMEBODY, synonyms=(
                "manager employee id", "supervisor id", "supervisor eid", "manager", "reports to id",
                "reports to associate id", "supervisor", "reports to", "manager value", "reports to senior post",
                "line manager id", "parent id id", "parent id", "managers employee id",
            )),
            Column("team", means=Means.REFERENCE, synonyms=(
                "department", "supervisory organization", "department name", "org unit", "organizational unit",
                "home department description", "division", "unit", "department id", "organization", "organisation",
                "business unit",
            )),
            Column("role_id", means=Means.REFERENCE, synonyms=(
                "job code", "job profile", "job title", "role", "job id", "position", "title", "job title description",
                "job title code", "designation", "job role", "business title",
                "post title",
            )),
            Column("location", means=Means.REFERENCE, synonyms=(
                "work location", "office", "site", "location name", "work address",
            )),
            Column("cost_center", means=Means.REFERENCE, synonyms=(
                "cost centre", "cost center id", "cost center name",
            )),
            Column("hired_on", "date", synonyms=("hire date", "start date", "date of hire", "hired", "date of joining",
                                                 "joining date", "original hire date", "contract date start")),
            Column("left_on", "date", synonyms=("termination date", "term date", "date of termination", "exit date",
                                                "end date", "leaving date", "relieving date", "last day of work",
                                                "contract date end")),
            area="people files",
            read_only=(
                _STATUS_SAYS,
                Column("first_name", means=Means.CALLED, synonyms=_FIRST_NAMES),
                Column("last_name", means=Means.CALLED, synonyms=_LAST_NAMES),
                Column("other_id", means=Means.CALLED),
                Column("rehired_on", "date"),
                Column("manager_email", means=Means.SOMEBODY, synonyms=(
                    "manager e-mail", "supervisor email", "manager work email",
                )),
                Column("manager_name", means=Means.SOMEBODY, synonyms=(
                    "workers manager", "supervisor name", "reporting to", "reports to name", "line manager",
                    "manager full name",
                )),
                Column("manager_first_name", means=Means.SOMEBODY, synonyms=(
                    "manager given name", "supervisor first name", "supervisor given name",
                )),
                Column("manager_last_name", means=Means.SOMEBODY, synonyms=(
                    "manager surname", "manager family name", "supervisor last name", "supervisor surname",
                )),
            ),
            purpose="who works here, where, for whom and in which role, on any date",
            chain=("employee_id", "manager_id"),
            is_written=True,
            is_narrowed=True,
            status_ends="left",
            advice=mark("say in a mapping which row of a person counts, or keep one"),
        ),
        _kind(
            "badges", "badge_rows", ("award_key",),
            Column("award_id", means=Means.KEY, synonyms=(
                "issued badge id", "assertion id", "badge assertion id", "entity id", "credential uuid", "award key",
            )),
            Column("employee_id", refers_to="roster", synonyms=_EMPLOYEE_IDS[:-1]),
            _NAMED_CREDENTIAL,
            Column("issued_on", "date", required=True, begins=True, synonyms=(
                "issued at", "issue date", "date issued", "issued at date", "issued", "award date", "awarded on",
                "date earned", "earned on", "completion date", "completed on", "badge issued issued",
            )),
            Column("expires_on", "date", ends=True, synonyms=(
                "expires at", "expiration date", "expiry date", "expires at date", "expires", "valid until",
                "date expires",
            )),
            Column("revoked_on", "date", ends=True, synonyms=("revoked at", "revocation date", "date revoked")),
            Column("revocation_reason", means=Means.TEXT, is_later=True, synonyms=(
                "revoke reason", "reason for revocation",
            )),
            Column("evidence_url", means=Means.TEXT, synonyms=(
                "evidence", "badge url", "credential url", "certificate url", "url",
            )),
            read_only=(
                _STATUS_SAYS,
                Column("email", means=Means.CALLED, synonyms=(
                    "recipient email", "recipient identifier", "identifier", "earner email", "email address",
                    "recipient email address", "work email", "user email", "learner email", "recipient identity",
                )),
                *_LEARNER,
                _CREDENTIAL_NAME,
                Column("issuer", means=Means.REFERENCE, synonyms=(
                    "issuer name", "organization name", "issuing organization", "provider", "issued by",
                )),
            ),
            one_of=_TELLS_WHOSE,
            area="people files",
            purpose="credentials that somebody has earned",
            relation="newest_badges",
            is_written=True,
            is_narrowed=True,
            ends_in="badge_ends",
            status_ends="revoked",
            holds_awards=True,
            derived=(_AWARD_KEY,),
        ),
        _kind(
            "prior_learning", "prior_learning_rows", ("employee_id", "skill_id", "valid_from"),
            _SOMEBODY,
            _SKILL,
            _LEVEL,
            Column("assessor", required=True, means=Means.PEOPLE),
            _STARTS,
            _TO,
            Column("evidence_url", means=Means.TEXT),
            read_only=_CALLED,
            one_of=_TELLS_WHOSE,
            area="people files",
            purpose="skills recognised without training, and by whom",
        ),
        _kind(
            "self_ratings", "self_rating_rows", ("employee_id", "skill_id", "valid_from"),
            _SOMEBODY,
            _SKILL,
            _LEVEL,
            _STARTS,
            _TO,
            read_only=_CALLED,
            one_of=_TELLS_WHOSE,
            area="people files",
            purpose="what people say they can do",
        ),
        _kind(
            "exemptions", "exemption_rows", ("employee_id", "skill_id", "valid_from"),
            _SOMEBODY,
            _SKILL,
            Column("reason", required=True, means=Means.TEXT),
            _FROM,
            _TO,
            read_only=_CALLED,
            one_of=_TELLS_WHOSE,
            area="people files",
            purpose="requirements set aside for somebody, and why",
        ),
        _kind(
            "targets", "target_rows", ("team", "skill_id", "level", "valid_from"),
            Column("team", required=True, means=Means.REFERENCE),
            _SKILL,
            _LEVEL,
            Column("headcount", "whole", required=True),
            _FROM,
            _TO,
            area="people files",
            purpose="how many people a team needs",
        ),
        _kind(
            "spend", "spend_rows", ("spend_id",),
            Column("spend_id", required=True, means=Means.KEY, thing="payment", synonyms=(
                "invoice number", "invoice id", "transaction id", "expense id", "payment id",
            )),
            Column("employee_id", refers_to="roster", synonyms=_EMPLOYEE_IDS[:-1]),
            _NAMED_CREDENTIAL,
            Column("paid_on", "date", required=True, begins=True, ends=True, synonyms=(
                "payment date", "invoice date", "date paid", "paid", "transaction date", "posting date",
            )),
            Column("amount", "money", required=True, synonyms=("cost", "price", "total", "net amount", "amount paid")),
            Column("currency", "currency", required=True, synonyms=("currency code", "ccy")),
            Column(
                "funding_source", "choice", required=True,
                choices=("employer", "reimbursement", "grant", "employee"), synonyms=("paid by", "funding"),
            ),
            Column("cost_center", means=Means.REFERENCE, synonyms=("cost centre",)),
            read_only=(
                Column("email", means=Means.CALLED, synonyms=_ADDRESSES),
                *_LEARNER,
                _CREDENTIAL_NAME,
                Column("issuer", means=Means.REFERENCE, synonyms=("issuer name", "provider")),
            ),
            purpose="what training cost, and who paid",
            relation="newest_spend",
            is_narrowed=True,
            status_ends="refund",
            advice=mark("give each payment an id of its own, such as the number of the invoice and of its line"),
        ),
    )
}  # fmt: skip
"""Every kind by name, in the order in which the files of a folder are imported: what others refer to comes first."""


def references(kind: Kind) -> list[tuple[str, str]]:
    """Columns that must name something already stored, with the kinds whose ids they name."""
    return [(column.name, column.refers_to) for column in kind.columns if column.refers_to]


def kinds_it_reads(names: set[str]) -> set[str]:
    """These kinds and those that their rows refer to: a change in any can change how the same file is imported."""
    return names | {kind for name in names for _, kind in references(KINDS[name])}


def kinds_open_to(areas: frozenset[str] | None) -> list[str]:
    """Kinds that somebody with access to these areas may upload; None stands for every area."""
    return [kind.name for kind in KINDS.values() if areas is None or kind.area in areas]


def has_roster(names: Iterable[str]) -> bool:
    """Whether one of these kinds lists the people themselves."""
    return any(KINDS[name].lists_people for name in names)


def kinds_about_people() -> list[Kind]:
    """Kinds whose rows are, or may be, about a person."""
    return [kind for kind in KINDS.values() if kind.about]


def refuse_closed(names: Iterable[str], areas: frozenset[str] | None) -> None:
    """Raise `NotOpen` when somebody with access to these areas may not upload or undo one of these kinds."""
    may = kinds_open_to(areas)
    closed = sorted(set(names) - set(may))
    if closed:
        raise NotOpen(
            f"Only HR may upload or undo files of {' and '.join(closed).replace('_', ' ')}. You may upload and undo: "
            f"{', '.join(may).replace('_', ' ') or 'none'}."
        )


TOTALS = ("total", "grandtotal", "totals", "sum", "subtotal", "gesamt", "summe", "count")
"""First cells of a last line that sums up the others."""
