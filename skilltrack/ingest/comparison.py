"""What an upload changes: its rows held against those in force before it."""

from skilltrack.ingest.kinds import Kind
from skilltrack.marts import with_marts


def stored_columns(kind: Kind) -> list[str]:
    """Columns of the kind's table, the upload's own aside."""
    names = [column.name for column in kind.columns]
    return ["award_key", *names] if kind.name == "badges" else names


def comparison(kind: Kind, mode: str) -> str:
    """A select that counts good rows as new, changed or unchanged against what held before, and those gone."""
    key = list(kind.key)
    columns = stored_columns(kind)
    same_key = " and ".join(f"n.{name} is not distinct from b.{name}" for name in key)
    same_row = " and ".join(f"n.{name} is not distinct from b.{name}" for name in columns if name not in key) or "true"
    if kind.name == "roster":
        held = ", ".join("nullif(r.team, '') as team" if name == "team" else f"r.{name}" for name in columns)
        before = f"select {held} from roster as r where $effective_on between r.valid_from and r.valid_to"
    else:
        held = ", ".join(f"r.{name}" for name in columns)
        before = (
            f"select {held} from {kind.table} as r join live_uploads as u on u.upload_id = r.upload_id "
            f"qualify row_number() over (partition by {', '.join(f'r.{n}' for n in key)} order by r.upload_id desc) = 1"
        )
    gone = "false" if kind.name != "roster" or mode == "changes" else f"n.{key[0]} is null"
    return with_marts(
        f"select count(*) filter (n.{key[0]} is not null and b.{key[0]} is null) as new, "
        f"count(*) filter (n.{key[0]} is not null and b.{key[0]} is not null and not ({same_row})) as changed, "
        f"count(*) filter (n.{key[0]} is not null and b.{key[0]} is not null and {same_row}) as unchanged, "
        f"count(*) filter ({gone}) as gone "
        f"from (select * from good) as n full join ({before}) as b on {same_key}"
    )
