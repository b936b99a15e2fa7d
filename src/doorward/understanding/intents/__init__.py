"""Intents: what a company's customers want, learnt from phrases that the company gives."""

from doorward.understanding.intents.heads import STRANGE, Guess, Heads
from doorward.understanding.intents.judging import (
    Harmful,
    IntentScore,
    Judgement,
    Pair,
    harmful_phrases,
    judge,
    judge_unseen,
)
from doorward.understanding.intents.phrases import Phrase, PhrasesInvalid, read_phrase, read_phrases
from doorward.understanding.intents.store import (
    Description,
    ModelUnusable,
    open_model,
    pack_model,
    read_model,
    write_model,
)
from doorward.understanding.intents.suggesting import Suggestion, suggest
from doorward.understanding.intents.training import FALSE_REJECT, Trained, name_phrases, train

__all__ = [
    "FALSE_REJECT",
    "STRANGE",
    "Description",
    "Guess",
    "Harmful",
    "Heads",
    "IntentScore",
    "Judgement",
    "ModelUnusable",
    "Pair",
    "Phrase",
    "PhrasesInvalid",
    "Suggestion",
    "Trained",
    "harmful_phrases",
    "judge",
    "judge_unseen",
    "name_phrases",
    "open_model",
    "pack_model",
    "read_model",
    "read_phrase",
    "read_phrases",
    "suggest",
    "train",
    "write_model",
]
