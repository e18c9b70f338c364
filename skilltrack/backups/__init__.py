"""Backups off the machine: made by rule, sealed, verified, drilled, and brought to a new machine."""

from skilltrack.backups.bringing import bring, company_on, drill
from skilltrack.backups.looking import of_backups
from skilltrack.backups.making import Made, make
from skilltrack.backups.names import Backup, backups_among, kept_by, own_name
from skilltrack.backups.nightly import begin_nightly
from skilltrack.backups.sealing import make_key
from skilltrack.backups.shelves import Bucket, Folder, Shelf, shelf_at

__all__ = [
    "Backup",
    "Bucket",
    "Folder",
    "Made",
    "Shelf",
    "backups_among",
    "begin_nightly",
    "bring",
    "company_on",
    "drill",
    "kept_by",
    "make",
    "make_key",
    "of_backups",
    "own_name",
    "shelf_at",
]
