"""The small model of names and addresses: quick ways give what the plain ways give, and no text is remembered."""

import re
from functools import cache
from importlib.resources import files
from itertools import product
from random import Random

import numpy as np
import pytest

from doorward.plugins.detectors.name_address.decoding import ADDRESS, MORE_ADDRESS, MORE_NAME, NAME, OUTSIDE, decoded
from doorward.plugins.detectors.name_address.features import LABELS, context_places, own_places, word_of
from doorward.plugins.detectors.name_address.memory import Memory, ids_of, packed
from doorward.plugins.detectors.name_address.model import ANY_LIKELY, Model, read_model
from doorward.plugins.detectors.name_address.tokens import Tokens
from doorward.plugins.detectors.name_address.words import Lists, shape_of
from doorward.protection.pieces import pieces_of
from doorward.protection.view import View
from tests.support.screening import all_packs, generated_texts

TOKEN = re.compile(r"[^\W\d_]+|\d+|\n|[^\w\s]|_")
TEXTS = generated_texts(400)


@cache
def lists() -> Lists:
    """Return the packs' lists alone."""
    return Lists(all_packs(), {})


@cache
def trained() -> Model:
    """Return the model that is shipped."""
    return read_model(files("doorward.plugins.detectors.name_address") / "weights", all_packs())


@pytest.mark.parametrize("text", ["", "  ", "\n \n", " a  b\n", "Café, 12 Rue d'Été \u00a0", "😀x²_y", *TEXTS])
def test_tokens_are_those_of_one_expression(text: str) -> None:
    """Pieces with their blanks tell the same places, words and writing as a search for tokens."""
    view = View(text)
    spans = [match.span() for match in TOKEN.finditer(view.text)]
    tokens = Tokens(pieces_of(view))
    found = tokens.between(0, tokens.count)
    assert [(token.start, token.end) for token in found] == spans
    assert [token.word for token in found] == [view.text[start:end] for start, end in spans]
    assert [token.written for token in found] == [view.original[slice(*view.origin(*span))] for span in spans]


def test_sums_are_those_of_all_weights_one_by_one() -> None:
    """Remembered rows, added up, give for every token the sum of the weights of all its features."""
    places = 1 << 19
    weights = np.random.default_rng(5).integers(-127, 128, (places, LABELS)).astype(np.int8)
    model = Model(packed(weights), lists(), scale=0.01, caution=(0.0, 0.0))
    for text in TEXTS[:60]:
        tokens = model.tokens_of(View(text))
        if not tokens.count:
            continue
        said = [
            (word_of(token.word), lists().class_of(token.word), shape_of(token.written))
            for token in tokens.between(0, tokens.count)
        ]
        own = np.array([own_places(*one) for one in said])
        context = context_places(np.array([ids_of(*one) for one in said], np.uint32))
        plain = weights[np.concatenate((own, context), axis=1)].astype(np.int64).sum(axis=1)
        scores = np.array(model._scores(model._sums(tokens.rows)))
        assert (scores == (plain[:, 1:] - plain[:, :1]) * 0.01).all()


@pytest.mark.parametrize("caution", [(0.0, 0.0), (0.6, -0.4)])
def test_what_is_likely_is_what_has_a_score_above_none(caution: tuple[float, float]) -> None:
    """The one bit that is looked at says so of every label, of which caution adds to some and takes from others."""
    weights = np.random.default_rng(6).integers(-9, 10, (1 << 19, LABELS)).astype(np.int8)
    model = Model(packed(weights), lists(), scale=0.01, caution=caution)
    for text in TEXTS[:60]:
        sums = model._sums(model.tokens_of(View(text)).rows)
        scores = [any(score > 0 for score in row) for row in model._scores(sums)]
        assert ((sums & ANY_LIKELY) > 0).tolist() == scores


def test_the_best_labels_are_the_best_of_all() -> None:
    """What is decoded scores as much as the best of all sequences that may stand."""
    random = Random(3)
    behind = {MORE_NAME: {NAME, MORE_NAME}, MORE_ADDRESS: {ADDRESS, MORE_ADDRESS}}
    allowed = [
        labels
        for labels in product(range(LABELS), repeat=4)
        if all(before in behind.get(label, range(LABELS)) for before, label in zip((OUTSIDE, *labels), labels))  # noqa: B905
    ]
    for _ in range(200):
        scores = [[random.uniform(-2, 2) for _ in range(LABELS - 1)] for _ in range(4)]
        rows = [(0.0, *row) for row in scores]
        worth = {labels: sum(row[label] for row, label in zip(rows, labels, strict=True)) for labels in allowed}
        found = [OUTSIDE] * 4
        for one in decoded(scores, 0):
            begins, more = (ADDRESS, MORE_ADDRESS) if one.is_address else (NAME, MORE_NAME)
            found[one.first : one.behind] = [begins] + [more] * (one.behind - one.first - 1)
        assert worth[tuple(found)] == pytest.approx(max(worth.values()))


def test_what_is_remembered_holds_no_text_and_has_an_end() -> None:
    """The memory's keys are numbers, its rows hold sums, and what is long past is forgotten."""
    memory = Memory(packed(np.zeros((1 << 19, LABELS), np.int8)), lists(), np.zeros(1, np.uint64))
    rows = memory.rows(pieces_of(View("Xylophanes wrote to Quintessa")))
    assert list(memory.rows(pieces_of(View("Xylophanes wrote to Quintessa")))) == list(rows)
    held = memory._remembered._young
    assert all(type(key) is int for key in held)
    assert not any(name in row for row in held.values() for name in (b"xylophanes", b"Xylophanes", b"Quint"))
    assert repr(memory._remembered) == "<Remembered of 4 words>"


@pytest.mark.parametrize("text", ["My name is Priya Raman", "Ich heiße Anna Groß", "меня зовут Анна Ким"])
def test_a_remembered_word_is_judged_as_a_new_one(text: str) -> None:
    """The second look at a text finds what the first found."""
    first, second = (list(trained().stretches(trained().tokens_of(View(text)))) for _ in range(2))
    assert first == second
    assert first
