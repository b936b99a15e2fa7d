"""The language of search and of lists: words, "exact words", beginnings*, and filters such as `state:waiting`.

What people type is taken apart here and never handed to a database: its full-text syntax is written by the repository
from terms, which are letters and digits. In the notation of RFC 5234, without words and phrases:

    filter = name ":" value *("," value)
    name   = 1*letter
    value  = quoted / 1*(any character but spaces, quotes and commas)
    quoted = DQUOTE *(any character but quotes) DQUOTE

It is taken apart from left to right without going back, in time that grows with its length.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from doorward.kit.words import split_words, visible
from doorward.record.search.terms import Terms, bare

SHORTEST_BEGINNING: Final = 2
"""Letters from which on a word may be the beginning of others; one letter begins everything."""

MOST_WORDS: Final = 16

_PART: Final = re.compile(
    r"""(?P<name>[^\W\d_]+):(?P<values>(?:"[^"]*"?|[^\s",]*)(?:,(?:"[^"]*"?|[^\s",]*))*)   # agent:me,"Anna Weber"
      | "(?P<phrase>[^"]*)"?                                             # "exact words", closed or not yet
      | (?P<words>[^\s"]+)""",
    re.VERBOSE,
)
_VALUE: Final = re.compile(r',(?:"([^"]*)"?|([^",]*))')
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_BEGINNING: Final = re.compile(r"([^\W_]+)\*")
_ADDRESS: Final = "//"
"""Behind a colon it makes an address of the web, not a filter."""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """One word that must be there: in any form of it, or, with `begins`, as the beginning of a word."""

    word: str
    begins: bool = False


class FilterWord(msgspec.Struct, frozen=True, kw_only=True):
    """A filter as it was typed: its name in small letters, or the one that it means, and its values.

    A value is empty if there is none yet. `place` is the number of its first character, 0 if it was not typed.
    """

    name: str
    values: tuple[str, ...]
    place: int = 0


class PlainPart(NamedTuple):
    """A part of a text that is no filter: the number of its first character, and what it says, without quotes."""

    place: int
    text: str


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a text asks for: all of these words, these phrases word by word, and filters nobody has judged yet.

    `plain` is the text without the filters, as it was typed, part by part.
    """

    words: tuple[Sought, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    filters: tuple[FilterWord, ...] = ()
    plain: tuple[PlainPart, ...] = ()

    @property
    def rest(self) -> str:
        """Return the text without the filters."""
        return " ".join(part.text for part in self.plain)

    @property
    def count(self) -> int:
        """Return how many words are looked for."""
        return len(self.words) + sum(map(len, self.phrases))


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One word as terms: any of `terms` will do, or any that begins with `beginning`."""

    terms: frozenset[str] = frozenset()
    beginning: str = ""

    def has(self, terms: frozenset[str]) -> bool:
        """Return whether a line, or a word, with these terms has the word."""
        if not self.terms.isdisjoint(terms):
            return True
        return bool(self.beginning) and any(term.startswith(self.beginning) for term in terms)


def parse(text: str, *, names: Mapping[str, str], typing: bool = False) -> Parsed:
    """Return what a text asks for. Never raises: what is no filter is words.

    `names` says which filters there are, under all their names (`bare`). While somebody is still `typing`, the last
    word may be the beginning of one. A name that is no filter's, with a value behind it, is a filter too: somebody
    must say that it is unknown, for whoever typed it meant something by it.
    """
    words: list[Sought] = []
    phrases: list[tuple[str, ...]] = []
    filters: list[FilterWord] = []
    plain: list[PlainPart] = []
    for match in _PART.finditer(text := text.translate(_QUOTES)):
        name, place = (match["name"] or "").casefold(), match.start() + 1
        known = names.get(bare(name), "")
        if match["phrase"] is not None:
            plain.append(PlainPart(place, match["phrase"]))
            if phrase := split_words(visible(match["phrase"])):
                phrases.append(phrase)
        elif known or (match["values"] and not match["values"].startswith(_ADDRESS)):
            filters.append(FilterWord(name=known or name, values=_values(match["values"]), place=place))
        else:
            plain.append(PlainPart(place, match[0]))
            words += _words(match[0])
            if typing and words and match.end() == len(text) and text[-1:].isalnum():
                words[-1] = _beginning(words[-1].word)
    return Parsed(words=tuple(words), phrases=tuple(phrases), filters=tuple(filters), plain=tuple(plain))


def groups_of(parsed: Parsed, terms: Terms, *, kinds: Mapping[str, frozenset[str]]) -> tuple[Group, ...]:
    """Return the words as terms: a line must have each. `kinds` are the terms of masked places by terms of their names.

    The words of a phrase are among them; whether they stand side by side is seen when the text is read.
    """
    groups = []
    for one in parsed.words:
        own = terms.of_word(one.word)
        named = frozenset(kind for term in own for kind in kinds.get(term, ()))
        beginning = min(own & terms.unstemmed(one.word), key=len, default="") if one.begins else ""
        groups.append(Group(terms=own | named, beginning=beginning))
    groups += [Group(terms=terms.unstemmed(word)) for phrase in parsed.phrases for word in phrase]
    return tuple(dict.fromkeys(groups))


def _values(text: str) -> tuple[str, ...]:
    return tuple((match[1] or match[2] or "").strip() for match in _VALUE.finditer("," + text))


def _words(text: str) -> list[Sought]:
    seen = visible(text)
    beginnings = {match.end(1) for match in _BEGINNING.finditer(seen)}
    found = []
    for match in re.finditer(r"[^\W_]+", seen):
        word = split_words(match.group())[0]
        found.append(_beginning(word) if match.end() in beginnings else Sought(word=word))
    return found


def _beginning(word: str) -> Sought:
    return Sought(word=word, begins=len(word) >= SHORTEST_BEGINNING)
