"""What becomes of a file, and the ledger line that it came with."""

from typing import Final

from doorward import record
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

HELD: Final = "held"
"""Nobody has scanned it yet. Nothing in the house hands out a file in this state, to anybody."""

CLEAN: Final = "clean"
"""A scanner has seen all of it and found nothing: members of staff may open it."""

REFUSED: Final = "refused"
"""A scanner has found something in it; its content is gone."""

MOST: Final = 20
"""Files of one conversation that its customer hands in, and as many that replies and notes bring."""


def file_context(scope: Scope, attachment_id: str) -> bytes:
    """Return what a file is sealed with, so that no file passes for another."""
    return f"flow.attachment\x1f{scope.tenant_id}\x1f{attachment_id}".encode()


def prepared_key(attachment_id: str) -> str:
    """Return the key of the ledger line in which a file was attached to a reply or a note."""
    return f"prepared:{attachment_id}"


def sent_key(attachment_id: str) -> str:
    """Return the key of the ledger line in which such a file was sent. No customer's own id has a colon."""
    return f"attachment:sent:{attachment_id}"


def received_line(
    tx: Tx, scope: Scope, conversation_id: ConversationId, attachment_id: str
) -> record.WrittenEntry | None:
    """Return the line in which a file was handed in, or attached to a reply; None where there is none."""
    prepared = record.find_entry(tx, scope, conversation_id, prepared_key(attachment_id))
    if prepared is not None:
        return prepared
    lines = record.entries_of_kinds(tx, scope, (conversation_id,), kinds=("attachment.received",), limit=2 * MOST)
    return next((one for one in lines if one.entry.data["attachment_id"] == attachment_id), None)
