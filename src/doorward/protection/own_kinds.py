"""What a company alone knows to be sensitive: its own kinds, each with words, patterns, a check and words around it.

They take part in the one judgement of a text: of the text as it came, of the text without disguises, and of what is
told in pieces. Their patterns are a small database of their own, because the big one is every tenant's; making a big
one for each tenant would cost half a minute of compiling, to save microseconds a message.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from doorward.kit.tenant_settings import OwnKind
from doorward.protection.matchers import make_matcher
from doorward.protection.matching import Matcher, MatcherChoice
from doorward.protection.own_patterns import read_pattern
from doorward.protection.own_words import WordList
from doorward.protection.ports import Certainty, Claim, Inspection, LanguagePack, View
from doorward.vocabulary.finding import Family

BEFORE: Final = 64
AFTER: Final = 32
"""Characters before and behind a match within which its context words may stand."""

RULE: Final = "own."
"""What the rules of companies' own kinds begin with."""


class _Kind(NamedTuple):
    """A kind ready to be looked for."""

    name: str
    words: WordList
    context: WordList
    check: str


class OwnKinds:
    """One company's kinds, as a detector. Immutable and thread-safe."""

    id = "own"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    wants: Literal["any"] = "any"

    def __init__(
        self, kinds: Sequence[OwnKind], *, matcher: MatcherChoice = "auto", cache_folder: Path | None = None
    ) -> None:
        """Read the kinds. Raises `PatternRefused`, `WordRefused`; `cache_folder` keeps compiled patterns."""
        self.kinds = tuple(kind.name for kind in kinds)
        self._kinds = tuple(
            _Kind(kind.name, WordList(kind.words), WordList(kind.context), kind.check) for kind in kinds
        )
        wanted = [(read_pattern(pattern), number) for number, kind in enumerate(kinds) for pattern in kind.patterns]
        self._owners = tuple(number for _, number in wanted)
        self._matcher: Matcher | None = None
        if wanted:
            self._matcher = make_matcher([one for one, _ in wanted], matcher, cache_folder=cache_folder)

    def inspection(self, packs: Sequence[LanguagePack]) -> Inspection:
        """Look the same in every language: the words are the company's."""
        return self._inspect

    def _inspect(self, view: View) -> Sequence[Claim]:
        claims = []
        for kind in self._kinds:
            claims += [_claim(kind, view, found.start, found.end, found.phrase) for found in kind.words.find(view.text)]
        for number, start, end in self._matcher.find(view.text) if self._matcher else ():
            kind = self._kinds[self._owners[number]]
            value = "".join(filter(str.isalnum, view.text[start:end]))
            if _CHECKS[kind.check](value) and _is_near(kind.context, view.text, start, end):
                claims.append(_claim(kind, view, start, end, value))
        return claims


class Broken:
    """Stands for own kinds that cannot be read: every text is withheld, and a finding says that a guard is missing."""

    id = OwnKinds.id
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    wants: Literal["any"] = "any"
    kinds = ()

    def inspection(self, packs: Sequence[LanguagePack]) -> Inspection:
        """Fail whenever it is asked (house law 2)."""

        def fail(_view: View) -> Sequence[Claim]:
            raise RuntimeError("the company's own kinds cannot be read")

        return fail


def _claim(kind: _Kind, view: View, start: int, end: int, value: str) -> Claim:
    place = view.origin(start, end)
    return Claim(
        kind=kind.name,
        start=place[0],
        end=place[1],
        certainty=Certainty.CONTEXT,
        score=0.95 if kind.check else 0.9,
        rule=f"{RULE}{kind.check or 'found'}",
        canonical=f"own.{kind.name}:{value}",
    )


def _is_near(context: WordList, text: str, start: int, end: int) -> bool:
    """Return whether a context word stands near, in the same line or the next; none are asked for if there are none."""
    if not context:
        return True
    window = max(start - BEFORE, 0)
    before, behind = text[window:start], text[end : end + AFTER]
    return any(True for _ in context.find(before)) or any(True for _ in context.find(behind))


def passes_luhn(value: str) -> bool:
    """Return whether the digits of a value pass Luhn's check (ISO/IEC 7812-1, annex B)."""
    digits = [int(sign) for sign in value if sign.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def passes_mod97(value: str) -> bool:
    """Return whether a value of digits and Latin letters passes ISO 7064, MOD 97-10: letters are 10 to 35."""
    known = [sign for sign in value if sign.isascii()]
    return len(known) > 2 and int("".join(str(int(sign, 36)) for sign in known)) % 97 == 1


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "": lambda _value: True,
    "luhn": passes_luhn,
    "mod97": passes_mod97,
}
