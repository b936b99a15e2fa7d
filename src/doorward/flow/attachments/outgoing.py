"""Files that replies bring: which lie beside the field, which go with a reply that waits, and how they are sent."""

from collections.abc import Sequence
from typing import Any

import msgspec

from doorward import record
from doorward.flow.attachments import repository
from doorward.flow.attachments.states import CLEAN, REFUSED, prepared_key, sent_key
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span


class OutgoingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a reply brings, or will: its name (masked), its type by its first bytes, its size, how it stands."""

    attachment_id: str
    name: str
    spans: tuple[Span, ...]
    media_type: str
    size: int
    state: str


def lying_beside(tx: Tx, scope: Scope, conversation_id: ConversationId, staff_id: StaffId) -> tuple[OutgoingFile, ...]:
    """Return what a member of staff attached in a conversation and has not sent yet, whatever page they are on."""
    return _files(tx, scope, repository.find_beside(tx, scope, conversation_id, staff_id))


def going_with(tx: Tx, scope: Scope, conversation_id: ConversationId, reply_id: MessageId) -> tuple[OutgoingFile, ...]:
    """Return the files of a reply."""
    return _files(tx, scope, repository.find_of_reply(tx, scope, conversation_id, reply_id))


def bind(
    tx: Tx, scope: Scope, conversation_id: ConversationId, files: Sequence[str], *, reply_id: MessageId
) -> tuple[OutgoingFile, ...]:
    """Have files go with a reply, and return them.

    Raises `NotFound` for one that the acting member did not attach in this conversation, and `Conflict` for one that
    goes with another reply, or that was refused (fact `why`: `file_refused`).
    """
    for attachment_id in dict.fromkeys(files):
        row = outgoing_row(tx, scope, conversation_id, attachment_id)
        if row.reply_id is not None:
            raise Conflict("this file goes with another reply", why="file_gone")
        if row.state == REFUSED:
            raise Conflict("this file was refused", why="file_refused")
        repository.save_reply(tx, scope, attachment_id, reply_id)
    return going_with(tx, scope, conversation_id, reply_id) if files else ()


def release(tx: Tx, scope: Scope, conversation_id: ConversationId, reply_id: MessageId) -> None:
    """Let the files of a reply that is not sent lie beside the field again."""
    for row in repository.find_of_reply(tx, scope, conversation_id, reply_id):
        repository.save_reply(tx, scope, row.attachment_id, None)


def are_clean(files: Sequence[OutgoingFile]) -> bool:
    """Return whether all files may be sent; none are."""
    return all(one.state == CLEAN for one in files)


def any_refused(files: Sequence[OutgoingFile]) -> bool:
    """Return whether one of the files will never be sent."""
    return any(one.state == REFUSED for one in files)


def sent_lines(said: Entry, files: Sequence[OutgoingFile]) -> tuple[Entry | AuditEvent, ...]:
    """Return the lines that follow a reply and bring its files, which are clean."""
    lines: list[Entry | AuditEvent] = []
    for one in files:
        lines.append(
            msgspec.structs.replace(
                said,
                kind="attachment.received",
                key=sent_key(one.attachment_id),
                text=MaskedText(one.name, one.spans),
                message_id=MessageId(one.attachment_id),
                data={
                    "attachment_id": one.attachment_id,
                    "media_type": one.media_type,
                    "size": one.size,
                    "state": one.state,
                    "author": "agent",
                },
            )
        )
        lines.append(AuditEvent(action="attachment.sent", object_kind="attachment", object_id=one.attachment_id))
    return tuple(lines)


def outgoing_row(tx: Tx, scope: Scope, conversation_id: ConversationId, attachment_id: str) -> Any:
    """Return the row of a file that the acting member attached in a conversation. Raises `NotFound`."""
    row = repository.find_attachment(tx, scope, attachment_id)
    if row is None or row.conversation_id != conversation_id or row.staff_id != scope.actor.id:
        raise NotFound("no such file")
    return row


def _files(tx: Tx, scope: Scope, rows: Sequence[Any]) -> tuple[OutgoingFile, ...]:
    """Return files with their names, in the order in which they were attached."""
    files: list[tuple[int, OutgoingFile]] = []
    for row in rows:
        line = record.find_entry(tx, scope, ConversationId(row.conversation_id), prepared_key(row.attachment_id))
        name = None if line is None else line.entry.text
        file = OutgoingFile(
            attachment_id=row.attachment_id,
            name="" if name is None else name.text,
            spans=() if name is None else name.spans,
            media_type=row.media_type,
            size=row.size,
            state=row.state,
        )
        files.append((0 if line is None else line.seq, file))
    return tuple(file for _, file in sorted(files, key=lambda one: one[0]))
