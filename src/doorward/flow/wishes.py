"""What customers may ask for besides an answer: to be called back, to have it in writing, to be forgotten."""

import asyncio

import msgspec

from doorward import record, routing
from doorward.flow.threshold import Threshold, opening
from doorward.flow.views.transcript import ShownEntry, transcript
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.protection import Screened
from doorward.vocabulary.channel import CallbackRequest, DeletionRequest, TranscriptRequest
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import house_text

_REACHABLE = frozenset({"EMAIL", "PHONE"})


class WishTaken(msgspec.Struct, frozen=True, kw_only=True):
    """How the conversation stands after a wish."""

    state: str


class Wishes:
    """Takes wishes and passes them on to people."""

    def __init__(self, threshold: Threshold) -> None:
        """Stand on `threshold`."""
        self._threshold = threshold

    async def call_back(self, request: CallbackRequest) -> WishTaken:
        """Keep an address to be answered at, masked and sealed, and queue the conversation for a person.

        Who waits already keeps their place. Whoever has the conversation next finds a task, to call or to write back.

        What no detector knows as an address or number is withheld as a whole: the field holds nothing but a contact.
        Raises `RateLimited`.
        """
        threshold, rooms = self._threshold, self._threshold.rooms
        visitor = await threshold.present(request.credential)
        request = threshold.discreet(visitor, request)
        scope, conversation_id = visitor.scope, visitor.conversation_id
        rooms.admission.admit_wish(scope, party_id=visitor.party_id)
        party_id = await threshold.admitted(visitor, for_person=True)
        language = await threshold.language(visitor)
        own = (await asyncio.to_thread(rooms.settings_book.settings_of, scope.tenant_id)).languages[0]
        key = f"callback:{request.client_message_id}"
        message_id = MessageId(derive_id("callback", scope.tenant_id, conversation_id, request.client_message_id))
        screened = await asyncio.to_thread(
            rooms.screening.screen, scope, request.contact, message_id, channel="webchat", wanted=_REACHABLE
        )
        if not any(span.kind in _REACHABLE for span in screened.masked.spans):
            screened = rooms.screening.withhold(scope, request.contact, message_id)
        way = _way(screened)
        await threshold.make_ready(scope, party_id)

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, key) is not None:
                return Outcome(None)
            threshold.keep(tx, scope, screened, party_id=party_id, message_id=message_id)
            wish = Entry(
                kind="callback.requested",
                conversation_id=conversation_id,
                party_id=party_id,
                key=key,
                at=tx.now,
                actor=scope.actor,
                text=screened.masked,
                message_id=message_id,
                data={"reason": "callback_requested", "client_id": request.client_message_id, "way": way},
            )
            task = _task(wish, words=rooms.translator.say(own, f"wish.task.{way}"))
            begun = opening(tx, scope, wish, language=language)
            passed = threshold.handed_over(tx, scope, wish, language=language, sentence="reply.callback_taken")
            return Outcome(None, (*begun, wish, *passed, task))

        await threshold.write(scope, work)
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


def _way(screened: Screened) -> str:
    """Return how somebody is to be got back to: by `phone`, by `mail`, or by what no detector knows (`other`)."""
    kinds = {span.kind for span in screened.masked.spans}
    return "phone" if "PHONE" in kinds else "mail" if "EMAIL" in kinds else "other"


def _task(wish: Entry, *, words: str) -> Entry:
    """Return the line of the task that a wish leaves to staff, anybody's and for some day: the queue says when."""
    task_id = derive_id("task", wish.conversation_id, wish.key)
    return msgspec.structs.replace(
        wish,
        kind="task.added",
        key=f"task:{task_id}",
        text=house_text(words),
        message_id=MessageId(task_id),
        data={"task_id": task_id, "assignee": None, "due_at": None},
    )


def _line(entry: ShownEntry, authors: dict[str, str]) -> str:
    who = authors.get(entry.author, "")
    return f"{entry.at:%Y-%m-%d %H:%M} UTC · {who}\n{entry.text}"
