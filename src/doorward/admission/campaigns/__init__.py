"""Campaigns and crowds: whether many say the same now, and whether it is a demand or a matter of their own. Pure."""

from doorward.admission.campaigns.likeness import FLAGGED_FROM, Campaign, Crowding, Likeness, LikenessBecause
from doorward.admission.campaigns.recognising import Recogniser, Recognisers
from doorward.admission.campaigns.signs import Signs

__all__ = [
    "FLAGGED_FROM",
    "Campaign",
    "Crowding",
    "Likeness",
    "LikenessBecause",
    "Recogniser",
    "Recognisers",
    "Signs",
]
