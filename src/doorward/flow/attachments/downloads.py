"""Handing a file out: what is clean, to members of staff and programs who may read the conversation, and noted."""

import asyncio
from collections.abc import Callable

from doorward.flow.attachments import repository
from doorward.flow.attachments.files import MEDIA_TYPES
from doorward.flow.attachments.states import CLEAN, HELD, file_context, received_line
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class OpenedFile(Discreet, frozen=True, kw_only=True):
    """A clean file: its safe name, which is masked and ends as what the file is, and all of it."""

    name: str
    content: bytes


Reads = Callable[[Tx], frozenset[str]]
"""Returns the ids of the files that replies brought to somebody, as their conversation shows them."""


class Downloads:
    """Opens files."""

    def __init__(self, transactions: Transactions, *, keys: Keys) -> None:
        """Open with `keys`."""
        self._transactions = transactions
        self._keys = keys

    async def open_told(self, scope: Scope, attachment_id: str, *, reads: Reads) -> OpenedFile:
        """Return a file that a reply brought to the customer who `reads` it, once it is noted who gets it.

        Raises `NotFound` for every other file, also for what the customer handed in: a browser that still holds a
        conversation's token hands out no copy of somebody's papers.
        """

        def read(tx: Tx) -> ConversationId:
            row = repository.find_attachment(tx, scope, attachment_id)
            if row is None or attachment_id not in reads(tx):
                raise NotFound("no such file")
            return ConversationId(row.conversation_id)

        return await self.open(scope, await self._transactions.read_async(read), attachment_id)

    async def open(self, scope: Scope, conversation_id: ConversationId, attachment_id: str) -> OpenedFile:
        """Return a clean file of a conversation, once it is noted who gets it.

        Raises `NotFound` for a file that this conversation of this tenant does not have or whose party was erased, and
        `Conflict` for one that is held or was refused; nothing is noted then.
        """

        def read(tx: Tx) -> tuple[bytes, str, str]:
            row = repository.find_attachment(tx, scope, attachment_id)
            if row is None or row.conversation_id != conversation_id:
                raise NotFound("no such file")
            if row.state != CLEAN:
                raise Conflict("the file is not scanned yet" if row.state == HELD else "the file was refused")
            line = received_line(tx, scope, conversation_id, attachment_id)
            named = "" if line is None or line.entry.text is None else line.entry.text.text
            return bytes(row.sealed), row.party_id, named or f"file.{MEDIA_TYPES[row.media_type]}"

        sealed, party_id, name = await self._transactions.read_async(read)
        context = file_context(scope, attachment_id)
        try:
            content = await asyncio.to_thread(self._keys.open, scope.tenant_id, party_id, sealed, context=context)
        except KeyDestroyed as error:
            raise NotFound("the file is gone") from error
        handed = AuditEvent(
            action="attachment.downloaded",
            object_kind="attachment",
            object_id=attachment_id,
            fields=("content",),
        )
        await self._transactions.write_async(scope, lambda _tx: Outcome(None, (handed,)))
        return OpenedFile(name=name, content=content)
