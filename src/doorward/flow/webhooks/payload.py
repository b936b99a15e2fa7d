"""What is told: made of the ledger's line each time, so that no copy of a text lies in a queue or a log."""

from datetime import datetime
from typing import Any

import msgspec

from doorward import record
from doorward.admission.kept import find_change
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope
from doorward.webhooks import EVENTS, FLOOD, TEST, Delivery, Endpoint


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The body, in the form that Standard Webhooks recommends: type, time, data."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


def payload_of(tx: Tx, scope: Scope, delivery: Delivery, endpoint: Endpoint) -> bytes | None:
    """Return the body of a delivery, always the same for one line; None when the line is gone.

    Of the line's data only the facts that its event names go out; its text is masked, and goes only where it is wanted.
    """
    if delivery.event == TEST:
        return msgspec.json.encode(Payload(type=TEST, timestamp=delivery.created_at, data={"webhook_id": endpoint.id}))
    if delivery.event == FLOOD:
        return _flood(tx, scope, delivery)
    conversation_id = ConversationId(delivery.conversation_id)
    found = record.entries_after(tx, scope, conversation_id, after=delivery.seq - 1, limit=1)
    event = EVENTS.get(delivery.event)
    if not found or found[0].seq != delivery.seq or event is None:
        return None
    entry = found[0].entry
    data: dict[str, Any] = {
        "conversation_id": entry.conversation_id,
        "party_id": entry.party_id,
        "seq": found[0].seq,
        "actor": {"kind": entry.actor.kind, "id": entry.actor.id},
        "facts": {name: entry.data[name] for name in event.facts if name in entry.data},
    }
    if entry.message_id is not None:
        data["message_id"] = entry.message_id
    if event.has_text and endpoint.with_text and entry.text is not None:
        data["text"] = entry.text.text
    return msgspec.json.encode(Payload(type=entry.kind, timestamp=entry.at, data=data))


def _flood(tx: Tx, scope: Scope, delivery: Delivery) -> bytes | None:
    noted = find_change(tx, scope, delivery.conversation_id)
    if noted is None:
        return None
    change = noted.change
    facts = {
        "change_id": noted.id,
        "cause": change.cause,
        "before": change.before,
        "after": change.after,
        "measured": change.measured_after,
        "needed_people": noted.needed.people,
        "needed_bot": noted.needed.bot,
    }
    return msgspec.json.encode(Payload(type=FLOOD, timestamp=change.at, data={"facts": facts}))
