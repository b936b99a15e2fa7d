"""Ways of assigning: the real one, and simpler ones to compare with."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from bench.routing.drawing import PATIENCE, WEIGHTS
from bench.routing.simulating import Way
from doorward.routing.claims import Claims
from doorward.routing.lately import Lately, demand_of, mean_wait, waits_of
from doorward.routing.matching import Agent, Contact, Rules, able, match


def real(
    waiting: Sequence[Contact], agents: Sequence[Agent], now: datetime, lately: Mapping[str, Lately]
) -> Iterable[tuple[str, str]]:
    """What Doorward does."""
    claims = Claims(patience=PATIENCE, waited=waits_of(lately), mean_waited=mean_wait(lately))
    rules = Rules(claims=claims, weights=WEIGHTS, demand=demand_of(lately))
    return [(one.conversation_id, one.staff_id) for one in match(waiting, agents, now, rules=rules)]


def in_order(key: Callable[[Contact], object], *, chance: random.Random | None = None) -> Way:
    """Return the way that takes contacts in an order, and for each whoever has most room (or anybody, by chance)."""

    def way(
        waiting: Sequence[Contact], agents: Sequence[Agent], now: datetime, lately: Mapping[str, Lately]
    ) -> Iterable[tuple[str, str]]:
        room = {one.staff_id: one.capacity - sum(WEIGHTS[name] * n for name, n in one.has.items()) for one in agents}
        for contact in sorted(waiting, key=key):  # type: ignore[arg-type]
            needed = WEIGHTS[contact.channel]
            fitting = [one for one in agents if room[one.staff_id] >= needed and able(one, contact)]
            if fitting:
                chosen = chance.choice(fitting) if chance else min(fitting, key=lambda one: -room[one.staff_id])
                room[chosen.staff_id] -= needed
                yield contact.conversation_id, chosen.staff_id

    return way


def ways(seed: int) -> dict[str, Way]:
    """Return all ways by their names."""
    chance = random.Random(seed)
    return {
        "match": real,
        "first come, most room": in_order(lambda one: (one.entered_at, one.conversation_id)),
        "strict priority": in_order(lambda one: (-one.priority, one.entered_at, one.conversation_id)),
        "chance": in_order(lambda _one: chance.random(), chance=chance),
    }
