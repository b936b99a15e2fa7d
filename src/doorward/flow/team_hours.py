"""Whose hours hold for a conversation: those of the team whose queue it waits in, or would be put into."""

from collections.abc import Collection

from doorward import routing
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope


def queue_for(plan: routing.RoutingPlan, card: Card | None, *, language: str = "") -> str:
    """Return the queue in which a conversation waits; for one that does not, that which it would get if asked for.

    What has no card yet is known by its language and by the web chat alone: nothing else begins with a look at hours.
    """
    if card is None:
        return routing.direct(plan, Handoff(reason="asked_for_person", channel="webchat", language=language)).queue
    if card.state == "waiting" and card.queue:
        return card.queue
    known = Handoff(
        reason="asked_for_person", channel=card.channel, language=card.language or language, intent=card.intent
    )
    return routing.direct(plan, known).queue


def hours_at(plan: routing.RoutingPlan, queue: str, company: TenantSettings) -> TenantSettings:
    """Return the company's settings with the hours of the team that serves a queue; without a team they are its own."""
    team = routing.team_of(plan, queue)
    return company if team is None else routing.hours_of(team, company)


def anybody_for(plan: routing.RoutingPlan, queue: str, available: Collection[StaffId]) -> bool:
    """Return whether one of these members takes what waits in a queue; whoever is in no team serves them all."""
    for staff_id in available:
        queues = routing.queues_of(plan, staff_id)
        if not queues or queue in queues:
            return True
    return False


def hours_for(
    tx: Tx, scope: Scope, card: Card | None, *, company: TenantSettings, language: str = ""
) -> TenantSettings:
    """Return the hours that hold for a conversation, by the plan as it is now."""
    plan = routing.read_plan(tx, scope).plan
    return hours_at(plan, queue_for(plan, card, language=language), company)
