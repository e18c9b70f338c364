"""`python -m tests.torture.sight 500 1`: so many viewers ask every metric, every nth of them by every page, export and route.

What reaches one from outside their sight is printed.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.access.sight import company
from tests.access.test_sight import leaks, peopled, viewers

TOLD = 20
"""Viewers after which it is said how far things are."""


def torture(count: int, every: int, seed: int = 11) -> tuple[int, list[str]]:
    """How many viewers asked, and every word about somebody outside their sight."""
    made, found, began = company(count + count // 5, seed), [], time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        store = peopled(made, Path(folder), seed)
        os.environ["SKILLTRACK_DB"] = store.path
        asking = [viewer for viewer in viewers(store, made, count, seed) if not viewer.sees_everyone]
        for first in range(0, len(asking), TOLD):
            found += leaks(made, store, asking[first : first + TOLD], seed + first, every, first)
            print(f"{first} {time.monotonic() - began:.0f} s, {len(found)} found", file=sys.stderr)
        store.close()
    return len(asking), found


if __name__ == "__main__":
    each = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    asked, found = torture(int(sys.argv[1]), each)
    print(
        f"{asked} viewers asked every metric, every {each}. of them every page, export and route: "
        f"{len(found)} words about people outside their sight."
    )
    print(*found[:20], sep="\n")
    sys.exit(bool(found))
