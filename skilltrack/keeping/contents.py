"""What a database holds, in numbers: rows of each table and sums of money, to be held against those of another."""

from skilltrack.relations import read_text
from skilltrack.storage import Store

MONEY = read_text("keeping/contents/money")


def totals(store: Store) -> dict[str, str]:
    """By table, the kept ones left out, its number of rows, and by currency the sum of all amounts ever stored."""
    counted = {}
    for table in sorted(table for table in store.columns() if not table.startswith("kept_")):
        counted[f"rows of {table}"] = str(store.query(f'select count(*) as n from "{table}"')["n"][0].as_py())
    for row in store.query(MONEY).to_pylist():
        counted[f"{row['currency']} of spend_rows"] = str(row["amount"])
    return counted
