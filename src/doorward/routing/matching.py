"""Who gets whom, as one pure function. What a good answer is worth is written in docs/concepts/routing.md."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward.routing.claims import Claims
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.reply import Need

GETS_BY: Final = 1
FLUENT: Final = 2
"""Levels of a language that are required and wanted; an agent's levels are 1 to 3, as those of skills."""

SKILL_SHARE, LANGUAGE_SHARE = 0.25, 0.15
"""What skill and language weigh in the value of an answer, beside its promptness (0.6)."""

_STICKY: Final = 0.05
_SCARCITY: Final = 3.0
"""What having had this customer last adds to an agent's fit, and how much what few others can takes from it."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits. No language means any; `last_agent` had this customer not long ago."""

    conversation_id: ConversationId
    entered_at: datetime
    priority: int = 0
    queue: str = "default"
    channel: str = ""
    language: str = ""
    needs: tuple[Need, ...] = ()
    last_agent: StaffId | None = None
    put_back_by: StaffId | None = None
    rank: int = 0


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes contacts now.

    `capacity` counts units, `has` the conversations by channel that they have, `most` those that they may have at once.
    No queues means all of them, no languages all of them at the wanted level. `free_since` is when room appeared last.
    """

    staff_id: StaffId
    capacity: int
    has: Mapping[str, int] = {}
    most: Mapping[str, int] = {}
    queues: frozenset[str] = frozenset()
    languages: Mapping[str, int] = {}
    skills: Mapping[str, int] = {}
    free_since: datetime | None = None


class QueueRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is special about a queue: who helps out after how long, how long one waits for the agent of last time."""

    overflow_to: str = ""
    overflow_seconds: int = 0
    hold_seconds: int = 0


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept free of whom while too many come: of a rank that `kept` has so many places, of lower ranks (larger
    numbers) than it has as many as of its last. `by_rank`: of equal priority those of the first rank are served first.
    """

    by_rank: bool = False
    kept: tuple[int, ...] = ()

    def kept_from(self, rank: int) -> int:
        """Return how many places must stay free when somebody of a rank gets one."""
        return self.kept[min(max(rank, 0), len(self.kept) - 1)] if self.kept else 0


NO_RESERVE: Final = Reserve()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the company has set, and what was lately.

    `weights` are the units that a conversation of a channel takes, 1 if not named. `demand` is which share of contacts
    lately asked for a language (`language:de`) or a skill (`skill:cards`). `reserve` says what is kept free of whom.
    """

    claims: Claims = Claims()
    queues: Mapping[str, QueueRule] = {}
    weights: Mapping[str, int] = {}
    demand: Mapping[str, float] = {}
    reserve: Reserve = NO_RESERVE


_NO_RULES: Final = Rules()


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets whom, and why: the claim that made it their turn, how well it fits (0 to 1), what else counted."""

    conversation_id: ConversationId
    staff_id: StaffId
    claim: float
    fit: float
    because: tuple[str, ...] = ()


def match(
    waiting: Iterable[Contact], agents: Sequence[Agent], now: datetime, *, rules: Rules = _NO_RULES
) -> tuple[Assignment, ...]:
    """Return who gets whom at `now`, in the order of claims.

    Promised: nobody gets more than their room, nobody is assigned twice, nobody waits whom somebody with room may have
    (but for who is held for the agent of last time, and of whom the last places are kept free), and of two with equal
    class, rank and needs the one who came first is assigned first. The order of what goes in does not matter.
    """
    room = _Room(agents, rules)
    refused: set[tuple[object, ...]] = set()
    given: list[Assignment] = []
    for claim, contact in ordered(waiting, now, rules.claims, by_rank=rules.reserve.by_rank):
        if not room.any_left:
            break
        if room.left <= rules.reserve.kept_from(contact.rank):
            continue
        kind = _kind(contact, overflowed := _overflowed(contact, now, rules))
        if kind in refused or _held(contact, room, now, rules):
            continue
        fitting = room.fitting(contact, overflowed)
        if not fitting:
            # Room only shrinks in here: who needs the same finds nobody either.
            if contact.put_back_by is None:
                refused.add(kind)
            continue
        chosen = min(fitting, key=lambda agent: room.preference(agent, contact))
        room.take(chosen, contact.channel)
        given.append(_assignment(chosen, contact, claim))
    return tuple(given)


def ordered(
    waiting: Iterable[Contact], now: datetime, claims: Claims, *, by_rank: bool = False
) -> list[tuple[float, Contact]]:
    """Return who waits with their claims, the largest first; equal claims by time and id.

    `by_rank`: by priority first, then by rank, and by claims only among equals.
    """
    found = [(claims.of(one.priority, one.channel, one.language, now - one.entered_at), one) for one in waiting]
    found.sort(key=lambda one: (-one[0], one[1].entered_at, one[1].conversation_id))
    return sorted(found, key=lambda one: (-one[1].priority, one[1].rank)) if by_rank else found


def fit(agent: Agent, contact: Contact) -> float:
    """Return how well an agent fits a contact that they may have, 0 to 1: skill and language as value weighs them."""
    skill = sum(_share(agent.skills.get(one.skill, 0), max(one.wanted, one.level)) for one in contact.needs)
    skill = skill / len(contact.needs) if contact.needs else 1.0
    language = _share(agent.languages.get(contact.language, 0), FLUENT) if _chosen(agent, contact) else 1.0
    return (SKILL_SHARE * skill + LANGUAGE_SHARE * language) / (SKILL_SHARE + LANGUAGE_SHARE)


def able(agent: Agent, contact: Contact) -> bool:
    """Return whether an agent speaks the contact's language and has every required level."""
    if _chosen(agent, contact) and agent.languages.get(contact.language, 0) < GETS_BY:
        return False
    return all(agent.skills.get(need.skill, 0) >= need.level for need in contact.needs)


class _Room:
    """The agents, and how many units each has left while contacts are given out."""

    def __init__(self, agents: Sequence[Agent], rules: Rules) -> None:
        self._agents = {agent.staff_id: agent for agent in agents}
        self._weights = rules.weights
        self._has = {agent.staff_id: dict(agent.has) for agent in agents}
        self._units = {agent.staff_id: agent.capacity - self._used(agent) for agent in agents}
        self._cost = _Scarcity(agents, self._units, rules)

    @property
    def any_left(self) -> bool:
        return any(units > 0 for units in self._units.values())

    @property
    def left(self) -> int:
        return sum(max(units, 0) for units in self._units.values())

    def has_room(self, staff_id: StaffId, channel: str) -> bool:
        agent = self._agents[staff_id]
        most = agent.most.get(channel)
        if most is not None and self._has[staff_id].get(channel, 0) >= most:
            return False
        return self._units[staff_id] >= self._weights.get(channel, 1)

    def fitting(self, contact: Contact, queues: frozenset[str]) -> list[Agent]:
        return [
            agent
            for agent in self._agents.values()
            if agent.staff_id != contact.put_back_by
            and self.has_room(agent.staff_id, contact.channel)
            and self.may(agent, contact, queues)
        ]

    def may(self, agent: Agent, contact: Contact, queues: frozenset[str]) -> bool:
        return (not agent.queues or not queues.isdisjoint(agent.queues)) and able(agent, contact)

    def find(self, staff_id: StaffId | None) -> Agent | None:
        return None if staff_id is None else self._agents.get(staff_id)

    def preference(self, agent: Agent, contact: Contact) -> tuple[float, float, float, str]:
        """Return what the least of is the best agent: worth, share of room, time without work, id."""
        worth = fit(agent, contact) + (_STICKY if agent.staff_id == contact.last_agent else 0.0)
        worth -= _SCARCITY * self._cost.of(agent, contact)
        share = self._units[agent.staff_id] / max(agent.capacity, 1)
        since = -math.inf if agent.free_since is None else agent.free_since.timestamp()
        return (-round(worth, 6), -share, since, agent.staff_id)

    def take(self, agent: Agent, channel: str) -> None:
        has = self._has[agent.staff_id]
        has[channel] = has.get(channel, 0) + 1
        self._units[agent.staff_id] -= self._weights.get(channel, 1)

    def _used(self, agent: Agent) -> int:
        return sum(self._weights.get(channel, 1) * number for channel, number in agent.has.items())


class _Scarcity:
    """What is lost when an agent is busy: for each thing they can, its demand over the room of those who can it too.

    A language whose group has waited longer than others counts more, by the fourth root of what its claims do.
    """

    def __init__(self, agents: Sequence[Agent], units: Mapping[StaffId, int], rules: Rules) -> None:
        supply: dict[str, int] = {}
        for agent in agents:
            for name in _abilities(agent):
                supply[name] = supply.get(name, 0) + max(units[agent.staff_id], 0)
        self._worth = {
            name: rules.demand.get(name, 0.0)
            * rules.claims.factor_of(name.removeprefix("language:")) ** 0.25
            / max(units, 1)
            for name, units in supply.items()
        }

    def of(self, agent: Agent, contact: Contact) -> float:
        used = {f"skill:{need.skill}" for need in contact.needs} | {f"language:{contact.language}"}
        return float(sum(self._worth[name] for name in _abilities(agent) if name not in used))


def _abilities(agent: Agent) -> list[str]:
    return [f"language:{code}" for code in agent.languages] + [f"skill:{name}" for name in agent.skills]


def _chosen(agent: Agent, contact: Contact) -> bool:
    """Return whether the language matters: the contact has one, and something is said of the agent's."""
    return bool(contact.language and agent.languages)


def _share(level: int, wanted: int) -> float:
    return min(level, wanted) / wanted


def _overflowed(contact: Contact, now: datetime, rules: Rules) -> frozenset[str]:
    """Return the queues whose agents may have the contact now."""
    rule = rules.queues.get(contact.queue)
    if rule is None or not rule.overflow_to or now - contact.entered_at < timedelta(seconds=rule.overflow_seconds):
        return frozenset((contact.queue,))
    return frozenset((contact.queue, rule.overflow_to))


def _held(contact: Contact, room: _Room, now: datetime, rules: Rules) -> bool:
    """Return whether the contact waits for the agent of last time, who is there and has no room."""
    rule = rules.queues.get(contact.queue)
    agent = room.find(contact.last_agent)
    if rule is None or agent is None or now - contact.entered_at >= timedelta(seconds=rule.hold_seconds):
        return False
    has_room = room.has_room(agent.staff_id, contact.channel)
    return not has_room and room.may(agent, contact, frozenset((contact.queue,)))


def _kind(contact: Contact, queues: frozenset[str]) -> tuple[object, ...]:
    return (queues, contact.channel, contact.language, contact.needs)


def _assignment(agent: Agent, contact: Contact, claim: float) -> Assignment:
    because: tuple[str, ...] = ("sticky",) if agent.staff_id == contact.last_agent else ()
    if agent.queues and contact.queue not in agent.queues:
        because += ("overflow",)
    return Assignment(
        conversation_id=contact.conversation_id,
        staff_id=agent.staff_id,
        claim=round(claim, 6),
        fit=round(fit(agent, contact), 4),
        because=because,
    )
