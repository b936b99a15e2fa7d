"""What the tests of this room share."""

from collections.abc import Iterator

import pytest

from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.tx import Transactions
from tests.support.identities import Office


@pytest.fixture
def office(transactions: Transactions, database: Database, clock: FixedClock) -> Iterator[Office]:
    """Two tenants with an identity room, on each kind of database."""
    made = Office(transactions, database, clock)
    yield made
    made.identity.passwords.close()
