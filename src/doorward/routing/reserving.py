"""Keeping people free while too many come: whose work waits, how much room there is, and what is kept from whom.

How much is kept is not decided here: whoever knows of floods says it in whole places.
"""

from collections.abc import Mapping

import msgspec

from doorward.kit.tx import Tx
from doorward.routing import repository
from doorward.routing.giving import agents_of, drain, handling_of, plan_of, reserve_of
from doorward.routing.matching import Reserve
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """How much people can take: `places` of those who are there and how many are `taken`, how many of each rank wait,
    and how many seconds a conversation lasts on the mean.
    """

    places: int
    taken: int
    waiting: Mapping[int, int]
    handling: float


def load_of(tx: Tx, scope: Scope) -> Load:
    """Return how much people can take now."""
    plan = plan_of(tx, scope)
    agents = agents_of(tx, scope, plan, repository.present_staff(tx, scope))
    units = [sum(plan.weights.get(name, 1) * number for name, number in one.has.items()) for one in agents]
    return Load(
        places=sum(one.capacity for one in agents),
        taken=sum(min(used, one.capacity) for used, one in zip(units, agents, strict=True)),
        waiting=repository.count_waiting(tx, scope),
        handling=handling_of(tx, scope).seconds,
    )


def keep_free(tx: Tx, scope: Scope, reserve: Reserve) -> Outcome[bool]:
    """Keep places free of ranks from now on, and give out what may be given out by that; return whether it is new."""
    if reserve == reserve_of(tx, scope):
        return Outcome(False)
    repository.lock_queue(tx, scope)
    repository.save_reserve(tx, scope, {"by_rank": reserve.by_rank, "kept": list(reserve.kept)})
    return Outcome(True, drain(tx, scope))
