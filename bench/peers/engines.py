"""SQL engines over the prepared tables, indexed as a careful user would: plain DuckDB, SQLite and PostgreSQL.

One text for all three; `(required, met)` per team and skill of an organisation, per skill of the company, and in
total on each of several days.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

WHOLE = "select employee_id from people"
ORGANISATION = """select p.employee_id from people as p
    where p.manager_id = '{manager}' and p.employee_id <> '{manager}'
    union select p.employee_id from people as p join scope as s on p.manager_id = s.employee_id
    where p.employee_id <> '{manager}'"""
ANSWER = """
with recursive scope(employee_id) as ({scope}),
members as (
    select p.employee_id, p.team, p.role_id
    from people as p join scope as s on s.employee_id = p.employee_id
    where {day} between p.hired_on and p.left_on
),
awarded as (
    select distinct e.employee_id, e.credential_id
    from evidence as e join members as m on m.employee_id = e.employee_id
    where {day} between e.valid_from and e.valid_to
),
held as (
    select employee_id, credential_id from awarded
    union
    select a.employee_id, s.credential_id
    from awarded as a join stack_parts as s on s.component_id = a.credential_id
    group by a.employee_id, s.credential_id
    having count(*) >= max(s.min_components)
),
levels as (
    select employee_id, skill_id, max(level) as level
    from (
        select h.employee_id, c.skill_id, c.level
        from held as h join attested_skills as c on c.credential_id = h.credential_id
        union all
        select employee_id, skill_id, level from prior_learning where {day} between valid_from and valid_to
    ) as evidence_of_skill
    group by employee_id, skill_id
),
demands as (
    select m.employee_id, m.team, r.skill_id, r.required_level
    from members as m join requirements as r on r.role_id = m.role_id and {day} between r.valid_from and r.valid_to
    left join exemptions as x on x.employee_id = m.employee_id and x.skill_id = r.skill_id
        and {day} between x.valid_from and x.valid_to
    where x.employee_id is null
)
select {columns} count(*) as required, coalesce(sum(case when l.level >= d.required_level then 1 else 0 end), 0) as met
from demands as d left join levels as l on l.employee_id = d.employee_id and l.skill_id = d.skill_id
{group}
"""
BY_TEAM, BY_SKILL = "d.team, d.skill_id,", "d.skill_id,"
INDEXES = (
    ("people", "manager_id"),
    ("people", "employee_id"),
    ("evidence", "employee_id"),
    ("prior_learning", "employee_id"),
    ("exemptions", "employee_id"),
    ("stack_parts", "component_id"),
)
POSTGRES = "SKILLTRACK_BENCH_POSTGRES"
"""Environment variable: how to reach an empty PostgreSQL database that may be written to."""


class Engine:
    """A database that holds the prepared tables and answers `ANSWER`."""

    def __init__(self, run: Callable[[str], list[tuple]]):
        self._run = run

    def coverage(self, day: int, manager: str) -> set[tuple]:
        """(team, skill, required, met) of the manager's organisation."""
        return self._ask(ORGANISATION.format(manager=manager), day, BY_TEAM)

    def coverage_by_skill(self, day: int) -> set[tuple]:
        """(skill, required, met) of the company."""
        return self._ask(WHOLE, day, BY_SKILL)

    def trend(self, days: list[int]) -> list[tuple]:
        """(required, met) of the company on each day."""
        return [self._ask(WHOLE, day, "").pop() for day in days]

    def _ask(self, scope: str, day: int, columns: str) -> set[tuple]:
        group = f"group by {columns.rstrip(',')}" if columns else ""
        rows = self._run(ANSWER.format(scope=scope, day=day, columns=columns, group=group))
        return {(*row[:-2], int(row[-2]), int(row[-1])) for row in rows}


def plain_duckdb(folder: Path, tables: dict[str, pd.DataFrame]) -> Engine:
    """Tables without anything computed ahead, in a file, on as many threads as there are cores."""
    connection = duckdb.connect(str(folder / "plain.duckdb"), config={"threads": len(os.sched_getaffinity(0))})
    for name, rows in tables.items():
        connection.register("prepared", rows)
        connection.execute(f"create table {name} as select * from prepared")
        connection.unregister("prepared")
    return Engine(lambda sql: connection.execute(sql).fetchall())


def sqlite(folder: Path, tables: dict[str, pd.DataFrame]) -> Engine:
    """Tables and indexes in a file, analysed."""
    connection = sqlite3.connect(folder / "plain.sqlite")
    for name, rows in tables.items():
        rows.to_sql(name, connection, index=False)
    _index(connection)
    connection.execute("analyze")
    return Engine(lambda sql: connection.execute(sql).fetchall())


def postgres(_folder: Path, tables: dict[str, pd.DataFrame]) -> Engine:
    """Tables and indexes in the database that the environment names, analysed."""
    import psycopg

    connection = psycopg.connect(os.environ[POSTGRES], autocommit=True)
    for name, rows in tables.items():
        kinds = ["integer" if pd.api.types.is_numeric_dtype(rows[column]) else "text" for column in rows.columns]
        columns = ", ".join(f"{column} {kind}" for column, kind in zip(rows.columns, kinds, strict=True))
        connection.execute(f"drop table if exists {name}")
        connection.execute(f"create table {name} ({columns})")
        with connection.cursor().copy(f"copy {name} from stdin (format csv)") as copy:
            copy.write(rows.to_csv(index=False, header=False))
    _index(connection)
    connection.execute("vacuum analyze")
    return Engine(lambda sql: connection.execute(sql).fetchall())


def _index(connection) -> None:
    for table, column in INDEXES:
        connection.execute(f"create index {table}_{column} on {table} ({column})")
