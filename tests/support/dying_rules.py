"""A program whose rules act in one life after the other, each killed as `kill -9` does, a transaction later each time.

`python -m tests.support.dying_rules ADDRESS RULE...`: the database's address, and rules as JSON. The first life hears a
message; each works off what an earlier one left, and the last ends by itself. Prints how many lives there were.
"""

import os
import signal
import sys
from datetime import timedelta
from typing import Any, Final

import msgspec

from doorward import workspace
from doorward.automation import Rule
from doorward.flow.automation import RuleWork
from doorward.flow.settle import Settlement
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.jobs import LEASE, JobWorker
from doorward.kit.tx import Transactions, Tx
from doorward.workspace import CannedReply, Label, PieceName
from tests.support.transactions import NOON, SCOPE
from tests.support.walking import Flow
from tests.support.words import packs

MOST_LIVES: Final = 30
PIECES: Final = {
    "vip": Label(name="VIP"),
    "wait": CannedReply(name="Wait", shortcut="wait", texts={"en": "{company} is slow today."}),
}


def main(address: str, rules: tuple[Rule, ...]) -> int:
    """Live until a life ends by itself, and return how many lives there were."""
    packs()  # read once for all lives
    for number in range(MOST_LIVES):
        child = os.fork()
        if child == 0:
            _live(address, rules, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise SystemExit(f"life {number} failed")
            return number + 1
    raise SystemExit("no life ended by itself")


def _live(address: str, rules: tuple[Rule, ...], number: int) -> None:
    database = Database.open(address)
    settlement = Settlement(ProcessBus(), ring=lambda: None)
    clock = FixedClock(NOON + number * (LEASE + timedelta(hours=1)))
    transactions = Transactions(database, clock=clock, settle=settlement)
    flow = Flow(transactions)
    work = RuleWork(transactions, flow.desk_rooms, company_of=lambda _tx, _scope: "Halden")
    settlement.announce = work.follower.follow
    worker = JobWorker(transactions)
    worker.register(work.job.kind, work.job)
    if number == 0:
        for key, piece in PIECES.items():
            transactions.write(SCOPE, lambda tx, k=key, p=piece: workspace.put_piece(tx, SCOPE, PieceName(k), p))  # type: ignore[misc]
        transactions.write(SCOPE, lambda tx: work.save(tx, SCOPE, rules, expected=0))
        flow.say("hello")
    _arm(number)
    while worker.run_jobs():
        clock.advance(timedelta(seconds=1))
    transactions.close()
    database.close()


def _arm(number: int) -> None:
    """Die in the transaction of this number: those with even ones before it is durable, the others behind it."""
    left = [number // 2]
    run, committed = Transactions._run, Tx.committed

    def pass_by() -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def ran(self: Transactions, tx: Tx, task: Any) -> Any:
        value = run(self, tx, task)
        if number % 2 == 0:
            pass_by()
        return value

    def after(self: Tx) -> None:
        if number % 2:
            pass_by()
        committed(self)

    Transactions._run = ran  # type: ignore[method-assign]  # because this process is to die
    Tx.committed = after  # type: ignore[method-assign]  # as above


if __name__ == "__main__":
    sys.stdout.write(str(main(sys.argv[1], tuple(msgspec.json.decode(one, type=Rule) for one in sys.argv[2:]))))
