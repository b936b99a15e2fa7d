"""Whether it helped: asked once for each part of a conversation, answered by somebody who meant to."""

import asyncio

import msgspec

from doorward import record
from doorward.flow.threshold import Threshold
from doorward.flow.views.transcript import SHOWN_LINES
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.channel import FeedbackRequest
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText


class FeedbackKept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept: `duplicate` says that this part had been judged before, and that judgement stays."""

    helpful: bool
    duplicate: bool


class Feedback:
    """Takes judgements."""

    def __init__(self, threshold: Threshold) -> None:
        """Stand on `threshold`."""
        self._threshold = threshold

    async def give(self, request: FeedbackRequest) -> FeedbackKept:
        """Keep whether the conversation's latest part helped; the comment is screened like every text.

        A part goes from the customer's first words after a conversation's end to the next end. Raises `NotFound` where
        nobody has said anything yet, `RateLimited`, `TooLarge`.
        """
        threshold, rooms = self._threshold, self._threshold.rooms
        visitor = await threshold.present(request.credential)
        request = threshold.discreet(visitor, request)
        scope, conversation_id = visitor.scope, visitor.conversation_id
        rooms.admission.admit_wish(scope, party_id=visitor.party_id)
        party_id = await threshold.admitted(visitor)
        message_id = MessageId(derive_id("feedback", scope.tenant_id, conversation_id, request.client_message_id))
        screened = None
        if request.comment is not None:
            rooms.admission.measure(request.comment)
            screened = await asyncio.to_thread(
                rooms.screening.screen, scope, request.comment, message_id, channel="webchat"
            )
            if screened.originals:
                await threshold.make_ready(scope, party_id)

        def work(tx: Tx) -> Outcome[FeedbackKept]:
            record.lock_conversation(tx, scope, conversation_id)
            key = f"feedback:{_part(tx, scope, conversation_id)}"
            before = record.find_entry(tx, scope, conversation_id, key)
            if before is not None:
                return Outcome(FeedbackKept(helpful=bool(before.entry.data["helpful"]), duplicate=True))
            text: MaskedText | None = None
            if screened is not None:
                threshold.keep(tx, scope, screened, party_id=party_id, message_id=message_id)
                text = screened.masked
            entry = Entry(
                kind="feedback.given",
                conversation_id=conversation_id,
                party_id=party_id,
                key=key,
                at=tx.now,
                actor=scope.actor,
                text=text,
                message_id=message_id,
                data={"helpful": request.helpful, "client_id": request.client_message_id},
            )
            return Outcome(FeedbackKept(helpful=request.helpful, duplicate=False), (entry,))

        return await threshold.write(scope, work)


def _part(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int:
    """Return the number of the line that ended the part before the latest one, 0 for the first part."""
    card = record.card_of(tx, scope, conversation_id)
    if card is None or not card.customer_messages:
        raise NotFound("nothing was said yet that could be judged")
    since = max(0, card.last_seq - SHOWN_LINES)
    ended = part = 0
    for written in record.entries_after(tx, scope, conversation_id, after=since, limit=SHOWN_LINES):
        if written.entry.kind == "conversation.resolved":
            ended = written.seq
        elif written.entry.kind == "message.customer":
            part = ended
    return part
