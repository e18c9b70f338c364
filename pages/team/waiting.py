"""Answers: what do my people say is missing on their record, and is it so? Manager and HR decide."""

from skilltrack.language import _
from skilltrack.ui import parts, waiting

parts.heading(_("Waiting"))
waiting.shown()
