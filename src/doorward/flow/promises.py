"""Keeping track of what is promised: written with whatever changes it, looked at when its time comes, and told once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward import record, routing
from doorward.flow.views.service import MOST_LOOKED_AT, standing_service
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

SettingsOf = Callable[[Tx, Scope], TenantSettings]

MOVING: Final[frozenset[EntryKind]] = frozenset(
    {
        "message.customer",
        "message.agent",
        "handoff.requested",
        "handoff.assigned",
        "handoff.passed",
        "handoff.returned",
        "conversation.resolved",
        "conversation.merged",
        "conversation.absorbed",
        "conversation.separated",
        "queue.changed",
        "status.changed",
    }
)
"""Lines that begin, end, move or pause a promise."""

_ENDING: Final = frozenset({"handoff.returned", "conversation.resolved", "conversation.merged"})
_AT_ONCE: Final = 20
_CHANGES_SEEN: Final = timedelta(seconds=5)
"""How often it is asked whether the plan or the hours have changed."""


class _Terms(msgspec.Struct, frozen=True, kw_only=True):
    """By what promises are reckoned; when it changes, all that are open are reckoned anew."""

    plan: routing.Numbered
    settings: TenantSettings


class Promises:
    """Writes how promises stand, and tells the ledger before one is broken, and once it is."""

    def __init__(self, transactions: Transactions, settings_of: SettingsOf) -> None:
        """Take where conversations are written, and when people answer."""
        self._transactions = transactions
        self._settings_of = settings_of
        self._known: dict[TenantId, _Terms] = {}
        self._asked: dict[TenantId, datetime] = {}

    def follow(self, tx: Tx, scope: Scope, written: Sequence[record.WrittenEntry]) -> None:
        """Write how the promises stand that these new lines move, in the transaction that writes them."""
        moved = {one.entry.conversation_id for one in written if _moves(tx, scope, one)}
        if not moved:
            return
        plan = routing.read_plan(tx, scope).plan
        if not plan.service_levels:
            return
        settings = self._settings_of(tx, scope)
        for conversation_id in sorted(moved):
            _reckon(tx, scope, conversation_id, plan=plan, settings=settings)

    def keep_time(self, scope: Scope) -> int:
        """Look at what time may have changed, and write to the ledger what people are to hear; return how much.

        After a change of the plan or of the hours, and once after a start, all that is with people is looked at.
        """
        told = 0
        while some := self._transactions.read(lambda tx: routing.to_look_at(tx, scope, limit=_AT_ONCE)):
            told += self._look(scope, some)
            if len(some) < _AT_ONCE:
                break
        return told + self._keep_terms(scope)

    def _keep_terms(self, scope: Scope) -> int:
        now = self._transactions.read(lambda tx: tx.now)
        asked = self._asked.get(scope.tenant_id)
        if asked is not None and abs(now - asked) < _CHANGES_SEEN:
            return 0
        self._asked[scope.tenant_id] = now
        terms = self._transactions.read(lambda tx: self._terms(tx, scope))
        before = self._known.get(scope.tenant_id)
        if terms == before:
            return 0
        told = 0
        if terms.plan.plan.service_levels or before is not None:
            everybody = self._transactions.read(lambda tx: routing.with_people(tx, scope, limit=MOST_LOOKED_AT))
            for at in range(0, len(everybody), _AT_ONCE):
                told += self._look(scope, everybody[at : at + _AT_ONCE])
        self._known[scope.tenant_id] = terms
        return told

    def _terms(self, tx: Tx, scope: Scope) -> _Terms:
        return _Terms(plan=routing.read_plan(tx, scope), settings=self._settings_of(tx, scope))

    def _look(self, scope: Scope, conversation_ids: Sequence[ConversationId]) -> int:
        def work(tx: Tx) -> Outcome[int]:
            routing.lock_queue(tx, scope)  # whoever gives out holds several conversations in an order of their own
            terms = self._terms(tx, scope)
            lines: list[Entry] = []
            for conversation_id in sorted(conversation_ids):
                record.lock_conversation(tx, scope, conversation_id)
                _reckon(tx, scope, conversation_id, plan=terms.plan.plan, settings=terms.settings)
                lines += _told(tx, scope, conversation_id)
            return Outcome(len(lines), tuple(lines))

        return self._transactions.write(scope, work)


def _moves(tx: Tx, scope: Scope, written: record.WrittenEntry) -> bool:
    """Return whether a line may move a promise: what the assistant has is promised to nobody, and asks no database."""
    entry = written.entry
    if entry.kind not in MOVING:
        return False
    card = record.remembered_card(tx, scope, entry.conversation_id)
    return entry.kind in _ENDING or card is None or card.state in {"waiting", "human"}


def _reckon(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, plan: routing.RoutingPlan, settings: TenantSettings
) -> None:
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        return
    found = standing_service(tx, scope, card, plan=plan, settings=settings)
    if found is None:
        routing.forget_promises(tx, scope, conversation_id)
        return
    routing.keep_promises(tx, scope, found.promised, found.clocks)


def _told(tx: Tx, scope: Scope, conversation_id: ConversationId) -> list[Entry]:
    """Note of what people are to hear that they heard it, and return the lines that say it."""
    lines: list[Entry] = []
    card = record.card_of(tx, scope, conversation_id)
    for one in routing.open_promises(tx, scope, conversation_id):
        if card is None or not one.is_untold:
            continue
        routing.note_told(tx, scope, one)
        kind: EntryKind = "service.breached" if one.state == "breached" else "service.warned"
        lines.append(
            Entry(
                kind=kind,
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=f"{kind}:{one.clock}:{one.since.isoformat()}",
                at=tx.now,
                actor=scope.actor,
                data={
                    "clock": one.clock,
                    "level": one.level,
                    "queue": one.queue,
                    "priority": one.priority,
                    "since": one.since.isoformat(),
                    "used_seconds": one.used_seconds,
                    "target_seconds": one.target_seconds,
                }
                | ({} if one.due_at is None else {"due_at": one.due_at.isoformat()}),
            )
        )
    return lines
