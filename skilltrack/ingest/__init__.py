"""Files in, rows out: decode, map, check, load; whole or not at all.

`import_files` and `import_folder` land one upload; `undo` takes one back; `uploads` tells what happened.
"""

from skilltrack.ingest.history import redo, undo, uploads
from skilltrack.ingest.imports import import_files, import_folder, import_sources
from skilltrack.ingest.kinds import KINDS, Column, Kind
from skilltrack.ingest.outcome import KindCount, Outcome, Problem
from skilltrack.ingest.sources import Source
from skilltrack.ingest.upload import Options

__all__ = [
    "KINDS",
    "Column",
    "Kind",
    "KindCount",
    "Options",
    "Outcome",
    "Problem",
    "Source",
    "import_files",
    "import_folder",
    "import_sources",
    "redo",
    "undo",
    "uploads",
]
