"""How a conversation stands to what was promised: its clocks of service, and what somebody who waits may expect."""

from datetime import datetime
from typing import Final

import msgspec

from doorward import record, routing
from doorward.flow.team_hours import hours_at
from doorward.kit.settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import EntryKind
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

_KINDS: Final[tuple[EntryKind, ...]] = (
    "message.customer",
    "message.agent",
    "handoff.requested",
    "handoff.returned",
    "conversation.resolved",
)
_MOST: Final = 2_000
"""So many of the latest turns are looked at."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """The promise that holds for a conversation, how it stands, and what somebody who waits may expect.

    No level: nothing is promised. No clocks: nobody has asked for a person, or the bot has it again.
    """

    level: str | None = None
    clocks: tuple[routing.ServiceClock, ...] = ()
    expected: routing.Expected | None = None


class AtRisk(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of which somebody should be warned: by which promise, and the clocks that press."""

    conversation_id: ConversationId
    level: str
    clocks: tuple[routing.ServiceClock, ...]


def service(tx: Tx, scope: Scope, conversation_id: ConversationId, *, settings: TenantSettings) -> Service:
    """Return how a conversation stands at the transaction's time. Raises `NotFound`."""
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        raise NotFound("no such conversation")
    plan = routing.read_plan(tx, scope).plan
    standing = routing.standing_of(tx, scope, conversation_id)
    queue, priority = (card.queue or "default", 0) if standing is None else (standing.queue, standing.priority)
    level = routing.level_for(plan.service_levels, queue=queue, channel=card.channel, priority=priority)
    expected = routing.estimated_wait(tx, scope, conversation_id)
    course = course_of(tx, scope, conversation_id)
    if level is None or course is None:
        return Service(level=None if level is None else level.name, expected=expected)
    hours = hours_at(plan, queue, settings)
    return Service(level=level.name, clocks=routing.clocks(level, course, tx.now, hours=hours), expected=expected)


MOST_LOOKED_AT: Final = 1_000
"""Each costs two looks at the database: a company with more people than that at once watches its queues."""


def at_risk(tx: Tx, scope: Scope, *, settings: TenantSettings, limit: int = 200) -> tuple[AtRisk, ...]:
    """Return what is warned of or broken among the conversations with people, the broken first, then the nearest.

    Of conversations with people the first `MOST_LOOKED_AT` are looked at, of what is found `limit` are returned.
    """
    found = [
        AtRisk(conversation_id=one, level=standing.level or "", clocks=pressing)
        for one in routing.with_people(tx, scope, limit=MOST_LOOKED_AT)
        if (standing := service(tx, scope, one, settings=settings)).clocks
        and (pressing := tuple(clock for clock in standing.clocks if clock.state in {"warned", "breached"}))
    ]
    return tuple(sorted(found, key=_urgency)[:limit])


def _urgency(one: AtRisk) -> tuple[bool, float, str]:
    left = min(clock.target_seconds - clock.used_seconds for clock in one.clocks)
    return (all(clock.state != "breached" for clock in one.clocks), left, one.conversation_id)


def course_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> routing.Course | None:
    """Return how a conversation went since somebody asked for a person last; None if it is not with people."""
    lines = record.entries_of_kinds(tx, scope, (conversation_id,), kinds=_KINDS, limit=_MOST)
    asked: datetime | None = None
    resolved: datetime | None = None
    turns: list[routing.Turn] = []
    for one in (line.entry for line in reversed(lines)):
        match one.kind:
            case "handoff.requested" if asked is None or resolved is not None:
                asked, resolved, turns = one.at, None, []
            case "handoff.returned":
                asked = None
            case "conversation.resolved":
                resolved = one.at
            case "message.customer" | "message.agent" if asked is not None and resolved is None:
                turns.append(routing.Turn(at=one.at, by="agent" if one.kind == "message.agent" else "customer"))
    return None if asked is None else routing.Course(asked_at=asked, turns=tuple(turns), resolved_at=resolved)
