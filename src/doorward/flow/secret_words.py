"""Words beside which digits are likely a secret, for browsers that warn before anything is sent."""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from doorward.vocabulary.language import LanguagePack

PURPOSES: Final = ("pin", "password", "one_time_code", "card_security_code")
_LONGEST: Final = 17
_MOST: Final = 30
"""Words for each purpose and language: packs name the commonest first, and a warning is worth no long download."""

_COUNTS: Final = re.compile(r"\d\W")


class SecretWords:
    """Tells the words of the language packs, each once. They are no secret: they only name what is one."""

    def __init__(self, packs: Mapping[str, LanguagePack]) -> None:
        """Read the packs once."""
        self._packs = packs
        self._told: dict[tuple[str, ...], tuple[str, ...]] = {}

    def told(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Return the words of these languages in small letters; `*` at a word's end stands for any ending."""
        wanted = tuple(sorted(set(languages) & self._packs.keys()))
        if wanted not in self._told:
            words = {word for code in wanted for word in _words(self._packs[code])}
            self._told[wanted] = tuple(sorted(word for word in words if not _is_covered(word, words)))
        return self._told[wanted]


def _is_covered(phrase: str, words: set[str]) -> bool:
    """Return whether a shorter word of the list stands in the phrase anyway, so that nobody needs to be told both."""
    parts = [part for part in re.split(r"[^\w.*]+", phrase) if part]
    if len(parts) > 1:
        shorter = (" ".join(parts[a:b]) for a in range(len(parts)) for b in range(a + 1, len(parts) + 1))
        return any(one in words for one in shorter if one != phrase)
    beginnings = (phrase.rstrip("*")[:length] for length in range(3, len(phrase.rstrip("*")) + 1))
    return any(f"{beginning}*" in words for beginning in beginnings if f"{beginning}*" != phrase)


def _words(pack: LanguagePack) -> Iterable[str]:
    for purpose in PURPOSES:
        yield from (pack.fold_case(word) for word in islice(filter(_is_plain, pack.words(purpose)), _MOST))


def _is_plain(word: str) -> bool:
    """Return whether a word is a plain name. Phrases with gaps, and those that only count digits ('3 on the back'), are
    for the detectors; a browser's warning does without.
    """
    return len(word) <= _LONGEST and "..." not in word and not _COUNTS.match(word)
