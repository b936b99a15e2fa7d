"""How a message sounds, as a hint for who should take it: phrases of the packs, and a head over the one reading."""

from doorward.understanding.feelings.head import Head, read_head
from doorward.understanding.feelings.hearing import Feelings, Heard

__all__ = ["Feelings", "Head", "Heard", "read_head"]
