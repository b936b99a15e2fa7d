"""What was plainly asked for in words becomes the wish, where the company has a procedure for it.

A company's model knows the intents that it was taught; some things are asked for in the same words everywhere, and the
language packs hear them. The names of these intents are the vocabulary's.
"""

from typing import Final

import msgspec

from doorward.flow.procedures import Standing
from doorward.vocabulary.understanding import CALL_WANTED, COMPLAINT_WANTED, PERSON_WANTED, Intent, Understanding

SURE: Final = 0.85
"""How likely another wish must be to come before the words: from there on one begins between a procedure's answers."""

BY_WORDS: Final = 0.95
"""How likely a wish is that was asked for in words."""

MOST: Final = 5
"""Wishes of a message, as of a model's."""

VERSION: Final = "by-words@1"


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


def _asked(found: Understanding) -> str:
    if found.wants_complaint:
        return COMPLAINT_WANTED
    return CALL_WANTED if found.wants_call else ""


def _is_sure(found: Understanding, asked: str) -> bool:
    if found.stranger or not found.wishes or found.wishes[0].name in {asked, PERSON_WANTED}:
        return False
    return found.wishes[0].score >= SURE
