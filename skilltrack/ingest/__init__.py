"""Files in, rows out: decode, map, check, load; whole or not at all.

`import_files` and `import_folder` land one upload; `undo` takes one back; `uploads` tells what happened.
"""

from skilltrack.ingest.landing.badge_pictures import picture_of
from skilltrack.ingest.landing.badges_again import Again, check_again
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.ingest.landing.current import as_file, can_be_removed, current_rows
from skilltrack.ingest.landing.erased import ERASED, Rows, marker, without_people
from skilltrack.ingest.landing.erased_badges import mentioned_in_badges
from skilltrack.ingest.landing.gone import EVERYBODY, OF_SKILL, left_of, made_as
from skilltrack.ingest.landing.history import (
    files_of,
    moved_again,
    redo,
    said_again,
    take_back,
    undo,
    undo_together,
    uploads,
)
from skilltrack.ingest.landing.imports import (
    ENDINGS,
    import_files,
    import_folder,
    import_read,
    import_sources,
    kind_of_name,
)
from skilltrack.ingest.landing.quarantine import DETAILS as APART_DETAILS
from skilltrack.ingest.landing.quarantine import rows_apart
from skilltrack.ingest.landing.remembered import read_all
from skilltrack.ingest.landing.settling import refuse_settled
from skilltrack.ingest.landing.upload import Options, Upload
from skilltrack.ingest.reading.badge_files import ENDINGS as BADGE_ENDINGS
from skilltrack.ingest.reading.content import BLOCK, Content, Spool, blocks, mapped
from skilltrack.ingest.reading.decode import LARGEST_FILE, refuse_others
from skilltrack.ingest.reading.mapping import Mapping, parse_mapping, place_of
from skilltrack.ingest.reading.matrix import KINDS_OF_LEVELS
from skilltrack.ingest.reading.named import TELLING, Named
from skilltrack.ingest.reading.outcome import KindCount, Outcome, Problem
from skilltrack.ingest.reading.packed import is_larger
from skilltrack.ingest.reading.questions import Question, Typed, Unanswered, in_words
from skilltrack.ingest.reading.sources import (
    ReadFile,
    Source,
    last_part,
    open_file,
    read_one,
    recognised_kinds,
)
from skilltrack.ingest.reading.status import MEANINGS
from skilltrack.kinds import KINDS, Column, Kind

__all__ = [
    "APART_DETAILS",
    "BADGE_ENDINGS",
    "BLOCK",
    "ENDINGS",
    "ERASED",
    "EVERYBODY",
    "KINDS",
    "KINDS_OF_LEVELS",
    "LARGEST_FILE",
    "MEANINGS",
    "OF_SKILL",
    "TELLING",
    "Again",
    "Column",
    "Content",
    "Kind",
    "KindCount",
    "Mapping",
    "Named",
    "Options",
    "Outcome",
    "Problem",
    "Question",
    "ReadFile",
    "Rows",
    "Source",
    "Spool",
    "Typed",
    "Unanswered",
    "Upload",
    "as_file",
    "blocks",
    "can_be_removed",
    "check_again",
    "current_rows",
    "damaged_uploads",
    "files_of",
    "import_files",
    "import_folder",
    "import_read",
    "import_sources",
    "in_words",
    "is_larger",
    "kind_of_name",
    "last_part",
    "left_of",
    "made_as",
    "mapped",
    "marker",
    "mentioned_in_badges",
    "moved_again",
    "open_file",
    "parse_mapping",
    "picture_of",
    "place_of",
    "read_all",
    "read_one",
    "recognised_kinds",
    "redo",
    "refuse_others",
    "refuse_settled",
    "rows_apart",
    "said_again",
    "take_back",
    "undo",
    "undo_together",
    "uploads",
    "without_people",
]
