"""A deed of a rule and what is written of it, in one transaction: so a deed is done once, whatever crashes when."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple, TypeVar

import msgspec

from doorward import automation
from doorward.automation import Act, Cause, Rule, RuleRun, RuleStep
from doorward.kit.tx import Transactions, Tx, Work
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

T = TypeVar("T")


class DoneBefore(Exception):
    """This deed is over: another try, or another process, did it."""


class RuleDeed(NamedTuple):
    """One deed of a rule that acts: the `number`-th, for a cause, at the end of a `chain` of rules' ids."""

    rule: Rule
    cause: Cause
    number: int
    chain: tuple[str, ...]

    @property
    def act(self) -> Act:
        """Return what is to be done."""
        return self.rule.then[self.number]

    @property
    def word(self) -> str:
        """Return the word that it is done with."""
        return str(self.act.value)

    @property
    def where(self) -> ConversationId:
        """Return the conversation that it is done to."""
        return self.cause.conversation_id

    @property
    def key(self) -> str:
        """Return what makes the deed the same when it is tried again."""
        return f"{self.rule.id}:{self.cause.key}:{self.number}"


class DeedTransactions(Transactions):
    """The house's transactions for one deed: what writes to a ledger notes the deed as done, and names the rule.

    A verb over these raises `DoneBefore` where the deed is over.
    """

    def __init__(self, transactions: Transactions, deed: RuleDeed) -> None:
        """Work by the house's own transactions; nothing of theirs is taken over."""
        self._whole = transactions
        self._deed = deed

    @property
    def in_order(self) -> bool:
        """Do as the house's."""
        return self._whole.in_order

    def write(self, scope: Any, work: Work[T]) -> T:
        """Do as the house's."""
        return self._whole.write(scope, partial(self._noted, scope=scope, work=work))

    def write_later(self, scope: Any, work: Work[T]) -> "Future[T]":
        """Do as the house's."""
        return self._whole.write_later(scope, partial(self._noted, scope=scope, work=work))

    def read(self, work: Callable[[Tx], T]) -> T:
        """Do as the house's."""
        return self._whole.read(work)

    async def write_async(self, scope: Any, work: Work[T]) -> T:
        """Do as the house's."""
        return await self._whole.write_async(scope, partial(self._noted, scope=scope, work=work))

    async def read_async(self, work: Callable[[Tx], T]) -> T:
        """Do as the house's."""
        return await self._whole.read_async(work)

    def close(self) -> None:
        """Leave the house's open."""

    def _noted(self, tx: Tx, *, scope: Scope, work: Work[T]) -> Outcome[T]:
        run = waiting_run(tx, scope, self._deed)
        outcome = work(tx)
        if not any(isinstance(one, Entry) for one in outcome.entries):
            return Outcome(outcome.value, tuple(outcome.entries), tuple(outcome.jobs))
        automation.note_step(tx, scope, run, RuleStep(do=self._deed.act.do, state="done"))
        entries = tuple(self._named(one) for one in outcome.entries)
        return Outcome(outcome.value, entries, tuple(outcome.jobs))

    def _named(self, line: Any) -> Any:
        if not isinstance(line, Entry):
            return line
        by_rule = {"name": self._deed.rule.name, "chain": list(self._deed.chain)}
        return msgspec.structs.replace(line, data=line.data | {"by_rule": by_rule})


def waiting_run(tx: Tx, scope: Scope, deed: RuleDeed) -> RuleRun:
    """Return the run whose next deed this is, held until the transaction ends. Raises `DoneBefore`."""
    run = automation.find_run(tx, scope, deed.rule.id, deed.cause, held=True)
    if run is None or run.state != "acting" or len(run.steps) != deed.number:
        raise DoneBefore
    return run
