"""Second persons: what they are asked, who may decide, and what they decided. Exactly that act, once, in time."""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from doorward import record
from doorward.answering.procedures import Procedure, Run, keeping
from doorward.answering.procedures.agreements import (
    Agreement,
    agreements_asked,
    agreements_in,
    count_asked,
    decide_agreement,
    digest_of,
    find_agreement,
    forget_decided,
    overdue_agreements,
)
from doorward.answering.procedures.calling import ShownCall, show_call
from doorward.answering.procedures.run import Agree
from doorward.answering.procedures.state import want_of
from doorward.flow.desk.rooms import DeskRooms, DeskText, NewLine, card_at, screen_words
from doorward.flow.joined import all_taken_in, goes_on_in
from doorward.flow.procedures.agreed import AGREEMENT
from doorward.flow.procedures.book import ProcedureBook
from doorward.flow.procedures.second_person import DECIDED, agreement_audit, agreement_line
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

LONGEST_REASON: Final = 500

Why = Literal["", "yours", "expired", "decided", "changed"]
"""Why somebody cannot decide about an act: they had the conversation, or it is over, or it is another act by now."""

_HANDLED: Final = (
    "message.agent",
    "handoff.assigned",
    "handoff.passed",
    "handoff.returned",
    "conversation.resolved",
    "reply.scheduled",
)
_LINES: Final = 2_000


class AskedAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """What a second person is asked: the agreement, the call in words if it is still that, and why not to decide.

    `reason` is what they wrote who decided (masked).
    """

    agreement: Agreement
    call: ShownCall | None
    why_not: Why = ""
    reason: MaskedText | None = None


class DecisionWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a second person says: whether they agree, and why. Who refuses says why."""

    agrees: bool
    reason: WildText


class Agreeing:
    """The verbs; `scope.actor` is the member of staff who decides. Whether they may at all is asked at the door."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms, *, book: ProcedureBook) -> None:
        """Take the rooms that the verbs need, and the procedures that acts are read by."""
        self._transactions = transactions
        self._rooms = rooms
        self._book = book

    async def asked(self, scope: Scope, *, language: str) -> tuple[AskedAgreement, ...]:
        """Return what second persons are asked now, in the words of a language, the longest asked first.

        That somebody looked is noted in the audit.
        """

        def read(tx: Tx) -> tuple[AskedAgreement, ...]:
            return tuple(self._shown(tx, scope, one, language=language) for one in agreements_asked(tx, scope))

        return await self._noted(scope, read)

    def asked_in(
        self, tx: Tx, scope: Scope, conversation_id: ConversationId, *, language: str
    ) -> tuple[AskedAgreement, ...]:
        """Return what second persons were asked in a conversation, the latest first; opening it is noted by itself."""
        found = agreements_in(tx, scope, conversation_id)
        return tuple(self._shown(tx, scope, one, language=language) for one in found)

    async def one(self, scope: Scope, agreement_id: str, *, language: str) -> AskedAgreement:
        """Return one thing that a second person is or was asked; that somebody looked is noted. Raises `NotFound`."""

        def read(tx: Tx) -> tuple[AskedAgreement, ...]:
            return (self._shown(tx, scope, find_agreement(tx, scope, agreement_id), language=language),)

        return (await self._noted(scope, read))[0]

    def count(self, tx: Tx, scope: Scope) -> int:
        """Return how many things second persons are asked now."""
        return count_asked(tx, scope)

    async def decide(self, scope: Scope, agreement_id: str, wish: DecisionWish) -> Agreement:
        """Agree to an act, or refuse it: that act and no other, once. What comes of it comes by a job.

        The reason is masked before it is kept. Raises `NotFound`, `Malformed` for a refusal without a reason,
        `TooLarge`, `SecretRefused`, and `Conflict` with why not (fact `why`: `Why`).
        """
        if len(wish.reason) > LONGEST_REASON:
            raise TooLarge(f"reason: longer than {LONGEST_REASON} characters", limit=LONGEST_REASON)
        if wish.reason.is_blank and not wish.agrees:
            raise Malformed("reason: empty")
        asked = await self._transactions.read_async(lambda tx: find_agreement(tx, scope, agreement_id))
        message_id = MessageId(derive_id("agreement.reason", agreement_id, scope.actor.id))
        text = DeskText(message_id, wish.reason)
        written = await screen_words(self._transactions, self._rooms, scope, about=asked.conversation_id, text=text)

        def work(tx: Tx) -> Outcome[Agreement]:
            record.lock_conversation(tx, scope, asked.conversation_id)
            agreement = find_agreement(tx, scope, agreement_id)
            why = self._why_not(tx, scope, agreement)
            if why:
                raise Conflict("this cannot be decided by you now", why=why)
            decided = decide_agreement(
                tx, scope, agreement, state="agreed" if wish.agrees else "refused", by=scope.actor.id
            )
            line = agreement_line(tx, scope, decided, kind=DECIDED[decided.state])
            card = card_at(tx, scope, asked.conversation_id)
            said = (
                line if wish.reason.is_blank else written.line(tx, scope, card, NewLine(line.kind, line.key, line.data))
            )
            return Outcome(decided, (said, agreement_audit(decided)), (_job(decided),))

        return await self._transactions.write_async(scope, work)

    def keep_time(self, scope: Scope) -> int:
        """Give up what nobody decided about in time; return how much."""

        def work(tx: Tx) -> Outcome[int]:
            lines: list[Entry | AuditEvent] = []
            jobs: list[Job] = []
            for one in overdue_agreements(tx, scope):
                record.lock_conversation(tx, scope, one.conversation_id)
                given_up = decide_agreement(tx, scope, one, state="expired", by=None)
                lines += [agreement_line(tx, scope, given_up, kind="agreement.expired"), agreement_audit(given_up)]
                jobs.append(_job(given_up))
            return Outcome(len(jobs), tuple(lines), tuple(jobs))

        if not self._transactions.read(lambda tx: overdue_agreements(tx, scope, limit=1)):
            return 0
        return self._transactions.write(scope, work)

    def forget(self, scope: Scope) -> int:
        """Remove what was decided long ago; return how much. The ledger and the audit know of it still."""
        return self._transactions.write(scope, lambda tx: Outcome(forget_decided(tx, scope)))

    # -- inside ------------------------------------------------------------------------------------------------------

    async def _noted(
        self, scope: Scope, read: Callable[[Tx], tuple[AskedAgreement, ...]]
    ) -> tuple[AskedAgreement, ...]:
        found = await self._transactions.read_async(read)
        seen = tuple(
            AuditEvent(
                action="agreement.read",
                object_kind="party",
                object_id=one.agreement.party_id,
                reason=f"agreement {one.agreement.id}",
            )
            for one in found
        )
        if seen:
            await self._transactions.write_async(scope, lambda _tx: Outcome(None, seen))
        return found

    def _shown(self, tx: Tx, scope: Scope, agreement: Agreement, *, language: str) -> AskedAgreement:
        found = self._standing(tx, scope, agreement)
        call = None if found is None else show_call(found[0], found[1], found[2], language=language)
        reason = None
        if agreement.state in {"agreed", "refused", "used"}:
            kind = "agreement.refused" if agreement.state == "refused" else "agreement.given"
            key = f"{kind}:{agreement.id}"
            line = record.find_entry(tx, scope, agreement.conversation_id, key)
            reason = None if line is None else line.entry.text
        return AskedAgreement(
            agreement=agreement, call=call, why_not=self._why_not(tx, scope, agreement), reason=reason
        )

    def _why_not(self, tx: Tx, scope: Scope, agreement: Agreement) -> Why:
        if agreement.state != "asked":
            return "decided"
        if agreement.expires_at <= tx.now:
            return "expired"
        if self._standing(tx, scope, agreement) is None:
            return "changed"
        return "yours" if scope.actor.id in handlers_of(tx, scope, agreement.conversation_id) else ""

    def _standing(self, tx: Tx, scope: Scope, agreement: Agreement) -> tuple[Procedure, Run, Agree] | None:
        """Return the run that waits for exactly this, None if there is none any more."""
        procedures = self._book.of(scope.tenant_id, tx=tx)
        try:
            run = keeping.find(tx, scope, agreement.run_id).run
        except NotFound:
            return None
        procedure = None if procedures is None else procedures.of_run(run)
        want = None if procedure is None else want_of(procedure, run)
        if procedure is None or not isinstance(want, Agree) or digest_of(scope, run, want) != agreement.digest:
            return None
        return procedure, run, want


def handlers_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> frozenset[str]:
    """Return the members of staff who have a conversation, or had it, or wrote in it to the customer."""
    goes_on = goes_on_in(tx, scope, conversation_id)
    places = tuple(dict.fromkeys((conversation_id, goes_on, *all_taken_in(tx, scope, goes_on))))
    lines = record.entries_of_kinds(tx, scope, places, kinds=_HANDLED, limit=_LINES)
    cards = (record.card_of(tx, scope, one) for one in places)
    now = {card.assignee for card in cards if card is not None and card.assignee}
    return frozenset(now | {who for line in lines for who in _named(line)})


def _named(line: WrittenEntry) -> tuple[str, ...]:
    entry = line.entry
    acted = (entry.actor.id,) if entry.actor.kind == "staff" else ()
    named = (str(entry.data.get(name) or "") for name in ("staff_id", "to", "by"))
    return (*acted, *(one for one in named if one))


def _job(agreement: Agreement) -> Job:
    key = f"{agreement.id}:{agreement.state}"
    return Job(kind=AGREEMENT, key=key, payload={"agreement_id": agreement.id})
