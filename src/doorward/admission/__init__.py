"""Admission: the content-free first look. Who comes, how often, how signed, how large."""

from doorward.admission.blocks import DURATIONS, REASONS, Block, BlockReason, Blocks, Decision, NewBlock
from doorward.admission.limits import MovingWindow, Rate, Rates
from doorward.admission.ports import Channel
from doorward.admission.service import Admission
from doorward.admission.visitors import IssuedToken, Visitor, VisitorTokens

__all__ = [
    "DURATIONS",
    "REASONS",
    "Admission",
    "Block",
    "BlockReason",
    "Blocks",
    "Channel",
    "Decision",
    "IssuedToken",
    "MovingWindow",
    "NewBlock",
    "Rate",
    "Rates",
    "Visitor",
    "VisitorTokens",
]
