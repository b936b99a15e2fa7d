"""Character normalisation as the encoder was trained with it (`nmt_nfkc`): a compiled map inside the model file.

The map is a double-array trie over UTF-8 (J. Aoe 1989, in the unit layout of Darts-clone) followed by zero-terminated
replacements; at every place the longest key wins. What has no key stays as it is.
"""

import re
import struct
from array import array

_SPACE_SYMBOL = "\N{LOWER ONE EIGHTH BLOCK}"
_LABEL, _VALUE, _HAS_LEAF, _WIDE = 0x8000_00FF, 0x7FFF_FFFF, 0x100, 0x200
_COMMON = [*range(0x21, 0x7F), *range(0xA1, 0x300), *range(0x386, 0x483), *range(0x48A, 0x530)]
"""Characters whose fate is looked up once: Latin, Greek and Cyrillic, without combining marks, which change with what
stands before them."""


class CharacterMap:
    """The compiled map. Immutable and thread-safe."""

    def __init__(self, compiled: bytes) -> None:
        """Read the compiled map: a length, the trie's units, the replacements."""
        (size,) = struct.unpack_from("<I", compiled)
        # An array, because as Python's numbers the units take ten times as much memory.
        self._units = array("I", struct.unpack_from(f"<{size // 4}I", compiled, 4))
        self._replacements = compiled[4 + size :]
        unchanged = "".join(re.escape(chr(code)) for code in _COMMON if self.normalize(chr(code)) == chr(code))
        self._nothing_to_do = re.compile(f"[{unchanged} ]*").fullmatch

    def words(self, text: str) -> list[str]:
        """Return the normalised text cut at spaces, which is what other white space has become."""
        if self._nothing_to_do(text) is None:
            text = self.normalize(text)
        return [word for word in text.replace(_SPACE_SYMBOL, " ").split(" ") if word]

    def normalize(self, text: str) -> str:
        """Return the text with every longest key replaced. A lone surrogate becomes a question mark."""
        source = text.encode("utf-8", "replace")
        result = bytearray()
        position, size = 0, len(source)
        while position < size:
            length, value = self._longest_key(source, position)
            if length:
                result += self._replacements[value : self._replacements.index(0, value)]
            else:
                length = _utf8_length(source[position])
                result += source[position : position + length]
            position += length
        return result.decode("utf-8")

    def _longest_key(self, source: bytes, position: int) -> tuple[int, int]:
        """Return the length of the longest key that starts at `position` and its value, or (0, 0)."""
        units = self._units
        node = _offset(units[0])
        length, value = 0, 0
        for index in range(position, len(source)):
            node ^= source[index]
            unit = units[node]
            if unit & _LABEL != source[index]:
                break
            node ^= _offset(unit)
            if unit & _HAS_LEAF:
                length, value = index + 1 - position, units[node] & _VALUE
        return length, value


def _offset(unit: int) -> int:
    """Return a unit's distance to its children."""
    return (unit >> 10) << ((unit & _WIDE) >> 6)


def _utf8_length(lead: int) -> int:
    """Return how many bytes the character with this first byte has."""
    if lead < 0x80:
        return 1
    if lead < 0xE0:
        return 2
    return 3 if lead < 0xF0 else 4
