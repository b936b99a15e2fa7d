"""What was plainly asked for in words becomes the wish, where the company has a procedure for it.

A company's model knows the intents that it was taught; some things are asked for in the same words everywhere, and the
language packs hear them. The names of these intents are the vocabulary's. And whoever writes down what a procedure
would ask for ('and the phone too: +44 …') says by that which of a few poor guesses is right.
"""

from typing import Final

import msgspec

from doorward.answering.procedures.answers.taking import MASKS
from doorward.flow.procedures import Standing
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import CALL_WANTED, COMPLAINT_WANTED, PERSON_WANTED, Intent, Understanding

SURE: Final = 0.85
"""How likely another wish must be to come before the words: from there on one begins between a procedure's answers."""

BY_WORDS: Final = 0.95
"""How likely a wish is that was asked for in words."""

MOST: Final = 5
"""Wishes of a message, as of a model's."""

VERSION: Final = "by-words@1"

HELD: Final = "by-value@1"

GUESSED: Final = 0.15
"""How likely the likeliest wish must be for the value that it needs to make it sure."""


def heard_in_words(found: Understanding, standing: Standing | None) -> Understanding:
    """Return what was understood with what was asked for in words as the likeliest wish.

    Nothing changes where no procedure begins by that, or the model is sure of another wish than one for a person:
    whoever complains of a lost card has it blocked first. A complaint comes before a call.
    """
    asked = _asked(found)
    if not asked or standing is None or standing.procedures.started_by(asked) is None or _is_sure(found, asked):
        return found
    label = next((wish.label for wish in found.wishes if wish.name == asked), "")
    wish = Intent(name=asked, score=BY_WORDS, label=label)
    others = (other for other in found.wishes if other.name != asked)
    return msgspec.structs.replace(
        found,
        intent=wish,
        wishes=(wish, *others)[:MOST],
        stranger=False,
        near=False,
        version=f"{found.version} {VERSION}",
    )


def heard_by_value(found: Understanding, standing: Standing | None, masked: MaskedText) -> Understanding:
    """Return what was understood with the likeliest wish as sure where the message holds the value that it needs.

    Nothing changes while something is under way, whose question the value may answer, or where the message holds
    values of several kinds.
    """
    kinds = {span.kind for span in masked.spans} & set(MASKS.values())
    if standing is None or standing.run is not None or len(kinds) != 1 or not found.wishes:
        return found
    wish = found.wishes[0]
    procedure = standing.procedures.started_by(wish.name)
    if procedure is None or not GUESSED <= wish.score < BY_WORDS:
        return found
    if not kinds & {MASKS[slot.kind] for slot in procedure.slots.values() if slot.kind in MASKS}:
        return found
    sure = msgspec.structs.replace(wish, score=BY_WORDS)
    return msgspec.structs.replace(
        found,
        intent=sure,
        wishes=(sure, *found.wishes[1:]),
        stranger=False,
        near=False,
        version=f"{found.version} {HELD}",
    )


def _asked(found: Understanding) -> str:
    if found.wants_complaint:
        return COMPLAINT_WANTED
    return CALL_WANTED if found.wants_call else ""


def _is_sure(found: Understanding, asked: str) -> bool:
    if found.stranger or not found.wishes or found.wishes[0].name in {asked, PERSON_WANTED}:
        return False
    return found.wishes[0].score >= SURE
