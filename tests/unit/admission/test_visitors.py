"""Visitor tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission import VisitorTokens
from doorward.kit.clock import FixedClock
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.vocabulary.errors import NotSignedIn, TokenExpired
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.scope import Actor, Scope

OURS, OTHER = TenantId("01tenant"), TenantId("02tenant")
PARTY, CONVERSATION = PartyId("01party"), ConversationId("01conversation")


class House:
    """Two tenants, one clock."""

    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2026, 3, 2, 9, 0, 0, 700_000, tzinfo=UTC))
        keys = Keys(MemoryKeyStore())
        keys.make_tenant(OURS)
        keys.make_tenant(OTHER)
        self.tokens = VisitorTokens(keys, clock=self.clock, lifetime=timedelta(hours=12))

    def token(self, tenant_id: TenantId = OURS) -> str:
        """Return a fresh token of a tenant."""
        return self.tokens.issue(tenant_id, party_id=PARTY, conversation_id=CONVERSATION).token


@pytest.fixture
def house() -> House:
    """Two tenants, one clock."""
    return House()


def test_a_token_brings_back_what_was_put_in(house: House) -> None:
    """A good token names tenant, party and conversation, and the customer acts."""
    visitor = house.tokens.read(house.token())
    assert visitor.scope == Scope(tenant_id=OURS, actor=Actor(kind="customer", id=PARTY))
    assert (visitor.party_id, visitor.conversation_id) == (PARTY, CONVERSATION)


def test_a_token_ends_when_it_was_said_to_end(house: House) -> None:
    """The time that the browser was told is the time from which the token is refused."""
    issued = house.tokens.issue(OURS, party_id=PARTY, conversation_id=CONVERSATION)
    house.clock.advance(issued.expires_at - house.clock.now() - timedelta(seconds=1))
    house.tokens.read(issued.token)
    house.clock.advance(timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        house.tokens.read(issued.token)


def test_an_old_token_can_be_renewed_for_thirty_days(house: House) -> None:
    """After its end a token still shows whose conversation it was, for thirty days and no longer."""
    token = house.token()
    house.clock.advance(timedelta(hours=12) + timedelta(days=30) - timedelta(seconds=1))
    assert house.tokens.renew(token, tenant_id=OURS).conversation_id == CONVERSATION
    house.clock.advance(timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        house.tokens.renew(token, tenant_id=OURS)


def test_another_tenants_token_is_not_renewed(house: House) -> None:
    """A token of one tenant opens nothing at another."""
    with pytest.raises(NotSignedIn):
        house.tokens.renew(house.token(OTHER), tenant_id=OURS)


def test_a_token_cannot_be_moved_to_another_tenant(house: House) -> None:
    """Writing another tenant's id before a signed token does not make it that tenant's."""
    _, _, signed = house.token(OTHER).partition(".")
    with pytest.raises(NotSignedIn):
        house.tokens.read(f"{OURS}.{signed}")


def test_a_tenant_that_is_not_there_has_no_visitors(house: House) -> None:
    """A token that names an unknown tenant is refused like any other bad one."""
    _, _, signed = house.token().partition(".")
    with pytest.raises(NotSignedIn):
        house.tokens.read(f"03tenant.{signed}")


def test_a_token_tells_nothing_about_its_holder(house: House) -> None:
    """The repr of an issued token shows its time only."""
    issued = house.tokens.issue(OURS, party_id=PARTY, conversation_id=CONVERSATION)
    assert repr(issued) == "<IssuedToken until 2026-03-02T21:00Z>"


@given(place=st.integers(0, 400), letter=st.sampled_from("aA0-_.~ \n\ud800"))
def test_no_changed_token_is_good(place: int, letter: str) -> None:
    """A token with any one character replaced by another is refused."""
    house = House()
    token = house.token()
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(NotSignedIn):
            house.tokens.read(changed)


@given(st.text(max_size=80))
def test_no_other_text_is_a_token(text: str) -> None:
    """Anything that we did not sign is refused, without any other error."""
    with pytest.raises(NotSignedIn):
        House().tokens.read(text)
