"""How a conversation stands to what was promised: its clocks of service, and what somebody who waits may expect."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

import msgspec

from doorward import record, routing
from doorward.flow.team_hours import hours_at
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

COURSE_KINDS: Final[tuple[EntryKind, ...]] = (
    "message.customer",
    "message.agent",
    "handoff.requested",
    "handoff.returned",
    "conversation.resolved",
    "conversation.merged",
    "conversation.separated",
    "status.changed",
)
"""The lines that tell how a conversation went."""

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
    expected = routing.estimated_wait(tx, scope, conversation_id)
    plan = routing.read_plan(tx, scope).plan
    found = standing_service(tx, scope, card, plan=plan, settings=settings)
    level = None if found is None else found.promised.level
    return Service(level=level, clocks=() if found is None else found.clocks, expected=expected)


class StandingService(msgspec.Struct, frozen=True, kw_only=True):
    """By which level somebody is promised what, the clocks of it, and whether a status keeps them still."""

    promised: routing.Promised
    clocks: tuple[routing.ServiceClock, ...]
    paused: bool = False


def standing_service(
    tx: Tx, scope: Scope, card: record.Card, *, plan: routing.RoutingPlan, settings: TenantSettings
) -> StandingService | None:
    """Return how a conversation stands to its promises at the transaction's time, None where nothing is promised.

    What was asked before it came into the queue here, as in a conversation that was imported, is promised by nobody.
    """
    conversation_id = card.conversation_id
    standing = routing.standing_of(tx, scope, conversation_id)
    last = routing.promised_last(tx, scope, conversation_id) if standing is None else None
    if last is not None:
        standing = routing.Standing(queue=last.queue, channel=last.channel, priority=last.priority)
    elif standing is None:
        standing = routing.Standing(queue=card.queue or "default", channel=card.channel, priority=0)
    level = routing.level_for(
        plan.service_levels, queue=standing.queue, channel=card.channel, priority=standing.priority
    )
    if level is None:
        return None
    promised = routing.Promised(
        conversation_id=conversation_id, level=level.name, standing=standing, language=card.language
    )
    course = course_of(tx, scope, conversation_id)
    if course is None:
        return StandingService(promised=promised, clocks=())
    hours = hours_at(plan, standing.queue, settings)
    clocks = routing.clocks(level, course, tx.now, hours=hours)
    entered = standing.entered_at
    return StandingService(
        promised=promised,
        clocks=tuple(one for one in clocks if entered is None or one.since >= entered),
        paused=course.resolved_at is None and routing.is_paused(course, tx.now),
    )


MOST_LOOKED_AT: Final = 1_000
"""Each costs two looks at the database: a company with more people than that at once watches its queues."""


def at_risk(tx: Tx, scope: Scope, *, settings: TenantSettings, limit: int = 200) -> tuple[AtRisk, ...]:
    """Return what is warned of or broken among the conversations with people, the broken first, then the nearest.

    Of conversations with people the first `MOST_LOOKED_AT` are looked at, of what is found `limit` are returned.
    """
    found = _at_risk(tx, scope, routing.with_people(tx, scope, limit=MOST_LOOKED_AT), settings=settings)
    return tuple(sorted(found, key=_urgency)[:limit])


def at_risk_behind(
    tx: Tx, scope: Scope, conversation_id: str, *, settings: TenantSettings, limit: int
) -> tuple[tuple[AtRisk, ...], str | None]:
    """Return what is warned of or broken behind an id, in the order of ids, which no passing of time changes.

    Also returns behind which id to go on, None at the end. At most `MOST_LOOKED_AT` conversations with people are
    looked at, so that a page may hold less than `limit`.
    """
    some = routing.with_people_behind(tx, scope, conversation_id, limit=MOST_LOOKED_AT + 1)
    looked_at = some[:MOST_LOOKED_AT]
    found = list(islice(_at_risk(tx, scope, looked_at, settings=settings), limit + 1))
    if len(found) > limit:
        return tuple(found[:limit]), found[limit - 1].conversation_id
    return tuple(found), looked_at[-1] if len(some) > len(looked_at) else None


def _at_risk(
    tx: Tx, scope: Scope, conversation_ids: Iterable[ConversationId], *, settings: TenantSettings
) -> Iterator[AtRisk]:
    """Yield those of these conversations of which somebody should be warned."""
    plan = routing.read_plan(tx, scope).plan
    for card in (record.card_of(tx, scope, one) for one in conversation_ids if plan.service_levels):
        standing = None if card is None else standing_service(tx, scope, card, plan=plan, settings=settings)
        clocks = () if standing is None else standing.clocks
        pressing = tuple(clock for clock in clocks if clock.state in {"warned", "breached"})
        if card is not None and standing is not None and pressing:
            level = standing.promised.level
            yield AtRisk(conversation_id=card.conversation_id, level=level, clocks=pressing)


def _urgency(one: AtRisk) -> tuple[bool, float, str]:
    left = min(clock.target_seconds - clock.used_seconds for clock in one.clocks)
    return (all(clock.state != "breached" for clock in one.clocks), left, one.conversation_id)


def course_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> routing.Course | None:
    """Return how a conversation went since somebody asked for a person last; None if it is not with people."""
    return course_from(record.entries_of_kinds(tx, scope, (conversation_id,), kinds=COURSE_KINDS, limit=_MOST))


def course_from(lines: Sequence[record.WrittenEntry]) -> routing.Course | None:
    """Return how a conversation went by its lines of `COURSE_KINDS`, the newest first; as `course_of`."""
    asked: datetime | None = None
    resolved: datetime | None = None
    turns: list[routing.Turn] = []
    ordered = [line.entry for line in sorted(lines, key=lambda line: line.seq)]
    for one in ordered:
        match one.kind:
            case "handoff.requested" if asked is None or resolved is not None:
                asked, resolved, turns = one.at, None, []
            case "handoff.returned" | "conversation.merged":
                asked = None
            case "conversation.separated" if one.data.get("state") == "waiting":
                asked, resolved, turns = one.at, None, []
            case "conversation.resolved":
                resolved = one.at
            case "message.customer" | "message.agent" if asked is not None and resolved is None:
                turns.append(routing.Turn(at=one.at, by="agent" if one.kind == "message.agent" else "customer"))
            case _:
                pass
    if asked is None:
        return None
    return routing.Course(asked_at=asked, turns=tuple(turns), resolved_at=resolved, pauses=_pauses(ordered))


def _pauses(lines: Sequence[Entry]) -> tuple[routing.Pause, ...]:
    """Return when statuses kept the clocks still: from one that pauses until the next that does not, or the end.

    The end, and giving the conversation back to the assistant, takes such a status away.
    """
    pauses: list[routing.Pause] = []
    since: datetime | None = None
    for one in lines:
        taken_away = one.kind == "handoff.returned" and "status" in one.data
        if not taken_away and one.kind not in {"status.changed", "conversation.resolved"}:
            continue
        if one.data.get("pauses"):
            since = since or one.at
        elif since is not None:
            pauses.append(routing.Pause(begins=since, ends=one.at))
            since = None
    return (*pauses, routing.Pause(begins=since)) if since is not None else tuple(pauses)
