"""Nudges: what a company offers unasked when something stands out for a customer, and what became of it."""

from doorward.answering.nudges.keeping import (
    NudgeFigures,
    Offer,
    OfferState,
    answer_offer,
    figures,
    forget_offers,
    is_waiting,
    offerable,
    offers_in,
    offers_to,
    open_offer,
    solve,
    sweep_offers,
    write_offer,
)
from doorward.answering.nudges.loading import NudgesInvalid, read_nudges
from doorward.answering.nudges.model import Cap, Declared, Nudge, NudgeBook, NudgeKind
from doorward.answering.nudges.wording import value_of, why_of, word_of

__all__ = [
    "Cap",
    "Declared",
    "Nudge",
    "NudgeBook",
    "NudgeFigures",
    "NudgeKind",
    "NudgesInvalid",
    "Offer",
    "OfferState",
    "answer_offer",
    "figures",
    "forget_offers",
    "is_waiting",
    "offerable",
    "offers_in",
    "offers_to",
    "open_offer",
    "read_nudges",
    "solve",
    "sweep_offers",
    "value_of",
    "why_of",
    "word_of",
    "write_offer",
]
