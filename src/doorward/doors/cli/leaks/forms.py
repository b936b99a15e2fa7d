"""How people write what a filter must not see: the evasions that every kind of canary is tried in."""

import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from doorward.doors.cli.leaks.values import Value
from doorward.vocabulary.language import LanguagePack

ZERO_WIDTH: Final = "\u200b"
_WIDER: Final = 0xFEE0
"""From a sign of ASCII to its full-width twin (Unicode, block Halfwidth and Fullwidth Forms)."""
_FEWEST_DIGITS: Final = 3


class Written(NamedTuple):
    """What is sent, in one message or two, and the writings of the secret that may be found nowhere afterwards."""

    messages: tuple[str, ...]
    secrets: tuple[str, ...]


class Sentence(NamedTuple):
    """A value in its sentence, which has one place `{}`. `tag` is a word that follows a value too short to search."""

    text: str
    value: Value
    tag: str = ""

    def around(self, typed: str) -> str:
        """Return the sentence with the value as it is typed."""
        return self.text.replace("{}", typed, 1).replace("{tag}", self.tag, 1)

    def sought(self, typed: str) -> str:
        """Return what to search for: the value as typed, with the tag if there is one."""
        return f"{typed} {self.tag}" if self.tag else typed


Form = Callable[[Sentence, LanguagePack], Written | None]
"""Writes a sentence in its way; None where that is not another way for this value."""


def bare(text: str) -> str:
    """Return letters and digits of a text in their plainest form (NFKC, lower case)."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())


def _by_signs(typing: Callable[[str], str]) -> Form:
    def write(sentence: Sentence, _pack: LanguagePack) -> Written:
        before, secret, behind = (typing(piece) for piece in sentence.value)
        writings = (sentence.sought(secret), sentence.sought(sentence.value.secret))
        return Written((sentence.around(before + secret + behind),), tuple(dict.fromkeys(writings)))

    return write


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + _WIDER) if "!" <= sign <= "~" else sign for sign in text)


def _zero_width(text: str) -> str:
    return "".join(sign + ZERO_WIDTH for sign in text)


def _mixed(text: str) -> str:
    return "".join(
        _wide(sign) if place % 2 else sign + ZERO_WIDTH * (place % 3 == 0) for place, sign in enumerate(text)
    )


def _spaced(sentence: Sentence, _pack: LanguagePack) -> Written | None:
    whole = sentence.value.whole.replace(" ", "").replace("-", "")
    typed = " ".join(whole)
    secret = " ".join(sentence.value.secret.replace(" ", "").replace("-", ""))
    return Written((sentence.around(typed),), (sentence.sought(secret), sentence.sought(sentence.value.secret)))


def _spelled(sentence: Sentence, pack: LanguagePack) -> Written | None:
    """Write digits as words, which the language's own list knows."""
    words: dict[str, str] = {}
    for spelling, digit in pack.meanings("digit_word").items():
        words.setdefault(digit, spelling)
    secret = sentence.value.secret
    if sum(sign.isdecimal() for sign in secret) < _FEWEST_DIGITS or not all(str(digit) in words for digit in range(10)):
        return None
    signs = (words.get(sign, sign) for sign in secret if sign not in " -./")
    typed = " ".join(signs)
    whole = f"{sentence.value.before}{typed}{sentence.value.behind}"
    return Written((sentence.around(whole),), (sentence.sought(typed), sentence.sought(secret)))


def _base64(sentence: Sentence, _pack: LanguagePack) -> Written:
    message = b64encode(sentence.around(sentence.value.whole).encode()).decode()
    return Written((message,), (sentence.sought(sentence.value.secret), message))


def _in_address(sentence: Sentence, _pack: LanguagePack) -> Written:
    message = quote(sentence.around(sentence.value.whole), safe="")
    typed = quote(sentence.sought(sentence.value.secret), safe="")
    return Written((message,), tuple(dict.fromkeys((sentence.sought(sentence.value.secret), typed))))


def _halves(sentence: Sentence, _pack: LanguagePack) -> Written | None:
    """Tell the value in two messages. The first half alone may look like anything; the second must be found."""
    secret = sentence.value.secret
    middle = len(secret) // 2
    first, second = secret[:middle].rstrip(), secret[middle:].lstrip()
    begun, _, ended = sentence.text.partition("{}")
    message = f"{begun}{sentence.value.before}{first}"
    behind = f"{second}{sentence.value.behind}{ended.replace('{tag}', sentence.tag, 1)}"
    return Written((message, behind), (sentence.sought(second), sentence.sought(secret)))


def _alone(sentence: Sentence, _pack: LanguagePack) -> Written | None:
    """Send the value without a word about it, which only its shape and check digits give away."""
    if sentence.tag:
        return None
    return Written((sentence.value.whole,), (sentence.value.secret,))


FORMS: Final[Mapping[str, Form]] = {
    "plain": _by_signs(lambda text: text),
    "alone": _alone,
    "full_width": _by_signs(_wide),
    "zero_width": _by_signs(_zero_width),
    "mixed": _by_signs(_mixed),
    "spaced": _spaced,
    "spelled": _spelled,
    "base64": _base64,
    "address": _in_address,
    "halves": _halves,
}
"""The forms by their names."""

LITERAL: Final = ("plain", "alone", "full_width", "zero_width", "mixed", "spaced")
"""Forms in one message whose characters are the value's own, however they are dressed: `bare` undresses them."""

MEANINGS: Final[Mapping[str, str]] = {
    "plain": "as people write it, in a sentence",
    "alone": "without a word about what it is",
    "full_width": "in full-width letters and digits",
    "zero_width": "with invisible characters between all signs",
    "mixed": "with both in turns",
    "spaced": "sign by sign",
    "spelled": "with words for digits",
    "base64": "the whole message in base64",
    "address": "the whole message URL-encoded",
    "halves": "half in one message, half in the next",
}
"""What the forms are, for people."""


def write(form: str, sentence: Sentence, pack: LanguagePack) -> Written | None:
    """Return a sentence written in a form, None where the form changes nothing about this value."""
    return FORMS[form](sentence, pack)


def names(forms: Sequence[str]) -> tuple[str, ...]:
    """Return forms in the one order in which they are told."""
    return tuple(form for form in FORMS if form in forms)
