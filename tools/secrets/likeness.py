"""Groups of words that mean alike, in all languages at once: what the judge knows of words that no message taught it.

The sentence encoder (Apache-2.0) says where a word stands in its space; k-means (S. Lloyd, "Least squares quantization
in PCM", 1982) draws the groups. What is kept of a word is a key, which tells a group and nothing else.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.secret_code.learned.words import AROUND, Groups, key_of
from doorward.plugins.models.sentence_encoder.plugin import SentenceEncoder
from doorward.protection.ports import LanguagePack, View
from tools.secrets.material import Marked

GROUPS: Final = (128, 768)
ROUNDS: Final = 12
_WORD: Final = re.compile(r"[^\W\d_]{2,24}")
_AT_ONCE: Final = 512

Vectors = NDArray[np.float32]


def words_of(messages: Iterable[Marked], packs: Sequence[LanguagePack]) -> list[str]:
    """Return the words of messages, outside of what is marked, and of the packs' lists; of each normal form one."""
    seen: dict[str, str] = {}
    for marked in messages:
        held = [(start, end) for start, end, _ in marked.places]
        for match in _WORD.finditer(marked.text):
            if not any(start < match.end() and match.start() < end for start, end in held):
                seen.setdefault(View(match[0]).text, match[0].lower())
    for pack in packs:
        for purpose in AROUND:
            for phrase in pack.words(purpose):
                for word in _WORD.findall(phrase):
                    seen.setdefault(View(word).text, word.lower())
    return [seen[form] for form in sorted(seen)]


def vectors_of(words: Sequence[str]) -> Vectors:
    """Return where each word stands, one unit row a word."""
    encoder = SentenceEncoder()
    by_length = sorted(range(len(words)), key=lambda place: (len(words[place]), place))
    rows = np.zeros((len(words), encoder.dimensions), np.float32)
    for begin in range(0, len(words), _AT_ONCE):
        chosen = by_length[begin : begin + _AT_ONCE]
        rows[chosen] = encoder.encode([words[place] for place in chosen])
    return rows


def groups_of(rows: Vectors, groups: int, rounds: int = ROUNDS) -> NDArray[np.uint16]:
    """Return the group of each row: the nearest of so many centres, which are the means of theirs."""
    random = np.random.default_rng(11)
    centres = rows[random.choice(len(rows), groups, replace=False)]
    nearest = np.zeros(len(rows), np.int64)
    for _ in range(rounds):
        nearest = (rows @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, rows)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
    return nearest.astype(np.uint16)


def grouped(words: Sequence[str]) -> Groups:
    """Return which of these words mean alike."""
    rows = vectors_of(words)
    both = np.stack([groups_of(rows, size) for size in GROUPS], axis=1)
    table = {key_of(View(word).text): both[place] for place, word in enumerate(words)}
    keys = sorted(table)
    return Groups(np.array(keys, np.uint32), np.array([table[key] for key in keys], np.uint16))
