"""Content hashes of each upload's rows, kept with it: they show damage that the engine does not see."""

from collections.abc import Mapping

from skilltrack.kinds import KINDS, Kind
from skilltrack.relations import content_sum
from skilltrack.storage import Store, Transaction


def _sums(kind: Kind, upload: str, rows: str) -> str:
    """A select of the number and content of rows per upload; `upload` is the expression for its number."""
    later = [column.name for column in kind.columns if column.is_later]
    columns = ["file_no", "line_no", *(name for name in kind.stored if name not in later)]
    return (
        f"select {upload} as upload_id, '{kind.table}' as table_name, count(*) as row_count, "
        f"{content_sum(columns, later)} as content from {rows} group by all having count(*) > 0"
    )


def note_checksums(transaction: Transaction, upload_id: int, landed: Mapping[str, str]) -> None:
    """Store the checksums of an upload's rows, by kind, computed from the selects that the rows came from.

    The rows are not read back, so that a fault on their way into the table shows like any later one.
    """
    sums = [
        _sums(KINDS[kind], "$upload_id", f"({select}) as t")
        for kind, select in landed.items()
        if not KINDS[kind].is_made_by_others  # the upload may have added rows of these kinds besides its own
    ]
    sums += [
        _sums(kind, "upload_id", f"{kind.table} where upload_id = $upload_id")
        for kind in KINDS.values()
        if kind.is_made_by_others
    ]
    transaction.run(f"insert into upload_checks {' union all '.join(sums)}", {"upload_id": upload_id})


def damaged_uploads(store: Store, newest: int | None = None) -> list[int]:
    """Uploads whose rows are no longer those imported; `newest` limits the check to about so many of the last rows."""
    first = 0
    if newest is not None:
        rows = store.query("select upload_id, row_count from upload_checks order by upload_id desc").to_pylist()
        for row in rows:
            newest -= row["row_count"]
            if newest < 0:
                break
            first = row["upload_id"]
    where = f"upload_id >= {first} and upload_id in (select c.upload_id from upload_checks as c)"
    sums = " union all ".join(_sums(kind, "upload_id", f"{kind.table} where {where}") for kind in KINDS.values())
    rows = store.query(
        f"with computed as ({sums}), noted as (select * from upload_checks where upload_id >= {first}) "
        "select distinct coalesce(n.upload_id, f.upload_id) as upload_id "
        "from noted as n full join computed as f on f.upload_id = n.upload_id and f.table_name = n.table_name "
        "where n.row_count is distinct from f.row_count or n.content is distinct from f.content order by upload_id"
    ).to_pylist()
    return [row["upload_id"] for row in rows]
