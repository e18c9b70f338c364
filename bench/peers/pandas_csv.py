"""What many dashboards do: read the CSV files with pandas at each view and compute in frames.

Covers what the demo company needs of the contract's rules for coverage: snapshots, activity, tiers, validity,
revocation, nested stacks, prior learning and exemptions, on one day.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

OPEN = pd.Timestamp("2200-01-01")


def _read(folder: Path, name: str, *dates: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False).assign(
        **{column: lambda frame, c=column: pd.to_datetime(frame[c], errors="coerce") for column in dates}
    )


def coverage(folder: Path, as_of: date) -> pd.DataFrame:
    """team, skill_id, required, met on the day, attested evidence."""
    day = pd.Timestamp(as_of)
    snapshots = sorted(path for path in folder.glob("roster@*.csv") if path.stem.split("@")[1] <= as_of.isoformat())
    roster = _read(folder, snapshots[-1].stem, "hired_on", "left_on")
    roster = roster[~(roster["hired_on"] > day) & ~(roster["left_on"] < day)]
    demands = _in_force(_read(folder, "roles", "valid_from", "valid_to"), day).merge(
        roster[["employee_id", "team", "role_id"]], on="role_id"
    )
    levels = _levels(folder, day)
    demands = demands.merge(levels, on=["employee_id", "skill_id"], how="left")
    spared = _in_force(_read(folder, "exemptions", "valid_from", "valid_to"), day)[["employee_id", "skill_id"]]
    demands = demands.merge(spared.drop_duplicates().assign(is_exempt=True), on=["employee_id", "skill_id"], how="left")
    counted = demands["is_exempt"].isna()
    demands["required"] = counted.astype(int)
    demands["met"] = (counted & (demands["level"].fillna(0) >= demands["required_level"].astype(int))).astype(int)
    return demands.groupby(["team", "skill_id"], as_index=False)[["required", "met"]].sum()


def _in_force(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return frame[~(frame["valid_from"] > day) & ~(frame["valid_to"] < day)]


def _levels(folder: Path, day: pd.Timestamp) -> pd.DataFrame:
    """employee_id, skill_id, level: the best attested level on the day."""
    credentials = _read(folder, "credentials")
    awards = _read(folder, "badges", "issued_on", "expires_on", "revoked_on").merge(credentials, on="credential_id")
    ends = []
    for issued, months in zip(awards["issued_on"], awards["validity_months"], strict=True):
        ends.append(issued + pd.DateOffset(months=int(months)) - pd.Timedelta(days=1) if months else OPEN)
    awards["end"] = awards["expires_on"].fillna(pd.Series(ends, index=awards.index))
    awards["end"] = np.minimum(awards["end"], awards["revoked_on"].fillna(OPEN) - pd.Timedelta(days=1))
    tiers = _in_force(_read(folder, "issuers", "valid_from", "valid_to"), day)
    unrecognised = set(tiers[tiers["tier"] == "unrecognised"]["issuer"])
    valid = awards[
        (awards["issued_on"] <= day)
        & (awards["end"] >= day)
        & (awards["demonstrates"] != "false")
        & ~awards["issuer"].isin(unrecognised)
    ]
    holdings = valid[["employee_id", "credential_id"]].drop_duplicates()
    stacks = _read(folder, "stacks")
    sizes = stacks.groupby("credential_id").agg(m=("component_id", "count"), n=("min_components", "max"))
    needed = sizes["n"].where(sizes["n"] != "", sizes["m"]).astype(int)
    while True:  # once more for every layer of stacks
        parts = stacks.merge(holdings, left_on="component_id", right_on="credential_id", suffixes=("", "_held"))
        counts = parts.groupby(["employee_id", "credential_id"])["component_id"].nunique().reset_index()
        new = counts[counts["component_id"] >= counts["credential_id"].map(needed)][["employee_id", "credential_id"]]
        grown = pd.concat([holdings, new]).drop_duplicates()
        if len(grown) == len(holdings):
            break
        holdings = grown
    shown = holdings.merge(_read(folder, "credential_skills"), on="credential_id")[["employee_id", "skill_id", "level"]]
    prior = _in_force(_read(folder, "prior_learning", "valid_from", "valid_to"), day)[
        ["employee_id", "skill_id", "level"]
    ]
    every = pd.concat([shown, prior]).assign(level=lambda frame: frame["level"].astype(int))
    return every.groupby(["employee_id", "skill_id"], as_index=False)["level"].max()


def trend(folder: Path, days: list[date]) -> list[tuple[int, int]]:
    """(required, met) on each day."""
    totals = [coverage(folder, day)[["required", "met"]].sum() for day in days]
    return [(int(total["required"]), int(total["met"])) for total in totals]
