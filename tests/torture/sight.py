"""`python -m tests.torture.sight 500`: so many viewers ask every metric, page, export and route, formats in turn.

What reaches one from outside their sight is printed.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.access.sight import company
from tests.access.test_sight import leaks, peopled, viewers


def torture(count: int, seed: int = 11) -> tuple[int, list[str]]:
    """How many viewers asked, and every word about somebody outside their sight."""
    made = company(count, seed)
    with tempfile.TemporaryDirectory() as folder:
        store = peopled(made, Path(folder), seed)
        os.environ["SKILLTRACK_DB"] = store.path
        asking = [viewer for viewer in viewers(store, made, count, seed) if not viewer.sees_everyone]
        found = list(leaks(made, store, asking, seed))
        store.close()
    return len(asking), found


if __name__ == "__main__":
    began = time.monotonic()
    asked, found = torture(int(sys.argv[1]))
    print(
        f"{asked} viewers asked every metric, page, export and route in {time.monotonic() - began:.0f} s: "
        f"{len(found)} words about people outside their sight."
    )
    print(*found[:20], sep="\n")
    sys.exit(bool(found))
