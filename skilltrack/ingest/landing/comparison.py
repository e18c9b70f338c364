"""What an upload changes: its rows compared with those in force before it."""

from typing import Any

from skilltrack.ingest.landing.numberings import MAY_LACK
from skilltrack.kinds import Kind
from skilltrack.relations import with_definitions
from skilltrack.storage import Transaction

SAMPLED = 5
"""At most this many rows of each sort are shown."""


def comparison(transaction: Transaction, kind: Kind, mode: str, before: dict[str, Any]) -> dict[str, int]:
    """How many good rows are new, changed or unchanged compared with what held `before`, and how many are gone."""
    counts = ", ".join(
        f"count(*) filter (c.sort = '{sort}') as {sort}" for sort in ("new", "changed", "unchanged", "gone")
    )
    is_first = not transaction.rows(f"select 1 from {kind.table} limit 1")
    compared = "select 'new' as sort from good" if is_first else _compared(kind, mode)
    return transaction.rows(with_definitions(f"select {counts} from ({compared}) as c"), before)[0]


def samples(kind: Kind, mode: str) -> str:
    """A select of some rows that are new, changed or gone: sort, columns now, columns before as `was_...`."""
    names = [column.name for column in kind.columns]
    now = ", ".join(f"cast(c.{name} as varchar) as {name}" for name in names)
    was = ", ".join(f"cast(c.was_{name} as varchar) as was_{name}" for name in names)
    return with_definitions(
        f"select c.sort, {now}, {was} from ({_compared(kind, mode)}) as c where c.sort in ('new', 'changed', 'gone') "
        f"qualify row_number() over (partition by c.sort order by c.place) <= {SAMPLED} order by c.sort, c.place"
    )


def _same(kind: Kind, name: str) -> str:
    """Whether a column has the same value as before, as SQL; a row without an award_id may leave some columns empty."""
    same = f"n.{name} is not distinct from b.{name}"
    if kind.optional_id and name in (kind.optional_id, *MAY_LACK):
        return f"({same} or (n.{name} is null and (n.{kind.optional_id} is null) <> (b.{kind.optional_id} is null)))"
    return same


def _first(kind: Kind) -> str:
    """An order that prefers, of two rows of one upload for the same award, the one with an award_id."""
    return f", r.{kind.optional_id} is null" if kind.optional_id else ""


def _compared(kind: Kind, mode: str) -> str:
    """A select of good rows beside the earlier rows of their keys, with what changed."""
    key, columns = kind.key, kind.stored
    same_key = " and ".join(f"n.{name} is not distinct from b.{name}" for name in key)
    same_row = " and ".join(_same(kind, name) for name in columns if name not in key) or "true"
    if kind.lists_people:
        selected = ", ".join("nullif(r.team, '') as team" if name == "team" else f"r.{name}" for name in columns)
        before = f"select {selected} from roster as r where $effective_on between r.valid_from and r.valid_to"
    else:
        selected, parted = (", ".join(f"r.{name}" for name in names) for names in (columns, key))
        named = " and ".join(f"g.{name} is not distinct from r.{name}" for name in key)
        before = (
            f"select {selected} from {kind.table} as r join live_uploads as u on u.upload_id = r.upload_id "
            f"where exists (select 1 from good as g where {named}) "
            f"qualify row_number() over (partition by {parted} order by r.upload_id desc{_first(kind)}) = 1"
        )
    join = "full join" if kind.lists_people and mode != "changes" else "left join"
    both = ", ".join(f"n.{name} as {name}, b.{name} as was_{name}" for name in columns)
    return (
        f"select case when n.{key[0]} is null then 'gone' when b.{key[0]} is null then 'new' "
        f"when {same_row} then 'unchanged' else 'changed' end as sort, "
        f"(n.file_no, n.line_no, b.{key[0]}) as place, {both} "
        f"from (select * from good) as n {join} ({before}) as b on {same_key}"
    )
