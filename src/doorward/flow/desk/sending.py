"""Replies that wait: sent at a time that was chosen, or a moment after they were written so that they can be undone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec

from doorward import record
from doorward.flow.attachments import any_refused, are_clean, bind, going_with, release, sent_lines
from doorward.flow.desk.rooms import (
    DeskRooms,
    DeskText,
    NewLine,
    OwnWords,
    audit_of,
    card_at,
    require_mine,
    screen_words,
    words_of_reply,
    write_line,
)
from doorward.flow.desk.translating import own_data
from doorward.kit.ids import derive_id
from doorward.kit.logging import get_logger
from doorward.kit.tx import Closed, Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

log = get_logger("flow.desk")

LONGEST_WAIT: Final = timedelta(days=366)
MOST_WAITING: Final = 50
"""Replies of one conversation that wait at a time."""

UNCLEAN: Final = "files_held"
"""Why a reply cannot be sent: not all of its files are scanned and clean."""

_AT_ONCE: Final = 100

ScopeOf = Callable[[TenantId], Scope]
"""Gives the scope of the product itself for a tenant."""


class LaterReply(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said and when. `unless_heard`: not at all if the customer says something before.

    `undoable` is a reply that was meant for now and waits a moment only so that it can be taken back. `files` go with
    it: it waits beyond its time until all are scanned and clean. With files it needs no words.
    `own` is what the agent wrote, where the text is its translation.
    """

    text: WildText
    send_at: datetime
    unless_heard: bool = False
    undoable: bool = False
    files: tuple[str, ...] = ()
    own: OwnWords | None = None


class Sending:
    """The verbs, and the sweep that sends what is due; `scope.actor` is the agent who has the conversation."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def send_later(
        self, scope: Scope, conversation_id: ConversationId, wish: LaterReply, *, key: str
    ) -> record.WrittenEntry:
        """Have a reply wait for its time; the same `key` again is the same reply.

        It is screened and masked now, as every reply. Raises `NotFound`, also for a file that the acting member did not
        attach, `SecretRefused`, `Malformed` for neither words nor files
        or a time that cannot be, and `Conflict` when the acting agent does not have the conversation, when
        `MOST_WAITING` replies wait already, or for a file that was refused or goes with another reply.
        """
        words = words_of_reply(wish.text, wish.files)
        message_id = MessageId(derive_id("reply", scope.tenant_id, conversation_id, scope.actor.id, key))
        written = await screen_words(
            self._transactions, self._rooms, scope, about=conversation_id, text=DeskText(message_id, words)
        )
        beside = await own_data(self._transactions, self._rooms, scope, about=conversation_id, own=wish.own)
        entry_key = f"scheduled:{message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, entry_key) is not None:
                return Outcome(None)
            require_mine(card, scope)
            if not tx.now < wish.send_at <= tx.now + LONGEST_WAIT:
                raise Malformed("send_at: a time to come, within a year", why="moment")
            if card.scheduled >= MOST_WAITING:
                raise Conflict(f"{MOST_WAITING} replies wait already", why="too_many")
            bind(tx, scope, conversation_id, wish.files, reply_id=message_id)
            data: dict[str, Any] = {
                "send_at": wish.send_at.isoformat(),
                "unless_heard": wish.unless_heard,
                "undoable": wish.undoable,
                "language": card.language,
                **beside,
            }
            entry = written.line(tx, scope, card, NewLine("reply.scheduled", entry_key, data))
            return Outcome(None, (entry, audit_of("reply.scheduled", conversation_id)))

        return await write_line(self._transactions, scope, conversation_id, key=entry_key, work=work)

    async def take_back(self, scope: Scope, conversation_id: ConversationId, message_id: MessageId) -> str:
        """Take back a reply that waits, and return its words (masked) so that they can be written anew.

        Its files lie beside the field again.

        Raises `NotFound` for what never waited there, and `Conflict` when it is sent or taken back already. Whoever may
        write at the desk may do it: a reply that must not go out is anybody's business.
        """

        def work(tx: Tx) -> Outcome[str]:
            record.lock_conversation(tx, scope, conversation_id)
            found = record.find_entry(tx, scope, conversation_id, f"scheduled:{message_id}")
            if found is None or found.entry.text is None:
                raise NotFound("no such reply waits")
            if not _waits(tx, scope, conversation_id, message_id):
                raise Conflict("this reply does not wait any more", why="sent")
            release(tx, scope, conversation_id, message_id)
            return Outcome(found.entry.text.text, _cancelled(tx, scope, found.entry, why="taken_back"))

        return await self._transactions.write_async(scope, work)

    async def say_now(self, scope: Scope, conversation_id: ConversationId) -> None:
        """Send what waits only so that it can be undone: whoever goes on has made up their mind.

        What ends or passes on a conversation asks for it first, so that nothing is said after the farewell. Nothing
        happens to a conversation that is not the acting agent's.
        Raises `Conflict` (fact `why`: `files_held`) when its files are not all scanned and clean.
        """

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = record.card_of(tx, scope, conversation_id)
            mine = card is not None and card.assignee == scope.actor.id
            return Outcome(None, said_first(tx, scope, conversation_id) if mine else ())

        await self._transactions.write_async(scope, work)

    def send_due(self, scope_of: ScopeOf) -> int:
        """Send the replies of all tenants whose time has come, and return how many were sent.

        A reply is sent once, whatever happens: it leaves the waiting ones in the transaction that says it. One whose
        files are not all scanned and clean stays among them, and keeps no other from being sent.
        """
        sent = 0
        tried: set[MessageId] = set()
        while some := [one for one in self._due(len(tried)) if one.message_id not in tried]:
            for one in some:
                tried.add(one.message_id)
                scope = scope_of(one.tenant_id)
                try:
                    sent += self._transactions.write(scope, partial(_send, scope=scope, one=one))
                except Closed:
                    raise
                except Exception:  # one that cannot be sent keeps no other from being sent, and no other tenant's
                    log.exception("desk.reply.unsent", tenant_id=one.tenant_id, message_id=one.message_id)
        return sent

    def _due(self, tried: int) -> tuple[record.ScheduledReply, ...]:
        return self._transactions.read(lambda tx: record.due_replies(tx, limit=_AT_ONCE + tried))


def said_first(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[Entry | AuditEvent, ...]:
    """Return the lines that say what waits only so that it can be undone.

    Raises `Conflict` where one of them brings files that are not all scanned and clean: it cannot be said yet, or, with
    a file that was refused (fact `why`: `file_refused`), not as it is.
    """
    entries: list[Entry | AuditEvent] = []
    for one in record.scheduled_of(tx, scope, conversation_id):
        waiting = record.find_entry(tx, scope, conversation_id, f"scheduled:{one.message_id}")
        if waiting is not None and waiting.entry.data.get("undoable"):
            files = going_with(tx, scope, conversation_id, one.message_id)
            if any_refused(files):
                raise Conflict("a reply waits with a file that was refused", why="file_refused")
            if not are_clean(files):
                raise Conflict("a reply waits for the scan of its files", why=UNCLEAN)
            entries += _send(tx, scope=scope, one=one).entries
    return tuple(entries)


def _waits(tx: Tx, scope: Scope, conversation_id: ConversationId, message_id: MessageId) -> bool:
    return any(one.message_id == message_id for one in record.scheduled_of(tx, scope, conversation_id))


def _send(tx: Tx, *, scope: Scope, one: record.ScheduledReply) -> Outcome[bool]:
    record.lock_conversation(tx, scope, one.conversation_id)
    if not _waits(tx, scope, one.conversation_id, one.message_id):
        return Outcome(value=False)
    found = record.find_entry(tx, scope, one.conversation_id, f"scheduled:{one.message_id}")
    if found is None:
        return Outcome(value=False)
    waiting, card = found.entry, card_at(tx, scope, one.conversation_id)
    heard = waiting.data.get("unless_heard") and card.heard_seq > found.seq
    if card.merged_into is not None or heard:
        release(tx, scope, one.conversation_id, one.message_id)
        why = "heard" if card.merged_into is None else "merged"
        return Outcome(value=False, entries=_cancelled(tx, scope, waiting, why=why))
    files = going_with(tx, scope, one.conversation_id, one.message_id)
    if not are_clean(files):
        return Outcome(value=False)
    said = msgspec.structs.replace(
        waiting,
        kind="message.agent",
        party_id=card.party_id,
        key=f"agent:{one.message_id}",
        at=tx.now,
        data={"language": waiting.data.get("language", ""), "scheduled": True, **_own(waiting)},
    )
    lines = (said, *sent_lines(said, files), audit_of("conversation.replied", one.conversation_id))
    return Outcome(value=True, entries=lines)


def _own(waiting: Entry) -> dict[str, Any]:
    """Return what is kept beside a reply of its agent's own words."""
    return {"own": waiting.data["own"]} if "own" in waiting.data else {}


def _cancelled(tx: Tx, scope: Scope, waiting: Entry, *, why: str) -> tuple[Entry | AuditEvent, ...]:
    line = msgspec.structs.replace(
        waiting,
        kind="reply.cancelled",
        key=f"cancelled:{waiting.message_id}",
        at=tx.now,
        actor=scope.actor,
        text=None,
        data={"why": why},
    )
    return (line, audit_of("reply.cancelled", waiting.conversation_id))
