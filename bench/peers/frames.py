"""Data frames over the prepared tables: pandas reading CSV files at each view, pandas and polars in memory."""

from pathlib import Path

import pandas as pd


class Pandas:
    """`files` = where to read the tables at each question; None = they stay in memory."""

    def __init__(self, tables: dict[str, pd.DataFrame], files: Path | None):
        self._files, self._names = files, list(tables)
        self._tables = {} if files else tables
        for name, rows in tables.items() if files else ():
            rows.to_csv(files / f"{name}.csv", index=False)

    def coverage(self, day: int, manager: str) -> set[tuple]:
        """(team, skill, required, met) of the manager's organisation."""
        return self._counted(self._read(), day, manager, ["team", "skill_id"])

    def coverage_by_skill(self, day: int) -> set[tuple]:
        """(skill, required, met) of the company."""
        return self._counted(self._read(), day, None, ["skill_id"])

    def trend(self, days: list[int]) -> list[tuple]:
        """(required, met) of the company on each day."""
        tables = self._read()
        results = [self._demands(tables, day, None) for day in days]
        return [(len(rows), int(rows["is_met"].sum())) for rows in results]

    def _read(self) -> dict[str, pd.DataFrame]:
        if self._files is None:
            return self._tables
        text = dict.fromkeys(("employee_id", "manager_id", "team", "role_id", "skill_id", "credential_id"), "str")
        return {name: pd.read_csv(self._files / f"{name}.csv", dtype=text) for name in self._names}

    def _counted(self, tables: dict[str, pd.DataFrame], day: int, manager: str | None, by: list[str]) -> set[tuple]:
        counts = self._demands(tables, day, manager).groupby(by)["is_met"].agg(["size", "sum"]).reset_index()
        return {(*row[:-2], int(row[-2]), int(row[-1])) for row in counts.itertuples(index=False)}

    def _demands(self, tables: dict[str, pd.DataFrame], day: int, manager: str | None) -> pd.DataFrame:
        """One row per member and requirement that counts, with is_met."""
        people = tables["people"]
        if manager is not None:
            people = people[people["employee_id"].isin(_below(people, manager))]
        people = people[(people["hired_on"] <= day) & (people["left_on"] >= day)]
        credentials = _on(tables["evidence"], day)[["employee_id", "credential_id"]]
        credentials = credentials[credentials["employee_id"].isin(people["employee_id"])].drop_duplicates()
        parts = tables["stack_parts"].merge(
            credentials, left_on="component_id", right_on="credential_id", suffixes=("", "_")
        )
        counts = parts.groupby(["employee_id", "credential_id"])["min_components"].agg(["size", "max"]).reset_index()
        stacks = counts[counts["size"] >= counts["max"]][["employee_id", "credential_id"]]
        shown = pd.concat([credentials, stacks]).merge(tables["attested_skills"], on="credential_id")
        shown = pd.concat([shown, _on(tables["prior_learning"], day)])[["employee_id", "skill_id", "level"]]
        levels = shown.groupby(["employee_id", "skill_id"], as_index=False)["level"].max()
        demands = people.merge(_on(tables["requirements"], day), on="role_id").merge(
            levels, on=["employee_id", "skill_id"], how="left"
        )
        spared = _on(tables["exemptions"], day)[["employee_id", "skill_id"]].assign(is_exempt=True)
        demands = demands.merge(spared, on=["employee_id", "skill_id"], how="left")
        return demands[demands["is_exempt"].isna()].assign(is_met=lambda rows: rows["level"] >= rows["required_level"])


def _below(people: pd.DataFrame, manager: str) -> set[str]:
    below: set[str] = set()
    layer = {manager}
    while layer:
        layer = set(people.loc[people["manager_id"].isin(layer), "employee_id"]) - below - {manager}
        below |= layer
    return below


def _on(rows: pd.DataFrame, day: int) -> pd.DataFrame:
    return rows[(rows["valid_from"] <= day) & (rows["valid_to"] >= day)]


def pandas_csv(folder: Path, tables: dict[str, pd.DataFrame]) -> Pandas:
    """What many dashboards do."""
    return Pandas(tables, folder)


def pandas_cached(_folder: Path, tables: dict[str, pd.DataFrame]) -> Pandas:
    """What a careful dashboard does."""
    return Pandas(tables, None)


class Polars:
    """Frames in memory, asked by lazy expressions."""

    def __init__(self, tables: dict[str, pd.DataFrame]):
        import polars

        self._pl = polars
        self._people = tables["people"]
        self._tables = {name: polars.from_pandas(rows).lazy() for name, rows in tables.items()}

    def coverage(self, day: int, manager: str) -> set[tuple]:
        """(team, skill, required, met) of the manager's organisation."""
        return self._counted(day, manager, ["team", "skill_id"])

    def coverage_by_skill(self, day: int) -> set[tuple]:
        """(skill, required, met) of the company."""
        return self._counted(day, None, ["skill_id"])

    def trend(self, days: list[int]) -> list[tuple]:
        """(required, met) of the company on each day."""
        return [self._sums(self._demands(day, None)).collect().row(0) for day in days]

    def _sums(self, rows):
        pl = self._pl
        return rows.select(pl.len().alias("required"), pl.col("is_met").sum().alias("met"))

    def _counted(self, day: int, manager: str | None, by: list[str]) -> set[tuple]:
        pl = self._pl
        rows = self._demands(day, manager).group_by(by)
        return set(rows.agg(pl.len().alias("required"), pl.col("is_met").sum().alias("met")).collect().rows())

    def _demands(self, day: int, manager: str | None):
        """One row per member and requirement that counts, with is_met."""
        pl, tables = self._pl, self._tables
        people = tables["people"].filter(pl.col("hired_on") <= day, pl.col("left_on") >= day)
        if manager is not None:
            people = people.filter(pl.col("employee_id").is_in(list(_below(self._people, manager))))

        def on(name: str):
            return tables[name].filter(pl.col("valid_from") <= day, pl.col("valid_to") >= day)

        credentials = (
            on("evidence").select("employee_id", "credential_id").join(people, on="employee_id", how="semi").unique()
        )
        stacks = (
            tables["stack_parts"]
            .join(credentials, left_on="component_id", right_on="credential_id")
            .group_by("employee_id", "credential_id")
            .agg(pl.len().alias("count"), pl.col("min_components").max())
            .filter(pl.col("count") >= pl.col("min_components"))
        )
        columns = ("employee_id", "credential_id")
        shown = pl.concat([credentials.select(columns), stacks.select(columns)]).join(
            tables["attested_skills"], on="credential_id"
        )
        columns = ("employee_id", "skill_id", "level")
        levels = (
            pl.concat([shown.select(columns), on("prior_learning").select(columns)], how="vertical_relaxed")
            .group_by("employee_id", "skill_id")
            .agg(pl.col("level").max())
        )
        key = ["employee_id", "skill_id"]
        return (
            people.join(on("requirements"), on="role_id")
            .join(on("exemptions").select(key), on=key, how="anti")
            .join(levels, on=key, how="left")
            .with_columns((pl.col("level").fill_null(0) >= pl.col("required_level")).alias("is_met"))
        )


def polars(_folder: Path, tables: dict[str, pd.DataFrame]) -> Polars:
    """What a fast dashboard does."""
    return Polars(tables)
