"""A company's intents and phrases, on both databases: each text once, within limits, nobody else's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.tx import Transactions
from doorward.understanding import IntentCatalogue, Intents, KeptPhrase, NewPhrase, PhraseQuery, catalogue, phrase_id_of
from doorward.vocabulary.errors import Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span
from tests.support.transactions import OTHER_SCOPE, SCOPE

INTENTS = Intents()


def put(transactions: Transactions, name: str, scope: Scope = SCOPE, **labels: str) -> None:
    """Make an intent."""
    transactions.write(scope, lambda tx: INTENTS.put(tx, scope, name, labels))


def add(transactions: Transactions, *phrases: NewPhrase, scope: Scope = SCOPE) -> Any:
    """Add phrases."""
    return transactions.write(scope, lambda tx: INTENTS.add(tx, scope, phrases))


def phrase(text: str, intent: str = "card.block", language: str = "en") -> NewPhrase:
    """Return a phrase without anything masked."""
    return NewPhrase(text=MaskedText(text), intent=intent, language=language)


def known(transactions: Transactions, scope: Scope = SCOPE) -> IntentCatalogue:
    """Return what is kept."""
    return transactions.read(lambda tx: INTENTS.catalogue(tx, scope))


def page_after(transactions: Transactions, phrase_id: str | None) -> tuple[KeptPhrase, ...]:
    """Return the next three phrases."""
    wanted = PhraseQuery("card.block", None, phrase_id)
    return transactions.read(lambda tx: INTENTS.phrases(tx, SCOPE, wanted, limit=3))


def test_a_text_is_kept_once_however_it_is_written(transactions: Transactions) -> None:
    """Large and small letters and spaces make no other phrase, nor does another intent."""
    put(transactions, "card.block")
    put(transactions, "card.pin")
    added = add(transactions, phrase("Block my card"), phrase("block  MY card"), phrase("stop it", "card.pin"))
    assert (added.added, added.known) == (2, ())
    again = add(transactions, phrase("BLOCK MY CARD", "card.pin"))
    assert (again.added, again.known) == (0, (phrase_id_of(SCOPE, "block my card"),))
    assert {one.name: dict(one.phrases) for one in known(transactions).intents} == {
        "card.block": {"en": 1},
        "card.pin": {"en": 1},
    }


def test_what_was_masked_is_kept_without_its_way_back(transactions: Transactions) -> None:
    """A phrase keeps the place and the kind, not the id by which somebody could ask for the original."""
    put(transactions, "card.block")
    masked = MaskedText("block [CARD]", (Span(kind="card", start=6, end=12, id=SpanId("s" * 26)),))
    add(transactions, NewPhrase(text=masked, intent="card.block"))
    (kept,) = transactions.read(lambda tx: INTENTS.everything(tx, SCOPE))
    assert kept.spans == (Span(kind="card", start=6, end=12),)


def test_a_tenant_sees_and_changes_its_own_alone(transactions: Transactions) -> None:
    """Another tenant's phrases are not there, whatever id is named."""
    put(transactions, "card.block")
    add(transactions, phrase("block my card"))
    phrase_id = phrase_id_of(SCOPE, "block my card")
    assert known(transactions, OTHER_SCOPE) == IntentCatalogue(intents=(), strangers={})
    for work in (
        lambda tx: INTENTS.move(tx, OTHER_SCOPE, phrase_id, ""),
        lambda tx: INTENTS.drop(tx, OTHER_SCOPE, phrase_id),
        lambda tx: INTENTS.remove(tx, OTHER_SCOPE, "card.block"),
        lambda tx: INTENTS.add(tx, OTHER_SCOPE, [phrase("block")]),
    ):
        with pytest.raises(NotFound):
            transactions.write(OTHER_SCOPE, work)
    assert known(transactions).total == 1


def test_phrases_are_listed_page_by_page(transactions: Transactions) -> None:
    """Each phrase once, whatever the size of a page."""
    put(transactions, "card.block")
    add(transactions, *(phrase(f"phrase {number}") for number in range(7)))
    seen: list[str] = []
    page = page_after(transactions, None)
    while page:
        seen += [one.text for one in page]
        page = page_after(transactions, page[-1].id)
    assert sorted(seen) == [f"phrase {number}" for number in range(7)]


def test_an_intent_goes_with_its_phrases(transactions: Transactions) -> None:
    """What belongs to others, or to none, stays."""
    put(transactions, "card.block")
    add(transactions, phrase("block my card"), phrase("a poem please", ""))
    transactions.write(SCOPE, lambda tx: INTENTS.remove(tx, SCOPE, "card.block"))
    found = known(transactions)
    assert (found.intents, dict(found.strangers)) == ((), {"en": 1})


def test_a_phrase_moves_to_another_intent(transactions: Transactions) -> None:
    """And keeps its id."""
    put(transactions, "card.block")
    put(transactions, "card.pin")
    add(transactions, phrase("block my card"))
    phrase_id = phrase_id_of(SCOPE, "block my card")
    moved = transactions.write(SCOPE, lambda tx: INTENTS.move(tx, SCOPE, phrase_id, "card.pin"))
    assert (moved.id, moved.intent) == (phrase_id, "card.pin")
    with pytest.raises(NotFound):
        transactions.write(SCOPE, lambda tx: INTENTS.move(tx, SCOPE, phrase_id, "card.gone"))


@pytest.mark.parametrize("name", ["", "Card", "card block", "none", "new", "a" * 61, "card..block", "../x"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(transactions: Transactions, name: str) -> None:
    """Names are part of addresses, files and rules."""
    with pytest.raises(Malformed):
        put(transactions, name)


@pytest.mark.parametrize("label", ["x" * 41, "a\x1bb"])
def test_a_label_that_fits_no_button_is_refused(transactions: Transactions, label: str) -> None:
    """It is short and can be read."""
    with pytest.raises(Malformed):
        put(transactions, "card.block", en=label)


def test_limits_hold_and_then_nothing_is_added(transactions: Transactions, monkeypatch: pytest.MonkeyPatch) -> None:
    """One intent, one phrase or one character too many is refused as a whole."""
    monkeypatch.setattr(catalogue, "MOST_INTENTS", 1)
    monkeypatch.setattr(catalogue, "MOST_PHRASES", 2)
    put(transactions, "card.block")
    with pytest.raises(TooLarge):
        put(transactions, "card.pin")
    for phrases in ([phrase("a"), phrase("b"), phrase("c")], [phrase("a"), phrase("x" * 1001)]):
        with pytest.raises(TooLarge):
            add(transactions, *phrases)
    with pytest.raises(Malformed):
        add(transactions, phrase("a"), phrase("  "))
    assert known(transactions).total == 0


@given(st.text(min_size=1).filter(str.strip))
def test_the_id_of_a_phrase_is_that_of_its_words(text: str) -> None:
    """However it is spaced, and of one tenant alone."""
    assert phrase_id_of(SCOPE, f"  {text}\n") == phrase_id_of(SCOPE, text)
    assert phrase_id_of(SCOPE, text) != phrase_id_of(OTHER_SCOPE, text)
