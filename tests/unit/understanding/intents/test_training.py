"""What is learnt from phrases, and how it says that it does not know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.understanding.intents import (
    STRANGE,
    Phrase,
    PhrasesInvalid,
    harmful_phrases,
    judge,
    judge_unseen,
    suggest,
    train,
)
from doorward.understanding.intents.heads import Guess
from doorward.understanding.intents.judging import _auroc
from tests.support.intents import STRANGERS, WISHES, learnt, wishes
from tests.support.words import LANGUAGES, read, reader


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I would like to buy a lamp", "lamp.buy"),
        ("die Lampe flackert", "lamp.broken"),
        ("açık mısınız bugün", "shop.hours"),
        ("со скольки вы открыты", "shop.hours"),  # a language without a phrase: the embedding carries it
    ],
)
def test_what_was_learnt_is_understood(text: str, intent: str) -> None:
    """Also in a language that had no phrases."""
    guess = learnt().heads.guess(read(text))
    assert guess.ranked[0][0] == intent
    assert not guess.stranger


@pytest.mark.parametrize("strangers", [False, True])
def test_strangers_score_below_what_is_known(*, strangers: bool) -> None:
    """Every stranger scores lower than every phrase that was learnt, and out-of-scope phrases widen the gap."""
    heads = learnt(strangers=strangers).heads
    known = [heads.guess(read(phrase.text)).ranked[0][1] for phrase in wishes()]
    strange = [heads.guess(read(text)).ranked[0][1] for text in ("how tall is a giraffe", "erzähl mir einen Witz")]
    assert max(strange) < min(known)
    assert all(heads.guess(read(text)).stranger for text in STRANGERS) or not strangers


def test_out_of_scope_is_no_intent() -> None:
    """The class of strangers is never named."""
    heads = learnt(strangers=True).heads
    assert STRANGE in heads.classes
    assert set(heads.intents) == set(WISHES)
    names = {name for text in STRANGERS for name, _ in heads.guess(read(text)).ranked}
    assert names <= set(WISHES)


def test_scores_are_ordered_probabilities() -> None:
    """The first is the best, and all lie between 0 and 1."""
    scores = [score for _, score in learnt().heads.guess(read("lamp")).ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever somebody writes, the heads say something finite, or that there is nothing."""
    guess = learnt().heads.guess(read(text))
    assert all(np.isfinite(score) for _, score in guess.ranked)
    assert guess.ranked or guess.stranger


def test_no_words_are_no_intent() -> None:
    """A row of signs wants nothing."""
    assert learnt().heads.guess(read("?!")) == Guess((), stranger=True)


def test_the_threshold_moves_with_the_wish() -> None:
    """Who may turn more away turns more away."""
    phrases = wishes()
    readings = reader().read_all([one.text for one in phrases], languages=LANGUAGES)
    few, many = (train(phrases, readings, false_reject=share).heads.threshold for share in (0.0, 0.3))
    assert few < many


def test_the_same_phrases_give_the_same_model() -> None:
    """Nothing depends on chance or on time."""
    again = learnt.__wrapped__(strangers=False)
    assert again.heads.scales == learnt().heads.scales
    assert (again.heads.weights.terms == learnt().heads.weights.terms).all()


@pytest.mark.parametrize(
    "phrases",
    [
        [],
        [Phrase("one", "a"), Phrase("two", "a")],
        [Phrase("one", "a"), Phrase("two", None)],
        [Phrase("?", "a"), Phrase("!", "b")],
    ],
)
def test_what_cannot_teach_is_refused(phrases: list[Phrase]) -> None:
    """One intent, or no word at all, is nothing to tell apart."""
    readings = reader().read_all([one.text for one in phrases], languages=LANGUAGES)
    with pytest.raises(PhrasesInvalid):
        train(phrases, readings)


@pytest.mark.parametrize("phrases", [[Phrase("buy a lamp", "a"), Phrase("opening hours", "b")], wishes()[:11]])
def test_two_intents_and_single_phrases_are_enough(phrases: list[Phrase]) -> None:
    """The smallest list works: two intents with a phrase each."""
    readings = reader().read_all([one.text for one in phrases], languages=LANGUAGES)
    heads = train(phrases, readings).heads
    assert heads.guess(readings[0]).ranked[0][0] == phrases[0].intent


def test_a_mislabelled_phrase_is_found() -> None:
    """Heads that had not seen it surely say something else."""
    phrases = [*wishes(), Phrase("my lamp is broken and flickers", "shop.hours", "en")]
    readings = reader().read_all([one.text for one in phrases], languages=LANGUAGES)
    trained = train(phrases, readings)
    found = harmful_phrases(trained, phrases)
    assert ("my lamp is broken and flickers", "lamp.broken") in {(one.text, one.taken_for) for one in found}
    pairs = {(one.intent, one.taken_for) for one in judge_unseen(trained, phrases).confusions}
    assert ("shop.hours", "lamp.broken") in pairs


def test_a_judgement_counts_what_was_said() -> None:
    """Right, turned away, and found strangers, over guesses made by hand."""
    phrases = [Phrase("a", "x", "en"), Phrase("b", "y", "en"), Phrase("c", "x", "de"), Phrase("d", None)]
    guesses = [
        Guess((("x", 0.9), ("y", 0.1)), stranger=False),
        Guess((("x", 0.8), ("y", 0.2)), stranger=False),
        Guess((("x", 0.2),), stranger=True),
        Guess((("x", 0.1),), stranger=True),
    ]
    found = judge(learnt().heads, phrases, guesses)
    assert (found.phrases, found.strangers) == (3, 1)
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.accuracy_kept == pytest.approx(1 / 3)
    assert found.in_first_three == 1
    assert found.false_reject == pytest.approx(1 / 3)
    assert found.stranger_auroc == 1
    assert found.strangers_found == 1
    assert found.languages == {"de": 1.0, "en": 0.5}
    assert [(one.intent, one.precision, one.recall) for one in found.intents] == [("x", 2 / 3, 1.0), ("y", None, 0.0)]
    assert [(one.intent, one.taken_for, one.phrases) for one in found.confusions] == [("y", "x", 1)]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_the_area_is_the_share_of_ordered_pairs(inside: list[int], outside: list[int]) -> None:
    """The same as asking every pair."""
    pairs = [(one > other) + (one == other) / 2 for one in inside for other in outside]
    assert _auroc(np.array(inside), np.array(outside)) == pytest.approx(sum(pairs) / len(pairs))


def test_messages_that_mean_alike_are_one_suggestion() -> None:
    """What nothing covers is gathered; what is known suggests nothing."""
    texts = [
        "do you have vacancies for a salesperson",
        "I am looking for a job in your store",
        "are you hiring new staff at the moment",
        "can I apply for a job with you",
        "I want to buy a lamp",
        "when do you open",
    ]
    found = suggest(learnt().heads, texts, [read(text) for text in texts])
    assert found
    assert found[0].messages >= 3
    assert set(found[0].examples) <= set(texts[:4])
