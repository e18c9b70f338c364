"""The star schema: people, teams, skills, roles, days and three tables of facts, for tools that draw their own charts.

The tables come from metrics, so they contain what the viewer may see and nothing else. They are written to a folder of
Parquet files, or to one DuckDB file (docs/reports.md describes the model).
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from skilltrack.errors import Refused
from skilltrack.questions import Filters
from skilltrack.reports import as_parquet
from skilltrack.storage import write_snapshot

FACTS = {
    "fact_standing": (
        "requirements_met",
        ["employee_id", "skill_id", "role_id", "required_level", "level", "is_critical", "is_met", "is_exempt"],
    ),
    "fact_award": ("award_lines", []),
    "fact_spend": ("payment_lines", []),
}
"""Each table of facts, with the metric it comes from and the columns it keeps (empty = all)."""


def tables(ask: Callable[[str], pd.DataFrame], filters: Filters) -> dict[str, pd.DataFrame]:
    """Every table by name; facts refer to dimensions by their keys, days by their date."""
    people = ask("people")
    made = {
        "dim_person": people.drop(columns=["role_name", "manager_name"]),
        "dim_team": people[["team"]].drop_duplicates().sort_values("team").reset_index(drop=True),
        "dim_skill": ask("catalogue_of_skills"),
        "dim_credential": ask("catalogue_of_credentials"),
        "dim_role": ask("catalogue_of_roles")[["role_id", "role_name"]].drop_duplicates().reset_index(drop=True),
        "bridge_role_skill": ask("catalogue_of_roles").drop(columns=["role_name"]),
    }
    for name, (metric, kept) in FACTS.items():
        frame = ask(metric)
        made[name] = (frame[kept] if kept else frame).assign(as_of=filters.as_of)
        made[name]["as_of"] = made[name]["as_of"].astype(pd.ArrowDtype(pa.date32()))
    made["dim_date"] = _days(made, filters.as_of)
    return made


def write_folder(made: dict[str, pd.DataFrame], receipt: str, folder: Path, progress: Callable[[str], None]) -> None:
    """Each table as NAME.parquet in `folder`, which is created if it does not exist."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in made.items():
            progress(name)
            new = folder / f".{name}.new"
            with new.open("wb") as file:
                as_parquet.write(frame, file, receipt)
            new.replace(folder / f"{name}.parquet")
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}. Name another folder.") from error


def write_database(made: dict[str, pd.DataFrame], receipt: str, path: Path) -> None:
    """All tables in one DuckDB file, under plain names (person, standing …), and the receipt in its own table."""
    if path.exists():
        raise Refused(f"{path} exists already. Name a new file, so that nobody's open snapshot changes under them.")
    plain = {name.split("_", 1)[1]: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in made.items()}
    write_snapshot(path, plain | {"receipt": pa.table({"receipt": [receipt]})})


def _days(made: dict[str, pd.DataFrame], as_of: date) -> pd.DataFrame:
    """Every day of the years from the first date in a fact to the last, with columns to group by."""
    named = [made["fact_award"]["issued_on"], made["fact_award"]["valid_to"], made["fact_spend"]["paid_on"]]
    known = [day for column in named for day in column.dropna().unique()] + [as_of]
    first, last = date(min(known).year, 1, 1), date(max(known).year, 12, 31)
    days = pd.Series(pd.date_range(first, last, unit="s"))
    return pd.DataFrame(
        {
            "date": days.astype(pd.ArrowDtype(pa.date32())),
            "year": days.dt.year,
            "quarter": days.dt.strftime("%Y Q") + days.dt.quarter.astype(str),
            "month": days.dt.strftime("%Y-%m"),
            "month_name": days.dt.month_name(),
            "is_month_end": days.dt.is_month_end,
        }
    )
