"""The relations that hold now, for other engines: what they are, files of them, and what they are enough for."""

from skilltrack.lake.contract import RELATIONS, Relation
from skilltrack.lake.enough import described, lacking_by_report
from skilltrack.lake.publishing import Publication, publish

__all__ = ["RELATIONS", "Publication", "Relation", "described", "lacking_by_report", "publish"]
