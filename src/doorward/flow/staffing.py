"""Who is there, who can what, and by which plan contacts go: what supervisors and agents say of it."""

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from doorward import routing, workspace
from doorward.identity import Member, Staff, permits
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Malformed, NotFound, Outdated
from doorward.vocabulary.ids import StaffId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.presence import PRESET_REASONS
from doorward.vocabulary.scope import Scope


class RoutedAgent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may have conversations: what they can, whether they take some now, how many they have.

    `presence` is null for somebody who never said whether they take conversations.
    """

    staff_id: StaffId
    name: str
    profile: routing.AgentProfile
    presence: routing.Presence | None
    conversations: int


class Staffing:
    """The verbs; `scope.actor` is who says it."""

    def __init__(
        self, transactions: Transactions, staff: Staff, settings_of: Callable[[TenantId], TenantSettings]
    ) -> None:
        """Take who works here, and how many conversations one has at once."""
        self._transactions = transactions
        self._staff = staff
        self._settings_of = settings_of

    async def step_away(self, scope: Scope, reason: str) -> routing.Presence:
        """Say that the acting agent takes nothing for now, and why: one of the reasons of every company, or its own.

        Raises `Malformed` for another.
        """
        capacity = (await asyncio.to_thread(self._settings_of, scope.tenant_id)).agent_capacity
        staff_id = StaffId(scope.actor.id)

        def work(tx: Tx) -> Outcome[routing.Presence]:
            if reason not in PRESET_REASONS and reason not in own_reasons(tx, scope):
                raise Malformed("reason: the company has no such reason")
            return routing.step_away(tx, scope, staff_id, capacity=capacity, reason=reason)

        return await self._transactions.write_async(scope, work)

    async def plan(self, scope: Scope) -> routing.Numbered:
        """Return the company's plan."""
        return await self._transactions.read_async(lambda tx: routing.read_plan(tx, scope))

    async def save_plan(self, scope: Scope, plan: routing.RoutingPlan, *, expected: int) -> routing.Numbered:
        """Put a plan into the place of number `expected`; whoever waits is given out by it.

        Raises `Outdated`, and `Malformed` as `routing.check_plan` and for members of teams who do not work here.
        """

        def work(tx: Tx) -> Outcome[routing.Numbered]:
            here = {member.id for member in self._staff.everybody(tx, scope)}
            for at, team in enumerate(plan.teams):
                if not here.issuperset(team.members):
                    raise Malformed(f"teams[{at}].members: somebody does not work here", what="not_here")
            return routing.save_plan(tx, scope, plan, expected=expected)

        return await self._transactions.write_async(scope, work)

    async def agents(self, scope: Scope) -> tuple[RoutedAgent, ...]:
        """Return everybody who may have conversations, by user name."""
        return await self._transactions.read_async(lambda tx: self._agents(tx, scope))

    async def save_profile(
        self,
        scope: Scope,
        staff_id: StaffId,
        profile: routing.AgentProfile,
        *,
        expected: routing.AgentProfile | None = None,
    ) -> RoutedAgent:
        """Say what somebody can; whoever waits is given out by it.

        `expected` is what the writer read. Raises `NotFound`, `Malformed`, and `Outdated` where it is otherwise by now.
        """

        def work(tx: Tx) -> Outcome[RoutedAgent]:
            member = self._staff.find(tx, scope, staff_id)
            if not _may_have_conversations(member):
                raise NotFound("this member of staff has no conversations")
            known = routing.read_profiles(tx, scope).get(staff_id, routing.AgentProfile())
            if expected is not None and known != expected:
                raise Outdated("it was changed meanwhile")
            saved = routing.save_profile(tx, scope, staff_id, profile)
            load = routing.staff_load(tx, scope)
            return Outcome(_agent(tx, scope, member, profile, load.get(staff_id, 0)), saved.entries)

        return await self._transactions.write_async(scope, work)

    def _agents(self, tx: Tx, scope: Scope) -> tuple[RoutedAgent, ...]:
        profiles, load = routing.read_profiles(tx, scope), routing.staff_load(tx, scope)
        return tuple(
            _agent(tx, scope, member, profiles.get(member.id, routing.AgentProfile()), load.get(member.id, 0))
            for member in self._staff.everybody(tx, scope)
            if _may_have_conversations(member)
        )


def own_reasons(tx: Tx, scope: Scope) -> Mapping[str, str]:
    """Return the reasons that a company has beside those of every company: what they are called, by key."""
    return {one.key: one.piece.name for one in workspace.list_pieces(tx, scope, "reason")}


def _may_have_conversations(member: Member) -> bool:
    return not member.disabled and permits(member.role, "conversations:write")


def _agent(tx: Tx, scope: Scope, member: Member, profile: routing.AgentProfile, conversations: int) -> RoutedAgent:
    return RoutedAgent(
        staff_id=member.id,
        name=member.display_name,
        profile=profile,
        presence=routing.presence_of(tx, scope, member.id),
        conversations=conversations,
    )
