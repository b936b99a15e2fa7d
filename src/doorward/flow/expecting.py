"""What a customer probably wants before they say a word: buttons for them, a line for whoever talks with them, and a
judgement.

Only for whom identity vouches, by what the company's core system knows of them alone; kept, and compared with what they
wanted.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

from doorward.flow.procedures import Gate, ProcedureBook
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.understanding.expecting import (
    Band,
    Counts,
    ExpectationsInvalid,
    Expected,
    RateBook,
    band_of,
    expectation_of,
    expected,
    judge,
    judged_counts,
    keep_expectation,
    read_expectations,
    sweep_expectations,
)
from doorward.vocabulary.company import CircumstanceSource
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Choice
from doorward.vocabulary.scope import Scope

log = get_logger("flow.expecting")

FRESH_SECONDS: Final = 60.0
"""How long counts are taken for the present: what was learnt a minute ago changes little."""


class ExpectedIntent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the customer probably wanted before the first word, by its name and what it is called, and
    how likely.
    """

    intent: str
    label: str
    likelihood: Band


class Expecting:
    """The verbs. `called` says what an intent is called in a language, empty where nobody knows."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        gate: Gate,
        procedures: ProcedureBook,
        called: Callable[[Scope, str, str], str],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask core systems through the gate; `seconds` is a clock for tests."""
        self._transactions = transactions
        self._gate = gate
        self._procedures = procedures
        self._called = called
        self._seconds = seconds
        self._books: dict[TenantId, RateBook] = {}
        self._counted: dict[TenantId, tuple[float, Counts]] = {}
        self._lock = Lock()

    def load(self, tenant_id: TenantId, path: Path, *, core: object, intents: Sequence[str]) -> str:
        """Read a company's rates for a tenant; a file that is not there is none. One that is refused is logged and left
        out as a whole; returns why, empty where nothing is wrong.
        """
        if not path.is_file() or not isinstance(core, CircumstanceSource):
            return ""
        try:
            book = read_expectations(path, conditions=core.circumstance_kinds(), intents=intents)
            self._books[tenant_id] = book
            return ""
        except ExpectationsInvalid as error:
            refused = str(error)
        log.error("flow.expectations.refused", tenant_id=tenant_id, why=refused)
        return refused

    def has_any(self, scope: Scope) -> bool:
        """Return whether anything is expected of a company's customers."""
        return scope.tenant_id in self._books

    async def greet(
        self, scope: Scope, conversation_id: ConversationId, *, acting: PartyId, language: str
    ) -> tuple[Choice, ...]:
        """Return what a customer who opens a conversation may want to press, the likeliest first, and keep it for
        judging.

        Nothing for whom nobody knows, and where the core system tells nothing. Never raises for a system that fails.
        """
        if scope.tenant_id not in self._books:
            return ()
        return await asyncio.to_thread(self._greet, scope, conversation_id, acting, language)

    def judge(self, tx: Tx, scope: Scope, conversation_id: ConversationId, intent: str) -> None:
        """Note what was wanted first in a conversation in which something was expected."""
        if scope.tenant_id in self._books:
            judge(tx, scope, conversation_id, intent)

    def told(self, tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[str, Band] | None:
        """Return what was expected first in a conversation, as intent and likelihood; None where nothing was."""
        found = expectation_of(tx, scope, conversation_id)
        return None if found is None or not found.intent else (found.intent, band_of(found.likelihood))

    def named(self, scope: Scope, told: tuple[str, Band] | None, *, language: str) -> ExpectedIntent | None:
        """Return what was told with its name in a language. Not inside a transaction."""
        if told is None:
            return None
        intent, likelihood = told
        return ExpectedIntent(
            intent=intent, label=self._called(scope, intent, language) or intent, likelihood=likelihood
        )

    def sweep(self, scope: Scope) -> int:
        """Remove what was expected long ago; return how many. May be done again at any time."""
        return self._transactions.write(scope, lambda tx: Outcome(sweep_expectations(tx, scope)))

    def _greet(
        self, scope: Scope, conversation_id: ConversationId, acting: PartyId, language: str
    ) -> tuple[Choice, ...]:
        procedures = self._procedures.of(scope.tenant_id)
        if procedures is None:
            return ()
        core = procedures.core
        if not isinstance(core, CircumstanceSource):
            return ()
        kinds, source = core.circumstance_kinds(), core
        told = self._gate.glance(scope, acting, ask=source.circumstances, about=(conversation_id, "circumstances"))
        if told is None:
            return ()
        conditions = tuple(one for one in dict.fromkeys(map(str, told)) if one in kinds)
        found = expected(conditions, self._books[scope.tenant_id], self._counts(scope))
        self._transactions.write(
            scope,
            lambda tx: Outcome(
                keep_expectation(tx, scope, conversation_id, party_id=acting, found=(conditions, found))
            ),
        )
        return self._choices(scope, found, language)

    def _choices(self, scope: Scope, found: Sequence[Expected], language: str) -> tuple[Choice, ...]:
        labels = (self._called(scope, one.intent, language) for one in found)
        return tuple(Choice(label=label, says=label) for label in labels if label)

    def _counts(self, scope: Scope) -> Counts:
        now = self._seconds()
        with self._lock:
            held = self._counted.get(scope.tenant_id)
        if held is None or now - held[0] >= FRESH_SECONDS:
            held = (now, self._transactions.read(lambda tx: judged_counts(tx, scope)))
            with self._lock:
                self._counted[scope.tenant_id] = held
        return held[1]
