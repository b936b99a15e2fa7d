"""A program that dies around an act of a procedure as `kill -9` does, and is started again: a life for each.

`python -m tests.support.dying_acts FOLDER ADDRESS POINT...`: an installation, and where to die. For each point one life
plays a customer up to their yes and dies there; the next one works off what was left. Prints what then is, as JSON.
"""

import itertools
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward import record
from doorward.bootstrap import House
from doorward.flow import closing, runner
from doorward.flow.procedures import Gate
from doorward.identity import Tenant
from doorward.plugins.companies.halden import changing
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import CUSTOMER, make_seed_of
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope, system_scope
from tests.support import playing
from tests.support.dying import live_once, open_again
from tests.support.halden import PROCEDURES
from tests.support.house import shared_engines, tenant_of
from tests.support.playing import OwnCore, Stage, World

POINTS: Final = ("granting", "asking", "doing", "answering", "closing", "closed")
"""Before the right to it is kept, before the call, within it, after it, before the answer is kept, and after that."""

WORLD: Final[dict[str, Any]] = {"device": [{"serial": "HT-4100-01", "merchant": "Larkspur Books"}]}
WISH: Final = "I need paper rolls for my terminal"


class After(msgspec.Struct, frozen=True, kw_only=True):
    """What is when all was worked off: orders in the core system, what the bot said behind the yes, acts, open runs."""

    point: str
    orders: int
    said: tuple[str, ...]
    acted: tuple[str, ...]
    state: str
    jobs: int


def main(folder: Path, address: str, points: list[str]) -> list[After]:
    """Live twice for each point."""
    shared_engines()  # built once for all lives
    found = []
    for number, point in enumerate(points):
        cores = Path(tempfile.mkdtemp(prefix="doorward-dying-"))
        begun = live_once(lambda say, n=number, p=point, c=cores: _die(say, open_again(folder, address), c, (n, p)))  # type: ignore[misc]
        after = live_once(lambda say, b=begun, p=point, c=cores: _go_on(say, open_again(folder, address), c, (b, p)))  # type: ignore[misc]
        found.append(msgspec.json.decode(after, type=After))
    return found


def _die(say: Callable[[bytes], None], house: House, cores: Path, which: tuple[int, str]) -> None:
    number, point = which
    playing._numbers = itertools.count(1 + 100 * number)
    tenant = tenant_of(house, "halden")
    core = HaldenCore(cores, seed=make_seed_of(WORLD), clock=house.clock)
    house.procedure_book.load(tenant.id, PROCEDURES, core=core, languages=tenant.settings.languages)
    stage = Stage(house, tenant)
    world = World(stage, WORLD, number=1 + 100 * number, language="en")
    stage.use(OwnCore(core, {world.reference: CUSTOMER}))
    stage.hints = {WISH: "terminal.order"}
    customer = world.customer()
    customer.say(WISH)
    say(msgspec.json.encode((customer.conversation_id, world.reference)))
    _arm(point)
    customer.say("yes")
    raise SystemExit("nobody died")


def _go_on(say: Callable[[bytes], None], house: House, cores: Path, left: tuple[bytes, str]) -> None:
    conversation_id, reference = msgspec.json.decode(left[0], type=tuple[ConversationId, str])
    tenant = tenant_of(house, "halden")
    core = HaldenCore(cores, seed=make_seed_of(WORLD), clock=house.clock)
    own = OwnCore(core, {reference: CUSTOMER})
    house.procedure_book.load(tenant.id, PROCEDURES, core=own, languages=tenant.settings.languages)
    house.runner.recover(all_of_them=True)
    house.runner.close()
    jobs = house.jobs.run_jobs()
    lines = house.transactions.read(lambda tx: record.entries_after(tx, _scope(tenant), conversation_id))
    yes = max(line.seq for line in lines if line.entry.kind == "message.customer")
    card = house.transactions.read(lambda tx: record.card_of(tx, _scope(tenant), conversation_id))
    after = After(
        point=left[1],
        orders=len(core.things(CUSTOMER, "order")),
        said=tuple(_text(line) for line in lines if line.entry.kind == "message.bot" and line.seq > yes),
        acted=tuple(str(line.entry.data["outcome"]) for line in lines if line.entry.kind == "procedure.acted"),
        state="" if card is None else card.state,
        jobs=jobs,
    )
    say(msgspec.json.encode(after))


def _scope(tenant: Tenant) -> Scope:
    return system_scope(tenant.id, "test")


def _text(line: record.WrittenEntry) -> str:
    return "" if line.entry.text is None else line.entry.text.text


def _arm(point: str) -> None:
    """Die at a point; what comes before it is done as ever."""

    def dies(verb: Callable[..., Any], *, first: bool = False) -> Callable[..., Any]:
        def dying(*args: Any, **named: Any) -> Any:
            if not first:
                verb(*args, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        return dying

    patched: Any
    match point:
        case "granting":
            patched = Gate
            patched._granted = dies(patched._granted)
        case "asking" | "answering":
            patched = OwnCore
            patched.carry_out = dies(patched.carry_out, first=point == "asking")
        case "doing":
            patched = changing
            verbs = dict(patched._VERBS)
            patched._VERBS = {name: dies(verb) for name, verb in verbs.items()}
        case "closing":
            patched = closing
            patched.close = dies(patched.close)
        case _:
            patched = runner.Runner
            patched.walk_now = dies(patched.walk_now)


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])).decode())
