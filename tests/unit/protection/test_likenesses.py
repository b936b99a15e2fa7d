"""The equality table: 'the same card as last week', for a while, and never beyond its party."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from doorward.kit.clock import FixedClock
from doorward.kit.keys import EpochKeys, Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.protection import Hashing, ProtectionService, Sighting, sightings
from doorward.protection.tables import likeness_table
from doorward.vocabulary.ids import MessageId, PartyId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from tests.support.screening import screener
from tests.support.transactions import NOON, OTHER_SCOPE, OTHER_TENANT, PARTY, SCOPE, TENANT

CARD = "card 4111 1111 1111 1111"
SAME_CARD = "ＣＡＲＤ 4111-1111-1111-1111"
FRIEND = PartyId("f" * 26)
WEEK, PERIOD = timedelta(days=7), timedelta(days=90)


def sha256_of(value: bytes) -> bytes:
    """Stand in for the hash of the blind index, which is not what these tests are about."""
    return sha256(value).digest()


Say = Callable[..., MessageId]


@pytest.fixture
def keys() -> Keys:
    """Keys of two tenants."""
    made = Keys(MemoryKeyStore())
    made.make_tenant(TENANT)
    made.make_tenant(OTHER_TENANT)
    return made


@pytest.fixture
def epochs(keys: Keys, clock: FixedClock) -> EpochKeys:
    """Keys of three months each."""
    return EpochKeys(keys, purpose="likeness", clock=clock, period=PERIOD)


@pytest.fixture
def service(keys: Keys) -> ProtectionService:
    """The service."""
    return ProtectionService(keys)


@pytest.fixture
def say(transactions: Transactions, service: ProtectionService, epochs: EpochKeys) -> Say:
    """Have a party say something, and return the message's id."""
    numbers = iter(range(1000))

    def said(text: str, *, before: str = "", party_id: PartyId = PARTY, scope: Scope = SCOPE) -> MessageId:
        message_id = MessageId(f"m{next(numbers):03}")
        first = WildText(before)
        following = screener().after(screener().tail(first, screener().screen(first)) if before else None)
        screened = following.screen(
            WildText(text),
            span_id=lambda number: SpanId(f"{message_id}.{number}"),
            hashing=Hashing(lambda value: epochs.marks(scope.tenant_id, value), sha256_of),
        )

        def keep(tx: Tx) -> Outcome[None]:
            service.keep(tx, scope, screened, party_id=party_id, message_id=message_id)
            return Outcome(None)

        transactions.write(scope, keep)
        return message_id

    return said


def seen(
    transactions: Transactions, message_id: MessageId, *, family: Sequence[PartyId] = (PARTY,), scope: Scope = SCOPE
) -> tuple[Sighting, ...]:
    """Return what is known of a message's values."""
    return transactions.read(lambda tx: sightings(tx, scope, (message_id,), family=family)).get(message_id, ())


def test_the_same_card_as_last_week_is_known(transactions: Transactions, say: Say, clock: FixedClock) -> None:
    """However it is written, it is the same card; the first time it was none, and another card is not."""
    first = say(CARD)
    clock.advance(WEEK)
    say("and 5500 0055 5555 5559")
    second = say(SAME_CARD)
    (before,), (again,) = seen(transactions, first), seen(transactions, second)
    assert (before.before, again.before, again.others, again.last_at) == (0, 1, 0, NOON)
    assert before.digest == again.digest


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("", "card four one one one one one one one one one one one one one one one"),
        ("", "Karte vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins"),
        ("", "card Y2FyZCA0MTExIDExMTEgMTExMSAxMTEx"),
        ("my card is 4111 1111", "1111 1111"),
        ("my card is four one one one one one one one", "1111 1111"),
    ],
)
def test_the_same_card_is_known_in_disguise_and_in_pieces(
    transactions: Transactions, say: Say, before: str, text: str
) -> None:
    """Told in words, encoded, or in two messages: what is compared is the card, not its writing."""
    first = say(CARD)
    again = seen(transactions, say(text, before=before))
    assert [(one.digest, one.before) for one in again] == [(seen(transactions, first)[0].digest, 1)]


def test_the_same_card_is_known_across_parties_of_one_tenant(transactions: Transactions, say: Say) -> None:
    """Another customer's message counts as another's, both ways; another tenant's does not count."""
    mine, theirs = say(CARD), say(CARD, party_id=FRIEND)
    say(CARD, party_id=FRIEND)
    far = say(CARD, party_id=FRIEND, scope=OTHER_SCOPE)
    assert [(one.before, one.others) for one in seen(transactions, mine)] == [(0, 1)]
    assert [(one.before, one.others) for one in seen(transactions, theirs, family=(FRIEND,))] == [(0, 1)]
    assert [one.others for one in seen(transactions, far, family=(FRIEND,), scope=OTHER_SCOPE)] == [0]
    assert seen(transactions, far) == ()


def test_a_customer_and_its_visitors_are_one(transactions: Transactions, say: Say) -> None:
    """What somebody wrote before it was known who they are is not another customer's."""
    say(CARD, party_id=FRIEND)
    assert [(one.before, one.others) for one in seen(transactions, say(CARD), family=(PARTY, FRIEND))] == [(1, 0)]


def test_a_value_that_is_met_again_moves_to_the_newest_key(
    transactions: Transactions, say: Say, service: ProtectionService, epochs: EpochKeys, clock: FixedClock
) -> None:
    """Met once a period it is known for ever; once nobody has met it for two, its rows and their key are gone."""
    say(CARD)
    say("mail a@example.com")
    for _ in range(3):
        clock.advance(PERIOD)
        say(CARD)
        epochs.expire(TENANT)
        transactions.write(SCOPE, lambda tx: Outcome(service.forget_expired(tx, SCOPE, epochs)))
    rows = transactions.read(lambda tx: tx.execute(select(likeness_table)).all())
    assert [row.kind for row in rows] == ["CARD"] * 4
    assert len({(row.epoch, bytes(row.mark)) for row in rows}) == 1


def test_the_rows_hold_nothing_that_can_be_read_or_made_without_the_key(
    transactions: Transactions, say: Say, epochs: EpochKeys
) -> None:
    """A row's mark is the keyed hash, of the value in its canonical form."""
    say(SAME_CARD)
    (row,) = transactions.read(lambda tx: tx.execute(select(likeness_table)).all())
    assert (bytes(row.mark),) == tuple(mark.value for mark in epochs.marks(TENANT, b"card:4111111111111111"))
    assert "4111" not in str(row)


def test_rows_die_with_the_party(transactions: Transactions, say: Say, service: ProtectionService) -> None:
    """Nothing of a forgotten party counts any more, and only of that party in that tenant."""
    mine = say(CARD)
    say(CARD, party_id=FRIEND)
    say(CARD, party_id=FRIEND, scope=OTHER_SCOPE)
    transactions.write(SCOPE, lambda tx: Outcome(service.forget(tx, SCOPE, FRIEND)))
    assert [one.others for one in seen(transactions, mine)] == [0]
    rows = transactions.read(lambda tx: tx.execute(select(likeness_table)).all())
    assert sorted((row.tenant_id, row.party_id) for row in rows) == [(TENANT, PARTY), (OTHER_TENANT, FRIEND)]


def test_rows_follow_a_merged_party(
    transactions: Transactions, say: Say, service: ProtectionService, keys: Keys
) -> None:
    """After moving, what one party wrote is the other's own."""
    say(CARD, party_id=FRIEND)
    keys.make_party(TENANT, PARTY)
    transactions.write(SCOPE, lambda tx: Outcome(service.move(tx, SCOPE, origin=FRIEND, target=PARTY)))
    assert [(one.before, one.others) for one in seen(transactions, say(CARD))] == [(1, 0)]
