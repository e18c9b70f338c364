"""Files in, rows out: decode, map, check, load; whole or not at all.

`import_files` and `import_folder` land one upload; `undo` takes one back; `uploads` tells what happened.
"""

from skilltrack.ingest.history import undo, uploads
from skilltrack.ingest.kinds import KINDS, Column, Kind
from skilltrack.ingest.outcome import KindCount, Outcome, Problem
from skilltrack.ingest.upload import import_files, import_folder

__all__ = [
    "KINDS",
    "Column",
    "Kind",
    "KindCount",
    "Outcome",
    "Problem",
    "import_files",
    "import_folder",
    "undo",
    "uploads",
]
