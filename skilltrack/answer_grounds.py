"""What the sentences about one person and about the data rest on, as `grounds` has it for numbers. Pure."""

from datetime import date

import pandas as pd

from skilltrack.grounds import Rows, either, learning
from skilltrack.language import _
from skilltrack.person_tables import ending_by
from skilltrack.tables import in_words


def ending_skills(transcript: pd.DataFrame, last: date) -> Rows:
    """The skills of a person of which the evidence ends by a day, and those that last longer."""
    soon, later = ending_by(in_words(transcript), last)
    why = either(later["valid_to"].isna(), _("Never ends"), _("Ends later"))
    return Rows(soon, later.assign(why=why), transcript.head(0))


def learning_with(suggestions: pd.DataFrame, gaps: pd.DataFrame, credential: str) -> Rows:
    """The requirements that one credential of `next_learning` would meet, and those that it would not."""
    counted = learning(suggestions[suggestions["credential_id"] == credential], gaps).counted
    rest = gaps[~gaps["skill_id"].isin(counted["skill_id"])]
    return Rows(counted, rest.assign(why=_("It does not show this")), gaps.head(0))


def files_of_upload(files: pd.DataFrame, upload_id: int) -> Rows:
    """The files of one upload."""
    own = files[files["upload_id"] == upload_id]
    return Rows(own, files.head(0), files.head(0))
