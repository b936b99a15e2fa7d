"""The lives of the invented customers."""

from collections import Counter
from hashlib import sha256
from itertools import groupby

import msgspec
import pytest

from doorward.plugins.companies.halden.holdings import Seed
from doorward.plugins.companies.halden.numbers import is_card_number
from doorward.plugins.companies.halden.seed import make_seed

FIRST_VERSION = "fc3bff9e20b3a45ac90d7d87ac2ab4f50fa790399f68c7ffe9b545922cd2f7f1"
"""Digest of what the first version's seed was: nobody who was there has changed."""


@pytest.fixture
def seed() -> Seed:
    """Return the seed."""
    return make_seed()


def test_whoever_was_there_stayed_as_they_were(seed: Seed) -> None:
    """People, accounts, debit cards, bills, devices and orders are what they were before they had a life."""
    plain = [
        [(*msgspec.structs.astuple(one.customer), one.address, one.born) for one in seed.people],
        [msgspec.structs.astuple(one)[:4] for one in seed.accounts],
        [msgspec.structs.astuple(one)[:5] for one in seed.cards if one.kind == "debit"],
        [msgspec.structs.astuple(one)[:6] for one in seed.bills],
        [msgspec.structs.astuple(one) for one in seed.devices],
        [msgspec.structs.astuple(one) for one in seed.orders],
    ]
    assert sha256(msgspec.json.encode(plain)).hexdigest() == FIRST_VERSION


def test_shares_are_as_promised(seed: Seed) -> None:
    """Two of a hundred are locked out; about eight have a credit card, five a virtual one."""
    assert sum(person.access == "locked" for person in seed.people) == 10
    kinds = Counter(card.kind for card in seed.cards)
    assert 25 <= kinds["credit"] <= 55
    assert 15 <= kinds["virtual"] <= 35


def test_last_digits_tell_a_customers_cards_and_accounts_apart(seed: Seed) -> None:
    """Nobody has two cards, or two accounts, that end alike; every number exists once and passes its check."""
    for ends in ([(c.customer, c.number[-4:]) for c in seed.cards], [(a.customer, a.iban[-4:]) for a in seed.accounts]):
        assert len(set(ends)) == len(ends)
    assert len({card.number for card in seed.cards}) == len(seed.cards)
    assert all(is_card_number(card.number) for card in seed.cards)


def test_payments_are_of_cards_in_use_and_of_the_last_days(seed: Seed) -> None:
    """Each was made within thirty days with an active card of the same customer; declined ones say why."""
    cards = {card.number: card for card in seed.cards}
    for payment in seed.payments:
        assert (cards[payment.card].customer, cards[payment.card].status) == (payment.customer, "active")
        assert -30 < payment.day <= 0
        assert bool(payment.decline_reason) == (payment.state == "declined")
    assert {one.state for one in seed.payments} == {"pending", "booked", "declined", "refunded"}
    references = [
        one.reference for things in (seed.payments, seed.transfers, seed.top_ups, seed.refunds) for one in things
    ]
    assert len(set(references)) == len(references)


def test_bills_are_explained_to_the_cent(seed: Seed) -> None:
    """The lines of a bill come to its amount; about one in six is clearly higher than the one before."""
    assert all(sum(line.cents for line in bill.lines) == bill.amount_cents for bill in seed.bills)
    assert all(line.cents >= 0 for bill in seed.bills for line in bill.lines)
    higher = sum((bill.previous_cents or 0) * 1.2 < bill.amount_cents for bill in seed.bills)
    assert len(seed.bills) / 8 < higher < len(seed.bills) / 4


def test_what_was_refunded_comes_back(seed: Seed) -> None:
    """Every refunded payment has a booked refund of its amount; what is expected lies ahead."""
    back = Counter((one.customer, one.merchant, one.amount_cents) for one in seed.refunds if one.state == "booked")
    assert back == Counter((p.customer, p.merchant, p.amount_cents) for p in seed.payments if p.state == "refunded")
    assert all(one.day > 0 for one in seed.refunds if one.state == "expected")
    assert any(one.state == "expected" for one in seed.refunds)


def test_pending_transfers_lie_ahead(seed: Seed) -> None:
    """What was sent, returned or cancelled lies behind."""
    for state, some in groupby(sorted(seed.transfers, key=lambda one: one.state), key=lambda one: one.state):
        assert all((one.day >= 0) == (state == "pending") for one in some)


def test_shops_speak_the_customers_language(seed: Seed) -> None:
    """Russian customers pay in shops written in Cyrillic, others do not."""
    spoken = {person.customer.reference: person.customer.language for person in seed.people}
    for payment in seed.payments:
        cyrillic = any("а" <= letter <= "я" for letter in payment.merchant.lower())
        assert cyrillic == (spoken[payment.customer] == "ru")
