"""What a company's own system tells: asked with patience, remembered for a moment, said to be missing when it fails."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from doorward.flow.core_facts import FRESH, CoreFacts
from doorward.kit.clock import FixedClock
from doorward.vocabulary.company import CoreFact, CoreOrder, CustomerSeed
from doorward.vocabulary.errors import NotFound, Unavailable
from doorward.vocabulary.ids import TenantId
from tests.support.transactions import NOON

TENANT = TenantId("t" * 26)
FACT = CoreFact(label={"en": "Cards"}, value="2")


class Core:
    """A system that counts who asks, fails with `error`, or hangs until it is let go."""

    def __init__(self) -> None:
        """Answer at once."""
        self.asked = 0
        self.error: Exception | None = None
        self.gate: threading.Event | None = None

    def customer(self, reference: str) -> CustomerSeed | None:
        """Know nobody."""

    def orders(self, reference: str) -> Sequence[CoreOrder]:
        """Count, and hang or fail if that is wanted."""
        self.asked += 1
        if self.gate is not None:
            self.gate.wait(20)
        if self.error is not None:
            raise self.error
        return [CoreOrder(reference="O1", item="card", state="sent", placed="2026-01-01")]

    def facts(self, reference: str) -> Sequence[CoreFact]:
        """Tell one fact."""
        return [FACT]

    def order_paper(self, reference: str, *, device: str, idempotency_key: str) -> CoreOrder:
        """Sell nothing."""
        raise NotFound

    def ping(self) -> None:
        """Be there."""


class OrdersAlone(Core):
    """A system that offers no facts."""

    facts = None  # type: ignore[assignment]


async def test_an_answer_is_remembered_for_a_moment_and_by_customer() -> None:
    """Asked again at once it is the same answer; later, and for another customer, the system is asked."""
    core, clock = Core(), FixedClock(NOON)
    asking = CoreFacts({TENANT: core}, clock=clock)
    first = await asking.of(TENANT, "K1")
    assert (first.reachable, first.facts, [one.reference for one in first.orders or ()]) == (True, (FACT,), ["O1"])
    assert (await asking.of(TENANT, "K1"), core.asked) == (first, 1)
    await asking.of(TENANT, "K2")
    clock.advance(FRESH + timedelta(seconds=1))
    await asking.of(TENANT, "K1")
    assert core.asked == 3
    asking.forget(TENANT, "K1")
    await asking.of(TENANT, "K1")
    assert core.asked == 4
    asking.close()


@pytest.mark.parametrize("error", [Unavailable("away"), NotFound("who"), OSError("gone"), ValueError("odd")])
async def test_a_system_that_fails_is_not_reachable_and_not_remembered(error: Exception) -> None:
    """Whatever it fails with, nothing is raised, and the next question is asked anew."""
    core = Core()
    core.error = error
    asking = CoreFacts({TENANT: core}, clock=FixedClock(NOON))
    answer = await asking.of(TENANT, "K1")
    assert (answer.reachable, answer.orders, answer.facts) == (False, None, ())
    core.error = None
    assert (await asking.of(TENANT, "K1")).reachable
    asking.close()


async def test_a_system_that_hangs_is_waited_for_no_longer_than_one_likes() -> None:
    """Whoever asks is told; those who ask while all its threads hang are told at once; let go it answers again."""
    core = Core()
    core.gate = threading.Event()
    asking = CoreFacts({TENANT: core}, clock=FixedClock(NOON), patience=0.05)
    answers = await asyncio.gather(*(asking.of(TENANT, f"K{number}") for number in range(6)))
    assert not any(one.reachable for one in answers)
    assert core.asked == 4
    core.gate.set()
    for _ in range(400):
        if not asking.busy(TENANT):
            break
        await asyncio.sleep(0.01)
    assert (await asking.of(TENANT, "K9")).reachable
    asking.close()


async def test_a_company_without_facts_or_without_a_system() -> None:
    """Orders alone are told without facts; where there is nobody to ask, nothing is missing."""
    asking = CoreFacts({TENANT: OrdersAlone()}, clock=FixedClock(NOON))
    assert len((await asking.of(TENANT, "K1")).orders or ()) == 1
    nobody = await asking.of(TenantId("u" * 26), "K1")
    assert (nobody.reachable, nobody.orders) == (True, None)
    asking.close()
