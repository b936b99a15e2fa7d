"""Reading a message: everything that later stages need of its words, computed once."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from doorward.kit.process import return_memory
from doorward.kit.words import split_words, stemmer_for, visible
from doorward.understanding.language import LanguageDetector
from doorward.understanding.pleasantries import Pleasantries
from doorward.understanding.ports import Encoder
from doorward.vocabulary.errors import DoorwardError
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText, without_spans

CHARACTERS = 10_000
"""Characters of a message that are read; the door lets through 4,000 unless told otherwise."""

WORDS = 512
"""Words of a message that are kept and stemmed, about two printed pages. The encoder looks at fewer (its own limit)."""

_NOTHING = LanguagePack(code="", name="")


class Reader:
    """Turns masked text into a `Reading`. Thread-safe.

    Without the encoder readings have no embedding, and search goes by words alone: `on_failure` hears of every failed
    call, so that health and metrics can tell.
    """

    def __init__(
        self,
        packs: Iterable[LanguagePack],
        encoder: Encoder,
        *,
        on_failure: Callable[[DoorwardError], None] | None = None,
    ) -> None:
        """Take the installed language packs (at least one) and the encoder."""
        self._packs = {pack.code: pack for pack in packs}
        self._stemmers = {code: stemmer_for(pack.stemmer) for code, pack in self._packs.items()}
        self._whole_words = stemmer_for("")
        self._detector = LanguageDetector(self._packs.values())
        self._pleasantries = Pleasantries(self._packs.values())
        self._encoder = encoder
        self._on_failure = on_failure

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the codes of the installed languages."""
        return tuple(self._packs)

    @property
    def encoder_id(self) -> str:
        """Return which encoder the embeddings come from."""
        return self._encoder.id

    def warm(self) -> None:
        """Load the models now, about a second, so that no message waits. Raises what the encoder raises."""
        self._encoder.encode(["warm"])
        self._detector.detect("warm", languages=tuple(self._packs))
        return_memory()

    def read(self, masked: MaskedText, *, languages: Sequence[str], hint: str | None = None) -> Reading:
        """Return the reading of a message.

        `languages` are the tenant's, its own first; `hint` is the conversation's so far or the visitor's wish. What was
        masked is left out of words and embedding, and so are pleasantries around a request. Never raises for any text;
        of very long texts the beginning is read.
        """
        text = visible(without_spans(masked)[:CHARACTERS])
        guess = self._detector.detect(text, languages=languages, hint=hint)
        text = self._pleasantries.without(text, language=guess.language)
        vectors = self._embed([text]) if text.strip() else [b""]
        return self._reading(text, language=guess.language, score=guess.score, embedding=vectors[0])

    def read_all(
        self, texts: Sequence[str], *, languages: Sequence[str], hints: Sequence[str] = ()
    ) -> tuple[Reading, ...]:
        """Return the readings of texts with nothing masked in them, each as `read` returns it, computed together.

        `hints` are the texts' languages, side by side, empty where nobody knows. Raises `Unavailable` or
        `Misconfigured` when there is no encoder: nothing is learnt from texts read by half.
        """
        cleaned, guesses = [], []
        for text, hint in zip_longest(texts, hints[: len(texts)], fillvalue=""):
            shown = visible(text[:CHARACTERS])
            guess = self._detector.detect(shown, languages=languages, hint=hint or None)
            cleaned.append(self._pleasantries.without(shown, language=guess.language))
            guesses.append(guess)
        spoken = [text for text in cleaned if text.strip()]
        vectors = iter(self._encoder.encode(spoken) if spoken else ())
        return tuple(
            self._reading(
                text,
                language=guess.language,
                score=guess.score,
                embedding=next(vectors).astype("<f4").tobytes() if text.strip() else b"",
            )
            for text, guess in zip(cleaned, guesses, strict=True)
        )

    def read_own(self, texts: Sequence[str], *, language: str) -> tuple[Reading, ...]:
        """Return the readings of texts that the company wrote in `language`, computed together.

        Raises `Unavailable` or `Misconfigured` when there is no encoder: knowledge is not published half-read.
        """
        cleaned = [visible(text[:CHARACTERS]) for text in texts]
        vectors = self._encoder.encode(cleaned)
        return tuple(
            self._reading(text, language=language, score=1.0, embedding=vector.astype("<f4").tobytes())
            for text, vector in zip(cleaned, vectors, strict=True)
        )

    def _embed(self, texts: Sequence[str]) -> list[bytes]:
        try:
            return [vector.astype("<f4").tobytes() for vector in self._encoder.encode(texts)]
        except DoorwardError as error:
            if self._on_failure is not None:
                self._on_failure(error)
            return [b""] * len(texts)

    def _reading(self, text: str, *, language: str, score: float, embedding: bytes) -> Reading:
        pack = self._packs.get(language, _NOTHING)
        stemmer = self._stemmers.get(language, self._whole_words)
        words = split_words(pack.fold_case(text), limit=WORDS)
        return Reading(
            language=language,
            language_score=score,
            words=words,
            stems=tuple(stemmer.stem(word) for word in words),
            embedding=embedding,
        )
