"""Who is at the desk: an agent who is signed in nowhere takes no conversations, and after a while keeps none."""

from datetime import timedelta

import msgspec

from doorward import record, routing
from doorward.identity import Sessions
from doorward.kit.i18n import Translator
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import SessionId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import house_text


class Attendance:
    """Keeps presence true to sessions: they end by signing out, by idleness, and when somebody is shut out.

    Whoever is signed in nowhere is not there, whatever they said: neither for conversations nor at lunch.
    """

    def __init__(self, transactions: Transactions, sessions: Sessions, translator: Translator) -> None:
        """Take the sessions of staff, and who says it to customers."""
        self._transactions = transactions
        self._sessions = sessions
        self._translator = translator

    async def sign_out(self, scope: Scope, session_id: SessionId) -> None:
        """End a session; if it was the last of its holder, they are gone from now on. Raises `NotFound`."""

        def work(tx: Tx) -> Outcome[None]:
            ended = self._sessions.sign_out(tx, scope, session_id)
            lapsed = routing.retire_absent(tx, scope, present=self._sessions.signed_in(tx, scope))
            return Outcome(None, (*ended.entries, *lapsed.entries))

        await self._transactions.write_async(scope, work)

    def retire_absent(self, scope: Scope) -> int:
        """Set away everybody whose sessions have all ended; return how many. Writes only if there is somebody."""
        if not self._transactions.read(lambda tx: self._absent(tx, scope)):
            return 0
        return self._transactions.write(
            scope, lambda tx: routing.retire_absent(tx, scope, present=self._sessions.signed_in(tx, scope))
        )

    def reroute(self, scope: Scope) -> int:
        """Put what those have who dropped out too long ago back into the queue; return how many conversations.

        How long is the plan's. Each stands where it stood, its customer is told, and all that waits is given out anew,
        which is also what lets a queue overflow when its time has come. Writes only if there is something to do.
        """
        if not self._transactions.read(lambda tx: _to_do(tx, scope)):
            return 0

        def work(tx: Tx) -> Outcome[int]:
            minutes = routing.read_plan(tx, scope).plan.reroute_minutes
            entries: list[Entry | AuditEvent] = []
            released = routing.release_dropped(tx, scope, after=timedelta(minutes=minutes)).value if minutes else ()
            for one in released:
                entries += self._passed(tx, scope, one)
            entries += routing.hand_out(tx, scope).entries
            return Outcome(len(released), tuple(entries))

        return self._transactions.write(scope, work)

    def _absent(self, tx: Tx, scope: Scope) -> frozenset[str]:
        return routing.attending_staff(tx, scope) - self._sessions.signed_in(tx, scope)

    def _passed(self, tx: Tx, scope: Scope, one: routing.Released) -> tuple[Entry | AuditEvent, ...]:
        record.lock_conversation(tx, scope, one.conversation_id)
        card = record.card_of(tx, scope, one.conversation_id)
        if card is None:
            return ()
        passed = Entry(
            kind="handoff.passed",
            conversation_id=one.conversation_id,
            party_id=card.party_id,
            key=f"dropped:{one.staff_id}:{card.last_seq}",
            at=tx.now,
            actor=scope.actor,
            data={"by": one.staff_id, "to": "", "queue": one.queue},
        )
        notice = msgspec.structs.replace(
            passed,
            kind="message.bot",
            key=f"notice:{passed.key}",
            text=house_text(self._translator.say(card.language, "reply.passed_to_queue")),
            data={"language": card.language, "action": passed.kind},
        )
        noted = AuditEvent(
            action="conversation.rerouted",
            object_kind="conversation",
            object_id=one.conversation_id,
            fields=("assignee",),
        )
        return (notice, passed, noted)


def _to_do(tx: Tx, scope: Scope) -> bool:
    """Return whether time alone may have changed who gets whom: somebody dropped out, or queues have times."""
    plan = routing.read_plan(tx, scope).plan
    timed = any(one.overflow_to or one.hold_seconds for one in plan.queues)
    if timed and routing.waiting_list(tx, scope, limit=1):
        return True
    before = tx.now - timedelta(minutes=plan.reroute_minutes)
    return bool(plan.reroute_minutes and routing.dropped_since(tx, scope, before=before))
