"""Where sets are learnt and judged: the code of `doorward intents`, every text read once."""

from collections.abc import Callable, Sequence

import msgspec

from doorward.doors.cli.ending import Code, Stop
from doorward.understanding import Reader, Understander
from doorward.understanding.intents import Guess, Heads, Judgement, Phrase, PhrasesInvalid, judge, name_phrases, train
from doorward.vocabulary.company import Company
from doorward.vocabulary.reading import Reading


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A figure, and of how many texts it is one."""

    name: str
    value: float
    texts: int


class Lab:
    """Reads, learns and judges. What was read is remembered until `forget`."""

    def __init__(
        self,
        reader: Reader,
        understander: Understander,
        *,
        companies: Sequence[Company] = (),
        answer_threshold: float,
        tell: Callable[[str], None] = lambda _doing: None,
    ) -> None:
        """Take the house's reader and understander, the installed companies, and the score from which is answered.

        `tell` hears what is being done.
        """
        self.reader, self.understander, self.companies = reader, understander, tuple(companies)
        self.answer_threshold, self.tell = answer_threshold, tell
        self._read: dict[tuple[str, str], Reading] = {}

    def read(self, phrases: Sequence[Phrase]) -> list[Reading]:
        """Return the readings of texts, side by side; a phrase's language is what the conversation is known to be in.

        Where it is empty, the language is found from the text alone.
        """
        unread = list(dict.fromkeys((one.text, one.language) for one in phrases if _key(one) not in self._read))
        readings = self.reader.read_all(
            [text for text, _ in unread],
            languages=self.reader.languages,
            hints=[language for _, language in unread],
        )
        self._read.update(zip(unread, readings, strict=True))
        return [self._read[_key(one)] for one in phrases]

    def learn(self, phrases: Sequence[Phrase]) -> Heads:
        """Return heads that were taught by phrases. Raises `Stop` when they teach nothing."""
        names = name_phrases(sorted({one.intent for one in phrases if one.intent is not None}))
        try:
            return train(phrases, self.read(phrases), names=self.read(names)).heads
        except PhrasesInvalid as error:
            raise Stop(f"Nothing can be learnt: {error}.", code=Code.USAGE) from error

    def guess(self, heads: Heads, phrases: Sequence[Phrase]) -> list[Guess]:
        """Return what heads say of texts."""
        return [heads.guess(reading) for reading in self.read(phrases)]

    def judge(self, known: Sequence[Phrase], asked: Sequence[Phrase]) -> Judgement:
        """Return how well texts are understood by heads that were taught by other ones."""
        heads = self.learn(known)
        return judge(heads, asked, self.guess(heads, asked))

    def forget(self) -> None:
        """Let go of all readings."""
        self._read.clear()


def _key(phrase: Phrase) -> tuple[str, str]:
    return phrase.text, phrase.language


def figures_of(judgement: Judgement, name: str, *, accuracy: str = "accuracy") -> list[Measured]:
    """Return what a judgement says, as far as there was anything to judge."""
    texts, strangers = judgement.phrases, judgement.strangers
    found = (
        (accuracy, judgement.accuracy, texts),
        ("in_first_three", judgement.in_first_three, texts),
        ("auroc", judgement.stranger_auroc, texts + strangers),
        ("strangers_found", judgement.strangers_found_at_5, strangers),
    )
    return [Measured(name=f"{name}.{what}", value=value, texts=of) for what, value, of in found if value is not None]
