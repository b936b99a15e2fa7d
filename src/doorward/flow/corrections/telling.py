"""The job that tells customers what was wrong: one conversation after the other, each customer once."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final, NamedTuple, cast

from doorward import record
from doorward.answering.corrections import Correction, Corrections, Recipient
from doorward.answering.corrections.service import TELL, telling_job
from doorward.flow.corrections.finding import Destroyed
from doorward.flow.corrections.saying import language_for, message_of
from doorward.flow.desk.rooms import DeskRooms, DeskText, NewLine, WrittenAtDesk, audit_of, screen_words
from doorward.flow.joined import goes_on_in
from doorward.identity import family_of
from doorward.kit.i18n import Translator
from doorward.kit.ids import derive_id
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, ActorKind, Scope
from doorward.vocabulary.text import WildText

log = get_logger("corrections")

SECONDS: Final = 20.0
_REFUSED: Final = (Conflict, Malformed, NotFound, SecretRefused, TooLarge)


class CorrectionRooms(NamedTuple):
    """What telling asks of others; `desk` screens and masks what is said, as it does what agents write."""

    corrections: Corrections
    desk: DeskRooms
    sentences: Translator
    destroyed: Destroyed


class Teller:
    """Handles `corrections.tell` jobs. May run twice: a conversation is settled in the transaction that tells it.

    What was said goes into the ledger by a key of the correction's own, so that nobody is ever told it twice there.
    """

    kind = TELL

    def __init__(
        self, transactions: Transactions, rooms: CorrectionRooms, *, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Take the rooms; `seconds` is a clock for tests."""
        self._transactions = transactions
        self._rooms = rooms
        self._seconds = seconds

    def __call__(self, job: ClaimedJob) -> None:
        """Tell for a while, and have a job follow if that was not all."""
        actor = Actor(kind=cast("ActorKind", job.payload["actor_kind"]), id=job.payload["actor_id"])
        scope = Scope(tenant_id=TenantId(job.tenant_id), actor=actor)
        correction_id, corrections = job.payload["correction_id"], self._rooms.corrections
        until = self._seconds() + SECONDS
        while self._tell_next(scope, correction_id):
            if self._seconds() >= until:
                self._transactions.write(
                    scope,
                    lambda tx: Outcome(
                        None, (), (telling_job(corrections.correction(tx, scope, correction_id), scope),)
                    ),
                )
                return

    def _tell_next(self, scope: Scope, correction_id: str) -> bool:
        """Tell the next customer; return False when there is none, or it was stopped."""
        corrections = self._rooms.corrections

        def read(tx: Tx) -> tuple[Correction, Recipient | None]:
            found = corrections.correction(tx, scope, correction_id)
            return found, corrections.next_to_tell(tx, scope, correction_id)

        correction, one = self._transactions.read(read)
        if one is None:
            self._transactions.write(scope, lambda tx: corrections.finish(tx, scope, correction_id))
            return False
        self.tell(scope, correction, one)
        return True

    def tell(self, scope: Scope, correction: Correction, one: Recipient) -> None:
        """Tell one customer, or keep why not. What is refused for one keeps no other from being told."""
        rooms = self._rooms
        gone = rooms.destroyed(scope.tenant_id)
        where = self._transactions.read(lambda tx: _where(tx, scope, one))
        if where is None or where.party_id in gone or one.party_id in gone:
            self._skip(scope, correction, one, why="gone" if where is None else "erased")
            return
        try:
            written = asyncio.run(self._screened(scope, correction, where))
            self._transactions.write(scope, lambda tx: self._say(tx, scope, correction, one, written))
        except _REFUSED as error:
            log.warning("corrections.refused", correction_id=correction.id, code=error.code)
            self._skip(scope, correction, one, why=error.code)

    async def _screened(self, scope: Scope, correction: Correction, where: Card) -> WrittenAtDesk:
        rooms = self._rooms
        message_id = MessageId(derive_id("correction", scope.tenant_id, where.conversation_id, correction.id))
        text = WildText(message_of(correction, rooms.sentences, language=where.language))
        return await screen_words(
            self._transactions, rooms.desk, scope, about=where.conversation_id, text=DeskText(message_id, text)
        )

    def _say(
        self, tx: Tx, scope: Scope, correction: Correction, one: Recipient, written: WrittenAtDesk
    ) -> Outcome[None]:
        corrections = self._rooms.corrections
        where = _where(tx, scope, one)
        if where is None:
            raise NotFound("the conversation is gone")
        record.lock_conversation(tx, scope, where.conversation_id)
        if corrections.is_told(tx, scope, correction.id, family_of(tx, scope, where.party_id)):
            corrections.note_skipped(tx, scope, correction.id, one.conversation_id, why="elsewhere")
            return Outcome(None)
        if not corrections.note_told(tx, scope, correction.id, one.conversation_id, party_id=where.party_id):
            return Outcome(None)
        data = {
            "language": where.language,
            "action": "correction.told",
            "correction": correction.id,
            "words": language_for(correction, where.language),
        }
        line = NewLine("message.bot", f"correction:{correction.id}", data)
        entry = written.line(tx, scope, where, line)
        return Outcome(None, (entry, audit_of("conversation.corrected", where.conversation_id)))

    def _skip(self, scope: Scope, correction: Correction, one: Recipient, *, why: str) -> None:
        corrections = self._rooms.corrections

        def work(tx: Tx) -> Outcome[None]:
            corrections.note_skipped(tx, scope, correction.id, one.conversation_id, why=why)
            return Outcome(None)

        self._transactions.write(scope, work)


def _where(tx: Tx, scope: Scope, one: Recipient) -> Card | None:
    """Return the conversation in which a customer is told: the one in which theirs goes on, None when it is gone."""
    here: ConversationId = goes_on_in(tx, scope, one.conversation_id)
    return record.card_of(tx, scope, here)
