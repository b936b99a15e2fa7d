"""Filling the places of texts."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.procedures.formatting import fill_text, places_of, show_value, stray_braces, values_for
from doorward.vocabulary.operations import Scalar
from tests.unit.answering.procedures.examples import example

BLOCK, ORDER = example("block_card"), example("order_paper")
CARD: dict[str, Scalar] = {"slots.card.key": "9012", "slots.card.kind": "credit", "slots.card.status": "active"}


def test_values_are_written_as_people_of_the_language_write_them() -> None:
    """Amounts with their currency, days in words, codes by their names, a whole thing by its own text."""
    ordered: dict[str, Scalar] = {
        "slots.rolls": 12,
        "slots.terminal.key": "HT",
        "ordered.reference": "O1",
        "ordered.price": 123450,
    }
    assert fill_text(ORDER, "en", "ordered", ordered) == "12 rolls for HT are ordered (O1) for €1,234.50."
    assert fill_text(ORDER, "de", "ordered", ordered) == "12 Rollen für HT sind bestellt (O1), 1.234,50\xa0€."
    day: dict[str, Scalar] = {"slots.card.key": "9012", "blocked.day": "2026-03-04"}
    assert fill_text(BLOCK, "de", "blocked", day) == "Ihre Karte mit der Endung 9012 ist seit 4. März 2026 gesperrt."
    assert fill_text(BLOCK, "en", "sure", CARD).startswith("Shall I block your credit card ending in 9012 for good?")


def test_a_language_that_it_does_not_speak_is_answered_in_the_first() -> None:
    """Nobody gets nothing."""
    assert fill_text(BLOCK, "fr", "kept", {}) == "I have left your card as it is."


def test_a_value_that_is_missing_leaves_the_sentence_readable() -> None:
    """An ellipsis stands in its place."""
    assert fill_text(BLOCK, "en", "blocked", {}) == "Your card ending in … is blocked since …."


def test_a_value_is_never_read_as_a_place_or_a_line() -> None:
    """What the core system tells is text from outside: braces stay braces, lines become one, hidden signs go."""
    hostile = "{slots.card.kind}\n\x1b[31m\u202eX" + "y" * 500
    shown = fill_text(BLOCK, "en", "blocked", {"slots.card.key": hostile, "slots.card.kind": "secret"})
    assert "{slots.card.kind}" in shown
    assert "secret" not in shown
    assert not {"\n", "\x1b", "\u202e"} & set(shown)
    assert len(shown) < 300


@given(st.text(max_size=300), st.sampled_from(["text", "code", "number", "amount", "date", "yes_no"]))
def test_any_value_is_shown(value: str, kind: str) -> None:
    """Nothing that a core system tells makes a sentence fail."""
    assert "\n" not in show_value(BLOCK, "de", value, kind=kind)  # type: ignore[arg-type]  # drawn from the kinds


def test_places_are_names_and_nothing_else() -> None:
    """No attributes, indexes or formats."""
    assert places_of("{a} {a.b} {a.b.c} {a.b.c.d} {a[0]} {A} {a!r} {0}") == ("a", "a.b", "a.b.c")
    assert stray_braces("{a.b} {a!r}")
    assert not stray_braces("{a.b}")


def test_only_what_a_text_needs_is_handed_on() -> None:
    """The values of a text are those of its places, in whatever language."""
    assert values_for(BLOCK, "kept", CARD) == {}
    assert values_for(BLOCK, "sure", {**CARD, "blocked.day": "x"}) == CARD
