"""Nudges: what stands out for a customer is offered with their consent, and shown to whoever talks with them."""

from doorward.flow.nudging.book import NudgeBooks
from doorward.flow.nudging.cards import CardRooms, NudgeCard, NudgeCards, StandsOut
from doorward.flow.nudging.work import Nudged, NudgeRooms, NudgeTold, NudgeWork

__all__ = [
    "CardRooms",
    "NudgeBooks",
    "NudgeCard",
    "NudgeCards",
    "NudgeRooms",
    "NudgeTold",
    "NudgeWork",
    "Nudged",
    "StandsOut",
]
