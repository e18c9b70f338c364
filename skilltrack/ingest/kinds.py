"""The kinds of file (contract section 4), each declared once: columns, types, keys, references, order of landing.

A new kind is one entry here and its table in `sql/schema`. A new header seen in the wild is one synonym here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a kind."""

    name: str
    type: str = "text"
    """text, date, level (1 and up), whole (1 and up), weight (0 and up), money, yes_no, currency, or choice."""
    required: bool = False
    default: str | None = None
    """What an empty cell means, as text of the column's type."""
    choices: tuple[str, ...] = ()
    refers_to: str | None = None
    """Kind whose key this value must already be: an unknown one makes the row bad."""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of file: what a row holds and what makes it the same row as a stored one."""

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    read_only: tuple[Column, ...] = ()
    """Columns of the file that are not stored themselves."""
    one_of: tuple[str, ...] = ()
    """Columns of which a row needs at least one."""

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """Every column a file of this kind may have."""
        return self.columns + self.read_only

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.file_columns if column.name == name)


def _kind(name: str, table: str, key: tuple[str, ...], *columns: Column, **more: tuple) -> Kind:
    return Kind(name, table, key, columns, **more)


_EMPLOYEE = Column("employee_id", required=True, refers_to="roster")
_SKILL = Column("skill_id", required=True, refers_to="skills")
_CREDENTIAL = Column("credential_id", required=True, refers_to="credentials")
_LEVEL = Column("level", "level", required=True)
_FROM = Column("valid_from", "date")
_TO = Column("valid_to", "date")
_STARTS = Column("valid_from", "date", required=True)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "skills", "skill_rows", ("skill_id",),
            Column("skill_id", required=True),
            Column("name", required=True),
            Column("category"),
            Column("framework"),
            Column("framework_uri"),
        ),
        _kind(
            "issuers", "issuer_rows", ("issuer", "valid_from"),
            Column("issuer", required=True),
            Column("tier", "choice", required=True, choices=("trusted", "recognised", "unrecognised")),
            Column("reason"),
            _FROM,
            _TO,
        ),
        _kind(
            "credentials", "credential_rows", ("credential_id",),
            Column("credential_id", required=True),
            Column("name", required=True),
            Column("issuer", required=True),
            Column("kind"),
            Column("demonstrates", "yes_no", default="true"),
            Column("validity_months", "whole"),
            Column("list_price", "money"),
            Column("currency", "currency"),
            Column("url"),
        ),
        _kind(
            "credential_skills", "credential_skill_rows", ("credential_id", "skill_id"),
            _CREDENTIAL,
            _SKILL,
            _LEVEL,
        ),
        _kind(
            "stacks", "stack_rows", ("credential_id", "component_id"),
            _CREDENTIAL,
            Column("component_id", required=True, refers_to="credentials"),
            Column("min_components", "whole"),
        ),
        _kind(
            "roles", "role_rows", ("role_id", "skill_id", "valid_from"),
            Column("role_id", required=True),
            Column("role_name", required=True),
            _SKILL,
            Column("required_level", "level", required=True),
            Column("weight", "weight", default="1"),
            Column("critical", "yes_no", default="false"),
            _FROM,
            _TO,
        ),
        _kind(
            "roster", "roster_rows", ("employee_id",),
            Column("employee_id", required=True),
            Column("name", required=True),
            Column("email"),
            Column("manager_id"),
            Column("team"),
            Column("role_id"),
            Column("location"),
            Column("cost_center"),
            Column("hired_on", "date"),
            Column("left_on", "date"),
        ),
        _kind(
            "badges", "badge_rows", ("award_key",),
            Column("award_id"),
            Column("employee_id", refers_to="roster"),
            _CREDENTIAL,
            Column("issued_on", "date", required=True),
            Column("expires_on", "date"),
            Column("revoked_on", "date"),
            Column("evidence_url"),
            read_only=(Column("email"),),
            one_of=("employee_id", "email"),
        ),
        _kind(
            "prior_learning", "prior_learning_rows", ("employee_id", "skill_id", "valid_from"),
            _EMPLOYEE,
            _SKILL,
            _LEVEL,
            Column("assessor", required=True),
            _STARTS,
            _TO,
            Column("evidence_url"),
        ),
        _kind(
            "self_ratings", "self_rating_rows", ("employee_id", "skill_id", "valid_from"),
            _EMPLOYEE,
            _SKILL,
            _LEVEL,
            _STARTS,
            _TO,
        ),
        _kind(
            "exemptions", "exemption_rows", ("employee_id", "skill_id", "valid_from"),
            _EMPLOYEE,
            _SKILL,
            Column("reason", required=True),
            _FROM,
            _TO,
        ),
        _kind(
            "targets", "target_rows", ("team", "skill_id", "level", "valid_from"),
            Column("team", required=True),
            _SKILL,
            _LEVEL,
            Column("headcount", "whole", required=True),
            _FROM,
            _TO,
        ),
        _kind(
            "spend", "spend_rows", ("spend_id",),
            Column("spend_id", required=True),
            Column("employee_id", refers_to="roster"),
            _CREDENTIAL,
            Column("paid_on", "date", required=True),
            Column("amount", "money", required=True),
            Column("currency", "currency", required=True),
            Column(
                "funding_source", "choice", required=True,
                choices=("employer", "reimbursement", "grant", "employee"),
            ),
            Column("cost_center"),
        ),
    )
}  # fmt: skip
"""Every kind by name, in the order in which the files of a folder land: what is referred to comes first."""

SENSITIVE = (
    "birth", "gender", "sex", "race", "ethnic", "marital", "religion", "salary", "wage", "commission", "ssn",
    "national_id", "social_security", "passport", "disability", "performance",
)  # fmt: skip
"""Parts of header names whose columns hold sensitive personal data: dropped before anything is stored."""
