"""The receipt of a file: everything that is needed to make the file again, carried in it or beside it.

XLSX has it on the sheet About, PDF as an attachment, Parquet in the metadata of its schema. The contract fixes the
bytes of CSV and JSON, so theirs is beside them in `FILE.receipt.json`. A receipt does not say when the file was made:
the same question about the same data has the same receipt and gives the same bytes.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from skilltrack import __version__
from skilltrack.access import Viewer
from skilltrack.config import READY_AT, settings
from skilltrack.errors import BadFile, BadQuestion
from skilltrack.language import ENGLISH, _, current, mark, table_day
from skilltrack.questions import Filters
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.reports.formats import FORMATS
from skilltrack.storage import Store
from skilltrack.tables import ASSURANCES
from skilltrack.text import in_cells

BEFORE_ANYTHING = datetime(1970, 1, 1)
"""The known-at time of a file that was made before anything was uploaded."""
WRITTEN_WITH = ("duckdb", "pandas", "pyarrow", "typst", "xlsxwriter")
SHAPE: dict[str, Any] = {
    "report": str,
    "format": str,
    "suppress": bool,
    "filters": {"as_of": str, "known_at": str},
    "uploads": list,
    "viewer": {"account": str, "roles": list, "sees": str},
    "written_with": {"skilltrack": str},
    "policy": {"ready_at": float, "smallest_cell": int, "suppressed": bool},
}
"""What every receipt has at least, with the type of each value."""
HIDING = ("board", "audit")
"""Packs that name nobody. They always hide small numbers."""
DATES = ("as_of", "paid_from", "paid_to")
ABOUT = {
    "manager": mark("manager {asked}"),
    "direct": mark("direct reports only"),
    "team": mark("team {asked}"),
    "role": mark("role {asked}"),
    "employee": mark("employee {asked}"),
    "skill": mark("skill {asked}"),
    "level": mark("level {asked}"),
}
"""What a file can be limited to, in words."""
SEES = {
    "everyone": mark("everyone"),
    "their own people": mark("their own people"),
    "counts of everyone": mark("counts of everyone"),
}
"""Whom a viewer sees, by what receipts say of it."""

RESTS_ON = """
select f.upload_id, f.file_no, f.kind, f.sha256
from upload_files as f
join live_uploads as u on u.upload_id = f.upload_id
order by f.upload_id, f.file_no
"""


@dataclass(frozen=True)
class Order:
    """What is asked for: which report or pack, in which format, about what."""

    name: str
    form: str
    filters: Filters
    suppress: bool = False
    """Hide small numbers in a report of counts."""
    language: str = field(default_factory=current)
    """In which people want to read it."""

    @property
    def spoken(self) -> str:
        """The language of the file: a format for programs is the same in every language."""
        form = FORMATS.get(self.form)
        return self.language if form is not None and form.is_read else ENGLISH

    @property
    def hides(self) -> bool:
        """The one rule for when small numbers are hidden: in packs that name nobody, and on request.

        No other rule is needed. Answers count only people that the viewer may see by name
        (`sql/definitions/seen.sql`), except for an auditor, who can open only such a pack.
        """
        return self.name in HIDING or self.suppress


@dataclass(frozen=True)
class Receipt:
    """What a file is and what it rests on."""

    order: Order
    """Its known-at time is that of the last upload or undo that the answer includes."""
    viewer: dict[str, Any]
    policy: dict[str, Any]
    written_with: dict[str, str]
    uploads: list[dict[str, Any]]

    def as_json(self) -> str:
        """The receipt as text, always the same for the same receipt."""
        asked = {name: value for name, value in asdict(self.order.filters).items() if value is not None}
        content = {
            "report": self.order.name,
            "format": self.order.form,
            "suppress": self.order.suppress,
            "filters": asked,
            "viewer": self.viewer,
            "policy": self.policy,
            "written_with": self.written_with,
            "uploads": self.uploads,
        }
        if self.order.spoken != ENGLISH:
            content["language"] = self.order.spoken
        return json.dumps(content, indent=1, default=lambda value: value.isoformat(), ensure_ascii=True)

    @property
    def smallest_cell(self) -> int:
        """Numbers below this are hidden: the receipt's number or the setting here, whichever is higher."""
        return max(int(self.policy["smallest_cell"]), settings().smallest_cell)

    def digest(self) -> str:
        """The SHA-256 by which the audit log identifies the file."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()

    def lines(self) -> list[tuple[str, str]]:
        """What a reader should know, in words of the language of the run."""
        filters, assurance = self.order.filters, self.order.filters.assurance
        asked = {what: getattr(filters, what) for what in ABOUT if getattr(filters, what) is not None}
        scope = [_(ABOUT[what], asked=str(value or _("(none)"))) for what, value in asked.items()]
        known = _("nothing uploaded yet")
        if filters.known_at and filters.known_at > BEFORE_ANYTHING:
            known = f"{table_day(filters.known_at)} {filters.known_at:%H:%M:%S} UTC"
        digest = hashlib.sha256("".join(file["sha256"] for file in self.uploads).encode()).hexdigest()
        hides, ready = self.policy["suppressed"], f"{100 * self.policy['ready_at']:.0f} %"
        account, sees = self.viewer["account"], self.viewer["sees"]
        lines = [
            (_("As of"), table_day(filters.as_of)),
            (_("As known at"), known),
            (_("About"), ", ".join(scope) or _("the whole company")),
            (_("Evidence"), assurance if current() == ENGLISH else _(ASSURANCES[assurance])),
            (
                _("Made for"),
                _("{account}, who sees {whom}", account=account, whom=_(SEES[sees]) if sees in SEES else sees),
            ),
            (_("Ready from"), _("{share} without a critical gap", share=ready)),
            (_("Small numbers"), _("hidden below {n}", n=self.policy["smallest_cell"]) if hides else _("shown")),
            (
                _("Rests on"),
                _("{n} uploaded files, SHA-256 of their SHA-256s {digest}", n=len(self.uploads), digest=digest),
            ),
            (_("Made by"), f"Skilltrack {self.written_with['skilltrack']}"),
        ]
        return [(label, in_cells(value)) for label, value in lines]


def draw(store: Store, viewer: Viewer, order: Order) -> Receipt:
    """The receipt of an order; its known-at time is that of the last event that it can include.

    Raises `BadQuestion` for what was known once in a format that the company signs: it signs what it knows now.
    """
    form = FORMATS.get(order.form)
    if form is not None and form.is_signed and order.filters.known_at is not None:
        raise BadQuestion("What the company signs is what it knows now, not what it knew once. Leave known-at out.")
    asked = {"known_at": order.filters.known_at or END_OF_TIME}
    last = store.query("select max(happened_at) as known_at from upload_events where happened_at <= $known_at", asked)
    known_at = last.to_pylist()[0]["known_at"] or BEFORE_ANYTHING
    uploads = store.query(with_definitions(RESTS_ON), asked | {"known_at": known_at}).to_pylist()
    sees = "everyone" if viewer.sees_everyone else "their own people"
    if order.name == "audit" and not viewer.sees_everyone and viewer.may("audit"):
        sees = "counts of everyone"
    return Receipt(
        order=replace(order, filters=replace(order.filters, known_at=known_at)),
        viewer={
            "account": viewer.account,
            "roles": sorted(viewer.roles),
            "sees": sees,
        },
        policy={"ready_at": READY_AT, "smallest_cell": settings().smallest_cell, "suppressed": order.hides},
        written_with=dict(_versions()) | ({} if order.spoken == ENGLISH else {"babel": version("babel")}),
        uploads=uploads,
    )


@cache
def _versions() -> dict[str, str]:
    """What writes files, with versions; cached, as looking them up takes as long as a small answer."""
    return {"skilltrack": __version__} | {name: version(name) for name in WRITTEN_WITH}


def parse(text: str, where: str) -> Receipt:
    """A receipt from its text; raises `BadFile` when the text is not a receipt."""
    try:
        content = json.loads(text)
        for name, kinds in SHAPE.items():
            _expect(content[name], kinds)
        for file in content["uploads"]:
            _expect(file, {"upload_id": int, "sha256": str})
        filters = {
            field.name: content["filters"][field.name] for field in fields(Filters) if field.name in content["filters"]
        }
        for name, value in filters.items():
            _expect(value, int if name == "months" else str)
        for name in DATES:
            if name in filters:
                filters[name] = date.fromisoformat(filters[name])
        filters["known_at"] = datetime.fromisoformat(filters["known_at"]).replace(tzinfo=None)
        language = content.get("language", ENGLISH)
        _expect(language, str)
        order = Order(content["report"], content["format"], Filters(**filters), content["suppress"], language)
        return Receipt(order, content["viewer"], content["policy"], content["written_with"], content["uploads"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{where} has no Skilltrack receipt. Reports written with --output have one.") from error


def _expect(value: Any, kind: Any) -> None:
    """Raise `TypeError` or `KeyError` unless a value is of a type; a dict of types is a dict with these keys."""
    if not isinstance(value, dict if isinstance(kind, dict) else kind):
        raise TypeError(f"{value!r:.40} is not a {kind}")
    if isinstance(value, str):
        value.encode()  # half a surrogate pair raises ValueError
    for name, wanted in kind.items() if isinstance(kind, dict) else ():
        _expect(value[name], wanted)


def beside(path: Path) -> Path:
    """The path of the receipt of a file that cannot carry it."""
    return path.with_name(path.name + ".receipt.json")


def read(path: Path) -> Receipt:
    """The receipt of a file, whose format its first bytes tell; raises `BadFile` when it has none."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start == b"PAR1":
                from skilltrack.reports import as_parquet  # each takes a while to load: only the one that is needed

                text = as_parquet.receipt_of(file)
        if start == b"%PDF":
            from skilltrack.reports import as_pdf

            text = as_pdf.receipt_of(path)
        elif start == b"PK\x03\x04":
            from skilltrack.reports import as_xlsx

            text = as_xlsx.receipt_of(as_xlsx.sheets(path))
        elif start != b"PAR1":
            text = beside(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadFile(f"{error.filename} does not exist. A CSV or JSON report has its receipt beside it.") from error
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{beside(path)} is not a receipt: it is not text. Reports written with --output have one."
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise BadFile(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or error}. Name a file that a report wrote."
        ) from error
    return parse(text, str(path))
