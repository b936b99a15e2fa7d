"""Corrections: who got what was wrong is found in the ledger, and told through the desk's own exit."""

from doorward.flow.corrections.finding import Finder
from doorward.flow.corrections.saying import message_of
from doorward.flow.corrections.telling import CorrectionRooms, Teller
from doorward.flow.corrections.verbs import Correcting, Previewed, Receivers, WrongAnswer, WrongPlace

__all__ = [
    "Correcting",
    "CorrectionRooms",
    "Finder",
    "Previewed",
    "Receivers",
    "Teller",
    "WrongAnswer",
    "WrongPlace",
    "message_of",
]
