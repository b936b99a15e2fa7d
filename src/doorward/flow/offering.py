"""Offering a call-back to who waits for long: once, in their language, with the wait that is to be expected."""

from collections.abc import Callable, Iterable
from typing import Final, Literal

from doorward import record, routing
from doorward.flow.openings import closed_at
from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import house_text

_AT_ONCE: Final = 50
_WISHES: Final = ("callback.requested", "callback.withdrawn")
_TURNS: Final = ("callback.offered", *_WISHES)
_ENDS: Final = ("conversation.resolved", "handoff.returned", "conversation.merged")

CallBack = Literal["", "offered", "asked", "taken", "over"]
"""How a conversation stands with being called back: `offered` while somebody waits who may say yes, `asked` while they
wait and have said it, `taken` once a person has it who is to get back to them, and `over` where the wait has ended
without; empty where nothing was offered in this contact, or where it has ended.
"""


class Offering:
    """Looks now and then who waits for longer than the company's plan allows, and offers to get back to them."""

    def __init__(
        self,
        transactions: Transactions,
        translator: Translator,
        *,
        settings_of: Callable[[Tx, Scope], TenantSettings],
        channels: Iterable[str],
    ) -> None:
        """Take who says it, when people answer, and on which channels somebody can say yes."""
        self._transactions = transactions
        self._translator = translator
        self._settings_of = settings_of
        self._channels = frozenset(channels)

    def keep_time(self, scope: Scope) -> int:
        """Offer a call-back to whoever waits for long and was not offered one; return to how many."""

        def read(tx: Tx) -> tuple[routing.LongWait, ...]:
            return routing.long_waits(tx, scope, channels=self._channels, limit=_AT_ONCE)

        return sum(self._offer(scope, one) for one in self._transactions.read(read))

    def _offer(self, scope: Scope, wait: routing.LongWait) -> int:
        conversation_id = wait.conversation_id

        def work(tx: Tx) -> Outcome[int]:
            routing.lock_queue(tx, scope)
            record.lock_conversation(tx, scope, conversation_id)
            card = record.card_of(tx, scope, conversation_id)
            waits = routing.place_in_queue(tx, scope, conversation_id) is not None
            if card is None or not waits or routing.offered_to(tx, scope, conversation_id) is not None:
                return Outcome(0)
            routing.note_offered(tx, scope, conversation_id)
            if asked_since_they_came(tx, scope, conversation_id):
                return Outcome(0)
            # Outside the hours nobody is promised, whoever sits at the desk.
            closed = closed_at(self._settings_of(tx, scope), tx.now) is not None
            return Outcome(1, (self._line(tx, scope, card, None if closed else wait.minutes),))

        return self._transactions.write(scope, work)

    def _line(self, tx: Tx, scope: Scope, card: record.Card, minutes: int | None) -> Entry:
        say = self._translator.say
        if minutes is None:
            words = say(card.language, "reply.callback_offer_unknown")
        else:
            words = say(card.language, "reply.callback_offer", count=minutes)
        return Entry(
            kind="callback.offered",
            conversation_id=card.conversation_id,
            party_id=card.party_id,
            key=f"offer:{card.last_seq}",
            at=tx.now,
            actor=scope.actor,
            text=house_text(words),
            data={"language": card.language} | ({} if minutes is None else {"minutes": minutes}),
        )


def call_back_of(tx: Tx, scope: Scope, card: record.Card) -> CallBack:
    """Return how a conversation stands with being called back; see `CallBack`."""
    here = card.conversation_id
    if card.state == "waiting":
        if asked_since_they_came(tx, scope, here):
            return "asked"
        return "" if routing.offered_to(tx, scope, here) is None else "offered"
    if card.state != "human":
        return ""
    latest = record.entries_of_kinds(tx, scope, (here,), kinds=(*_TURNS, *_ENDS), limit=1)
    if not latest or latest[0].entry.kind in _ENDS:
        return ""
    return "taken" if latest[0].entry.kind == "callback.requested" else "over"


def asked_since_they_came(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Return whether somebody who waits has asked for a call-back since they came, and has not taken that back."""
    stands = routing.standing_of(tx, scope, conversation_id)
    turns = record.entries_of_kinds(tx, scope, (conversation_id,), kinds=_WISHES, limit=1)
    asked = bool(turns) and turns[0].entry.kind == "callback.requested"
    came = None if stands is None else stands.entered_at
    return came is not None and asked and turns[0].entry.at >= came
