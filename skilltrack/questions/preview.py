"""What an upload, an undo or a redo would do, computed by doing it in a transaction that is then rolled back.

Besides the rows: who would leave or join, change manager or role, and how the coverage of each team would move.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion
from skilltrack.ingest import Options, Outcome, ReadFile, Upload, import_read, take_back
from skilltrack.kept import ABOUT_PEOPLE, refresh
from skilltrack.kinds import has_roster
from skilltrack.language import _
from skilltrack.questions.filters import Filters
from skilltrack.questions.metrics import Metrics
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage import Store, Transaction

QUICK = 50_000
"""The most people for whom a preview computes everything anew, which a change of the catalogue needs."""
SHOWN = 8
"""How many teams, and people of each kind of move, are shown."""

ACTIVE = (
    "select r.employee_id, r.name, r.manager_id, r.role_id, r.team from roster as r "
    "where $day between r.valid_from and r.valid_to "
    "and coalesce(r.hired_on <= $day, true) and coalesce(r.left_on >= $day, true)"
)
MOVES = {
    "leave": "a.employee_id is null",
    "join": "b.employee_id is null",
    "change manager": "a.manager_id is distinct from b.manager_id",
    "change role": "a.role_id is distinct from b.role_id",
    "change team": "a.team is distinct from b.team",
}


@dataclass
class Effects:
    """What would be different afterwards."""

    people: dict[str, int] = field(default_factory=dict)
    """How many people would leave, join, change manager, role or team."""
    who: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Some of them: what, employee_id, name, before, after."""
    teams: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Teams whose coverage would move most: team, required and met before and after, coverage before and after."""
    met: tuple[int, int] = (0, 0)
    """Requirements that are met, now and afterwards."""
    required: tuple[int, int] = (0, 0)
    requirements: pd.DataFrame = field(default_factory=pd.DataFrame)
    """What would change in them: employee_id, name, team, skill, was_met and is_met (empty: not asked)."""
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By kind, some rows that are new, changed or gone."""
    not_computed: str = ""
    """Why coverage is not shown; empty where it is."""


@dataclass
class Preview:
    """How an import would end, and what it would do."""

    outcome: Outcome
    effects: Effects = field(default_factory=Effects)


def preview_import(store: Store, viewer: Viewer, read: list[ReadFile], options: Options) -> Preview:
    """What importing these files would do; `options` is a dry run. Raises `Refused` as an import does."""
    before = _coverage(store, viewer)
    effects = Effects()

    def look(transaction: Transaction, upload: Upload) -> None:
        nonlocal effects
        kinds = {file.kind.name for file in upload.files}
        options.say(_("Computing what would change"))
        effects = _effects(transaction, viewer, before, upload.upload_id, upload.effective_on, upload.landed_at, kinds)
        effects.requirements = _moved_requirements(store, transaction, viewer, effects.teams)
        effects.samples = upload.samples

    return Preview(import_read(store, read, options, look=look), effects)


def preview_take_back(store: Store, viewer: Viewer, upload_id: int, event: str = "undone") -> Effects:
    """What undoing (or redoing) an upload would do; raises `Refused` as doing it would."""
    before = _coverage(store, viewer)
    with store.write() as transaction:
        latest = transaction.rows("select max(happened_at) as last from upload_events")[0]
        # `take_back` computes what the questions read, as it does outside a preview.
        take_back(transaction, upload_id, viewer.account, event=event)
        kinds = transaction.rows(
            "select distinct kind from upload_files where upload_id = $upload_id", {"upload_id": upload_id}
        )
        at = latest["last"] + timedelta(microseconds=1)
        effects = _effects(transaction, viewer, before, None, today(), at, {row["kind"] for row in kinds})
        effects.requirements = _moved_requirements(store, transaction, viewer, effects.teams)
        transaction.give_up()
    return effects


def _effects(
    transaction: Transaction,
    viewer: Viewer,
    before: pd.DataFrame,
    upload_id: int | None,
    day: date,
    happened_at: datetime,
    kinds: set[str],
) -> Effects:
    effects = Effects()
    if has_roster(kinds):
        effects.people, effects.who = _moves(transaction, day, happened_at)
    people = transaction.rows("select count(*) as n from kept_people")[0]["n"]
    if upload_id is not None:
        if not kinds <= set(ABOUT_PEOPLE) and people > QUICK:
            effects.not_computed = _(
                "With {n} people, coverage after a change of the catalogue is not previewed.", n=people
            )
            return effects
        refresh(transaction, upload_id)
    after = _coverage(transaction, viewer)
    effects.teams = _moved_teams(before, after)
    effects.met, effects.required = ((int(before[name].sum()), int(after[name].sum())) for name in ("met", "required"))
    return effects


def _coverage(asked: Store | Transaction, viewer: Viewer) -> pd.DataFrame:
    """Requirements and how many are met, by team, today."""
    answer = Metrics(asked).ask("coverage", viewer, Filters())
    return answer.groupby("team", sort=True)[["required", "met"]].sum()


def _moved_teams(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    both = before.add_suffix("_before").join(after.add_suffix("_after"), how="outer").fillna(0).astype("int64")
    for when in ("before", "after"):
        asked = both[f"required_{when}"]
        both[f"coverage_{when}"] = both[f"met_{when}"].astype(float).div(asked.where(asked > 0).astype(float))
    moved = both[(both["met_before"] != both["met_after"]) | (both["required_before"] != both["required_after"])]
    by = (moved["coverage_after"].fillna(0) - moved["coverage_before"].fillna(0)).abs()
    return moved.loc[by.sort_values(ascending=False, kind="stable").index].head(SHOWN).reset_index(names="team")


def _moved_requirements(store: Store, transaction: Transaction, viewer: Viewer, teams: pd.DataFrame) -> pd.DataFrame:
    """The requirements of people of `teams` that would be met, not met, asked or not asked any more."""
    changed = []
    for team in teams.get("team", []):
        was, now = (_requirements(asked, viewer, team) for asked in (store, transaction))
        both = was.merge(now, on=["employee_id", "skill_id"], how="outer", suffixes=("_before", ""))
        for name in ("name", "skill"):
            both[name] = both[name].fillna(both[f"{name}_before"])
        both = both.assign(team=team, was_met=both["met_before"], is_met=both["met"])
        changed.append(both[both["was_met"].fillna(-1) != both["is_met"].fillna(-1)])
    columns = ["employee_id", "name", "team", "skill", "was_met", "is_met"]
    return pd.concat([frame[columns] for frame in changed], ignore_index=True) if changed else pd.DataFrame()


def _requirements(asked: Store | Transaction, viewer: Viewer, team: str) -> pd.DataFrame:
    """What a team's people are asked for today, and whether they meet it (`met` = 1 or 0); none of an unknown team."""
    columns = ["employee_id", "name", "skill_id", "skill"]
    try:
        answer = Metrics(asked).ask("requirements_met", viewer, Filters(team=team))
    except BadQuestion:
        return pd.DataFrame(columns=[*columns, "met"])
    counting = answer[~answer["is_exempt"].astype(bool)]
    return counting[columns].assign(met=counting["is_met"].astype(float))


def _moves(transaction: Transaction, day: date, happened_at: datetime) -> tuple[dict[str, int], pd.DataFrame]:
    for name, known_at in (("before", happened_at - timedelta(microseconds=1)), ("after", END_OF_TIME)):
        transaction.run(
            f"create or replace temp table people_{name} as {with_definitions(ACTIVE)}",
            {"day": day, "known_at": known_at},
        )
    both = "from people_before as b full join people_after as a on a.employee_id = b.employee_id"
    stays = "a.employee_id is not null and b.employee_id is not null"
    counts, shown = {}, []
    for what, where in MOVES.items():
        condition = where if what in ("leave", "join") else f"{stays} and {where}"
        column = {"change manager": "manager_id", "change role": "role_id"}.get(what, "team")
        rows = transaction.rows(
            f"select count(*) over () as n, coalesce(b.employee_id, a.employee_id) as employee_id, "
            f"coalesce(a.name, b.name) as name, b.{column} as before, a.{column} as after {both} where {condition} "
            f"order by 2 limit {SHOWN}"
        )
        if rows:
            counts[what] = rows[0]["n"]
            shown += [{"what": what, **{k: v for k, v in row.items() if k != "n"}} for row in rows]
    for name in ("before", "after"):
        transaction.run(f"drop table people_{name}")
    return counts, pd.DataFrame(shown)
