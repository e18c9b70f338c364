"""The catalogue of questions: each file of `sql/metrics` is a metric, which its header explains."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from skilltrack.access import AREAS
from skilltrack.config import SQL
from skilltrack.errors import BadDefinition
from skilltrack.questions.steps import STEPS

FILES = SQL / "metrics"

KEYS: dict[str, tuple[str, ...]] = {
    "title": (),
    "question": (),
    "definition": (),
    "unit": (),
    "days": ("as_of", "both_ends", "month_ends", "months_ahead"),
    "area": tuple(AREAS),
    "role": ("scope", "asked"),
    "report": ("yes", "employee", "no"),
    "then": ("nothing", *STEPS),
}
"""Keys that the header of a metric may have besides its columns, with their values; without values any text will do."""
DEFAULTS = {"days": "as_of", "area": "people", "role": "scope", "report": "yes", "then": "nothing"}
"""Values of keys that a header does not give."""


@dataclass(frozen=True)
class Metric:
    """One question and its definition, as its file states them."""

    name: str
    title: str
    question: str
    definition: str
    unit: str
    columns: dict[str, str]
    """What each column holds, in order."""
    labels: dict[str, str]
    """The label of each column for people, in the same order."""
    days: str
    """as_of, both_ends (of the period), month_ends or months_ahead: the days the answer is about."""
    area: str
    """The part of `access.AREAS` it belongs to; only viewers with access to that part may ask."""
    role: str
    """scope: the role filter limits people to that role; asked: it asks about that role for everyone."""
    report: str
    """yes, employee (a report on one person) or no (screens only)."""
    then: str
    """The step of `steps.STEPS` that the rows of the select go through, for what SQL cannot say; nothing for most."""
    sql: str

    def labelled(self, *names: str) -> dict[str, str]:
        """Some of the columns with their labels, in the order given; raises `BadDefinition` for an unknown one."""
        if unknown := [name for name in names if name not in self.labels]:
            raise BadDefinition(
                f"The metric {self.title} has no column {', '.join(unknown)}. Use one of: {', '.join(self.labels)}."
            )
        return {name: self.labels[name] for name in names}


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by name, read from the headers of `sql/metrics`."""
    return {path.stem: read_metric(path) for path in sorted(FILES.glob("*.sql"))}


def reports() -> list[str]:
    """Names of the metrics that the `report` command prints."""
    return [name for name, metric in catalogue().items() if metric.report != "no"]


def read_metric(path: Path) -> Metric:
    """The metric in a file; raises `BadDefinition` when a key of its header is unknown or given twice."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    header: dict[str, str] = {}
    columns: dict[str, str] = {}
    labels: dict[str, str] = {}
    body = 0
    while body < len(lines) and lines[body].strip()[:2] in ("", "--"):
        if lines[body].strip():
            key, _, text = (part.strip() for part in lines[body].strip().removeprefix("--").partition(":"))
            place = f"{path.name}, line {body + 1}"
            if key.startswith("column "):
                _read_column(columns, labels, key.removeprefix("column ").strip(), text, place)
            else:
                _read_key(header, key, text, place)
        body += 1
    for number, line in enumerate(lines[body:], body + 1):
        key = line.strip().removeprefix("--").partition(":")[0].strip()
        if line.strip().startswith("--") and (key in KEYS or key.startswith("column ")):
            raise BadDefinition(f"{path.name}, line {number}: {key!r} is below the header. Put it above the select.")
    if lacking := [key for key in KEYS if key not in header and key not in DEFAULTS]:
        raise BadDefinition(f"{path.name}: the header lacks {', '.join(lacking)}.")
    stated = DEFAULTS | {key: text for key, text in header.items() if key in KEYS}
    return Metric(name=path.stem, columns=columns, labels=labels, sql="".join(lines[body:]).strip(), **stated)


def _read_column(columns: dict[str, str], labels: dict[str, str], key: str, text: str, place: str) -> None:
    """Read `NAME (LABEL): TEXT`."""
    name, _, rest = (part.strip() for part in key.partition("("))
    label = rest.removesuffix(")").strip()
    if not name or not label or not rest.endswith(")") or not text:
        raise BadDefinition(
            f"{place}: column {key!r} lacks its name, its label or what it holds. "
            "Write it as: column NAME (LABEL): TEXT."
        )
    if name in columns or label in labels.values():
        what = f"column {name!r}" if name in columns else f"the label {label!r}"
        raise BadDefinition(
            f"{place}: {what} is in the header already. Leave one of them out, or give it another name."
        )
    columns[name], labels[name] = text, label


def _read_key(header: dict[str, str], key: str, text: str, place: str) -> None:
    if key not in KEYS:
        raise BadDefinition(
            f"{place}: {key!r} is not a key of a metric's header. Use one of: {', '.join(KEYS)}, column NAME (LABEL)."
        )
    if key in header:
        raise BadDefinition(f"{place}: {key!r} is in the header already. Leave one of them out.")
    choices = KEYS.get(key, ())
    if not text or (choices and text not in choices):
        raise BadDefinition(
            f"{place}: {key} is {text!r}. Use {'one of: ' * bool(choices)}{', '.join(choices) or 'text'}."
        )
    header[key] = text
