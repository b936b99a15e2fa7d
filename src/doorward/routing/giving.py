"""Giving out: what waits and who is there are read, `match` is asked, and its answer is written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.claims import Claims
from doorward.routing.estimating import Handling, estimate_wait
from doorward.routing.lately import Lately, demand_of, mean_wait, noted, share_of, waits_of
from doorward.routing.matching import NO_RESERVE, Agent, Assignment, Contact, Reserve, Rules, match, ordered
from doorward.routing.plan import AgentProfile, RoutingPlan, queues_of, rules_of_queues
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.reply import Need
from doorward.vocabulary.scope import Scope

MOST_WAITING: Final = 2_000
"""So many of those who wait are looked at, those who came first."""

HANDLED: Final = "handled"
HANDLED_REMEMBERED: Final = 500
"""Under what it is counted how long conversations lasted, and over about how many of them."""


def plan_of(tx: Tx, scope: Scope) -> RoutingPlan:
    """Return the tenant's plan, an empty one before the first."""
    row = repository.find_plan(tx, scope)
    return RoutingPlan() if row is None else msgspec.convert(row.plan, RoutingPlan)


def waiting_in_order(tx: Tx, scope: Scope) -> list[Any]:
    """Return the rows of those who wait, the next first."""
    return [row for _, row in waiting_by(tx, scope, tx.now, claims_now(tx, scope), limit=MOST_WAITING)]


def reserve_of(tx: Tx, scope: Scope) -> Reserve:
    """Return what is kept free of whom, nothing before anybody said so."""
    row = repository.find_reserve(tx, scope)
    return NO_RESERVE if row is None else Reserve(by_rank=row.by_rank, kept=tuple(row.kept))


def claims_now(tx: Tx, scope: Scope) -> Claims:
    """Return what a second of waiting costs by the tenant's plan, and by what was waited lately."""
    return _claims(plan_of(tx, scope), _lately(tx, scope))


def waiting_by(tx: Tx, scope: Scope, at: datetime, claims: Claims, *, limit: int) -> list[tuple[float, Any]]:
    """Return the rows of those who wait with their claims at a moment, the largest first."""
    by_rank = reserve_of(tx, scope).by_rank
    rows = {row.conversation_id: row for row in repository.waiting_items(tx, scope, limit=limit, by_rank=by_rank)}
    found = ordered((_contact(row) for row in rows.values()), at, claims, by_rank=by_rank)
    return [(claim, rows[contact.conversation_id]) for claim, contact in found]


def drain(tx: Tx, scope: Scope) -> tuple[Entry | AuditEvent, ...]:
    """Give those who wait to those who are there, as `match` says, and return what was written down."""
    present, reserve = repository.present_staff(tx, scope), reserve_of(tx, scope)
    waiting = repository.waiting_items(tx, scope, limit=MOST_WAITING, by_rank=reserve.by_rank)
    rows = {row.conversation_id: row for row in waiting}
    if not present or not rows:
        return ()
    plan, lately = plan_of(tx, scope), _lately(tx, scope)
    rules = Rules(
        claims=_claims(plan, lately),
        queues=rules_of_queues(plan),
        weights=plan.weights,
        demand=demand_of(lately),
        reserve=reserve,
    )
    agents = agents_of(tx, scope, plan, present)
    entries: list[Entry | AuditEvent] = []
    for given in match((_contact(row) for row in rows.values()), agents, tx.now, rules=rules):
        row = rows[given.conversation_id]
        entries += give(tx, scope, row, StaffId(given.staff_id), why=given)
    return tuple(entries)


def give(
    tx: Tx, scope: Scope, item: Any, staff_id: StaffId, *, why: Assignment | None = None
) -> tuple[Entry | AuditEvent, ...]:
    """Write that an agent has what waits or is with somebody else, and count how long it waited.

    `why` is what `match` says; what somebody took or was handed has none.
    """
    waited = item.staff_id is None
    repository.assign_item(tx, scope, ConversationId(item.conversation_id), staff_id)
    repository.save_last(tx, scope, PartyId(item.party_id), staff_id)
    if waited:
        count_wait(tx, scope, item)
    return _assigned(tx, scope, item, staff_id, why)


def count_wait(tx: Tx, scope: Scope, item: Any) -> None:
    """Count what a contact asked for and how long it waited, answered or not."""
    before = _lately(tx, scope)
    patience = _claims(plan_of(tx, scope), before).patience_of(item.priority, item.channel)
    share = share_of((tx.now - item.entered_at).total_seconds(), patience)
    after = noted(before, _contact(item), share=share)
    changed = {name: one for name, one in after.items() if before.get(name) != one}
    counts = {name: (one.contacts, one.waited) for name, one in changed.items()}
    repository.save_lately(tx, scope, counts, known=frozenset(before))


def count_handling(tx: Tx, scope: Scope, item: Any) -> None:
    """Count how long a conversation was with the agent who had it last."""
    before = repository.find_lately(tx, scope)
    row = before.get(HANDLED)
    seconds = max((tx.now - item.assigned_at).total_seconds(), 0.0)
    contacts, lasted = (0.0, 0.0) if row is None else (row.contacts, row.waited)
    if contacts >= HANDLED_REMEMBERED:
        contacts, lasted = contacts / 2, lasted / 2
    repository.save_lately(tx, scope, {HANDLED: (contacts + 1, lasted + seconds)}, known=frozenset(before))


def handling_of(tx: Tx, scope: Scope) -> Handling:
    """Return how long conversations lasted lately."""
    row = repository.find_lately(tx, scope).get(HANDLED)
    return Handling() if row is None else Handling(seconds=row.waited / row.contacts, conversations=row.contacts)


def estimate_of(tx: Tx, scope: Scope, item: Any, *, ahead: int) -> float | None:
    """Return in how many seconds what waits may expect an answer, None where nobody is there who may have it."""
    return _estimates(tx, scope, [(ahead, item)])[0]


def estimates_of(tx: Tx, scope: Scope, rows: Sequence[Any]) -> list[float | None]:
    """Return the same for all who wait, the next first."""
    return _estimates(tx, scope, list(enumerate(rows)))


def _estimates(tx: Tx, scope: Scope, places: Sequence[tuple[int, Any]]) -> list[float | None]:
    plan, handling = plan_of(tx, scope), handling_of(tx, scope)
    agents = agents_of(tx, scope, plan, repository.present_staff(tx, scope))
    rules = Rules(weights=plan.weights)
    return [estimate_wait(_contact(row), ahead, agents, handling=handling, rules=rules) for ahead, row in places]


def _lately(tx: Tx, scope: Scope) -> dict[str, Lately]:
    found = repository.find_lately(tx, scope)
    return {name: Lately(contacts=row.contacts, waited=row.waited) for name, row in found.items() if name != HANDLED}


def _claims(plan: RoutingPlan, lately: dict[str, Lately]) -> Claims:
    return Claims(
        patience_seconds=float(plan.patience_seconds),
        patience=plan.patience,
        waited=waits_of(lately),
        mean_waited=mean_wait(lately),
    )


def _contact(row: Any) -> Contact:
    return Contact(
        conversation_id=ConversationId(row.conversation_id),
        entered_at=row.entered_at,
        priority=row.priority,
        queue=row.queue,
        channel=row.channel,
        language=row.language,
        needs=msgspec.convert(row.needs, tuple[Need, ...]),
        last_agent=None if row.last_agent is None else StaffId(row.last_agent),
        put_back_by=None if row.put_back_by is None else StaffId(row.put_back_by),
        rank=row.rank,
    )


def agents_of(tx: Tx, scope: Scope, plan: RoutingPlan, present: Any) -> list[Agent]:
    """Return those whose presence rows these are, with what they can and what they have."""
    has = repository.load_by_channel(tx, scope)
    profiles = repository.profiles(tx, scope)
    return [_agent(plan, row, profiles.get(row.staff_id, {}), has.get(row.staff_id, {})) for row in present]


def _agent(plan: RoutingPlan, presence: Any, profile: Any, has: dict[str, int]) -> Agent:
    can = msgspec.convert(profile, AgentProfile)
    return Agent(
        staff_id=StaffId(presence.staff_id),
        capacity=presence.capacity,
        has=has,
        most=can.most,
        queues=queues_of(plan, StaffId(presence.staff_id)),
        languages=can.languages,
        skills=can.skills,
    )


def _assigned(
    tx: Tx, scope: Scope, item: Any, staff_id: StaffId, why: Assignment | None
) -> tuple[Entry | AuditEvent, ...]:
    conversation_id = ConversationId(item.conversation_id)
    reasons = {} if why is None else {"claim": why.claim, "fit": why.fit, "because": list(why.because)}
    entry = Entry(
        kind="handoff.assigned",
        conversation_id=conversation_id,
        party_id=PartyId(item.party_id),
        # The moment of assignment makes the key: the same agent may get the same conversation again another time.
        key=f"assigned:{staff_id}:{tx.now.isoformat()}:{item.entered_at.isoformat()}",
        at=tx.now,
        actor=scope.actor,
        data={"staff_id": staff_id} | reasons,
    )
    audit = AuditEvent(
        action="conversation.assigned", object_kind="conversation", object_id=conversation_id, fields=("assignee",)
    )
    return (entry, audit)
