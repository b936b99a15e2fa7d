"""Phrases of the language packs as pattern expressions.

A lexicon line is a phrase as people write it. Case, accents, and letters that look alike do not matter; a space or a
hyphen stands for any short break. Two signs mean more: `*` at the end of a word stands for any ending (`şifre*` finds
`şifremi`), and ` ... ` for up to four other words in the same sentence.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from doorward.protection.characters import LOOKALIKES
from doorward.protection.dialect import to_python
from doorward.protection.view import View
from doorward.vocabulary.language import LanguagePack

GAP: Final = r"(?:[\s,'\x22:\-]{1,3}\w+){0,4}[\s,'\x22:\-]{1,3}"
"""Up to four words of the same sentence, with the breaks around them."""

KEPT: Final = 1024
"""Expressions and patterns remembered by what they were made of: detectors ask for the same ones, and so does whoever
builds a second screener. A set of languages and detectors makes some three hundred."""

_LONGEST_PART: Final = 1500
"""Letters of phrases in one pattern: written out for Hyperscan they grow two- to threefold."""

_ENDING: Final = r"'?\w{0,12}"
_SPACE: Final = r"[\s_\-]{1,3}"
_HYPHEN: Final = r"[\s_\-]{0,2}"
_GAP_SIGN: Final = re.compile(r"\s+\.\.\.\s+")


def words_of(packs: Iterable[LanguagePack], *purposes: str) -> tuple[str, ...]:
    """Return the phrases of all packs for the purposes, each once, in order."""
    return tuple(dict.fromkeys(phrase for pack in packs for purpose in purposes for phrase in pack.words(purpose)))


def normal_phrases(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return the phrases in normal form: as words of one alphabet, and as words that mix alphabets are folded."""
    forms = [forms_of(phrase) for phrase in phrases]
    return tuple(dict.fromkeys([*(normal for normal, _ in forms), *(folded for _, folded in forms)]))


@lru_cache(maxsize=16 * KEPT)
def forms_of(phrase: str) -> tuple[str, str]:
    """Return a phrase in normal form, as words of one alphabet and as words that mix alphabets are folded."""
    normal = View(_GAP_SIGN.sub("\x00", phrase.strip())).text
    return normal, normal.translate(LOOKALIKES)


def any_of(phrases: Iterable[str]) -> str:
    """Return an expression, without edges, that matches any of the phrases; longer ones are tried first.

    Raises `ValueError` when there is no phrase: an empty alternative would match everywhere.
    """
    return _any_of(tuple(phrases))


@lru_cache(maxsize=KEPT)
def _any_of(phrases: tuple[str, ...]) -> str:
    return expression_of(normal_phrases(phrases))


def expression_of(normal: Iterable[str]) -> str:
    """Return an expression, without edges, for `re`, that matches any of the phrases in normal form; see `any_of`."""
    tree: dict[str, dict[str, object]] = {}
    for phrase in normal:
        branch = tree
        for atom in _atoms(phrase):
            branch = branch.setdefault(atom, {})  # type: ignore[assignment]  # a tree of itself has no spelling
        branch[""] = {}
    if not tree or "" in tree:
        raise ValueError("no phrases to look for, or an empty one")
    return _written(tree)


class PhraseSet(NamedTuple):
    """Phrases to look for: `expression` finds where one may begin, `confirm` matches all of it from there.

    A phrase with gaps costs a scanner much; its beginning costs nothing.
    """

    expression: str
    confirm: re.Pattern[str]

    def end(self, text: str, start: int) -> int | None:
        """Return where the phrase that begins at `start` ends, or None if there is only the beginning of one."""
        match = self.confirm.match(text, start)
        return match.end() if match else None


def phrase_set(phrases: Sequence[str]) -> PhraseSet:
    """Return the phrases ready to be looked for. Raises `ValueError` when there are none."""
    beginnings = dict.fromkeys(_GAP_SIGN.split(phrase.strip())[0] for phrase in phrases)
    return PhraseSet(whole(any_of(beginnings)), re.compile(to_python(whole(any_of(phrases)))))


def whole(expression: str) -> str:
    r"""Return the expression between word edges: `\m(?:…)\M`."""
    return rf"\m(?:{expression})\M"


def in_parts(phrases: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the phrases in parts that a scanner takes as one pattern each; what begins alike stays together.

    So the longest of several phrases at one place is found as if all were one pattern. Hyperscan refuses patterns of
    more than 16,000 bytes.
    """
    alike: dict[str, list[str]] = {}
    for phrase in phrases:
        alike.setdefault(forms_of(phrase)[1][:1], []).append(phrase)
    parts: list[list[str]] = []
    for group in alike.values():
        if parts and sum(map(len, parts[-1])) + sum(map(len, group)) <= _LONGEST_PART:
            parts[-1] += group
        else:
            parts.append(list(group))
    return [tuple(part) for part in parts]


def alternatives(phrases: Sequence[str]) -> str:
    """Return any of the phrases as a group for larger patterns of `re`; without phrases it never matches."""
    return f"(?:{to_python(any_of(phrases))})" if phrases else r"(?!)"


def _atoms(phrase: str) -> list[str]:
    signs = {" ": _SPACE, "\n": _SPACE, "-": _HYPHEN, "*": _ENDING, "\x00": GAP}
    return [signs.get(sign) or (sign if sign.isalnum() else re.escape(sign)) for sign in phrase]


def _written(tree: dict[str, dict[str, object]]) -> str:
    """Return the tree as an expression; a branch that may also end here comes as `(?:…)?`, which prefers to go on."""
    branches = [atom + (_written(below) if below else "") for atom, below in tree.items() if atom]  # type: ignore[arg-type]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 and "" not in tree else f"(?:{'|'.join(branches)})"
    return f"{joined}?" if "" in tree else joined
