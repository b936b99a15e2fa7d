r"""A company's own patterns: a small language that people know, read here, refused with a reason where it could hurt.

Letters and signs stand for themselves (case and accents do not matter), `\d` is a digit, `\w` a letter or digit, `\s` a
blank; classes `[a-f0-9]`, `[^,]`; groups with `|`; `?`, `*`, `+`, `{3}`, `{2,5}`. A pattern always matches whole words:
no letter or digit touches the match. `*` and `+` go up to 64.

What is read is written in the dialect (`doorward.protection.dialect`), so both matchers find the same. Backtracking
matchers are exponential only where a text can be read in many ways (Friedl, Mastering Regular Expressions, 3rd edition,
chapter 6). So the ways are counted: a repeat whose characters differ from what may follow it has one way to end, else
as many as its bounds allow, and what is inside of a repeat counts each time. A pattern with more than `MOST_WAYS` is
refused; with matches of at most `LONGEST_MATCH` characters, the work at each place of a text is bounded.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import prod
from typing import Final, NamedTuple

from doorward.protection.characters import SUBSTITUTE, normal_form
from doorward.protection.dialect import MOST_REPEATS

LONGEST_PATTERN: Final = 200
LONGEST_MATCH: Final = 256
MOST_WAYS: Final = 256
UNBOUNDED: Final = 64
"""How often `*` and `+` repeat at most."""

_DEEPEST: Final = 8
_WIDE: Final = 1 << 128  # stands for all characters outside ASCII
_ALL: Final = (1 << 129) - 1


class PatternRefused(ValueError):
    """A pattern that is not taken. `reason` names the sentence, `position` the character at fault, counted from 1."""

    def __init__(self, reason: str, position: int, **facts: int) -> None:
        """Take what the sentence needs; nothing of the pattern's text."""
        super().__init__(f"{reason} at character {position}")
        self.reason = reason
        self.position = position
        self.facts = facts


class _Node(NamedTuple):
    """A part of a pattern. `first` are the characters that it may begin with, as bits; `longest` its characters.

    `ways` counts, given the characters that may follow, in how many ways a text can be read as this part.
    """

    expression: str
    first: int
    empty: bool
    longest: int
    ways: Callable[[int], int]


def read_pattern(pattern: str) -> str:
    r"""Return the pattern in the dialect, between word edges. Raises `PatternRefused` with the first thing at fault."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused("size", LONGEST_PATTERN + 1, most=LONGEST_PATTERN)
    reader = _Reader(pattern)
    node = reader.choice(depth=0)
    if reader.place < len(pattern):
        raise PatternRefused("closing", reader.place + 1)
    if node.empty:
        raise PatternRefused("empty", 1)
    if node.longest > LONGEST_MATCH:
        raise PatternRefused("long", 1, most=LONGEST_MATCH)
    if node.ways(_ALL & ~_WORD) > MOST_WAYS:
        raise PatternRefused("ways", 1)
    return rf"\m(?:{node.expression})\M"


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0

    @property
    def sign(self) -> str:
        """Return the character at hand, empty at the end."""
        return self.pattern[self.place : self.place + 1]

    def refused(self, reason: str, **facts: int) -> PatternRefused:
        """Return the refusal of what stands here."""
        return PatternRefused(reason, self.place + 1, **facts)

    def choice(self, *, depth: int) -> _Node:
        """Read alternatives up to a closing bracket or the end."""
        options = [self.row(depth=depth)]
        while self.sign == "|":
            self.place += 1
            options.append(self.row(depth=depth))
        return options[0] if len(options) == 1 else _any(options)

    def row(self, *, depth: int) -> _Node:
        """Read what stands one behind the other."""
        items: list[_Node] = []
        while self.sign not in {"", "|", ")"}:
            items.append(self.item(depth=depth))
        if not items:
            raise self.refused("empty_part")
        return _row(items)

    def item(self, *, depth: int) -> _Node:
        """Read one thing and how often it comes."""
        begun, group = self.place, self.sign == "("
        node = self.group(depth=depth) if group else self.single()
        at = self.place
        bounds = self.bounds()
        if bounds is None:
            return node
        least, most = bounds
        if self.sign and self.sign in "?*+{":
            raise self.refused("repeat_twice")
        if group and most is None:
            raise PatternRefused("repeat_group", at + 1, most=MOST_REPEATS)
        if node.empty:
            raise PatternRefused("repeat_empty", begun + 1)
        return _repeat(node, least, max(least, UNBOUNDED) if most is None else most)

    def group(self, *, depth: int) -> _Node:
        """Read a group; its bracket is at hand."""
        opened = self.place
        if depth >= _DEEPEST:
            raise self.refused("deep", most=_DEEPEST)
        self.place += 1
        if self.sign == "?":
            if self.pattern[self.place : self.place + 2] != "?:":
                raise PatternRefused(
                    "look" if self.pattern[self.place + 1 : self.place + 2] in "=!<" else "group", opened + 1
                )
            self.place += 2
        node = self.choice(depth=depth + 1)
        if self.sign != ")":
            raise PatternRefused("open", opened + 1)
        self.place += 1
        return node._replace(expression=f"(?:{node.expression})")

    def bounds(self) -> tuple[int, int | None] | None:
        """Read how often; None where nothing is said, no most for `*`, `+` and `{2,}`."""
        if self.sign and self.sign in "?*+":
            self.place += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[self.pattern[self.place - 1]]
        if self.sign != "{":
            return None
        closing = self.pattern.find("}", self.place)
        inside = self.pattern[self.place + 1 : closing] if closing > 0 else ""
        least, comma, most = inside.partition(",")
        if not (_is_number(least) and (not most or _is_number(most))):
            raise self.refused("braces")
        numbers = int(least), int(most) if most else None if comma else int(least)
        if max(numbers[0], numbers[1] or 0) > MOST_REPEATS:
            raise self.refused("repeat_large", most=MOST_REPEATS)
        if numbers[1] is not None and not 0 < numbers[1] >= numbers[0]:
            raise self.refused("repeat_order")
        self.place = closing + 1
        return numbers

    def single(self) -> _Node:
        """Read one character, a shorthand or a class."""
        sign = self.sign
        if sign in "?*+{":
            raise self.refused("repeat_nothing")
        if sign == ".":
            raise self.refused("any")
        if sign in "^$":
            raise self.refused("edge")
        if sign in "]}":
            raise self.refused("closing")
        if sign == "[":
            return self.class_()
        if sign == "\\":
            return self.escaped()
        literal = self.literal(sign)
        self.place += 1
        return literal

    def escaped(self) -> _Node:
        """Read what stands behind a backslash."""
        sign = self.pattern[self.place + 1 : self.place + 2]
        if sign in _SHORTHANDS:
            self.place += 2
            return _one(rf"\{sign}", _SHORTHANDS[sign])
        if sign in {"b", "B", "A", "Z", "z", "m", "M"}:
            raise self.refused("edge")
        if sign.isdecimal() or sign in {"k", "g"}:
            raise self.refused("reference")
        if not sign or sign.isalnum():
            raise self.refused("escape")
        literal = self.literal(sign)
        self.place += 2
        return literal

    def literal(self, sign: str) -> _Node:
        """Return a character as it is seen in normal form, which may be several."""
        folded = normal_form(sign)
        if not folded or SUBSTITUTE in folded:
            raise self.refused("sign")
        return _row([_one(_written(letter), _bit(letter)) for letter in folded])

    def class_(self) -> _Node:
        """Read a class of characters; its bracket is at hand."""
        opened = self.place
        self.place += 1
        negated = self.sign == "^"
        self.place += negated
        members: list[str] = []
        bits = 0
        others: list[str] = []
        while self.sign != "]" or not members + others:
            if not self.sign:
                raise PatternRefused("open", opened + 1)
            written, covered = self.member()
            (others if covered == _WIDE else members).append(written)
            bits |= covered
        self.place += 1
        if others and negated:
            raise PatternRefused("class_letter", opened + 1)
        bits = _ALL & ~bits if negated else bits
        plain = f"[{'^' if negated else ''}{''.join(members)}]" if members else ""
        if not others:
            return _one(plain, bits)
        return _one(f"(?:{'|'.join(dict.fromkeys([*([plain] if plain else []), *others]))})", bits)

    def member(self) -> tuple[str, int]:
        """Read one member of a class: its dialect and its characters. Letters outside ASCII cover `_WIDE` alone."""
        sign, here = self.sign, self.place
        if sign == "\\":
            sign = self.pattern[here + 1 : here + 2]
            if sign in _SHORTHANDS:
                self.place += 2
                return rf"\{sign}", _SHORTHANDS[sign] if sign != "w" else _WORD
            if not sign or sign.isalnum():
                raise self.refused("escape")
            self.place += 1
        elif sign == "[":
            raise self.refused("class_open")
        self.place += 1
        last = self.pattern[self.place + 1 : self.place + 2]
        if self.sign == "-" and last not in {"]", ""}:
            return self.range_(sign, last)
        folded = normal_form(sign)
        if len(folded) != 1 or folded == SUBSTITUTE:
            raise PatternRefused("class_letter", here + 1)
        return (folded, _WIDE) if not folded.isascii() else (_escaped(folded), _bit(folded))

    def range_(self, first: str, last: str) -> tuple[str, int]:
        """Return a range of ASCII letters or digits; the hyphen is at hand."""
        same = any(first in sort and last in sort for sort in (_DIGITS, _SMALL, _SMALL.upper()))
        if not same or first > last:
            raise self.refused("range")
        self.place += 2
        first, last = first.lower(), last.lower()
        return f"{first}-{last}", sum(_bit(chr(code)) for code in range(ord(first), ord(last) + 1))


_DIGITS: Final = "0123456789"
_SMALL: Final = "abcdefghijklmnopqrstuvwxyz"


def _bit(letter: str) -> int:
    return 1 << ord(letter) if letter.isascii() else _WIDE


def _bits(letters: str) -> int:
    return sum(map(_bit, letters))


_WORD: Final = _bits(_DIGITS + _SMALL) | _WIDE
_SHORTHANDS: Final = {"d": _bits(_DIGITS), "w": _WORD, "s": _bits(" \t\n\r\x0b\x0c")}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7


def _escaped(letter: str) -> str:
    return letter if letter.isalnum() or letter in " _" else f"\\{letter}"


def _written(letter: str) -> str:
    return letter if not letter.isascii() else _escaped(letter)


def _one(expression: str, bits: int) -> _Node:
    return _Node(expression, bits, empty=False, longest=1, ways=lambda _follow: 1)


def _row(items: Sequence[_Node]) -> _Node:
    if len(items) == 1:
        return items[0]

    def ways(follow: int) -> int:
        total = 1
        for item in reversed(items):
            total *= item.ways(follow)
            follow = item.first | (follow if item.empty else 0)
        return total

    first = 0
    for item in items:
        first |= item.first
        if not item.empty:
            break
    return _Node(
        "".join(item.expression for item in items),
        first,
        all(item.empty for item in items),
        sum(item.longest for item in items),
        ways,
    )


def _any(options: Sequence[_Node]) -> _Node:
    alike = any(one.first & other.first for one, other in combinations(options, 2))
    empty = any(option.empty for option in options)

    def ways(follow: int) -> int:
        counted = [option.ways(follow) for option in options]
        return sum(counted) if alike or empty else max(counted)

    first = 0
    for option in options:
        first |= option.first
    longest = max(option.longest for option in options)
    return _Node("|".join(option.expression for option in options), first, empty, longest, ways)


def _repeat(item: _Node, least: int, most: int) -> _Node:
    def ways(follow: int) -> int:
        inside = item.ways(item.first | follow)
        ends = most - least + 1 if item.first & follow else 1
        return min(ends * prod([inside] * most), MOST_WAYS + 1) if inside > 1 else ends

    bounds = "?" if (least, most) == (0, 1) else f"{{{least}}}" if least == most else f"{{{least},{most}}}"
    whole = item.expression if item.longest == 1 or item.expression.startswith("(?:") else f"(?:{item.expression})"
    return _Node(whole + bounds, item.first, least == 0, item.longest * most, ways)
