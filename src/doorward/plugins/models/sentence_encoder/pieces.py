"""From text to the encoder's word pieces: the unigram segmentation of SentencePiece, for this one model file.

After T. Kudo, "Subword Regularization" (ACL 2018), and the file format of SentencePiece 0.1.8, in which this model was
written: repeated field 1 holds the pieces, field 3 the trainer's and normaliser's settings.
"""

import struct
from array import array
from functools import lru_cache

from doorward.plugins.models.sentence_encoder.charsmap import CharacterMap
from doorward.vocabulary.errors import Misconfigured

UNKNOWN, BEGIN, END = 0, 1, 2
_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"  # SentencePiece's visible space: every word begins with it
_UNKNOWN_PENALTY = 10.0
_MEMORY = 16_384  # words; an ordinary text's words are nearly all among the most recent 16,384
_LONGEST_REMEMBERED = 48  # characters: what is longer is rarely a word and would fill the memory
_SCORE_ONLY, _TEXT = 0x15, 0x0A  # protobuf tags: field 2 as fixed32, field 1 as bytes
_PLAIN_TAIL = 5  # bytes after the text of an ordinary piece: tag and score. Others carry a type as well


class Pieces:
    """The vocabulary of a model file and its segmentation. Thread-safe; built once."""

    def __init__(self, model: bytes) -> None:
        """Read the model. Raises `Misconfigured` if it has another layout."""
        self._id: dict[str, int] = {}
        self._score = array("f")
        rest = self._read_pieces(model)
        self._longest = max(map(len, self._id))
        self._unknown_score = min(self._score) - _UNKNOWN_PENALTY
        self._map = CharacterMap(_charsmap(model, rest))
        self._remembered = lru_cache(_MEMORY)(self._segment)

    def __len__(self) -> int:
        """Return the number of pieces, the special ones included."""
        return len(self._score)

    def ids(self, text: str, *, limit: int) -> list[int]:
        """Return the pieces of `text` between BEGIN and END, at most `limit` in all (at least 3).

        Lone surrogates are unknown characters, never an error.
        """
        pieces = [BEGIN]
        for word in self._map.words(text):
            segment = self._remembered if len(word) <= _LONGEST_REMEMBERED else self._segment
            pieces += segment(_SPACE + word)
            if len(pieces) >= limit:
                del pieces[limit - 1 :]
                break
        if len(pieces) == 1:
            pieces.append(UNKNOWN)
        pieces.append(END)
        return pieces

    def _read_pieces(self, model: bytes) -> int:
        """Fill the vocabulary; return where the pieces end. Control pieces get no text: nobody can type them."""
        position, number = 0, 0
        unpack = struct.Struct("<f").unpack_from
        while model[position] == _TEXT:
            size, inner, length = model[position + 1 : position + 4]
            end = position + 4 + length
            if size > 127 or inner != _TEXT or model[end] != _SCORE_ONLY:
                raise Misconfigured("The encoder's piece file has an unknown layout.")
            self._score.append(unpack(model, end + 1)[0])
            if size == 2 + length + _PLAIN_TAIL:
                self._id[model[position + 4 : end].decode()] = number
            position, number = position + 2 + size, number + 1
        return position

    def _segment(self, word: str) -> tuple[int, ...]:
        """Return the most likely pieces of one word (Viterbi over all ways to cut it)."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        origin = [0] * (size + 1)
        chosen = [UNKNOWN] * (size + 1)
        for start in range(size):
            base = best[start]
            for end in range(start + 1, min(start + self._longest, size) + 1):
                piece = self._id.get(word[start:end])
                if piece is not None:
                    score = base + self._score[piece]
                elif end == start + 1:
                    piece, score = UNKNOWN, base + self._unknown_score
                else:
                    continue
                if score > best[end]:
                    best[end], origin[end], chosen[end] = score, start, piece
        found = []
        while size:
            found.append(chosen[size])
            size = origin[size]
        return tuple(reversed(found))


def _charsmap(model: bytes, position: int) -> bytes:
    """Return the compiled character map: field 2 of field 3. Raises `Misconfigured` if there is none."""
    for number, field in _fields(model, position):
        if number == 3:
            for inner, value in _fields(field, 0):
                if inner == 2:
                    return value
    raise Misconfigured("The encoder's piece file has no character map.")


def _fields(message: bytes, position: int) -> list[tuple[int, bytes]]:
    """Return number and value of every length-delimited field of a protobuf message."""
    found = []
    while position < len(message):
        tag, position = _varint(message, position)
        kind = tag & 7
        if kind == 0:
            _, position = _varint(message, position)
        elif kind in {1, 5}:
            position += 8 if kind == 1 else 4
        elif kind == 2:
            length, position = _varint(message, position)
            found.append((tag >> 3, message[position : position + length]))
            position += length
        else:
            raise Misconfigured("The encoder's piece file has an unknown layout.")
    return found


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """Return the variable-length integer at `position` and where it ends."""
    value, shift = 0, 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
