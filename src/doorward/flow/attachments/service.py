"""Taking files in."""

import asyncio

import msgspec

from doorward import record
from doorward.admission import Visitor
from doorward.flow.attachments import repository
from doorward.flow.attachments.files import media_type_of, safe_name, same_type
from doorward.flow.attachments.holding import HeldFile, hold
from doorward.flow.attachments.states import HELD, MOST, file_context
from doorward.flow.threshold import Threshold, opening
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.channel import AttachmentRequest
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, UnsupportedType
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText


class AttachmentKept(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept: its name as it is shown, what it is, its size in bytes, and whether it is still held."""

    attachment_id: str
    name: str
    media_type: str
    size: int
    state: str
    duplicate: bool


class Attachments:
    """Takes files in, sealed under the key of whoever hands them in."""

    def __init__(self, threshold: Threshold) -> None:
        """Stand on `threshold`."""
        self._threshold = threshold

    async def take(self, request: AttachmentRequest) -> AttachmentKept:
        """Keep a file, hold it, and ask for its scan. The same client id in the same conversation is the same file.

        Raises `UnsupportedType` for what is not one of `MEDIA_TYPES` by its first bytes or was called something else,
        `Conflict` for one file too many, `RateLimited`, and what a message is refused with.
        """
        threshold, rooms = self._threshold, self._threshold.rooms
        visitor = await threshold.present(request.credential)
        request = threshold.discreet(visitor, request)
        scope, conversation_id = visitor.scope, visitor.conversation_id
        rooms.admission.admit_attachment(scope, party_id=visitor.party_id)
        media_type = media_type_of(request.content)
        if media_type is None or not same_type(request.media_type, media_type):
            raise UnsupportedType("data: not one of the types that may be handed in, or not what it was called")
        await threshold.refuse_closed(scope, "webchat")
        party_id = await threshold.admitted(visitor)
        language = await threshold.language(visitor)
        attachment_id = derive_id("attachment", scope.tenant_id, conversation_id, request.client_message_id)
        message_id = MessageId(attachment_id)
        screened = await asyncio.to_thread(rooms.screening.screen, scope, request.name, message_id, channel="webchat")
        name = safe_name(screened.masked, media_type)
        await threshold.make_ready(scope, party_id)
        context = file_context(scope, attachment_id)
        sealed = await asyncio.to_thread(rooms.keys.seal, scope.tenant_id, party_id, request.content, context=context)
        key = f"attachment:{request.client_message_id}"
        kept = AttachmentKept(
            attachment_id=attachment_id,
            name=name.text,
            media_type=media_type,
            size=len(request.content),
            state=HELD,
            duplicate=False,
        )

        def work(tx: Tx) -> Outcome[AttachmentKept]:
            record.lock_conversation(tx, scope, conversation_id)
            before = record.find_entry(tx, scope, conversation_id, key)
            if before is not None:
                there = repository.find_attachment(tx, scope, attachment_id)
                return Outcome(_again(before, kept, state=HELD if there is None else there.state))
            if repository.count_attachments(tx, scope, conversation_id) >= MOST:
                raise Conflict(f"a conversation holds at most {MOST} files")
            threshold.keep(tx, scope, screened, party_id=party_id, message_id=message_id)
            held = HeldFile(attachment_id=attachment_id, media_type=media_type, size=kept.size, sealed=sealed)
            taken, scan = hold(tx, scope, held, conversation_id=conversation_id, party_id=party_id)
            entry = msgspec.structs.replace(_received(tx, visitor, kept, name=name, key=key), party_id=party_id)
            opened = opening(tx, scope, entry, language=language)
            return Outcome(kept, (*opened, entry, taken), (scan,))

        return await threshold.write(scope, work)


def _received(tx: Tx, visitor: Visitor, kept: AttachmentKept, *, name: MaskedText, key: str) -> Entry:
    return Entry(
        kind="attachment.received",
        conversation_id=visitor.conversation_id,
        party_id=visitor.party_id,
        key=key,
        at=tx.now,
        actor=visitor.scope.actor,
        text=name,
        message_id=MessageId(kept.attachment_id),
        data={
            "attachment_id": kept.attachment_id,
            "media_type": kept.media_type,
            "size": kept.size,
            "state": kept.state,
            "client_id": key.partition(":")[2],
        },
    )


def _again(before: record.WrittenEntry, kept: AttachmentKept, *, state: str) -> AttachmentKept:
    entry = before.entry
    return msgspec.structs.replace(
        kept,
        name=entry.text.text if entry.text is not None else "",
        media_type=str(entry.data["media_type"]),
        size=int(entry.data["size"]),
        state=state,
        duplicate=True,
    )
