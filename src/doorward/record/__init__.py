"""The record: the append-only conversation ledger, the conversation card, and the tamper-evident audit."""

from doorward.record.audit import (
    AuditLine,
    AuditProblem,
    AuditReport,
    AuditSealer,
    latest_audit,
    read_head,
    tenants_to_seal,
    verify_audit,
    write_audit,
)
from doorward.record.card import Card, CardQuery, project
from doorward.record.ledger import (
    WrittenEntry,
    append_entries,
    card_of,
    conversations_of,
    count_by_state,
    entries_after,
    find_entry,
    list_cards,
    lock_conversation,
    outcomes_between,
    rebuild_card,
)

__all__ = [
    "AuditLine",
    "AuditProblem",
    "AuditReport",
    "AuditSealer",
    "Card",
    "CardQuery",
    "WrittenEntry",
    "append_entries",
    "card_of",
    "conversations_of",
    "count_by_state",
    "entries_after",
    "find_entry",
    "latest_audit",
    "list_cards",
    "lock_conversation",
    "outcomes_between",
    "project",
    "read_head",
    "rebuild_card",
    "tenants_to_seal",
    "verify_audit",
    "write_audit",
]
