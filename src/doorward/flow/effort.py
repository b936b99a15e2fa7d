"""In red: asking the device of a visitor whom nobody knows for a piece of work, which gives them a place in the queue.

It is asked of nobody else, and nobody has to: without it they have what everybody has whom nobody knows.
"""

import asyncio
from datetime import datetime

import msgspec

from doorward.admission import Visitor
from doorward.admission.flood import class_of
from doorward.flow.flood import Admitted, By, knock_of
from doorward.flow.joined import goes_on_in
from doorward.flow.threshold import Threshold
from doorward.kit.tx import Tx
from doorward.vocabulary.channel import EffortMadeRequest, EffortRequest
from doorward.vocabulary.effort import EffortChallenge


class EffortAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The piece of work that a device is asked for; null where none is."""

    challenge: EffortChallenge | None = None


class EffortTaken(msgspec.Struct, frozen=True, kw_only=True):
    """The token that goes on in the place of the one before, until when it is good, and the effort until when."""

    token: str
    expires_at: datetime
    effort_until: datetime

    def __repr__(self) -> str:
        """Show nothing of the token."""
        return "<EffortTaken>"


class EffortWork:
    """The verbs."""

    def __init__(self, threshold: Threshold) -> None:
        """Stand on `threshold`."""
        self._threshold = threshold

    def is_wanted(self, tx: Tx, visitor: Visitor) -> bool:
        """Return whether this visitor's device would be asked for work now."""
        rooms, scope = self._threshold.rooms, visitor.scope
        alert = rooms.flood.standing(tx, scope).alert
        if alert.off or not rooms.efforts.asks_in(alert.level) or visitor.has_effort(tx.now):
            return False
        if not rooms.identity.tenants.settings_of(tx, scope).effort_in_red:
            return False
        party = rooms.identity.parties.recognise(tx, scope, visitor.party_id)
        here = goes_on_in(tx, scope, visitor.conversation_id)
        caller = knock_of(tx, scope, party, here, by=By(platform="", channel="")).caller
        return class_of(caller) == "anonymous" and not caller.is_protected

    async def would_help(self, visitor: Visitor, admitted: Admitted) -> bool:
        """Return whether somebody who was just admitted like this should be asked; most never are."""
        asks = self._threshold.rooms.efforts.asks_in(admitted.level)
        if not asks or admitted.effort or admitted.caller_class != "anonymous":
            return False
        return await self._threshold.transactions.read_async(lambda tx: self.is_wanted(tx, visitor))

    async def ask(self, request: EffortRequest) -> EffortAsked:
        """Return work for a visitor's device, none where none is asked of them. Raises `RateLimited`."""
        threshold = self._threshold
        visitor = threshold.visitor(request.credential)
        await asyncio.to_thread(threshold.rooms.admission.admit_effort, visitor.scope, party_id=visitor.party_id)
        if not await threshold.transactions.read_async(lambda tx: self.is_wanted(tx, visitor)):
            return EffortAsked()
        level = await asyncio.to_thread(threshold.rooms.flood.level, visitor.scope)
        return EffortAsked(challenge=await asyncio.to_thread(threshold.rooms.efforts.ask, visitor, level=level))

    async def take(self, request: EffortMadeRequest) -> EffortTaken:
        """Take work back, and return the token of a visit that has its place for it. Raises as `Efforts.take`."""
        rooms = self._threshold.rooms
        visitor = self._threshold.visitor(request.credential)
        await asyncio.to_thread(rooms.admission.admit_effort, visitor.scope, party_id=visitor.party_id)
        until = rooms.efforts.take(visitor, request.challenge, request.solution)
        made = msgspec.structs.replace(visitor, effort_until=until)
        issued = rooms.visitor_tokens.issue_for(made)
        return EffortTaken(token=issued.token, expires_at=issued.expires_at, effort_until=until)
