"""Being called or written back instead of waiting: asked for, and taken back. The chat and the portal share it."""

import asyncio
from itertools import takewhile
from typing import Final

import msgspec

from doorward import record, routing
from doorward.admission import Visitor
from doorward.flow.offering import CallBack, asked_since_they_came, call_back_of
from doorward.flow.threshold import Threshold, opening
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.protection import Screened
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText, house_text

_REACHABLE: Final = frozenset({"EMAIL", "PHONE"})
_MOST_ASKED: Final = 50
"""Of what somebody asked for in one wait, so many of the latest are taken back with it."""


class CallBacks:
    """Keeps that somebody wants to be got back to, and lets them take it back as long as they wait."""

    def __init__(self, threshold: Threshold) -> None:
        """Stand on `threshold`."""
        self._threshold = threshold

    async def ask(self, visitor: Visitor, contact: WildText, *, client_id: str, offered: bool = False) -> None:
        """Keep an address to be answered at, masked and sealed, and queue the conversation for a person.

        Who waits already keeps their place. Whoever has the conversation next finds a task, to call or to write back.
        The same `client_id` again changes nothing; where only what was `offered` can be taken, asking again does not
        either, and `Conflict` is raised once the offer is gone.

        What no detector knows as an address or number is withheld as a whole: the field holds nothing but a contact.
        Raises `RateLimited`.
        """
        threshold, rooms = self._threshold, self._threshold.rooms
        scope, conversation_id = visitor.scope, visitor.conversation_id
        client_id = rooms.screening.kept_id(scope, client_id)
        rooms.admission.admit_wish(scope, party_id=visitor.party_id)
        party_id = await threshold.admitted(visitor, for_person=True)
        language = await threshold.language(visitor)
        own = (await asyncio.to_thread(rooms.settings_book.settings_of, scope.tenant_id)).languages[0]
        message_id = MessageId(derive_id("callback", scope.tenant_id, conversation_id, client_id))
        screened = await asyncio.to_thread(self._screened, scope, contact, message_id)
        way = _way(screened)
        await threshold.make_ready(scope, party_id)

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            wish = _wish(tx, visitor, party_id, client_id=client_id)
            if record.find_entry(tx, scope, conversation_id, wish.key) is not None:
                return Outcome(None)
            if offered and not _is_open(tx, scope, conversation_id):
                return Outcome(None)
            threshold.keep(tx, scope, screened, party_id=party_id, message_id=message_id)
            wish = msgspec.structs.replace(
                wish, text=screened.masked, message_id=message_id, data=wish.data | {"way": way}
            )
            task = _task(wish, words=rooms.translator.say(own, f"wish.task.{way}"))
            begun = opening(tx, scope, wish, language=language)
            passed = threshold.handed_over(tx, scope, wish, language=language, sentence="reply.callback_taken")
            return Outcome(None, (*begun, wish, *passed, task))

        await threshold.write(scope, work)

    async def take_back(self, visitor: Visitor) -> None:
        """Take back that somebody who waits wants to be got back to: they keep their place, and its task is done with.

        Where nothing was asked for, or it was taken back already, nothing changes. Raises `Conflict` once the wait is
        over: then a person may be calling already. `RateLimited`.
        """
        threshold = self._threshold
        scope, conversation_id = visitor.scope, visitor.conversation_id
        threshold.rooms.admission.admit_wish(scope, party_id=visitor.party_id)
        party_id = await threshold.speaker(visitor)
        language = await threshold.language(visitor)
        words = threshold.rooms.translator.say(language, "reply.callback_withdrawn")

        def work(tx: Tx) -> Outcome[None]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            if routing.place_in_queue(tx, scope, conversation_id) is None:
                raise Conflict("the wait is over")
            if not asked_since_they_came(tx, scope, conversation_id):
                return Outcome(None)
            asked, *before = _asked_in_this_wait(tx, scope, conversation_id)
            taken = msgspec.structs.replace(
                _wish(tx, visitor, party_id, client_id=str(asked.seq)),
                kind="callback.withdrawn",
                key=f"callback.withdrawn:{asked.seq}",
                text=house_text(words),
                data={"language": language},
            )
            said = threshold.said(taken, language=language, sentence="reply.callback_released")
            ended = [line for one in (asked, *before) for line in _done_with(tx, scope, taken, one.entry)]
            return Outcome(None, (taken, said, *ended))

        await threshold.write(scope, work)

    def _screened(self, scope: Scope, contact: WildText, message_id: MessageId) -> Screened:
        screening = self._threshold.rooms.screening
        screened = screening.screen(scope, contact, message_id, channel="webchat", wanted=_REACHABLE)
        if any(span.kind in _REACHABLE for span in screened.masked.spans):
            return screened
        return screening.withhold(scope, contact, message_id)


def _is_open(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Return whether an offer can be taken, False where it was. Raises `Conflict` when there is none (any more)."""
    card = record.card_of(tx, scope, conversation_id)
    stands: CallBack = "" if card is None else call_back_of(tx, scope, card)
    if stands not in {"offered", "asked"}:
        raise Conflict("the wait is over")
    return stands == "offered"


def _asked_in_this_wait(tx: Tx, scope: Scope, conversation_id: ConversationId) -> list[record.WrittenEntry]:
    """Return what somebody who waits has asked for since they came or last took it back, the newest first: whoever
    mistyped a number asks again.
    """
    kinds, stands = ("callback.requested", "callback.withdrawn"), routing.standing_of(tx, scope, conversation_id)
    turns = record.entries_of_kinds(tx, scope, (conversation_id,), kinds=kinds, limit=_MOST_ASKED)
    since = None if stands is None else stands.entered_at
    return list(
        takewhile(
            lambda one: one.entry.kind == "callback.requested" and since is not None and one.entry.at >= since, turns
        )
    )


def _wish(tx: Tx, visitor: Visitor, party_id: PartyId, *, client_id: str) -> Entry:
    return Entry(
        kind="callback.requested",
        conversation_id=visitor.conversation_id,
        party_id=party_id,
        key=f"callback:{client_id}",
        at=tx.now,
        actor=visitor.scope.actor,
        data={"reason": "callback_requested", "client_id": client_id},
    )


def _way(screened: Screened) -> str:
    """Return how somebody is to be got back to: by `phone`, by `mail`, or by what no detector knows (`other`)."""
    kinds = {span.kind for span in screened.masked.spans}
    return "phone" if "PHONE" in kinds else "mail" if "EMAIL" in kinds else "other"


def _task_id(wish: Entry) -> str:
    return derive_id("task", wish.conversation_id, wish.key)


def _task(wish: Entry, *, words: str) -> Entry:
    """Return the line of the task that a wish leaves to staff, anybody's and for some day: the queue says when."""
    task_id = _task_id(wish)
    return msgspec.structs.replace(
        wish,
        kind="task.added",
        key=f"task:{task_id}",
        text=house_text(words),
        message_id=MessageId(task_id),
        data={"task_id": task_id, "assignee": None, "due_at": None},
    )


def _done_with(tx: Tx, scope: Scope, taken: Entry, wish: Entry) -> tuple[Entry, ...]:
    """Return the line that ends the task of a wish that was taken back, none where it is done or has gone elsewhere."""
    task_id = _task_id(wish)
    tasks = record.tasks_of(tx, scope, wish.conversation_id)
    if not any(one.task_id == task_id and one.done_at is None for one in tasks):
        return ()
    data = {"task_id": task_id, "done": True, "why": "withdrawn"}
    return (msgspec.structs.replace(taken, kind="task.changed", key=f"task:{task_id}:withdrawn", text=None, data=data),)
