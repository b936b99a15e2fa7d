"""Founding keeps what a company says that its customers want, masked, and asks for a training once."""

from collections.abc import Iterable

from doorward.bootstrap import House
from doorward.bootstrap.founding import seed_intents
from doorward.identity import Tenant
from doorward.vocabulary.company import IntentSeed
from doorward.vocabulary.scope import system_scope


class Shop:
    """A company that says what its customers want, and nothing else."""

    def intents(self) -> Iterable[IntentSeed]:
        """Yield one intent and a stranger."""
        yield IntentSeed(
            name="card.block",
            labels={"en": "Block my card"},
            phrases={"en": ("block 4111 1111 1111 1111", "block my card", "BLOCK my card")},
        )
        yield IntentSeed(name="", phrases={"en": ("a poem please",)})


def test_what_a_company_brings_is_kept_once_and_learnt_once(house: House, halden: Tenant) -> None:
    """Again, nothing is new, and no other training is asked for."""
    scope = system_scope(halden.id, "seed")
    assert seed_intents(house, Shop(), scope) == 3  # type: ignore[arg-type]  # because it brings nothing else
    asked = house.transactions.read(lambda tx: house.intent_models.training(tx, scope))
    assert asked is not None
    assert seed_intents(house, Shop(), scope) == 0  # type: ignore[arg-type]  # because it brings nothing else
    kept = house.transactions.read(lambda tx: house.intents.everything(tx, scope))
    assert not any("4111 1111" in one.text for one in kept)
    assert {one.source for one in kept} == {"company"}
    catalogue = house.transactions.read(lambda tx: house.intents.catalogue(tx, scope))
    assert [(one.name, dict(one.labels), one.total) for one in catalogue.intents] == [
        ("card.block", {"en": "Block my card"}, 2)
    ]


def test_a_company_that_says_nothing_of_it_is_left_as_it_is(house: House, halden: Tenant) -> None:
    """No training is asked for."""
    scope = system_scope(halden.id, "seed")
    assert seed_intents(house, object(), scope) == 0  # type: ignore[arg-type]  # because it brings nothing at all
    assert house.transactions.read(lambda tx: house.intent_models.training(tx, scope)) is None
