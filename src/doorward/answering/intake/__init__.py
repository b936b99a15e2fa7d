"""Bringing articles in that were written elsewhere: read, compared with what there is, and kept as drafts."""

from doorward.answering.intake.files import MOST_BYTES, Brought, open_files
from doorward.answering.intake.planning import Intake, Plan, Planned, Standing
from doorward.answering.intake.reading import Columns, Read, Refused, read_files

__all__ = [
    "MOST_BYTES",
    "Brought",
    "Columns",
    "Intake",
    "Plan",
    "Planned",
    "Read",
    "Refused",
    "Standing",
    "open_files",
    "read_files",
]
