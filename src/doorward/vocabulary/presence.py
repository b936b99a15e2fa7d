"""Why somebody who is there takes nothing now: the reasons that every company has."""

from typing import Final, Literal, get_args

AwayReason = Literal["busy", "break", "lunch", "meeting", "training", "paperwork", "other"]
"""A company may have reasons of its own beside these."""

PRESET_REASONS: Final[tuple[AwayReason, ...]] = get_args(AwayReason)

GONE: Final = "gone"
"""The reason of those whose sessions have all ended: they did not say so themselves."""
