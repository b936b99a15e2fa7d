"""Two processes of one installation, with one database and one memory: they count as one, and go on when it is away."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec
import pytest

from doorward.admission.flood import Caller
from doorward.bootstrap import House
from doorward.flow.flood import Admitted, Knock
from doorward.identity import Tenant
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.kit.shared import SharedMemory
from doorward.vocabulary.errors import SignatureReplayed
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope
from tests.support.house import open_test_house, tenant_of
from tests.support.loopback import FailingValkey, failing_valkey, free_port
from tests.support.signing import Machine, a_request, public_bytes, url64

__all__ = ["failing_valkey", "free_port"]

ONE_SERVER = pytest.mark.parametrize("house_settings", ["postgresql"], indirect=True)
"""SQLite belongs to one process."""


class Processes:
    """Two of them, and a tenant."""

    def __init__(self, houses: Sequence[House]) -> None:
        """Take both."""
        self.houses = houses
        self.tenant: Tenant = tenant_of(houses[0], "halden")
        self.scope: Scope = system_scope(self.tenant.id, "test")

    async def knock(self, process: int, owner: str) -> Admitted:
        """Let an owner begin a contact with one of the processes."""
        control = self.houses[process].flooding.control
        knock = Knock(caller=Caller(owner=owner, platform="webchat"), channel="webchat", language="en", begins=True)
        standing = self.houses[process].transactions.read(lambda tx: control.standing(tx, self.scope))
        return await control.admit(self.scope, knock, standing)

    async def over(self, owner: str, times: int) -> int:
        """Let an owner knock so many times at each in turn; return how often their quota had no room."""
        return sum([(await self.knock(turn % 2, owner)).because == "quota" for turn in range(2 * times)])


@pytest.fixture
def processes(
    house_settings: Settings, failing_valkey: FailingValkey, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Processes]:
    """Both, in this process. A busy machine is not taken for a failure, and nobody waits out a pause."""
    patient = partial(SharedMemory, deadline=5.0, pause=0.0)
    monkeypatch.setattr("doorward.bootstrap.counting.SharedMemory", patient)
    limits = msgspec.structs.replace(house_settings.limits, storage=failing_valkey.address)
    settings = msgspec.structs.replace(house_settings, limits=limits)
    houses = [open_test_house(settings) for _ in range(2)]
    yield Processes(houses)
    for house in houses:
        house.close()


@ONE_SERVER
async def test_owners_are_counted_over_both_and_alone_when_the_memory_is_gone(
    processes: Processes, failing_valkey: FailingValkey
) -> None:
    """Both give one quota together; killed, each gives its own and nobody is turned away or meets an error; back again,
    they give one together. Health and figures say how it stands.
    """
    at_once = processes.houses[0].settings.flood.contacts_at_once
    assert await processes.over("first", at_once) == at_once
    assert processes.houses[0].health.report()[0] == "ok"
    failing_valkey.kill()
    assert await processes.over("first", at_once) == 2 * at_once, "what was counted is known to those who counted"
    assert await processes.over("second", at_once) == 0
    state, checks = processes.houses[0].health.report()
    assert state == "degraded"
    assert [one.name for one in checks if one.state != "ok"] == ["shared_memory"]
    assert b'doorward_shared_memory_questions_total{answered="no"}' in processes.houses[0].meters.exposition()
    failing_valkey.start_anew()
    assert await processes.over("second", at_once) == 2 * at_once
    assert await processes.over("third", at_once) == at_once


@ONE_SERVER
async def test_a_signature_that_one_took_is_refused_by_the_other(processes: Processes) -> None:
    """The same request, sent to another worker, is a replay there."""
    first, second = processes.houses
    scope, device = processes.scope, Machine(5, agent=None)
    pinned = {"host": "printers.halden.example", "x": url64(public_bytes(device.key))}
    first.transactions.write(scope, lambda tx: Outcome(first.identity.machines.pin_key(tx, scope, **pinned).value))
    message = device.sign(a_request(), now=SystemClock().now())
    taken = await first.contact._rooms.signed.recognise(scope, message, body=b"", agent="")
    assert taken.machine.key_id == device.key_id
    with pytest.raises(SignatureReplayed):
        await second.contact._rooms.signed.recognise(scope, message, body=b"", agent="")
