"""What every peer at scale is given: the made-up company's rows as they stand on one day, dates as day numbers.

The peers are spared work that Skilltrack does: re-reading uploads, choosing the newest row of a key, adding validity
months, and cutting awards to the days on which their issuer is recognised are done before anything is timed.
"""

from datetime import date

import numpy as np
import pandas as pd

from bench.company import Company

OPEN = 10**6
"""A day number after every day."""


def number(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def tables(company: Company) -> dict[str, pd.DataFrame]:
    """Table name to rows; the roster is the earlier of the company's two."""
    numbered: dict[str, pd.DataFrame] = {}
    for name, rows in company.rows():
        if name not in numbered and name != "spend_rows":
            numbered[name] = _numbered(rows.to_pandas(types_mapper=None))
    credentials = numbered["credential_rows"].merge(numbered["issuer_rows"], on="issuer")
    return {
        "people": _open(numbered["roster_rows"], "hired_on", "left_on")[
            ["employee_id", "manager_id", "team", "role_id", "hired_on", "left_on"]
        ],
        "requirements": _open(numbered["role_rows"])[
            ["role_id", "skill_id", "required_level", "valid_from", "valid_to"]
        ],
        "evidence": _evidence(numbered["badge_rows"], credentials),
        "attested_skills": numbered["credential_skill_rows"],
        "stack_parts": numbered["stack_rows"],
        "prior_learning": _open(numbered["prior_learning_rows"])[
            ["employee_id", "skill_id", "level", "valid_from", "valid_to"]
        ],
        "exemptions": _open(numbered["exemption_rows"])[["employee_id", "skill_id", "valid_from", "valid_to"]],
    }


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as day numbers, empty ones missing."""
    for column in frame.columns:
        if column.endswith(("_on", "_from", "_to")):
            days = pd.to_datetime(frame[column])
            frame[column] = (days - pd.Timestamp("1970-01-01")).dt.days
    return frame


def _open(frame: pd.DataFrame, first: str = "valid_from", last: str = "valid_to") -> pd.DataFrame:
    """Empty ends as the first and the last of all days."""
    start = frame[first].fillna(0) if first in frame else 0
    end = frame[last].fillna(OPEN) if last in frame else OPEN
    return frame.assign(**{first: start, last: end}).astype({first: int, last: int})


def _evidence(awards: pd.DataFrame, credentials: pd.DataFrame) -> pd.DataFrame:
    """employee_id, credential_id, valid_from, valid_to of awards that count as attested."""
    rows = awards.merge(credentials[credentials["demonstrates"]], on="credential_id")
    issued = rows["issued_on"].to_numpy("int64").astype("datetime64[D]")
    months = rows["validity_months"].fillna(0).to_numpy("int64")
    month = issued.astype("datetime64[M]") + months
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    in_month = (issued - issued.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
    by_validity = month.astype("datetime64[D]").astype(int) + np.minimum(in_month, length - 1) - 1
    end = rows["expires_on"].fillna(pd.Series(np.where(months > 0, by_validity, OPEN), index=rows.index))
    end = np.minimum(end, rows["revoked_on"].fillna(OPEN + 1) - 1)
    is_doubted = rows["tier"] == "unrecognised"
    end = np.minimum(end, np.where(is_doubted, rows["valid_from"].fillna(0) - 1, OPEN)).astype(int)
    evidence = rows[["employee_id", "credential_id"]].assign(valid_from=rows["issued_on"].astype(int), valid_to=end)
    return evidence[evidence["valid_from"] <= evidence["valid_to"]]
