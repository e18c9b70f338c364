"""`python -m tests.torture.sight 500`: so many viewers ask every metric; what reaches one from outside is printed."""

import sys
import tempfile
from pathlib import Path

from skilltrack.metrics import Metrics
from skilltrack.store import Store
from tests.access.sight import company, land
from tests.access.test_sight import leaks, viewers


def torture(count: int, seed: int = 11) -> tuple[int, list[str]]:
    """How many viewers asked, and every cell that was about somebody outside their sight."""
    made = company(count, seed)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(":memory:")
        land(store, made, Path(folder))
        asking = viewers(store, made, count, seed)
        found = [leak for n in range(4) for leak in leaks(made, Metrics(store), asking[n:] + asking[:n], seed + n)]
        store.close()
    return len(asking), found


if __name__ == "__main__":
    asked, found = torture(int(sys.argv[1]))
    print(f"{asked} viewers asked every metric in four ways: {len(found)} cells about people outside their sight.")
    print(*found[:20], sep="\n")
    sys.exit(bool(found))
