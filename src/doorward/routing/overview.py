"""How queues and agents stand at a moment: a fixed number of questions to the database, however many there are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.estimating import estimate_wait
from doorward.routing.giving import agents_of, handling_of, plan_of
from doorward.routing.matching import Contact, Rules
from doorward.routing.plan import DEFAULT_QUEUE, RoutingPlan
from doorward.routing.queue import Standing
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope


class QueueState(msgspec.Struct, frozen=True, kw_only=True):
    """How many wait in a queue and since when the first of them does, how many of it agents have, and the seconds that
    one more may expect to wait: none where nobody is there who may have it.
    """

    name: str
    waiting: int
    waiting_since: datetime | None
    served: int
    expected_seconds: float | None


class AgentState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an agent takes conversations, since when, and why not; how many of each channel they have, which take
    `units` of their `capacity`.
    """

    staff_id: StaffId
    state: str
    reason: str
    since: datetime
    capacity: int
    units: int
    load: Mapping[str, int]


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The queues of the plan, and any in which something is; the agents who ever said whether they are there."""

    queues: tuple[QueueState, ...]
    agents: tuple[AgentState, ...]


_EMPTY: Final = repository.QueueCount(waiting=0, since=None, served=0)


def overview(tx: Tx, scope: Scope) -> Overview:
    """Return how queues and agents stand."""
    plan = plan_of(tx, scope)
    return Overview(queues=_queues(tx, scope, plan), agents=_agents(tx, scope, plan))


def standings(tx: Tx, scope: Scope, *, limit: int) -> dict[ConversationId, Standing]:
    """Return how the conversations that wait or are with an agent stand, at most so many, those who came first."""
    return {
        ConversationId(row.conversation_id): Standing(queue=row.queue, channel=row.channel, priority=row.priority)
        for row in repository.all_items(tx, scope, limit=limit)
    }


def _queues(tx: Tx, scope: Scope, plan: RoutingPlan) -> tuple[QueueState, ...]:
    counts = repository.count_by_queue(tx, scope)
    agents = agents_of(tx, scope, plan, repository.present_staff(tx, scope))
    handling, rules = handling_of(tx, scope), Rules(weights=plan.weights)
    found = []
    for name in dict.fromkeys((DEFAULT_QUEUE, *(one.name for one in plan.queues), *sorted(counts))):
        count = counts.get(name, _EMPTY)
        one_more = Contact(conversation_id=ConversationId(""), entered_at=tx.now, queue=name)
        expected = estimate_wait(one_more, count.waiting, agents, handling=handling, rules=rules)
        found.append(
            QueueState(
                name=name,
                waiting=count.waiting,
                waiting_since=count.since,
                served=count.served,
                expected_seconds=expected,
            )
        )
    return tuple(found)


def _agents(tx: Tx, scope: Scope, plan: RoutingPlan) -> tuple[AgentState, ...]:
    load = repository.load_by_channel(tx, scope)
    return tuple(
        AgentState(
            staff_id=StaffId(row.staff_id),
            state=row.state,
            reason=row.reason,
            since=row.since,
            capacity=row.capacity,
            units=sum(plan.weights.get(channel, 1) * number for channel, number in has.items()),
            load=has,
        )
        for row in repository.all_presence(tx, scope)
        for has in (load.get(row.staff_id, {}),)
    )
