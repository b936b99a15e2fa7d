"""A language model in its place: it reads masked text and proposes, and only what its sources bear out goes on."""

from doorward.answering.language_model.breaker import Breaker
from doorward.answering.language_model.calls import Calls, NotAsked
from doorward.answering.language_model.grounding import ANSWER, REPHRASED, SUMMARY, GroundingCheck, sentences_of
from doorward.answering.language_model.ports import (
    USES,
    Label,
    LanguageModel,
    ModelAnswer,
    ModelFailed,
    ModelTask,
    ModelUse,
    Part,
    Trouble,
    Use,
    carried,
)
from doorward.answering.language_model.prompts import instructions_for, prompt_of
from doorward.answering.language_model.proposing import (
    Asking,
    Grounded,
    Line,
    Proposed,
    Proposer,
    SlotOffered,
    SlotProposal,
)
from doorward.answering.language_model.spending import Limits, give_back, reserve

__all__ = [
    "ANSWER",
    "REPHRASED",
    "SUMMARY",
    "USES",
    "Asking",
    "Breaker",
    "Calls",
    "Grounded",
    "GroundingCheck",
    "Label",
    "LanguageModel",
    "Limits",
    "Line",
    "ModelAnswer",
    "ModelFailed",
    "ModelTask",
    "ModelUse",
    "NotAsked",
    "Part",
    "Proposed",
    "Proposer",
    "SlotOffered",
    "SlotProposal",
    "Trouble",
    "Use",
    "carried",
    "give_back",
    "instructions_for",
    "prompt_of",
    "reserve",
    "sentences_of",
]
