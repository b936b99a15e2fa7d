"""Hearing how somebody feels: what the packs' phrases say, and what the head makes of the embedding."""

from collections.abc import Iterable
from typing import Final, cast, get_args

import msgspec

from doorward.kit.phrases import PhraseBook
from doorward.kit.words import stemmer_for
from doorward.understanding.feelings.head import Head
from doorward.vocabulary.decision import Emotion
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading

EMOTIONS: Final = tuple(one for one in get_args(Emotion) if one)
VULNERABLE: Final = "vulnerable"

FIRST: Final[tuple[Emotion, ...]] = ("self_harm", "bereavement")
"""What is heard wins in this order, however loud the rest is: to miss it is worse than to mistake it."""

FORGIVEN: Final = frozenset({"self_harm"})
"""Whose phrases are found with a slip in them. For the others that finds too much: 'Bestätigung' is one letter from
'Bestattung', and the head hears what is misspelt."""

DANGER: Final = "self_harm"
"""Of the 20 of the set's half `dev` who are in danger nobody surely wanted anything else of the bank; 'my top up never
showed up' stands near to them in meaning all the same."""

PLAIN: Final = 1.5
"""What a phrase counts, where 1 is heard."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a message sounds like: one emotion or none, and whether whoever wrote it may need particular care."""

    emotion: Emotion = ""
    vulnerable: bool = False


class Feelings:
    """Hears feelings in readings. Compiles the packs' phrases once; thread-safe.

    The head is asked about embeddings of its own encoder only; with another one the phrases are all there is.
    """

    def __init__(self, packs: Iterable[LanguagePack], *, head: Head | None = None, encoder_id: str = "") -> None:
        """Take the language packs, and the head with the id of the encoder that readings are embedded by."""
        self._books = {pack.code: {label: _book(pack, label) for label in (*EMOTIONS, VULNERABLE)} for pack in packs}
        self._head = head if head is not None and head.encoder_id == encoder_id else None

    def hear(self, reading: Reading, *, by_phrases: bool = False, has_errand: bool = False) -> Heard:
        """Return what a message sounds like. A hint: it may be wrong, and nothing is to be refused because of it.

        `by_phrases`: the head is not asked. `has_errand`: somebody surely wants something of the company; then the head
        alone hears danger to life only as loudly as a phrase says it.
        """
        if not reading.words:
            return Heard()
        loud = {} if by_phrases or self._head is None else self._head.hear(reading.embedding)
        if has_errand and loud.get(DANGER, 0.0) < PLAIN:
            loud.pop(DANGER, None)
        for label, book in self._books.get(reading.language, {}).items():
            if book.find(reading.words, reading.stems, slips=label in FORGIVEN, gap=1):
                loud[label] = max(loud.get(label, 0.0), PLAIN)
        return Heard(emotion=_emotion(loud), vulnerable=loud.get(VULNERABLE, 0.0) >= 1.0)


def _emotion(loud: dict[str, float]) -> Emotion:
    heard = {label: loud[label] for label in EMOTIONS if loud.get(label, 0.0) >= 1.0}
    for label in FIRST:
        if label in heard:
            return label
    return cast("Emotion", max(heard, key=lambda label: heard[label], default=""))


def _book(pack: LanguagePack, label: str) -> PhraseBook:
    return PhraseBook(pack.words(f"feeling_{label}"), fold=pack.fold_case, stemmer=stemmer_for(pack.stemmer))
