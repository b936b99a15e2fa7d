"""What customers may ask for besides an answer: to be called back, to have it in writing, to be forgotten."""

import msgspec

from doorward import record
from doorward.flow.call_backs import CallBacks
from doorward.flow.threshold import Threshold
from doorward.flow.views.transcript import ShownEntry, transcript
from doorward.kit.tx import Tx
from doorward.vocabulary.channel import CallbackRequest, DeletionRequest, TranscriptRequest
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import house_text


class WishTaken(msgspec.Struct, frozen=True, kw_only=True):
    """How the conversation stands after a wish."""

    state: str


class Wishes:
    """Takes wishes and passes them on to people."""

    def __init__(self, threshold: Threshold, call_backs: CallBacks) -> None:
        """Stand on `threshold`; `call_backs` get back to people."""
        self._threshold = threshold
        self._call_backs = call_backs

    async def call_back(self, request: CallbackRequest) -> WishTaken:
        """Do as `CallBacks.ask` for whoever holds the token. Raises `RateLimited`."""
        visitor = await self._threshold.present(request.credential)
        await self._call_backs.ask(visitor, request.contact, client_id=request.client_message_id)
        return await self._standing(request.credential)

    async def be_forgotten(self, request: DeletionRequest) -> WishTaken:
        """Pass on that the customer wants the conversation deleted; a person decides what law allows and does it.

        Raises `NotFound` where nothing was said: then there is nothing to delete. `RateLimited`.
        """
        threshold = self._threshold
        visitor = await threshold.present(request.credential)
        request = threshold.discreet(visitor, request)
        scope, conversation_id = visitor.scope, visitor.conversation_id
        threshold.rooms.admission.admit_wish(scope, party_id=visitor.party_id)
        party_id = await threshold.speaker(visitor)
        language = await threshold.language(visitor)
        words = house_text(threshold.rooms.translator.say(language, "reply.deletion_wish"))
        key = f"deletion:{request.client_message_id}"

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            if record.card_of(tx, scope, conversation_id) is None:
                raise NotFound("nothing was said yet that could be deleted")
            if record.find_entry(tx, scope, conversation_id, key) is not None:
                return Outcome(None)
            wish = Entry(
                kind="deletion.requested",
                conversation_id=conversation_id,
                party_id=party_id,
                key=key,
                at=tx.now,
                actor=scope.actor,
                text=words,
                data={"reason": "deletion_requested", "client_id": request.client_message_id, "language": language},
            )
            passed = threshold.handed_over(tx, scope, wish, language=language, sentence="reply.deletion_taken")
            return Outcome(None, (wish, *passed))

        await threshold.write(scope, work)
        return await self._standing(request.credential)

    async def mail_transcript(self, request: TranscriptRequest) -> None:
        """Mail the conversation, masked as it is shown, to the address on file of the customer who proved themselves.

        The same request again mails nothing more. Raises `StepUpRequired` until a mailed code was handed in, `NotFound`
        where nothing was said, `RateLimited`.
        """
        threshold, rooms = self._threshold, self._threshold.rooms
        visitor = await threshold.present(request.credential)
        request = threshold.discreet(visitor, request)
        scope, party_id, conversation_id = visitor.scope, visitor.party_id, visitor.conversation_id
        rooms.admission.admit_wish(scope, party_id=party_id)
        language = await threshold.language(visitor)
        await threshold.make_ready(scope, party_id)
        say, key = rooms.translator.say, f"transcript:{request.client_message_id}"

        def work(tx: Tx) -> Outcome[None]:
            grant = rooms.identity.require(tx, scope, party_id, action="transcript.mail")
            record.lock_conversation(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, key) is not None:
                return Outcome(None)
            shown = transcript(tx, scope, conversation_id)
            if not shown.entries:
                raise NotFound("nothing was said yet")
            company = rooms.identity.tenants.tenant(tx, scope).name
            authors = {
                "customer": say(language, "widget.author.you"),
                "bot": say(language, "widget.author.bot"),
                "agent": say(language, "widget.author.agent"),
            }
            lines = "\n\n".join(_line(entry, authors) for entry in shown.entries)
            posted = rooms.identity.letters.post(
                tx,
                scope,
                grant,
                subject=say(language, "mail.transcript.subject", company=company),
                text=say(language, "mail.transcript.body", company=company, lines=lines),
            )
            wish = Entry(
                kind="transcript.requested",
                conversation_id=conversation_id,
                party_id=grant.party_id,
                key=key,
                at=tx.now,
                actor=scope.actor,
            )
            return Outcome(None, (wish, *posted.entries), posted.jobs)

        await threshold.write(scope, work)

    async def _standing(self, credential: str) -> WishTaken:
        visitor = self._threshold.visitor(credential)
        card = await self._threshold.transactions.read_async(
            lambda tx: record.card_of(tx, visitor.scope, visitor.conversation_id)
        )
        return WishTaken(state="bot" if card is None else card.state)


def _line(entry: ShownEntry, authors: dict[str, str]) -> str:
    who = authors.get(entry.author, "")
    return f"{entry.at:%Y-%m-%d %H:%M} UTC · {who}\n{entry.text}"
