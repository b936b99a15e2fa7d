"""The wallboard: what stands on it, and that it is reckoned once for all who look."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from doorward import routing
from doorward.flow.views.wallboard import WallRooms
from doorward.flow.wallboards import Wallboards
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope
from tests.support.identities import Office

PARTY = PartyId("p" * 26)


@pytest.fixture
def walls(office: Office) -> Wallboards:
    """The office's wallboards."""
    rooms = WallRooms(staff=office.identity.staff, sessions=office.identity.sessions)
    return Wallboards(office.transactions, rooms, settings_of=lambda _: TenantSettings(), clock=office.clock)


def wait(office: Office, number: int, *, queue: str = "default", scope: Scope | None = None) -> None:
    """Have somebody wait."""
    where, one = scope or office.scope, ConversationId(f"{number:026}")
    handoff = Handoff(reason="asked_for_person", queue=queue, channel="webchat")
    office.write(lambda tx: Outcome(routing.enter_queue(tx, where, one, PARTY, handoff=handoff).value), where)


def available(office: Office, staff_id: StaffId, *, capacity: int) -> None:
    """Have somebody take conversations; what is given out is not written into ledgers here."""

    def work(tx: object) -> Outcome[None]:
        routing.set_presence(tx, office.scope, staff_id, state="available", capacity=capacity)  # type: ignore[arg-type]  # because a transaction it is
        return Outcome(None)

    office.write(work)


async def test_queues_and_agents_stand_as_they_are(office: Office, walls: Wallboards) -> None:
    """Who waits and for how long, who is served, what agents have of what they could, and when they were last seen."""
    selin, _ = office.a_member(), office.sign_in()
    office.a_member("mira")
    for number in range(3):
        wait(office, number)
    office.clock.advance(timedelta(minutes=5))
    wait(office, 7, queue="cards")
    available(office, selin, capacity=2)
    board = await walls.now(office.scope)
    queues = {one.name: one for one in board.queues}
    assert (queues["default"].waiting, queues["default"].served) == (1, 2)
    assert (queues["default"].longest_wait_seconds, queues["cards"].longest_wait_seconds) == (300.0, 0.0)
    assert queues["default"].expected_seconds == 2 * 720.0 / 2
    (agent,) = board.agents
    assert (agent.name, agent.state, agent.units, agent.capacity) == ("Selin", "available", 2, 2)
    assert agent.load == {"webchat": 2}
    assert agent.last_seen_at == office.clock.now() - timedelta(minutes=5)
    assert (board.today.arrived, board.today.satisfaction) == (0, None)


async def test_it_is_reckoned_once_for_all_who_look(office: Office, walls: Wallboards) -> None:
    """However many ask in the same second, the database is asked for one of them; another company has its own."""
    boards = await asyncio.gather(*(walls.now(office.scope) for _ in range(20)))
    assert (walls.reckoned, len({id(one) for one in boards})) == (1, 1)
    wait(office, 1, scope=office.other)
    assert (await walls.now(office.other)).queues[0].waiting == 1
    assert (await walls.now(office.scope)).queues[0].waiting == 0
    office.clock.advance(timedelta(seconds=2))
    wait(office, 2)
    assert (await walls.now(office.scope)).queues[0].waiting == 1


@contextmanager
def counted(office: Office) -> Iterator[list[str]]:
    """Collect the statements that are asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(office.database.reader, "before_cursor_execute", note)
    yield asked
    event.remove(office.database.reader, "before_cursor_execute", note)


async def test_more_people_are_no_more_questions(office: Office, walls: Wallboards) -> None:
    """The number of statements does not depend on how many work there or wait."""
    numbers = []
    for round_ in range(2):
        for number in range(4):
            name = f"member{round_}{number}"
            staff_id = office.a_member(name, password=None)
            available(office, staff_id, capacity=1)
            wait(office, 10 * round_ + number)
        office.clock.advance(timedelta(seconds=2))
        with counted(office) as asked:
            await walls.now(office.scope)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
