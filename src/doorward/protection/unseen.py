"""Characters that are no letters, digits or signs: control characters, halves of characters, places for none.

A value that is written with them between its digits looks as if it had none. But they also part what is written side by
side, in logs and in tables of programs. So a text that has any is looked at twice: as it came, where each of them ends
a word, and as if none were there.
"""

import re
from typing import Final

STAND_IN: Final = "\u200b"
"""One character for one, so that all places stay; its normal form is nothing at all."""

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001fffe\U0001ffff\U000f0000-\U0010ffff]"
)
"""Controls but for those that end lines or stand for blanks, lone surrogates, private use, noncharacters and the unseen
of Specials (Unicode 16), shorthand's invisible controls. None of them is printable, as Python understands the word."""


def without_unseen(original: str) -> str:
    """Return a text of the same length in which nothing parts what people read as one; the text itself if it is one."""
    # Python tells in a microsecond that two thousand characters are printable; the expression takes twenty.
    lines = original.replace("\n", " ").replace("\r", " ")
    return original if lines.isprintable() else _UNSEEN.sub(STAND_IN, original)
