"""Keeping a file until it is scanned: the one way in, whoever hands it over."""

from doorward.flow.attachments import repository
from doorward.flow.attachments.scanning import scan_job
from doorward.flow.attachments.states import HELD
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope


class HeldFile(Discreet, frozen=True, kw_only=True):
    """A file, sealed (see `states.file_context`), what it is by its first bytes, and its size in bytes.

    `staff_id` is who attached it to a reply or a note; what a customer handed in has none.
    """

    attachment_id: str
    media_type: str
    size: int
    sealed: bytes
    staff_id: StaffId | None = None


def hold(
    tx: Tx, scope: Scope, held: HeldFile, *, conversation_id: ConversationId, party_id: PartyId
) -> tuple[AuditEvent, Job]:
    """Keep a file of a party in a conversation, and return the audit line and the scan that go with it.

    The caller knows that it is not kept yet, and writes the ledger line.
    """
    repository.insert_attachment(
        tx,
        scope,
        {
            "attachment_id": held.attachment_id,
            "conversation_id": conversation_id,
            "party_id": party_id,
            "media_type": held.media_type,
            "size": held.size,
            "state": HELD,
            "sealed": held.sealed,
            "staff_id": held.staff_id,
        },
    )
    taken = AuditEvent(action="attachment.held", object_kind="attachment", object_id=held.attachment_id)
    return taken, scan_job(held.attachment_id)
