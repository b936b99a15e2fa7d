"""Values beside their names: 'passport no. is FK482915', '34 ABC 123 plakalı'. For kinds that words give away."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import any_of, forms_of, normal_phrases, whole, words_of
from doorward.protection.ports import Candidate, LanguagePack, Pattern, View
from doorward.protection.wording import Wording, compile_phrases

NEAR: Final = 28
"""Characters between a name and a value that nothing else proves."""

FAR: Final = 60
"""Characters between a name and a value that its own check digits prove."""

REACH_BEFORE, REACH_AFTER = 72, 128

NAMES_OF_NUMBERS: Final = (
    *("identity_card", "internal_passport", "tax_number", "social_security", "health_number", "passport", "birth"),
    *("driving_licence", "vehicle_plate", "bank_account", "account", "bank_code", "iban", "card", "card_expiry"),
    *("card_security_code", "one_time_code", "phone", "other_number"),
)
"""Purposes whose words name a number. Of two names before a value the nearer one is its name."""

VALUE_BEGINS: Final = WORD_BEFORE + r"(?<!\d[.,:/\-])(?<![+$])"
VALUE_ENDS: Final = WORD_AFTER + r"(?![.,:/\-]\d|\s?%)"
"""For `re`: here no larger number, amount or date goes on."""

_DIGIT: Final = re.compile("[0-9]")
_STOPS: Final = re.compile(r"[!?;]|\.(?=\s+[^\W\d]{3})|\n\s*\n")
_BEHIND_A_FULL_STOP: Final = 14  # characters behind 'no.', which may as well end the sentence
_MOST_IN_A_ROW: Final = 20  # values of one name
_JUST_BEFORE: Final = 16  # characters before a value in which something else names it
_SHORTEST_NAME: Final = 4  # letters; shorter names mean something else in another language
_LONGEST: Final = 40  # characters of a value
_BETWEEN_BEFORE: Final = re.compile(r"[\s:()\-=\"']{0,3}(?:[^\W\d]{1,8}[\s:\-]{1,2}){0,2}")
_SPELLED_OUT: Final = re.compile(r"(?:(?:\d+|\w)\s)+(?:\d+|\w)")
_CHAIN: Final = re.compile(r"[^0-9.!?;\n]{1,20}")


class Shape(NamedTuple):
    """How a value is written, whether a match is one, and how far from its name it may stand.

    `capitals` says that letters with a blank beside them have to be capitals: 'B 1234567', but not 'is 1234567'.
    """

    name: str
    pattern: re.Pattern[str]
    accepts: Callable[[re.Match[str]], bool]
    reach: int = NEAR
    capitals: bool = False

    def fits(self, match: re.Match[str], view: View) -> bool:
        """Return whether a match in the view's text is such a value."""
        return self.accepts(match) and (not self.capitals or _is_in_capitals(view, *match.span()))


class Found(NamedTuple):
    """A value's place, end exclusive, and its shape."""

    start: int
    end: int
    shape: Shape


class Names(NamedTuple):
    """The words for a purpose, ready to be looked for, and the words for everything else that has a number."""

    patterns: tuple[Pattern, ...]
    own: Wording
    others: Wording

    def values(
        self, view: View, candidate: Candidate, shapes: Sequence[Shape], *, only_behind: bool = False
    ) -> list[Found]:
        """Return the values that belong to the name at `candidate`, behind it, or else before it."""
        first = self._behind(view, candidate.end, shapes)
        if first is not None:
            return self._row(view, first)
        before = None if only_behind else self._before(view, candidate.start, shapes)
        return [before] if before else []

    def _behind(self, view: View, end: int, shapes: Sequence[Shape]) -> Found | None:
        """Return the nearest value behind a name; of several at one place the one whose shape comes first."""
        text = view.text
        if not _DIGIT.search(text, end, end + FAR):
            return None
        if text.startswith("-", end) and text[end + 1 : end + 2].isalnum():  # 'TC-2018' is one word
            return None
        abbreviated = text.startswith(".", end)
        limit = end + (_BEHIND_A_FULL_STOP if abbreviated else FAR)
        end += abbreviated
        stop = _STOPS.search(text, end, limit)
        limit = stop.start() if stop else limit
        found = [one for shape in shapes if (one := _first(view, end, min(limit, end + shape.reach), shape))]
        nearest = min(found, key=lambda one: one.start, default=None)
        if nearest is None or self.others.is_between(view, end, nearest.start):
            return None
        return nearest

    def _row(self, view: View, first: Found) -> list[Found]:
        """Return a value and those that follow it: 'the old one B6840212, the new one E1586430'."""
        row = [first]
        while len(row) < _MOST_IN_A_ROW and (found := _next(view, row[-1])):
            if any(names.is_between(view, row[-1].end, found.start) for names in (self.own, self.others)):
                break  # a further name begins a row of its own
            row.append(found)
        return row

    def _before(self, view: View, start: int, shapes: Sequence[Shape]) -> Found | None:
        text = view.text
        if not _DIGIT.search(text, max(start - REACH_BEFORE, 0), start):
            return None
        for shape in shapes:
            for match in shape.pattern.finditer(text, max(start - REACH_BEFORE, 0), start):
                if _BETWEEN_BEFORE.fullmatch(text, match.end(), start) and shape.fits(match, view):
                    taken = self.others.is_between(view, max(match.start() - _JUST_BEFORE, 0), match.start())
                    return None if taken else Found(*match.span(), shape)
        return None


def names_of(packs: Sequence[LanguagePack], *purposes: str, along: Sequence[str] = ()) -> Names:
    """Return the names of these purposes in the words of the packs; without words they are never found.

    Words of the purposes in `along` may stand between such a name and its value: 'expiry of my card 12/28'.
    """
    own = words_of(packs, *purposes)
    mine = set(normal_phrases(own))
    others = [
        word
        for word in words_of(packs, *(purpose for purpose in NAMES_OF_NUMBERS if purpose not in (*purposes, *along)))
        if len(word) >= _SHORTEST_NAME and mine.isdisjoint(forms_of(word))
    ]
    patterns = tuple(
        Pattern(
            name=purpose,
            expression=whole(any_of(words)),
            before=REACH_BEFORE,
            after=REACH_AFTER,
            digits=(REACH_BEFORE, FAR),  # most mentions of a passport are no more than that
        )
        for purpose in purposes
        if (words := words_of(packs, purpose))
    )
    mine_alone, any_other = (compile_phrases(some, before=WORD_BEFORE, after=WORD_AFTER) for some in (own, others))
    return Names(patterns, mine_alone, any_other)


def _first(view: View, start: int, limit: int, shape: Shape) -> Found | None:
    for match in shape.pattern.finditer(view.text, start, limit + _LONGEST):
        if match.start() > limit:
            return None
        if shape.fits(match, view):
            return Found(*match.span(), shape)
    return None


def _next(view: View, last: Found) -> Found | None:
    """Return the value of the same shape that follows one closely."""
    gap = _CHAIN.match(view.text, last.end)
    match = last.shape.pattern.search(view.text, last.end, gap.end() + _LONGEST) if gap else None
    near = gap is not None and match is not None and match.start() <= gap.end()
    return Found(*match.span(), last.shape) if match and near and last.shape.fits(match, view) else None


def _is_in_capitals(view: View, start: int, end: int) -> bool:
    """Return whether letters belong to the digits beside them: in capitals, in one word, or all spelled out."""
    original = view.original[slice(*view.origin(start, end))]
    return original == original.upper() or len(original.split()) == 1 or _SPELLED_OUT.fullmatch(original) is not None
