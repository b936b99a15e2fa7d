"""The results of a walk's stages on their way into the database: written behind the walk, several at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any

from doorward.flow import repository
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

LAG_SECONDS = 0.05
"""How long results wait to be written together. Most walks are over by then, and their closing says it all."""


class Steps:
    """Keeps results while the walk goes on.

    A stage is pure, so nobody has to wait until its result is durable: after a crash whatever was not written yet is
    computed again and comes out the same. A stage that is not pure, one that costs money or acts, would have to call
    `flush` before it begins, and to wait.
    """

    def __init__(
        self,
        transactions: Transactions,
        scope: Scope,
        message_id: MessageId,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep the results for one message; `seconds` is a clock for tests."""
        self._transactions, self._scope, self._message_id = transactions, scope, message_id
        self._seconds = seconds
        self._since = seconds()
        self._lock = threading.Lock()
        self._waiting: dict[str, bytes] = {}
        self._asked = False
        self._writes: list[Future[Any]] = []

    @property
    def were_written(self) -> bool:
        """Return whether any result is in the database, or on its way there."""
        return any(not write.cancelled() for write in self._writes)

    def keep(self, stage: str, result: bytes) -> None:
        """Have a result written soon, together with those that come until then. Raises `Closed`."""
        with self._lock:
            self._waiting[stage] = result
        if self._seconds() - self._since >= LAG_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Have what was kept so far written now. Raises `Closed`."""
        with self._lock:
            if self._asked or not self._waiting:
                return
            self._asked = True
            self._since = self._seconds()
        self._writes.append(self._transactions.write_later(self._scope, self._write))

    def supersede(self) -> None:
        """Forget what is not written yet: the walk is over, and its closing transaction says it all."""
        with self._lock:
            self._waiting = {}
            if self._writes and self._writes[-1].cancel():
                self._asked = False
        self.settle()

    def settle(self) -> None:
        """Make sure that no later write is overtaken by one of these."""
        if not self._transactions.in_order:
            wait([write for write in self._writes if not write.cancelled()])

    def _write(self, tx: Tx) -> Outcome[None]:
        with self._lock:
            # Should the server ask for another try, that one finds nothing: then they are computed again after a crash.
            results, self._waiting, self._asked = self._waiting, {}, False
        if results:
            repository.insert_steps(tx, self._scope, self._message_id, results)
        return Outcome(None)
