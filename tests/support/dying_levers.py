"""A program that dies while somebody holds a level, as `kill -9` does, and is started again: a life for each.

`python -m tests.support.dying_levers FOLDER ADDRESS POINT...`: an installation, and where to die. Prints what then is
known, as JSON.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward import record, routing
from doorward.admission.kept import list_changes, read_kept
from doorward.bootstrap import House
from doorward.flow.flood import keeping, levers
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import house_text
from tests.support.dying import live_once, open_again
from tests.support.house import shared_engines, tenant_of

POINTS: Final = ("saving", "telling", "committing", "told")
"""Before the level is kept, before the audit is written, before the transaction is whole, and behind the answer."""


class After(msgspec.Struct, frozen=True, kw_only=True):
    """What the next life finds: whether somebody had the answer, the level, who holds it, changes and audit lines; and
    the level and the changes once it was held again.
    """

    point: str
    answered: bool
    level: str
    held_by: str
    changes: int
    audited: int
    again: tuple[str, int]


def main(folder: Path, address: str, points: list[str]) -> list[After]:
    """Live twice for each point."""
    shared_engines()  # built once for all lives
    found = []
    for point in points:
        answer = live_once(lambda say, p=point: _die(say, open_again(folder, address), p))  # type: ignore[misc]
        after = live_once(lambda say, a=answer, p=point: _go_on(say, open_again(folder, address), a, p))  # type: ignore[misc]
        found.append(msgspec.json.decode(after, type=After))
    return found


def _scope(house: House) -> Scope:
    return system_scope(tenant_of(house, "halden").id, "supervisor")


def _hold(house: House, level: str) -> str:
    until = house.clock.now() + timedelta(hours=1)
    return house.flooding.levers.override(_scope(house), level, note=house_text("A drill"), until=until).level


def _die(say: Callable[[bytes], None], house: House, point: str) -> None:
    _arm(point)
    say(_hold(house, "red").encode())
    os.kill(os.getpid(), signal.SIGKILL)


def _go_on(say: Callable[[bytes], None], house: House, answer: bytes, point: str) -> None:
    scope = _scope(house)
    level, held_by, changes, audited = house.transactions.read(lambda tx: _standing(tx, scope))
    house.flooding.levers.release(scope)
    _hold(house, "amber")
    again, _, changes_then, _ = house.transactions.read(lambda tx: _standing(tx, scope))
    house.flooding.levers.release(scope)
    after = After(
        point=point,
        answered=bool(answer),
        level=level,
        held_by=held_by,
        changes=changes,
        audited=audited,
        again=(again, changes_then),
    )
    say(msgspec.json.encode(after))


def _standing(tx: Tx, scope: Scope) -> tuple[str, str, int, int]:
    kept = read_kept(tx, scope)
    override = None if kept is None else kept.alert.override
    changes = len(list_changes(tx, scope, limit=500))
    audited = sum(one.action.startswith("flood.") for one in record.latest_audit(tx, scope, limit=500))
    return ("green" if kept is None else kept.alert.level, "" if override is None else override.by, changes, audited)


def _arm(point: str) -> None:
    """Die at a point; what comes before it is done as ever."""

    def dies(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    patched: Any
    match point:
        case "saving":
            patched = levers
            patched.save_kept = dies
        case "telling":
            patched = keeping.FloodWatch
            patched.tell = dies
        case "committing":
            patched = routing
            patched.keep_free = dies
        case _:
            pass  # it dies with the answer on its lips


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])).decode())
