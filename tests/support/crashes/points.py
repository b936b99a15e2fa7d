"""Where a house can be killed exactly: before, in and after every transaction of a message's way."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import Any, Final

from doorward.bootstrap import House
from doorward.flow import closing
from doorward.flow.stages import STAGES
from doorward.flow.steps import Steps
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome

AT_START: Final = frozenset({"recover.leased"})
"""Points that lie in the opening of the house, where what an earlier death left is taken up."""

POINTS: Final = (
    "accept.uncommitted",
    "accept.committed",
    "accept.unacknowledged",
    "walk.loaded",
    *(f"{stage.name}.{when}" for stage in STAGES for when in ("computed", "kept")),
    "steps.uncommitted",
    "steps.committed",
    "close.uncommitted",
    "close.committed",
    "seal.unsigned",
    "recover.leased",
)


class Fate:
    """Kills this process, as `kill -9` does, when a point is passed for the given time."""

    def __init__(self, point: str, passing: int) -> None:
        """Die when `point` is passed for the `passing`th time."""
        self._point = point
        self._left = passing

    def is_near(self, places: str) -> bool:
        """Return whether the point is one of these places, as the beginning of their names says."""
        return self._point.startswith(places)

    def passes(self, point: str) -> None:
        """Pass a point, or die there."""
        if point != self._point:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(house: House, fate: Fate) -> None:
    """Have a house meet its fate. Nothing else of it is changed: every wrapped call does what it did."""
    _arm_acceptance(house, fate)
    _arm_walk(house, fate)
    _arm_transactions(house, fate)
    for begin in ("_begin", "_load"):
        _after(house.runner, begin, lambda _: fate.passes("walk.loaded"))
    _before(house.sealer, "_write_head", lambda: fate.passes("seal.unsigned"))


def arm_start(house: House, fate: Fate) -> None:
    """Have a house meet its fate while it takes up what an earlier death left: leased, but not walked yet."""
    _before(house.runner, "submit", lambda: fate.passes("recover.leased"))


def _arm_acceptance(house: House, fate: Fate) -> None:
    _before(house.front_door, "_submit", lambda: fate.passes("accept.committed"))


def _arm_walk(house: House, fate: Fate) -> None:
    computed = house.runner._stage_seen
    take = house.runner._take

    def seen(name: str, seconds: float) -> None:
        computed(name, seconds)
        fate.passes(f"{name}.computed")

    def taken(walk: Any, stage: Any, *arguments: Any, **named: Any) -> None:
        take(walk, stage, *arguments, **named)
        fate.passes(f"{stage.name}.kept")

    write = Steps._write

    def written(self: Steps, tx: Tx) -> Outcome[None]:
        outcome = write(self, tx)
        fate.passes("steps.uncommitted")
        tx.after_commit(lambda: fate.passes("steps.committed"))
        return outcome

    keep = Steps.keep

    def kept(self: Steps, stage: str, result: bytes) -> None:
        keep(self, stage, result)
        if fate.is_near("steps."):
            self.flush()  # a quick walk is over before anything of it is written
            wait(self._writes)

    house.runner._stage_seen = seen
    Steps.keep = kept  # type: ignore[method-assign]  # as below
    house.runner._take = taken  # type: ignore[method-assign]  # because this copy of the house is to die
    Steps._write = written  # type: ignore[method-assign]  # as above


def _arm_transactions(house: House, fate: Fate) -> None:
    settle, write = house.transactions._settle, house.transactions.write

    def settled(tx: Tx, scope: Any, entries: Sequence[Any], jobs: Sequence[Any]) -> None:
        settle(tx, scope, entries, jobs)
        kinds = {getattr(entry, "kind", "") for entry in entries}
        if "message.customer" in kinds:
            fate.passes("accept.uncommitted")
        if "decision.made" in kinds:
            fate.passes("close.uncommitted")

    def written(scope: Any, work: Callable[[Tx], Any]) -> Any:
        value = write(scope, work)
        if isinstance(value, closing.Closed) and not value.moved:
            fate.passes("close.committed")
        return value

    house.transactions._settle = settled
    house.transactions.write = written  # type: ignore[method-assign]  # as above


def _before(owner: object, name: str, call: Callable[[], None]) -> None:
    original = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        call()
        return original(*arguments, **named)

    setattr(owner, name, wrapped)


def _after(owner: object, name: str, call: Callable[[Any], None]) -> None:
    original = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        result = original(*arguments, **named)
        call(result)
        return result

    setattr(owner, name, wrapped)
