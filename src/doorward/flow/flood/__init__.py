"""Flood control of the house: admission at the doors, the watch over what comes, and what people do about it."""

from doorward.flow.flood.admitted import EVERYTHING, Admitted
from doorward.flow.flood.control import FloodControl, Standing
from doorward.flow.flood.keeping import WATCH_EVERY, FloodWatch
from doorward.flow.flood.knocking import By, Knock, knock_of, plain_code, rank_here
from doorward.flow.flood.levers import Levers
from doorward.flow.flood.likeness import CampaignWatch, FindsLikeness, Likeness
from doorward.flow.flood.reconsidering import Reconsideration, SecondLook

__all__ = [
    "EVERYTHING",
    "WATCH_EVERY",
    "Admitted",
    "By",
    "CampaignWatch",
    "FindsLikeness",
    "FloodControl",
    "FloodWatch",
    "Knock",
    "Levers",
    "Likeness",
    "Reconsideration",
    "SecondLook",
    "Standing",
    "knock_of",
    "plain_code",
    "rank_here",
]
