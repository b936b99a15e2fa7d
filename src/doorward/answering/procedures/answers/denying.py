"""What a message says by denying it: 'not the debit card', 'kredi kartım değil', 'don't block it' name none of these.

Who answers 'not the first' has not chosen the first. A question is left alone: 'can't you freeze it?' wants it frozen.
"""

import re
from typing import Final, NamedTuple

from doorward.answering.procedures.answers.spoken import Meant, Spoken, Words

_BETWEEN: Final = 2
"""Fillers that may stand between a negation and what it denies: 'not with the card'."""

_DENIED: Final = 2
"""Words that one negation denies at most: 'not the debit card'."""

_SHORT: Final = 3
"""Words of a clause that its last one denies: 'die Kreditkarte nicht', but not 'ich finde meine Kreditkarte nicht'."""

_CLAUSE: Final = re.compile(r"[^,;:.!?\n–—]+(?:[.,:](?=\S)[^,;:.!?\n–—]*)*[?]?")
"""A clause; points and commas within a word or number do not end it."""


def clauses(text: str) -> tuple[str, ...]:
    """Return the clauses of a text, without the signs between them but for a question mark."""
    return tuple(_CLAUSE.findall(text))


class Denied(NamedTuple):
    """The places of the words that are denied, and of those that deny them."""

    places: frozenset[int] = frozenset()
    by: frozenset[int] = frozenset()

    def holds(self, found: Meant) -> bool:
        """Return whether a phrase that was found is denied; one that denies by itself ('not necessary') is not."""
        own = frozenset(range(found.start, found.end))
        return bool(own & self.places) and not own & self.by


def denied_in(spoken: Spoken, said: Words, text: str) -> Denied:
    """Return what is denied in a text. `said` are all its words."""
    found: set[int] = set()
    by: set[int] = set()
    before = 0
    for one in clauses(text):
        clause = spoken.words(one)
        if not one.endswith("?"):
            denied = _denied(spoken, clause)
            found |= {before + place for place in denied.places}
            by |= {before + place for place in denied.by}
        before += len(clause)
    # Whatever is cut otherwise than the whole says nothing about the places in the whole.
    return Denied(frozenset(found), frozenset(by)) if before == len(said) else Denied()


def _denied(spoken: Spoken, clause: Words) -> Denied:
    found = {place for place, word in enumerate(clause.words) if spoken.is_denial(word)}
    by: set[int] = set()
    last = len(clause) - 1
    for one in spoken.negation.find(clause):
        if clause.words[one.start] in spoken.plain:
            continue  # 'no' answers before it denies
        by |= set(range(one.start, one.end))
        behind = one.meaning == "behind" or (one.end > last and len(clause) <= _SHORT)
        found |= _before(spoken, clause, one.start) if behind else _after(spoken, clause, one.end)
    return Denied(frozenset(found), frozenset(by))


def _after(spoken: Spoken, clause: Words, start: int) -> set[int]:
    place = start
    while place < len(clause) and place - start < _BETWEEN and clause.words[place] in spoken.fillers:
        place += 1
    found: set[int] = set()
    for one in range(place, min(place + _DENIED, len(clause))):
        if clause.words[one] in spoken.fillers:
            break
        found.add(one)
        if any(map(str.isdecimal, clause.words[one])):
            break  # a number is named by itself: 'not 4471 6617'
    return found


def _before(spoken: Spoken, clause: Words, end: int) -> set[int]:
    found: set[int] = set()
    for one in range(end - 1, max(end - 1 - _DENIED, -1), -1):
        if clause.words[one] in spoken.fillers:
            break
        found.add(one)
    return found
