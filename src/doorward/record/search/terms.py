"""Terms: what a word of a message is looked up by, in all languages at once.

Nobody knows for sure in which language a line is written before the walk has read it, and customers change it in the
middle of a conversation. So a word is kept as it stands and cut down by every language's stemmer; a stemmer leaves
words of a foreign script as they are. A word that is looked for is treated alike: two words match when they share a
term.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from typing import Final, NamedTuple

from doorward.kit.words import split_words, stemmer_for, visible, word_places
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.text import MaskedText

_EDITION: Final = "1"
"""Changes whenever the same text gets other terms by what is written here; all lines are then read again."""

WORDS: Final = 2_000
"""Words of a line that can be found; a message has some twenty, the door lets 4,000 characters through."""

_REMEMBERED: Final = 32_768
_TAG: Final = 4
_TAG_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_KIND_SIGN: Final = "§"
"""Stands before the kind of a masked place. No word has it: words are letters and digits."""

_VOWELS: Final = frozenset("aeiou")
_SHORTEST_REST: Final = 3  # letters behind a prefix


class Place(NamedTuple):
    """One word of a text: where it stands, and its terms."""

    start: int
    end: int
    word: str
    terms: frozenset[str]


def tag_of(tenant_id: TenantId) -> str:
    """Return the four letters that begin every term of a tenant.

    They keep the words of one tenant apart from those of others within one index, so that a search costs what its own
    tenant has written. Two tenants may share them: rows are told apart by their tenant as well.
    """
    number = int.from_bytes(blake2b(tenant_id.encode(), digest_size=4).digest(), "big")
    return "".join(_TAG_LETTERS[number >> shift & 31] for shift in range(0, 5 * _TAG, 5))


def kind_term(kind: str) -> str:
    """Return the term of masked places of a kind, such as `CARD`."""
    return _KIND_SIGN + "".join(sign for sign in kind.casefold() if sign.isalnum())


@lru_cache(_REMEMBERED)
def bare(word: str) -> str:
    """Return a case-folded word without accents, as people type it in a hurry: `ödeme` as `odeme`, `ıslak` as `islak`.

    The Russian й keeps its breve, which makes it another letter. Only letters and digits are left.
    """
    if word.isascii():
        return word
    plain = (sign if sign == "й" else unicodedata.normalize("NFD", sign) for sign in word)
    return "".join(sign for part in plain for sign in part if sign.isalnum()).replace("ı", "i")


class Terms:
    """Turns words into terms. Thread-safe, with a memory: the same few thousand words come again and again."""

    def __init__(self, packs: Iterable[LanguagePack]) -> None:
        """Take the languages whose case rules and stemmers are used; the terms depend on all of them."""
        used = tuple(packs)
        folds = {tuple(pack.fold.items()): pack.fold_case for pack in used}
        self._folds: tuple[Callable[[str], str], ...] = (str.casefold, *folds.values())
        names = sorted({pack.stemmer for pack in used if pack.stemmer})
        self._stemmers = tuple(stemmer_for(name) for name in names)
        self._remembered = lru_cache(_REMEMBERED)(self._terms)
        changes = {prefix: sign for pack in used for prefix, sign in pack.meanings("prefix_change").items()}
        self._prefixes = tuple(sorted(changes.items(), key=lambda one: -len(one[0])))
        made = repr((_EDITION, names, sorted(folds), self._prefixes))
        self.edition: Final = blake2b(made.encode(), digest_size=8).hexdigest()
        """Tells terms from those that other languages, or another version, would make."""

    def of_word(self, word: str) -> frozenset[str]:
        """Return the terms of one word: itself, its root, and what the stemmers make of them, all without accents."""
        return self._remembered(word)

    def unstemmed(self, word: str) -> frozenset[str]:
        """Return the terms under which the word is known as it stands, whatever language it is."""
        return frozenset(bare(fold(word)) for fold in self._folds) - {""}

    def of_text(self, masked: MaskedText) -> tuple[str, ...]:
        """Return the terms of a masked text, each once: of its words as they are shown, and of its places' kinds."""
        found = {term for word in split_words(visible(masked.text), limit=WORDS) for term in self.of_word(word)}
        return (*sorted(found), *sorted({kind_term(span.kind) for span in masked.spans}))

    def places(self, text: str) -> Iterable[Place]:
        """Yield the words of a text as it is shown, with where they stand in it."""
        for start, end, word in word_places(text):
            yield Place(start, end, word, self.of_word(word))

    def _terms(self, word: str) -> frozenset[str]:
        folded = {fold(word) for fold in self._folds}
        folded |= {root for one in folded if (root := self._root(one))}
        stems = {stemmer.stem(one) for stemmer, one in product(self._stemmers, folded)}
        return frozenset(term for term in map(bare, folded | stems) if term)

    def _root(self, word: str) -> str:
        """Return a word without a prefix that swallowed the first letter of its root, with that letter; else nothing.

        Indonesian: *mengirim* is *meng-* before *kirim*. Snowball leaves *irim* of it (the rules are
        those of M. Adriani et al., "Stemming Indonesian: A confix-stripping approach", 2007, table II).
        """
        for prefix, swallowed in self._prefixes:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) >= _SHORTEST_REST and rest[0] in _VOWELS:
                return swallowed + rest
        return ""
