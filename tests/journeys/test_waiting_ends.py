"""Halden's procedures beside each other: who cannot prove who they are is not led round from one to the next."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.halden import played_house, stage
from tests.support.playing import MOST_TURNS, Customer, Stage

__all__ = ["played_house", "stage"]

WORLD: Mapping[str, Any] = {"card": [{"last4": "4471", "kind": "debit"}]}
STOLEN = {
    "tr": "çantamı çaldılar, kartlarım da içindeydi",
    "en": "they stole my bag, with all my cards in it",
    "ru": "украли сумку, в ней были все карты",
}
LOCKED_OUT = {
    "tr": "hiçbir yere bağlanamıyorum, şifremi de bilmiyorum",
    "en": "my password is gone",
    "ru": "меня никуда не пускает, пароль я забыла",
}


def turns(customer: Customer, text: str) -> int:
    """Return how often a text was said until a person came."""
    for number in range(MOST_TURNS):
        if customer.state() != "bot":
            return number
        customer.say(text)
    return MOST_TURNS


@pytest.mark.parametrize("language", sorted(STOLEN))
def test_a_proof_that_never_comes_ends_with_a_person(stage: Stage, language: str) -> None:
    """The words begin another procedure that asks for the same proof; when it ends, so does the first."""
    stage.hints = {STOLEN[language]: "card.block", LOCKED_OUT[language]: "access.unlock"}
    customer = stage.people(WORLD, language=language).customer(level=0)
    customer.say(STOLEN[language])
    assert turns(customer, LOCKED_OUT[language]) == 4
    begun = {line.entry.data["procedure"]["id"] for line in customer.bot_lines() if "procedure" in line.entry.data}
    assert begun == {"block_card", "unlock_access"}
    requested = [line.entry.data for line in customer.ledger() if line.entry.kind == "handoff.requested"]
    assert [data["stopped"] for data in requested] == ["card_in_danger"]
    notes = [line.entry.text for line in customer.ledger() if line.entry.kind == "note.written"]
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("language", "wish", "question"),
    [
        ("en", "block my card", "How long does it take until a new card arrives?"),
        ("de", "bitte meine Karte sperren", "Wie lange dauert es, bis eine neue Karte ankommt?"),
        ("tr", "kartımı kapatın", "Yeni kart ne kadar sürede gelir?"),
    ],
)
def test_the_same_question_beside_a_question_ends_with_a_person(
    stage: Stage, language: str, wish: str, question: str
) -> None:
    """It is answered once; said again and again it is no answer."""
    stage.hints = {wish: "card.block"}
    customer = stage.people(WORLD, language=language).customer()
    customer.say(wish)
    assert turns(customer, question) == 4
    told = [line for line in customer.bot_lines() if line.entry.data.get("sources")]
    assert len(told) == 1
    requested = [line.entry.data for line in customer.ledger() if line.entry.kind == "handoff.requested"]
    assert [data["stopped"] for data in requested] == ["not_understood"]
