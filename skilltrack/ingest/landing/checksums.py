"""Content hashes of each upload's rows, kept with it: damage that the engine does not see is found by them."""

from collections.abc import Mapping

from skilltrack.kinds import KINDS, Kind
from skilltrack.relations import content_sum
from skilltrack.storage import Store, Transaction


def _sums(kind: Kind, upload: str, rows: str) -> str:
    """A select of rows and content per upload, which `upload` tells."""
    later = [column.name for column in kind.columns if column.is_later]
    columns = ["file_no", "line_no", *(name for name in kind.stored if name not in later)]
    return (
        f"select {upload} as upload_id, '{kind.table}' as table_name, count(*) as row_count, "
        f"{content_sum(columns, later)} as content from {rows} group by all having count(*) > 0"
    )


def note_checksums(transaction: Transaction, upload_id: int, landed: Mapping[str, str]) -> None:
    """Store what the rows of an upload add up to, by kind as the selects that they landed from give them.

    They are not read back: a fault on their way into the table is found as any later one.
    """
    sums = [
        _sums(KINDS[kind], "$upload_id", f"({select}) as t")
        for kind, select in landed.items()
        if not KINDS[kind].is_made_by_others  # of which the upload may have made some besides its rows
    ]
    sums += [
        _sums(kind, "upload_id", f"{kind.table} where upload_id = $upload_id")
        for kind in KINDS.values()
        if kind.is_made_by_others
    ]
    transaction.run(f"insert into upload_checks {' union all '.join(sums)}", {"upload_id": upload_id})


def damaged_uploads(store: Store, newest: int | None = None) -> list[int]:
    """Uploads whose rows are no longer what landed; `newest` limits the check to the last ones, about so many rows."""
    first = 0
    if newest is not None:
        rows = store.query("select upload_id, row_count from upload_checks order by upload_id desc").to_pylist()
        for row in rows:
            newest -= row["row_count"]
            if newest < 0:
                break
            first = row["upload_id"]
    where = f"upload_id >= {first} and upload_id in (select c.upload_id from upload_checks as c)"
    found = " union all ".join(_sums(kind, "upload_id", f"{kind.table} where {where}") for kind in KINDS.values())
    rows = store.query(
        f"with found as ({found}), noted as (select * from upload_checks where upload_id >= {first}) "
        "select distinct coalesce(n.upload_id, f.upload_id) as upload_id "
        "from noted as n full join found as f on f.upload_id = n.upload_id and f.table_name = n.table_name "
        "where n.row_count is distinct from f.row_count or n.content is distinct from f.content order by upload_id"
    ).to_pylist()
    return [row["upload_id"] for row in rows]
