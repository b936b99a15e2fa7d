"""How well a company is prepared for floods: what it has, and every scenario played with it, beside all other work."""

from doorward.flow.preparedness.gathering import Gathering, PreparingRooms
from doorward.flow.preparedness.playing import Assignment, PlayFailed, Plays, PlaysApart
from doorward.flow.preparedness.rehearsing import PREPARING_LANE, Preparing
from doorward.flow.preparedness.stock import Stock

__all__ = [
    "PREPARING_LANE",
    "Assignment",
    "Gathering",
    "PlayFailed",
    "Plays",
    "PlaysApart",
    "Preparing",
    "PreparingRooms",
    "Stock",
]
