"""Reads of customers' data that are noted in the audit, as law 8 asks."""

from collections.abc import Callable
from typing import TypeVar

from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

T = TypeVar("T")


async def read_noted(transactions: Transactions, scope: Scope, work: Callable[[Tx], T], *, event: AuditEvent) -> T:
    """Return what `work` reads, once it is noted that it was read; what raises was not read, and is not noted."""
    value = await transactions.read_async(work)
    await transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))
    return value
