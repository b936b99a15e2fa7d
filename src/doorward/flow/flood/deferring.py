"""Keeping that somebody was told that there is no person for them now, and taking their appeal."""

from datetime import timedelta

from doorward.admission.kept import Withheld, note_appeal, note_over, note_told
from doorward.flow.flood.admitted import Admitted
from doorward.flow.flood.words import CALLED_WITHIN
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope


def keep_over(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, admitted: Admitted) -> None:
    """Keep that a contact began while its owner was over their quota; nothing for any other."""
    if admitted.because == "quota":
        withheld = _withheld(party_id, admitted)
        note_over(tx, scope, conversation_id, withheld, retry_after=admitted.retry_after)


def keep_told(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, admitted: Admitted) -> None:
    """Keep that somebody was told so, and by when they are got back to if that was promised."""
    keep_over(tx, scope, conversation_id, party_id, admitted=admitted)
    promised: timedelta | None = CALLED_WITHIN if admitted.way == "call_back" else None
    note_told(tx, scope, conversation_id, _withheld(party_id, admitted), promised=promised)


def keep_appeal(
    tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, *, admitted: Admitted
) -> tuple[AuditEvent, ...]:
    """Keep that somebody wants people to look at it; return the line of the audit, none where that waits already."""
    return note_appeal(tx, scope, conversation_id, _withheld(party_id, admitted))


def _withheld(party_id: PartyId, admitted: Admitted) -> Withheld:
    return Withheld(party_id=party_id, way=admitted.way, because=admitted.because, caller_class=admitted.caller_class)
