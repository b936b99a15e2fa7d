"""How a message sounds, as a hint for who should take it: phrases of the packs, and a head over the one reading."""

from doorward.understanding.feelings.head import Head, read_head
from doorward.understanding.feelings.hearing import Feelings, Heard
from doorward.understanding.feelings.keeping import (
    forget_hints,
    hint_of,
    keep_hint,
    sweep_hints,
    was_in_need,
)

__all__ = [
    "Feelings",
    "Head",
    "Heard",
    "forget_hints",
    "hint_of",
    "keep_hint",
    "read_head",
    "sweep_hints",
    "was_in_need",
]
