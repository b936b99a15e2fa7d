"""Transactions over a test's database, settled as the house settles them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from doorward.flow.settle import Settlement
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.scope import Actor, Scope, system_scope

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TENANT = TenantId("t" * 26)
OTHER_TENANT = TenantId("u" * 26)
SCOPE = system_scope(TENANT, "test")
OTHER_SCOPE = system_scope(OTHER_TENANT, "test")
PARTY = PartyId("p" * 26)
CONVERSATION = ConversationId("c" * 26)


def staff_scope(staff_id: str) -> Scope:
    """Return the scope of a member of staff of the test's tenant."""
    return Scope(tenant_id=TENANT, actor=Actor(kind="staff", id=staff_id))


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon."""
    return FixedClock(NOON)


@pytest.fixture
def bus() -> ProcessBus:
    """A bus of one process."""
    return ProcessBus()


@pytest.fixture
def transactions(database: Database, clock: FixedClock, bus: ProcessBus) -> Iterator[Transactions]:
    """Transactions with the house's own settlement, on each kind of database."""
    opened = Transactions(database, clock=clock, settle=Settlement(bus, ring=lambda: None))
    yield opened
    opened.close()
