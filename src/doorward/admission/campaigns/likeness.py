"""What is said of one message, and of the many that it is one of."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from doorward.admission.campaigns.signs import Signs

Crowding = Literal["campaign", "crowd", "none"]
"""Many demand one thing that is no matter of their own; many have one matter; neither."""

LikenessBecause = Literal["unlearnt", "copied", "same_words", "same_meaning", "demanded", "own_matter", "not_shared"]
"""Why, in codes: too little is known of what is usual; its words were copied; its rare words came up; it lies where
many lie now and few do otherwise; it and those like it demand something; those like it are about matters of their
writers' own; nothing stands out."""

FLAGGED_FROM: Final = 0.5
"""Score from which a message is one of a campaign."""


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """How much a message is one of a campaign, 0..1; from `FLAGGED_FROM` on it is taken for one.

    `kind` is what it is one of and `campaign_id` which, empty where it is of none. `version` names the weights.
    """

    score: float
    kind: Crowding
    campaign_id: str = ""
    because: tuple[LikenessBecause, ...] = ()
    signs: Signs = Signs()
    version: str = ""

    @property
    def is_flagged(self) -> bool:
        """Return whether the message is taken for one of a campaign."""
        return self.kind == "campaign"


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """Many messages about one thing: a campaign or an honest crowd, `none` while it is too small to tell.

    `rate` is messages a minute, of the last ten or so. `flagged` of the `count` messages were taken for a campaign's.
    `exemplars` are ids of messages that are most like all of them. `runs` are keyed hashes of runs of words that most
    have in common. `centroid` is a unit vector of little-endian float32, centred on what is usual; empty without one.
    `said` tells that a person said what it is.
    """

    id: str
    kind: Crowding
    first_at: datetime
    last_at: datetime
    count: int
    flagged: int
    rate: float
    languages: tuple[str, ...]
    exemplars: tuple[str, ...]
    runs: tuple[int, ...]
    centroid: bytes
    said: bool = False
