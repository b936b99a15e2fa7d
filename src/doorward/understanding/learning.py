"""Learning intents from phrases, from the first reading to the judgement of phrases that were held back."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from doorward.understanding.intents import (
    FALSE_REJECT,
    Harmful,
    Judgement,
    Phrase,
    Trained,
    harmful_phrases,
    judge_unseen,
    name_phrases,
    train,
)
from doorward.understanding.reader import Reader


class Learnt(NamedTuple):
    """A trained model, whose languages it was read in, and how its phrases fared unseen."""

    trained: Trained
    languages: tuple[str, ...]
    unseen: Judgement
    harmful: tuple[Harmful, ...]
    seconds: float


def learn(
    reader: Reader,
    phrases: Sequence[Phrase],
    *,
    languages: Sequence[str] = (),
    false_reject: float = FALSE_REJECT,
    tell: Callable[[str], None] = lambda _stage: None,
) -> Learnt:
    """Return what is learnt from phrases, read in these languages (none: in all that are installed), with one thread.

    `tell` hears what is being done. Raises `PhrasesInvalid` when they cannot teach anything, `Unavailable` or
    `Misconfigured` without an encoder.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - whoever only answers never pays for training

    # Threads of the linear algebra would wait for each other, and for whoever answers customers meanwhile.
    with threadpool_limits(limits=1):
        return _learn(reader, phrases, tuple(languages) or reader.languages, false_reject=false_reject, tell=tell)


def _learn(
    reader: Reader,
    phrases: Sequence[Phrase],
    languages: tuple[str, ...],
    *,
    false_reject: float,
    tell: Callable[[str], None],
) -> Learnt:
    began = time.monotonic()
    tell("reading the phrases")
    readings = reader.read_all(
        [phrase.text for phrase in phrases], languages=languages, hints=[phrase.language for phrase in phrases]
    )
    named = name_phrases(sorted({phrase.intent for phrase in phrases if phrase.intent is not None}))
    names = reader.read_all([phrase.text for phrase in named], languages=languages)
    trained = train(phrases, readings, names=names, false_reject=false_reject, tell=tell)
    unseen, harmful = judge_unseen(trained, phrases), harmful_phrases(trained, phrases)
    return Learnt(trained, languages, unseen, harmful, time.monotonic() - began)
