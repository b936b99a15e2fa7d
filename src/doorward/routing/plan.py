"""A company's plan: its queues, teams, skills, and where contacts go. Data, checked as a whole before it holds."""

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from doorward.kit.settings import SettingsInvalid, change_tenant
from doorward.kit.tenant_settings import TenantSettings
from doorward.routing.matching import QueueRule
from doorward.routing.service_levels import ServiceLevel
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.reply import Handoff, Need

DEFAULT_QUEUE: Final = "default"
"""The queue that there always is."""

Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
Level = Annotated[int, Meta(ge=1, le=3)]
Code = Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
_Weight = Annotated[int, Meta(ge=1, le=20)]
_Factor = Annotated[float, Meta(ge=0.1, le=1000)]
_Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class PlannedQueue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A queue: after `overflow_seconds` `overflow_to` helps; `hold_seconds` waits for the agent of last time."""

    name: Name
    overflow_to: str = ""
    overflow_seconds: _Seconds = 300
    hold_seconds: _Seconds = 0


class Team(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who serves which queues, and when they are there; without hours of its own a team keeps the company's."""

    name: Name
    queues: Annotated[tuple[Name, ...], Meta(max_length=100)] = ()
    members: Annotated[tuple[StaffId, ...], Meta(max_length=2000)] = ()
    time_zone: str = ""
    hours: dict[str, tuple[str, ...]] = {}
    closed_days: tuple[str, ...] = ()


class Lane(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where contacts go: those that are like this (an empty list takes any) get this queue, priority and needs."""

    reasons: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[Code, ...] = ()
    queue: Name = DEFAULT_QUEUE
    priority: Annotated[int, Meta(ge=-3, le=3)] = 0
    needs: Annotated[tuple[Need, ...], Meta(max_length=10)] = ()

    def takes(self, handoff: Handoff) -> bool:
        """Return whether a contact is like this."""
        asked = (
            (self.reasons, handoff.reason),
            (self.intents, handoff.intent),
            (self.channels, handoff.channel),
            (self.languages, handoff.language),
        )
        return all(not wanted or value in wanted for wanted, value in asked)


class RoutingPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a company says of routing; an empty plan is one queue, first come, first served.

    `weights` are the units of capacity that a conversation of a channel takes (1 if not named), `patience` how many
    times `patience_seconds` a channel's customers wait. `sticky_days` is for how long it counts who had a customer
    last; `reroute_minutes` after how long what somebody has who dropped out goes to others (0: never).
    `callback_minutes` is from which estimated wait a call-back is offered (0: never).
    """

    queues: Annotated[tuple[PlannedQueue, ...], Meta(max_length=100)] = ()
    teams: Annotated[tuple[Team, ...], Meta(max_length=200)] = ()
    skills: Annotated[tuple[Name, ...], Meta(max_length=200)] = ()
    lanes: Annotated[tuple[Lane, ...], Meta(max_length=200)] = ()
    weights: dict[str, _Weight] = {}
    patience: dict[str, _Factor] = {}
    patience_seconds: Annotated[int, Meta(ge=10, le=604_800)] = 600
    service_levels: Annotated[tuple[ServiceLevel, ...], Meta(max_length=100)] = ()
    sticky_days: Annotated[int, Meta(ge=0, le=365)] = 7
    reroute_minutes: Annotated[int, Meta(ge=0, le=1440)] = 10
    callback_minutes: Annotated[int, Meta(ge=0, le=1440)] = 0


class AgentProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent can: levels (1 to 3) of languages and skills, and the most of a channel at once.

    No languages means all of them.
    """

    languages: dict[Code, Level] = {}
    skills: dict[Name, Level] = {}
    most: dict[str, Annotated[int, Meta(ge=0, le=50)]] = {}


def direct(plan: RoutingPlan, handoff: Handoff) -> Handoff:
    """Return a contact with the queue, priority and needs of the first lane that takes it; as it was if none does.

    What was asked for with a priority keeps the higher of the two.
    """
    lane = next((one for one in plan.lanes if one.takes(handoff)), None)
    if lane is None:
        return handoff
    priority = max(handoff.priority, lane.priority) if handoff.priority else lane.priority
    return msgspec.structs.replace(handoff, queue=lane.queue, priority=priority, needs=lane.needs)


def rules_of_queues(plan: RoutingPlan) -> dict[str, QueueRule]:
    """Return what is special about each queue."""
    return {
        one.name: QueueRule(
            overflow_to=one.overflow_to, overflow_seconds=one.overflow_seconds, hold_seconds=one.hold_seconds
        )
        for one in plan.queues
    }


def queues_of(plan: RoutingPlan, staff_id: StaffId) -> frozenset[str]:
    """Return the queues of an agent's teams; none for somebody in no team, who serves them all."""
    return frozenset(queue for team in plan.teams if staff_id in team.members for queue in team.queues)


def team_of(plan: RoutingPlan, queue: str) -> Team | None:
    """Return the first team that serves a queue, whose hours hold for what waits in it."""
    return next((team for team in plan.teams if queue in team.queues), None)


def hours_of(team: Team, company: TenantSettings) -> TenantSettings:
    """Return the company's settings with the team's own hours, time zone and days off, where it has some."""
    own: dict[str, object] = {}
    if team.hours:
        own["hours"] = team.hours
    if team.time_zone:
        own["time_zone"] = team.time_zone
    if team.closed_days:
        own["closed_days"] = team.closed_days
    for name, value in own.items():
        company = change_tenant(company, name, value)
    return company


def check_plan(plan: RoutingPlan) -> None:
    """Raise `Malformed`, with the place, when a plan names what it does not have, the same twice, or odd hours.

    Its fact `what` says which: `no_queue`, `no_skill`, `twice`, `hours`, `level`.
    """
    queues = {DEFAULT_QUEUE, *_once("queues", (one.name for one in plan.queues))}
    skills = set(_once("skills", plan.skills))
    _once("teams", (one.name for one in plan.teams))
    for at, queue in enumerate(plan.queues):
        if queue.overflow_to and queue.overflow_to not in queues - {queue.name}:
            raise Malformed(f"queues[{at}].overflow_to: there is no other queue of this name", what="no_queue")
    for at, team in enumerate(plan.teams):
        _check_team(team, queues, place=f"teams[{at}]")
    for at, lane in enumerate(plan.lanes):
        _check_lane(lane, queues, skills, place=f"lanes[{at}]")
    _once("service_levels", (one.name for one in plan.service_levels))
    for at, level in enumerate(plan.service_levels):
        if not queues.issuperset(level.queues):
            raise Malformed(f"service_levels[{at}].queues: there is no queue of this name", what="no_queue")


def _check_team(team: Team, queues: set[str], *, place: str) -> None:
    if not queues.issuperset(team.queues):
        raise Malformed(f"{place}.queues: there is no queue of this name", what="no_queue")
    try:
        hours_of(team, TenantSettings())
    except SettingsInvalid as error:
        raise Malformed(f"{place}: {error}", what="hours") from error


def _check_lane(lane: Lane, queues: set[str], skills: set[str], *, place: str) -> None:
    if lane.queue not in queues:
        raise Malformed(f"{place}.queue: there is no queue of this name", what="no_queue")
    if not skills.issuperset(need.skill for need in lane.needs):
        raise Malformed(f"{place}.needs: there is no skill of this name", what="no_skill")
    if any(not 1 <= need.level <= 3 or not 0 <= need.wanted <= 3 for need in lane.needs):
        raise Malformed(f"{place}.needs: levels are 1 to 3", what="level")


def check_profile(plan: RoutingPlan, profile: AgentProfile) -> None:
    """Raise `Malformed` when a profile names a skill that the plan does not have."""
    if not set(plan.skills).issuperset(profile.skills):
        raise Malformed("skills: there is no skill of this name", what="no_skill")


def _once(place: str, names: Iterable[str]) -> tuple[str, ...]:
    found = tuple(names)
    if len(set(found)) != len(found):
        raise Malformed(f"{place}: a name comes twice", what="twice")
    return found
