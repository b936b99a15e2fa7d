r"""The small language of patterns that Hyperscan and `re` understand in the same way.

Patterns run over texts in normal form, where everything outside ASCII is a letter. They may use literals, `|`, groups,
classes, `? * +`, `{m,n}` with n up to 100, and

- `\w` a letter or digit (no underscore), `\d` an ASCII digit, `\s` ASCII white space,
- `\m` as the very first and `\M` as the very last thing: here no word goes on (names as in PostgreSQL's patterns).

No look-around, back-references, lazy or possessive repeats, no `.`, no `^ $`, nothing that could match the empty text.

Hyperscan only has to say where to look, so its translation may match more than the expression, never less: it takes in
the character beyond an edge, and counts neither letters outside ASCII nor far.
"""

import re
from functools import cache, lru_cache
from itertools import groupby
from typing import Final, NamedTuple

MOST_REPEATS: Final = 100  # beyond it Hyperscan calls patterns with start offsets too large

_MOST_COUNTED: Final = 20
"""Larger bounds are not counted by Hyperscan, which would call several of them too large: there they have no end."""

_TOKEN: Final = re.compile(
    r"(?P<edge>\\[mM])|(?P<shorthand>\\[wds])|(?P<escaped>\\[^0-9A-Za-z])|(?P<class>\[\^?(?:\\.|[^\]\\])+\])"
    r"|(?P<group>\((?:\?:)?)|(?P<repeat>[?*+]|\{\d+(?:,\d*)?\})|(?P<plain>[^\\\[\](){}?*+.^$])|(?P<close>\))",
    re.DOTALL,
)
_ASCII_WORD: Final = "0-9a-z"
_IN_CLASS: Final = {r"\w": _ASCII_WORD, r"\d": "0-9", r"\s": r" \t\n\r\x0b\x0c"}
_CLASSES: Final = {"class", "shorthand"}
WORD_CHARACTER: Final = r"[^\x00-/:-`{-\x7f]"
"""For `re`: a letter or digit in normal form."""

WORD_BEFORE: Final = f"(?<!{WORD_CHARACTER})"
WORD_AFTER: Final = f"(?!{WORD_CHARACTER})"
"""For `re`, over normal form: here no word goes on. What `\\m` and `\\M` mean."""

_WORD_END: Final = rf"[^{_ASCII_WORD}\x80-\xff]"


class PatternUnsupported(ValueError):
    """The expression uses something that the two matchers would not understand in the same way."""


class _Token(NamedTuple):
    kind: str
    text: str


@lru_cache(maxsize=1024)
def to_python(expression: str) -> str:
    """Return the expression for `re`, over text in normal form. Raises `PatternUnsupported`."""
    return "".join(_python(token) for token in _tokens(expression))


def to_hyperscan(expression: str) -> bytes:
    """Return the expression for Hyperscan, over UTF-8 that begins and ends with a line feed.

    Whatever `to_python` matches lies inside of what this matches. Raises `PatternUnsupported`.
    """
    parts: list[str] = []
    tokens = _tokens(expression)
    tokens = [token._replace(text=_uncounted(token.text)) if token.kind == "repeat" else token for token in tokens]
    for place, token in enumerate(tokens):
        repeat = tokens[place + 1].text if tokens[place + 1 : place + 2] and tokens[place + 1].kind == "repeat" else ""
        if token.kind in _CLASSES:
            parts.append(_bytes_class(token.text, repeat))
        elif token.kind != "repeat" or tokens[place - 1].kind not in _CLASSES:  # a class came with its repeat
            parts.append(_hyperscan(token, repeated=bool(repeat)))
    return "".join(parts).encode("latin-1")


def _tokens(expression: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, repeatable = 0, False
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None or match.lastgroup is None:
            raise PatternUnsupported(f"not in the dialect at character {position} of a pattern")
        token = _Token(match.lastgroup, match[0])
        if token.kind == "edge" and position != (0 if token.text == r"\m" else len(expression) - 2):
            raise PatternUnsupported("an edge stands at the very beginning or the very end of a pattern")
        if token.kind == "repeat":
            _check_repeat(token.text, repeatable=repeatable)
        repeatable = token.kind not in {"repeat", "group", "edge"} and token.text != "|"
        tokens.append(token)
        position = match.end()
    return tokens


def _check_repeat(repeat: str, *, repeatable: bool) -> None:
    if not repeatable:
        raise PatternUnsupported("a repeat needs something plain before it; lazy and possessive repeats are not")
    if any(int(number) > MOST_REPEATS for number in re.findall(r"\d+", repeat)):
        raise PatternUnsupported(f"a repeat is bounded by at most {MOST_REPEATS}")


def _uncounted(repeat: str) -> str:
    """Return a repeat for Hyperscan: the same least number, and no most where it is large."""
    least, _, most = repeat.strip("{}").partition(",")
    return f"{{{least},}}" if most and int(most) > _MOST_COUNTED else repeat


def _spelled_out(text: str) -> str:
    for shorthand, characters in _IN_CLASS.items():
        text = text.replace(shorthand, characters)
    return text


def _python(token: _Token) -> str:
    match token.kind:
        case "edge":
            return WORD_BEFORE if token.text == r"\m" else WORD_AFTER
        case "shorthand":
            return _python_class(f"[{token.text}]")
        case "class":
            return _python_class(token.text)
        case "group":
            return "(?:"
        case _:
            return token.text


@cache
def _python_class(token: str) -> str:
    """Return a class for `re`. One with all letters is written by what of ASCII it leaves out: that compiles at once,
    where a range up to U+10FFFF takes milliseconds.
    """
    if r"\w" not in token:
        return _spelled_out(token)
    narrow = re.compile(_spelled_out(token))
    left_out = [code for code in range(128) if bool(narrow.match(chr(code))) == token.startswith("[^")]
    listed = _ranges(left_out)
    return f"[{listed}]" if token.startswith("[^") else f"[^{listed}]"


def _ranges(codes: list[int]) -> str:
    """Return ascending codes as the inside of a class. Patterns hold thousands of classes: each has to be read fast."""
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda one: one[1] - one[0])]
    return "".join(f"\\x{run[0]:02x}-\\x{run[-1]:02x}" for run in runs)


def _hyperscan(token: _Token, *, repeated: bool) -> str:
    match token.kind:
        case "edge":
            return _WORD_END
        case "group":
            return "(?:"
        case "plain" if not token.text.isascii():
            character = token.text.encode().decode("latin-1")
            return f"(?:{character})" if repeated else character
        case _:
            return token.text


def _bytes_class(token: str, repeat: str) -> str:
    """Return a class of characters as a class of bytes, with its repeat: a character outside ASCII is several bytes."""
    negated, wide = token.startswith("[^"), r"\w" in token
    inside = _spelled_out(token).removeprefix("[").removesuffix("]")
    if not inside.isascii():
        raise PatternUnsupported("a class holds ASCII only; write alternatives for other letters")
    if negated:
        return f"[{inside}\\x80-\\xff]{repeat}" if wide else f"[{inside}]{_at_least(repeat)}"
    return f"[{inside}\\x80-\\xff]{_at_least(repeat)}" if wide else f"[{inside}]{repeat}"


def _at_least(repeat: str) -> str:
    """Return the repeat for the bytes of characters: the same least number, no most."""
    if repeat in {"*", "?"}:
        return "*"
    least = int("".join(re.findall(r"^\{(\d+)", repeat)) or 1)
    return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
