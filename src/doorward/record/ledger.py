"""Writing to and reading from the conversation ledger."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward.kit.tx import Tx
from doorward.record import repository
from doorward.record.card import Card, CardQuery, project
from doorward.record.marks import project_marks
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import MaskedText, Span

_CONVERSATIONS_AT_ONCE: Final = 500


class WrittenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger line with its number: numbers begin at 1, have no gaps, and never change."""

    seq: int
    entry: Entry


def lock_conversation(tx: Tx, scope: Scope, conversation_id: ConversationId) -> None:
    """Make this transaction the only one that writes to the conversation until it ends."""
    if _is_ours(tx, scope, conversation_id):
        return
    if tx.connection.dialect.name == "postgresql":
        card = repository.lock_card(tx, scope, conversation_id)
        if card is None:
            # There is no row to hold yet; whoever opens the conversation holds its name, and then it must be looked at
            # again, since somebody else may have opened it meanwhile.
            repository.lock(tx, scope, f"conversation:{conversation_id}")
            card = repository.lock_card(tx, scope, conversation_id)
        tx.memory[_card_name(scope, conversation_id)] = card
    tx.memory[_lock_name(scope, conversation_id)] = True


def append_entries(tx: Tx, scope: Scope, entries: Iterable[Entry]) -> tuple[WrittenEntry, ...]:
    """Write entries at the end of their conversations' ledgers and bring the cards up to date.

    A line whose key is in the ledger already is left out, so writing twice is writing once. Returns what was written.
    """
    by_conversation: dict[ConversationId, list[Entry]] = {}
    for entry in entries:
        by_conversation.setdefault(entry.conversation_id, []).append(entry)
    written: list[WrittenEntry] = []
    for conversation_id, lines in by_conversation.items():
        lock_conversation(tx, scope, conversation_id)
        before = card_of(tx, scope, conversation_id)
        known = _known_keys(tx, scope, before, lines)
        fresh = [line for line in lines if line.key not in known]
        card, numbered = before, []
        for entry in fresh:
            seq = (card.last_seq if card else 0) + 1
            card = project(card, entry, seq)
            numbered.append((seq, entry))
        if card is not None and numbered:
            repository.insert_entries(tx, scope, numbered)
            repository.save_card(tx, scope, card, new=before is None)
            project_marks(tx, scope, numbered)
            tx.memory[_card_name(scope, conversation_id)] = card
        written += [WrittenEntry(seq=seq, entry=entry) for seq, entry in numbered]
    return tuple(written)


def entries_after(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: int = 0, limit: int = 500
) -> tuple[WrittenEntry, ...]:
    """Return the ledger lines of a conversation with numbers above `after`, at most `limit`, in order."""
    rows = repository.find_entries(tx, scope, conversation_id, after=after, limit=limit)
    return tuple(read_entry(row) for row in rows)


def entries_at(tx: Tx, scope: Scope, conversation_id: ConversationId, seqs: Sequence[int]) -> dict[int, WrittenEntry]:
    """Return the ledger lines of a conversation with these numbers, by number; what there is not is left out."""
    rows = repository.find_entries_at(tx, scope, conversation_id, seqs) if seqs else ()
    return {row.seq: read_entry(row) for row in rows}


def entries_of_kinds(
    tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId], *, kinds: Sequence[str], limit: int = 200
) -> tuple[WrittenEntry, ...]:
    """Return the newest ledger lines of these kinds in these conversations, newest first."""
    found: list[WrittenEntry] = []
    for at in range(0, len(conversation_ids), _CONVERSATIONS_AT_ONCE):
        some = conversation_ids[at : at + _CONVERSATIONS_AT_ONCE]
        rows = repository.find_entries_of_kinds(tx, scope, some, kinds=kinds, limit=limit)
        found += (read_entry(row) for row in rows)
    return tuple(sorted(found, key=lambda one: one.entry.at, reverse=True)[:limit])


def written_besides(
    tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId], *, kinds: Sequence[EntryKind], prefix: str
) -> frozenset[ConversationId]:
    """Return in which of these conversations there is a line of these kinds whose key does not begin with `prefix`.

    `prefix` is letters and a colon, nothing that SQL's LIKE would take for a pattern.
    """
    return repository.written_besides(tx, scope, conversation_ids, kinds=kinds, prefix=prefix)


def find_entry(tx: Tx, scope: Scope, conversation_id: ConversationId, key: str) -> WrittenEntry | None:
    """Return the ledger line with this key, or None."""
    row = repository.find_key(tx, scope, conversation_id, key)
    if row is None and _is_ours(tx, scope, conversation_id):
        tx.memory[_absent_name(scope, conversation_id, key)] = True
    return None if row is None else read_entry(row)


def read_entry(row: Any) -> WrittenEntry:
    """Return a ledger row as an entry."""
    spans = tuple(msgspec.convert(span, Span) for span in row.spans or ())
    entry = Entry(
        kind=row.kind,
        conversation_id=ConversationId(row.conversation_id),
        party_id=PartyId(row.party_id),
        key=row.key,
        at=row.at,
        actor=Actor(kind=row.actor_kind, id=row.actor_id),
        text=None if row.text is None else MaskedText(row.text, spans),
        message_id=None if row.message_id is None else MessageId(row.message_id),
        data=row.data,
    )
    return WrittenEntry(seq=row.seq, entry=entry)


def note_absent(tx: Tx, scope: Scope, conversation_id: ConversationId, keys: Iterable[str]) -> None:
    """Save this transaction from looking for lines that the caller knows cannot be in the ledger.

    Should one be there nevertheless, the whole transaction fails: keys are unique.
    """
    for key in keys:
        tx.memory[_absent_name(scope, conversation_id, key)] = True


def card_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card | None:
    """Return a conversation's card, or None when there is no such conversation in this tenant."""
    name = _card_name(scope, conversation_id)
    if name in tx.memory:
        remembered: Card | None = tx.memory[name]
        return remembered
    card = repository.find_card(tx, scope, conversation_id)
    if _is_ours(tx, scope, conversation_id):
        tx.memory[name] = card
    return card


def remembered_card(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card | None:
    """Return the card as a transaction that held the conversation left it, None if it did not; asks no database."""
    card: Card | None = tx.memory.get(_card_name(scope, conversation_id))
    return card


def list_cards(tx: Tx, scope: Scope, wanted: CardQuery) -> tuple[Card, ...]:
    """Return the cards that are wanted, in the order that is wanted."""
    return repository.find_cards(tx, scope, wanted)


def count_cards(tx: Tx, scope: Scope, wanted: CardQuery) -> int:
    """Return how many cards are wanted; where it is `wanted.limit` there may be more."""
    return repository.count_wanted(tx, scope, wanted)


def slept_enough(tx: Tx, scope: Scope, *, limit: int) -> tuple[ConversationId, ...]:
    """Return conversations whose time to wake has come, the first first."""
    return repository.slept_enough(tx, scope, limit=limit)


def conversations_of(tx: Tx, scope: Scope) -> tuple[ConversationId, ...]:
    """Return the ids of all conversations in the tenant's ledger."""
    return repository.find_conversations(tx, scope)


def count_by_state(tx: Tx, scope: Scope) -> dict[str, int]:
    """Return how many conversations are in each state."""
    return repository.count_cards(tx, scope)


def outcomes_between(tx: Tx, scope: Scope, since: datetime, until: datetime) -> tuple[Card, ...]:
    """Return the cards of all conversations opened from `since` until before `until`."""
    return repository.outcomes(tx, scope, since=since, until=until)


def rebuild_card(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card | None:
    """Return the card as the ledger alone gives it; it must equal the stored one."""
    card = None
    for written in entries_after(tx, scope, conversation_id, limit=1_000_000):
        card = project(card, written.entry, written.seq)
    return card


def _known_keys(tx: Tx, scope: Scope, card: Card | None, lines: list[Entry]) -> frozenset[str]:
    """Return which lines are in the conversation's ledger already, asking for those only that may be."""
    if card is None:
        return frozenset()  # no card, no lines
    asked = [line.key for line in lines if _absent_name(scope, line.conversation_id, line.key) not in tx.memory]
    return repository.known_keys(tx, scope, lines[0].conversation_id, asked) if asked else frozenset()


def _is_ours(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Return whether nobody else can write to the conversation now: what was read of it stays true."""
    return _lock_name(scope, conversation_id) in tx.memory


def _lock_name(scope: Scope, conversation_id: ConversationId) -> tuple[str, ...]:
    return ("record.lock", scope.tenant_id, conversation_id)


def _card_name(scope: Scope, conversation_id: ConversationId) -> tuple[str, ...]:
    return ("record.card", scope.tenant_id, conversation_id)


def _absent_name(scope: Scope, conversation_id: ConversationId, key: str) -> tuple[str, ...]:
    return ("record.absent", scope.tenant_id, conversation_id, key)
