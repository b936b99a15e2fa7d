"""What the pages of the routing plan show and choose from."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec

from doorward.doors.web.desk.plan.parts import PRIORITIES
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.staffing import RoutedAgent
from doorward.kit.tenant_settings import DAYS, TenantSettings
from doorward.routing import DEFAULT_QUEUE, RoutingPlan


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """The plan as it is now, and what its forms choose from: queues, channels, languages, reasons, people.

    The reasons are those for which policies hand a contact over, and those that the plan names already.
    """

    number: int
    plan: RoutingPlan
    changed_at: datetime | None
    settings: TenantSettings
    queues: tuple[str, ...]
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    reasons: tuple[str, ...]
    people: tuple[RoutedAgent, ...]

    def name_of(self, staff_id: str) -> str:
        """Return how somebody is called; who has no conversations any more, by their id."""
        return next((one.name for one in self.people if one.staff_id == staff_id), staff_id)


async def around(desk: DeskCall) -> Around:
    """Return what the pages show. Everybody who may see the queue may see by which plan it goes."""
    scope, house = desk.require("queue:read"), desk.house
    settings = await asyncio.to_thread(house.settings_book.settings_of, scope.tenant_id)
    now = await house.staffing.plan(scope)
    plan = now.plan
    channels = (channel.id for channel in house.plugins.channels)
    named = (*plan.weights, *plan.patience, *(one for lane in plan.lanes for one in lane.channels))
    spoken = (code for lane in plan.lanes for code in lane.languages)
    handed = (rule.reason for one in house.plugins.policies for rule in one.rules() if rule.action == "hand_over")
    reasons = (*handed, "walk_failed", *(one for lane in plan.lanes for one in lane.reasons))
    return Around(
        number=now.number,
        plan=plan,
        changed_at=now.changed_at,
        settings=settings,
        queues=tuple(dict.fromkeys((DEFAULT_QUEUE, *(one.name for one in plan.queues)))),
        channels=tuple(dict.fromkeys((*channels, *named))),
        languages=tuple(dict.fromkeys((*settings.languages, *spoken))),
        reasons=tuple(dict.fromkeys(reasons)),
        people=await house.staffing.agents(scope),
    )


def shown(found: Around) -> dict[str, Any]:
    """Return what every page of the plan needs."""
    return {"around": found, "plan": found.plan, "days": DAYS, "priorities": PRIORITIES, "default_queue": DEFAULT_QUEUE}
