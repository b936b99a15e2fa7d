"""How well a company is prepared for floods: what it has now, what was played with it, and whether that still holds."""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from doorward import __version__
from doorward.admission.drill import Lever, Ours, Readiness, shipped_scenarios
from doorward.admission.kept import Preparation, PreparationFailure, latest_preparation
from doorward.flow.preparedness import Gathering, Stock
from doorward.flow.preparedness.stock import changed_since
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

OLD: Final = timedelta(days=30)
"""What was played longer ago is old: companies change."""

Trouble = Literal["", "time", "broken", "lost"]
"""Why nothing came of what was asked last: it took too long, it ended without a result, or nobody has heard of it."""


class PlayingNow(msgspec.Struct, frozen=True, kw_only=True):
    """How many scenarios have been played of how many; `scenarios` is how many there are."""

    id: str
    asked_at: datetime
    asked_by: str
    played: int
    scenarios: int


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What was found when, by which version, with which figures of the company (`ours`).

    It was played `scale` times smaller than it is; minutes and money are told for its real size. `stale` are codes of
    what is no longer so: `age`, `version`, `people`, `at_once`, `handling`, `arrivals`, `rules`, `prices`.
    """

    id: str
    at: datetime
    version: str
    ours: Ours
    scale: float
    scenarios: tuple[Readiness, ...]
    levers: tuple[Lever, ...]
    stale: tuple[str, ...]


class PreparednessState(msgspec.Struct, frozen=True, kw_only=True):
    """What there is now; what is being played; what was found last; and why nothing came of what was asked since."""

    now: Stock
    playing: PlayingNow | None
    prepared: Prepared | None
    trouble: Trouble


def preparedness(tx: Tx, scope: Scope, *, gathering: Gathering) -> PreparednessState:
    """Return how well the company is prepared, as far as it is known."""
    stock, latest = gathering.stock(tx, scope), latest_preparation(tx, scope)
    done = latest_preparation(tx, scope, done=True)
    under_way = latest is not None and latest.is_under_way(tx.now)
    return PreparednessState(
        now=stock,
        playing=_playing(latest) if latest is not None and under_way else None,
        prepared=None if done is None else _prepared(done, stock, now=tx.now),
        trouble="" if latest is None or under_way else _trouble(latest),
    )


def _playing(latest: Preparation) -> PlayingNow:
    return PlayingNow(
        id=latest.id,
        asked_at=latest.asked_at,
        asked_by=latest.asked_by,
        played=latest.played,
        scenarios=latest.scenarios or len(shipped_scenarios()),
    )


def _prepared(done: Preparation, stock: Stock, *, now: datetime) -> Prepared | None:
    if done.ours is None or done.found is None:
        return None
    stale = (
        *(("age",) if now - done.seen_at > OLD else ()),
        *(("version",) if done.version != __version__ else ()),
        *changed_since(done.ours, stock),
    )
    return Prepared(
        id=done.id,
        at=done.seen_at,
        version=done.version,
        ours=done.ours,
        scale=round(done.ours.scale, 4),
        scenarios=done.found.scenarios,
        levers=done.found.levers,
        stale=stale,
    )


def _trouble(latest: Preparation) -> Trouble:
    reason: PreparationFailure = latest.reason
    if latest.state == "failed":
        return reason or "broken"
    return "" if latest.state == "done" else "lost"
