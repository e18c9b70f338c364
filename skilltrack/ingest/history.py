"""What has been uploaded, and taking an upload back."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from skilltrack.errors import Refused
from skilltrack.ingest.cycles import in_words, reporting_cycles, stack_cycles
from skilltrack.refresh import refresh
from skilltrack.store import Store

HISTORY = """
select
    u.upload_id,
    e.happened_at as landed_at,
    e.by_whom,
    (select string_agg(distinct f.kind, ', ' order by f.kind) from upload_files as f where f.upload_id = u.upload_id)
        as kinds,
    (select string_agg(f.file_name, ', ' order by f.file_no) from upload_files as f where f.upload_id = u.upload_id)
        as files,
    u.effective_on,
    u.mode,
    c.new_rows,
    c.changed_rows,
    c.unchanged_rows,
    c.gone_rows,
    c.quarantined_rows as quarantined,
    case when x.upload_id is null then 'landed' else 'undone' end as status,
    x.happened_at as undone_at,
    x.by_whom as undone_by
from uploads as u
join upload_events as e on e.upload_id = u.upload_id and e.event = 'landed'
left join upload_events as x on x.upload_id = u.upload_id and x.event = 'undone'
left join (
    select
        upload_id,
        cast(sum(new_rows) as bigint) as new_rows,
        cast(sum(changed_rows) as bigint) as changed_rows,
        cast(sum(unchanged_rows) as bigint) as unchanged_rows,
        cast(sum(gone_rows) as bigint) as gone_rows,
        cast(sum(quarantined_rows) as bigint) as quarantined_rows
    from upload_counts
    group by upload_id
) as c on c.upload_id = u.upload_id
order by u.upload_id desc
"""


def uploads(store: Store) -> pd.DataFrame:
    """Every upload, newest first: when (UTC), by whom, what files, what they changed, and whether it was undone."""
    return store.frame(HISTORY)


def undo(store: Store, upload_id: int, by: str = "local", undone_at: datetime | None = None) -> None:
    """Take one upload back whole; its rows stay stored and answer questions as known before now.

    Raises `Refused` when there is no such upload, it is undone already, or what remains would hold a cycle.
    """
    with store.write() as transaction:
        events = transaction.rows(
            "select event from upload_events where upload_id = $upload_id", {"upload_id": upload_id}
        )
        if not events:
            raise Refused(f"There is no upload {upload_id}. `uploads` lists them.")
        if any(row["event"] == "undone" for row in events):
            raise Refused(f"Upload {upload_id} is undone already.")
        last = transaction.rows("select max(happened_at) as happened_at from upload_events")[0]["happened_at"]
        now = undone_at or datetime.now(UTC).replace(tzinfo=None)
        transaction.run(
            "insert into upload_events values ($upload_id, 'undone', $now, $by)",
            {"upload_id": upload_id, "now": max(now, last + timedelta(microseconds=1)), "by": by},
        )
        first = datetime(1, 1, 1).date()
        cycles = [members for _, members in reporting_cycles(transaction, first)] + stack_cycles(transaction)
        if cycles:
            raise Refused(
                f"Without upload {upload_id} a reporting line or stack would be a circle: {in_words(cycles[0])}. "
                "Undo the later upload that relies on it first."
            )
        refresh(transaction, upload_id)
