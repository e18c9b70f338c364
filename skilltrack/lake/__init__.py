"""The relations that hold now, as files for other engines: what they are, and writing them."""

from skilltrack.lake.contract import RELATIONS, Relation
from skilltrack.lake.publishing import Publication, publish

__all__ = ["RELATIONS", "Publication", "Relation", "publish"]
