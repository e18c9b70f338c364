"""What a database holds, in numbers: rows of each table and sums of money, to be held against those of another."""

from skilltrack.relations import read_text
from skilltrack.storage import Store

TABLES = read_text("keeping/contents/tables")
MONEY = read_text("keeping/contents/money")


def totals(store: Store) -> dict[str, str]:
    """By table its number of rows, and by currency the sum of all amounts ever stored, as text."""
    counted = {}
    for table in store.query(TABLES)["name"].to_pylist():
        counted[f"rows of {table}"] = str(store.query(f'select count(*) as n from "{table}"')["n"][0].as_py())
    for row in store.query(MONEY).to_pylist():
        counted[f"{row['currency']} of spend_rows"] = str(row["amount"])
    return counted
