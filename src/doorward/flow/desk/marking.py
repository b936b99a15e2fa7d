"""Putting conversations in order: labels, priority, status, attributes – one conversation, or many at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from doorward import record, workspace
from doorward.flow.desk.rooms import DeskRooms, DeskText, audit_of, card_at, screen_words
from doorward.kit.ids import derive_id, new_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.errors import Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

MOST_AT_ONCE: Final = 200
"""Conversations that one bulk action changes: each is a line of its ledger, and all are one transaction."""

LONGEST_VALUE: Final = 500
PRIORITIES: Final = (-1, 0, 1, 2)

AttributeValue = WildText | float | bool | None
"""What is written into a field: words for texts, days (ISO 8601) and choices; None empties it."""


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """What a change came to: which conversations changed, which were so already, and which there are not."""

    changed: tuple[ConversationId, ...] = ()
    unchanged: tuple[ConversationId, ...] = ()
    missing: tuple[ConversationId, ...] = ()


Change = Callable[[record.Card], Mapping[str, Any] | None]
"""What a ledger line would say of a card, None where nothing changes."""


class Marking:
    """The verbs; `scope.actor` is the member of staff who acts. None of them needs the conversation to be theirs.

    All raise `TooLarge` for more than `MOST_AT_ONCE` conversations. Asking for what is so already changes nothing.
    """

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def label(
        self, scope: Scope, conversation_ids: Sequence[ConversationId], *, add: Sequence[str], remove: Sequence[str]
    ) -> Marked:
        """Add labels and take others away. Raises `NotFound` for a label to add that the company does not have."""

        def change(card: record.Card) -> Mapping[str, Any] | None:
            added = sorted(set(add) - set(card.labels))
            removed = sorted(set(remove) & set(card.labels) - set(add))
            return {"added": added, "removed": removed} if added or removed else None

        def known(tx: Tx) -> None:
            workspace.require_pieces(tx, scope, "label", add)

        return await self._mark(scope, conversation_ids, "labels.changed", change, known)

    async def prioritise(self, scope: Scope, conversation_ids: Sequence[ConversationId], *, priority: int) -> Marked:
        """Say how urgent conversations are: -1 low, 0 usual, 1 high, 2 urgent. Raises `Malformed` for others."""
        if priority not in PRIORITIES:
            raise Malformed("priority: one of -1, 0, 1, 2")

        def change(card: record.Card) -> Mapping[str, Any] | None:
            return None if card.priority == priority else {"priority": priority}

        return await self._mark(scope, conversation_ids, "priority.changed", change)

    async def set_status(self, scope: Scope, conversation_ids: Sequence[ConversationId], *, status: str) -> Marked:
        """Say with a word of the company's how conversations stand, empty for none. Raises `NotFound`.

        Whether clocks of service levels stand still is what the status says now; changed later, it changes no past.
        """
        pauses = False

        def change(card: record.Card) -> Mapping[str, Any] | None:
            return None if card.status == status else {"status": status} | ({"pauses": True} if pauses else {})

        def known(tx: Tx) -> None:
            nonlocal pauses
            if status:
                workspace.require_pieces(tx, scope, "status", (status,))
                piece = workspace.find_piece(tx, scope, "status", status).piece
                pauses = isinstance(piece, workspace.Status) and piece.pauses

        return await self._mark(scope, conversation_ids, "status.changed", change, known)

    async def fill_in(
        self, scope: Scope, conversation_id: ConversationId, values: Mapping[str, AttributeValue]
    ) -> Marked:
        """Fill in fields of a conversation. Words are masked before they are stored.

        Raises `NotFound` for a field that the company does not have, and `Malformed`, naming the field, for a value
        that it does not hold.
        """
        kept = await self._kept(scope, conversation_id, values)

        def change(card: record.Card) -> Mapping[str, Any] | None:
            changed = {key: value for key, value in kept.items() if card.attributes.get(key) != value}
            return {"values": changed} if changed else None

        return await self._mark(scope, (conversation_id,), "attributes.changed", change)

    async def _kept(
        self, scope: Scope, conversation_id: ConversationId, values: Mapping[str, AttributeValue]
    ) -> dict[str, Any]:
        """Return values as they are kept, each checked against its field."""
        fields = await self._transactions.read_async(
            lambda tx: {key: workspace.find_piece(tx, scope, "attribute", key).piece for key in values}
        )
        kept: dict[str, Any] = {}
        for key, value in values.items():
            field = fields[key]
            if not isinstance(field, workspace.Attribute):
                raise NotFound(f"there is no attribute {key}")
            masked = await self._masked(scope, conversation_id, value) if isinstance(value, WildText) else value
            kept[key] = _checked(key, field, masked)
        return kept

    async def _masked(self, scope: Scope, conversation_id: ConversationId, value: WildText) -> str | None:
        if len(value) > LONGEST_VALUE:
            raise TooLarge(f"longer than {LONGEST_VALUE} characters", limit=LONGEST_VALUE)
        if value.is_blank:
            return None
        # A value is not a message: nobody opens its masked places again, so no originals of it are kept.
        text = DeskText(MessageId(derive_id("attribute", scope.tenant_id, new_id())), value)
        written = await screen_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)
        return written.screened.masked.text

    async def _mark(
        self,
        scope: Scope,
        conversation_ids: Sequence[ConversationId],
        kind: EntryKind,
        change: Change,
        known: Callable[[Tx], None] = lambda _tx: None,
    ) -> Marked:
        wanted = tuple(dict.fromkeys(conversation_ids))
        if len(wanted) > MOST_AT_ONCE:
            raise TooLarge(f"more than {MOST_AT_ONCE} conversations", limit=MOST_AT_ONCE)

        def work(tx: Tx) -> Outcome[Marked]:
            known(tx)
            lines: dict[ConversationId, Entry | None] = {}
            # In one order, so that two people who mark the same conversations never wait for each other.
            for conversation_id in sorted(wanted):
                record.lock_conversation(tx, scope, conversation_id)
                try:
                    card = card_at(tx, scope, conversation_id)
                except NotFound:
                    continue
                data = change(card)
                lines[conversation_id] = None if data is None else _line(tx, scope, card, kind, data)
            entries = [line for line in lines.values() if line is not None]
            audits = [audit_of(kind, line.conversation_id, *sorted(_fields(line))) for line in entries]
            return Outcome(_marked(wanted, lines), (*entries, *audits))

        return await self._transactions.write_async(scope, work)


def has_pausing_status(tx: Tx, scope: Scope, card: record.Card) -> bool:
    """Return whether a conversation's status keeps clocks of service levels still, by the line that set it."""
    if not card.status:
        return False
    lines = record.entries_of_kinds(tx, scope, (card.conversation_id,), kinds=("status.changed",), limit=1)
    return any(line.entry.data.get("pauses") for line in lines)


def _line(tx: Tx, scope: Scope, card: record.Card, kind: EntryKind, data: Mapping[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        key=f"{kind}:{card.last_seq}",  # what was there when it was asked for: asked again, it is so already
        at=tx.now,
        actor=scope.actor,
        data=dict(data),
    )


def _fields(line: Entry) -> Iterable[str]:
    return line.data["values"] if line.kind == "attributes.changed" else (line.kind.removesuffix(".changed"),)


def _marked(wanted: Sequence[ConversationId], lines: Mapping[ConversationId, Entry | None]) -> Marked:
    return Marked(
        changed=tuple(one for one in wanted if lines.get(one) is not None),
        unchanged=tuple(one for one in wanted if one in lines and lines[one] is None),
        missing=tuple(one for one in wanted if one not in lines),
    )


def _checked(key: str, field: workspace.Attribute, value: float | str | None) -> Any:
    """Return a value as a field holds it. Raises `Malformed`."""
    if value is None:
        return None
    holds = field.holds
    if holds == "yes_no" and isinstance(value, bool):
        return value
    if holds == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if holds == "text" and isinstance(value, str):
        return value
    if holds == "choice" and value in field.choices:
        return value
    if holds == "date" and isinstance(value, str) and _is_day(value):
        return value
    raise Malformed(f"{key}: does not hold this", field=key)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
