"""Keeping a company's plan and what its agents can; whoever waits is given out anew by what was changed."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.giving import drain, plan_of
from doorward.routing.plan import AgentProfile, RoutingPlan, check_plan, check_profile, direct
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Outdated
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """A plan and its number, which rises with every change; 0 before the first. `changed_at` is null then."""

    number: int
    plan: RoutingPlan
    changed_at: datetime | None = None


def read_plan(tx: Tx, scope: Scope) -> Numbered:
    """Return the tenant's plan, an empty one before the first."""
    row = repository.find_plan(tx, scope)
    if row is None:
        return Numbered(number=0, plan=RoutingPlan())
    return Numbered(number=row.number, plan=msgspec.convert(row.plan, RoutingPlan), changed_at=row.changed_at)


def save_plan(tx: Tx, scope: Scope, plan: RoutingPlan, *, expected: int) -> Outcome[Numbered]:
    """Put a plan into the place of number `expected`, and give out what waits by it.

    Raises `Malformed` as `check_plan`, and `Outdated` when somebody else changed the plan meanwhile.
    """
    check_plan(plan)
    repository.lock_queue(tx, scope)
    now = read_plan(tx, scope).number
    if now != expected:
        raise Outdated(f"the plan has number {now} by now")
    repository.save_plan(tx, scope, number=now + 1, plan=plan)
    audit = AuditEvent(
        action="routing.planned", object_kind="tenant", object_id=scope.tenant_id, fields=plan.__struct_fields__
    )
    return Outcome(Numbered(number=now + 1, plan=plan, changed_at=tx.now), (audit, *drain(tx, scope)))


def read_profiles(tx: Tx, scope: Scope) -> Mapping[StaffId, AgentProfile]:
    """Return what is said of agents; of whom nothing was ever said is left out."""
    found = repository.profiles(tx, scope)
    return {StaffId(staff_id): msgspec.convert(profile, AgentProfile) for staff_id, profile in found.items()}


def save_profile(tx: Tx, scope: Scope, staff_id: StaffId, profile: AgentProfile) -> Outcome[AgentProfile]:
    """Say what an agent can, and give out what waits by it. Raises `Malformed` for a skill that there is not."""
    repository.lock_queue(tx, scope)
    check_profile(plan_of(tx, scope), profile)
    repository.save_profile(tx, scope, staff_id, profile)
    fields = profile.__struct_fields__
    audit = AuditEvent(action="routing.profiled", object_kind="staff", object_id=staff_id, fields=fields)
    return Outcome(profile, (audit, *drain(tx, scope)))


def direct_by_plan(tx: Tx, scope: Scope, handoff: Handoff) -> Handoff:
    """Return a contact with the queue, priority and needs that the tenant's plan gives it."""
    return direct(plan_of(tx, scope), handoff)
