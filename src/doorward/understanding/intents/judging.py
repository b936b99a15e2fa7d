"""How good a model is: what it says of phrases whose intent is known."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from doorward.understanding.intents.heads import Guess, Heads
from doorward.understanding.intents.phrases import Phrase
from doorward.understanding.intents.training import Trained

PAIRS: Final = 20
HARMFUL: Final = 50
SURE: Final = 0.5
"""The score from which a wrong answer is a sure one."""


class IntentScore(msgspec.Struct, frozen=True, kw_only=True):
    """An intent's share of phrases that were found (recall) and of findings that were right (precision), 0..1."""

    intent: str
    phrases: int
    precision: float | None
    recall: float


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """How many phrases of one intent were taken for another."""

    intent: str
    taken_for: str
    phrases: int


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What came of phrases; shares are 0..1, and None where there was nothing to judge.

    `accuracy`: in-scope phrases whose likeliest intent is right, whatever the threshold; `false_reject`: those that the
    threshold turned away; `accuracy_kept`: those that were kept and right. `stranger_auroc`: how often a phrase in
    scope scores higher than one out of scope; `strangers_found`: out-of-scope phrases turned away;
    `strangers_found_at_5`: at the threshold that turns away one in twenty of those in scope. `in_first_three`: the
    right one is among three.
    """

    phrases: int
    strangers: int
    accuracy: float | None
    accuracy_kept: float | None
    in_first_three: float | None
    false_reject: float | None
    stranger_auroc: float | None
    strangers_found: float | None
    strangers_found_at_5: float | None
    threshold: float
    languages: dict[str, float]
    intents: tuple[IntentScore, ...]
    confusions: tuple[Pair, ...]


def judge(heads: Heads, phrases: Sequence[Phrase], guesses: Sequence[Guess]) -> Judgement:
    """Return the judgement on guesses about phrases, side by side; an unknown intent counts as never found."""
    inside = [(phrase, guess) for phrase, guess in zip(phrases, guesses, strict=True) if phrase.intent is not None]
    outside = [guess for phrase, guess in zip(phrases, guesses, strict=True) if phrase.intent is None]
    right = [_best(guess) == phrase.intent for phrase, guess in inside]
    kept = [good and not guess.stranger for good, (_, guess) in zip(right, inside, strict=True)]
    three = [phrase.intent in {name for name, _ in guess.ranked[:3]} for phrase, guess in inside]
    scores = np.array([_score(guess) for _, guess in inside])
    strange = np.array([_score(guess) for guess in outside])
    by_language: dict[str, list[bool]] = defaultdict(list)
    for good, (phrase, _) in zip(right, inside, strict=True):
        by_language[phrase.language].append(good)
    return Judgement(
        phrases=len(inside),
        strangers=len(outside),
        accuracy=_share(right),
        accuracy_kept=_share(kept),
        in_first_three=_share(three),
        false_reject=_share([guess.stranger for _, guess in inside]),
        stranger_auroc=_auroc(scores, strange),
        strangers_found=_share([guess.stranger for guess in outside]),
        strangers_found_at_5=float((strange < np.quantile(scores, 0.05)).mean()) if inside and outside else None,
        threshold=heads.threshold,
        languages={language: float(np.mean(some)) for language, some in sorted(by_language.items()) if language},
        intents=tuple(_of_intents(inside)),
        confusions=tuple(_confusions(inside)),
    )


def _best(guess: Guess) -> str | None:
    return guess.ranked[0][0] if guess.ranked else None


def _score(guess: Guess) -> float:
    return guess.ranked[0][1] if guess.ranked else 0.0


def _share(outcomes: Sequence[bool]) -> float | None:
    return float(np.mean(outcomes)) if outcomes else None


def _auroc(inside: np.ndarray, outside: np.ndarray) -> float | None:
    """Return how often one of the first scores is above one of the second, ties by half (Mann and Whitney 1947)."""
    if not len(inside) or not len(outside):
        return None
    ordered = np.sort(outside)
    below = np.searchsorted(ordered, inside, side="left")
    ties = np.searchsorted(ordered, inside, side="right") - below
    return float((below + ties / 2).mean() / len(outside))


def _of_intents(inside: Sequence[tuple[Phrase, Guess]]) -> list[IntentScore]:
    wanted = Counter(phrase.intent or "" for phrase, _ in inside)
    said = Counter(_best(guess) for _, guess in inside)
    good = Counter(phrase.intent for phrase, guess in inside if _best(guess) == phrase.intent)
    return [
        IntentScore(
            intent=name,
            phrases=count,
            precision=good[name] / said[name] if said[name] else None,
            recall=good[name] / count,
        )
        for name, count in sorted(wanted.items())
    ]


def _confusions(inside: Sequence[tuple[Phrase, Guess]]) -> list[Pair]:
    pairs = Counter((phrase.intent or "", _best(guess) or "") for phrase, guess in inside)
    wrong = sorted(
        ((count, pair) for pair, count in pairs.items() if pair[0] != pair[1]), key=lambda it: (-it[0], it[1])
    )
    return [Pair(intent=intent, taken_for=taken, phrases=count) for count, (intent, taken) in wrong[:PAIRS]]


def judge_unseen(trained: Trained, phrases: Sequence[Phrase]) -> Judgement:
    """Return the judgement on the training phrases by heads that had not seen them."""
    heads, places = trained.heads, [one.place for one in trained.judged]
    return judge(heads, [phrases[place] for place in places], [heads.judge(one.said) for one in trained.judged])


class Harmful(msgspec.Struct, frozen=True, kw_only=True):
    """A training phrase that heads which had not seen it surely took for another intent: mislabelled, or misleading.

    `id` is whatever the list of phrases calls it.
    """

    text: str
    intent: str
    taken_for: str
    score: float
    id: Any = None


def harmful_phrases(trained: Trained, phrases: Sequence[Phrase]) -> tuple[Harmful, ...]:
    """Return the phrases that do more harm than good, the surest first."""
    found = []
    for one in trained.judged:
        phrase, guess = phrases[one.place], trained.heads.judge(one.said)
        name, score = guess.ranked[0]
        if phrase.intent is not None and name != phrase.intent and score >= SURE:
            found.append(Harmful(text=phrase.text, intent=phrase.intent, taken_for=name, score=score, id=phrase.id))
    return tuple(sorted(found, key=lambda it: -it.score)[:HARMFUL])
