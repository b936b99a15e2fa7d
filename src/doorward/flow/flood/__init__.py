"""Flood control of the house: admission at the doors, the watch over what comes, and what people do about it."""

from doorward.flow.flood.admitted import EVERYTHING, Admitted
from doorward.flow.flood.control import FloodControl, Standing
from doorward.flow.flood.keeping import WATCH_EVERY, FloodWatch
from doorward.flow.flood.knocking import By, Knock, knock_of
from doorward.flow.flood.levers import Levers
from doorward.flow.flood.likeness import FindsLikeness, Likeness, NothingAlike

__all__ = [
    "EVERYTHING",
    "WATCH_EVERY",
    "Admitted",
    "By",
    "FindsLikeness",
    "FloodControl",
    "FloodWatch",
    "Knock",
    "Levers",
    "Likeness",
    "NothingAlike",
    "Standing",
    "knock_of",
]
