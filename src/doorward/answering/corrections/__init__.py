"""Corrections: an answer or a rule that was wrong, who got it, and what they are told."""

from doorward.answering.corrections.service import LONGEST_WORDS, Corrections, NewCorrection, forget_recipients
from doorward.answering.corrections.tracing import Revision, changed_sections, revisions_of, wrong_everywhere
from doorward.answering.corrections.values import (
    Correction,
    CorrectionState,
    Recipient,
    RecipientState,
    Search,
    Words,
    Wrong,
)

__all__ = [
    "LONGEST_WORDS",
    "Correction",
    "CorrectionState",
    "Corrections",
    "NewCorrection",
    "Recipient",
    "RecipientState",
    "Revision",
    "Search",
    "Words",
    "Wrong",
    "changed_sections",
    "forget_recipients",
    "revisions_of",
    "wrong_everywhere",
]
