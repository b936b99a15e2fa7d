"""A summary for whoever takes a conversation over: a private note, written by a job once it waits for a person."""

from collections.abc import Callable, Sequence
from typing import Final

from doorward import record
from doorward.answering.language_model import Asking, Label, Line, Proposed, Proposer
from doorward.kit.i18n import Translator
from doorward.kit.ids import derive_id
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.past import is_past
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import MaskedText, house_text

log = get_logger("flow.language_model")

SECONDS: Final = 15.0
"""How long a summary may take: nobody waits for it."""

LINES: Final = 30
"""Of what was said, the latest, that are summed up."""

_LOOKED_THROUGH: Final = 200
_SAID: Final[dict[str, Label]] = {"message.customer": "customer", "message.bot": "bot", "message.agent": "agent"}


class Summarising:
    """Follows the ledger, and is the job. It may run twice: a note that is there is not written again."""

    kind = "language_model.summarise"

    def __init__(
        self,
        transactions: Transactions,
        proposer: Proposer,
        *,
        translator: Translator,
        settings_of: Callable[[Tx, Scope], TenantSettings],
    ) -> None:
        """Take who sums up, and the companies' wishes."""
        self._transactions, self._proposer = transactions, proposer
        self._translator, self._settings_of = translator, settings_of

    def follow(self, tx: Tx, scope: Scope, written: Sequence[WrittenEntry]) -> tuple[Job, ...]:
        """Return a job for each of these lines by which a conversation begins to wait for a person."""
        waits = [one for one in written if one.entry.kind == "handoff.requested" and _is_for_a_model(one.entry)]
        if not waits or not self._is_wanted(tx, scope):
            return ()
        return tuple(
            Job(
                kind=self.kind,
                key=f"{one.entry.conversation_id}.{one.seq}",
                payload={"conversation_id": one.entry.conversation_id, "seq": str(one.seq)},
            )
            for one in waits
        )

    def __call__(self, job: ClaimedJob) -> None:
        """Sum up what was said until the conversation began to wait, and write it down for staff."""
        scope = system_scope(TenantId(job.tenant_id), "language_model")
        conversation_id, seq = ConversationId(job.payload["conversation_id"]), int(job.payload["seq"])
        key = f"summary:{seq}"
        found = self._transactions.read(lambda tx: self._lines(tx, scope, conversation_id, seq=seq, key=key))
        if found is None:
            return
        lines, language = found
        asking = Asking(scope=scope, language=language, seconds=SECONDS)
        proposed = self._proposer.summarise(lines, asking=asking)
        if proposed.value is None:
            log.info("flow.summary.missing", outcome=proposed.use.outcome, why=proposed.use.why)
            return
        self._transactions.write(scope, lambda tx: self._note(tx, scope, conversation_id, key=key, proposed=proposed))

    def _is_wanted(self, tx: Tx, scope: Scope) -> bool:
        return "summary" in self._settings_of(tx, scope).language_model

    def _lines(
        self, tx: Tx, scope: Scope, conversation_id: ConversationId, *, seq: int, key: str
    ) -> tuple[list[Line], str] | None:
        """Return what was said until then and the conversation's language; None where nothing is to be done.

        Nothing is to be done where a decision up to then, or since, was that somebody needs care.
        """
        card = record.card_of(tx, scope, conversation_id)
        if card is None or not card.language or card.state not in {"waiting", "human"}:
            return None
        if not self._is_wanted(tx, scope):
            return None
        if record.find_entry(tx, scope, conversation_id, key) is not None:
            return None
        since = max(0, seq - _LOOKED_THROUGH)
        written = record.entries_after(tx, scope, conversation_id, after=since, limit=_LOOKED_THROUGH)
        if any(_needs_care(one.entry) for one in written):
            return None
        said = [one.entry for one in written if one.seq <= seq and _is_masked(one.entry)]
        lines = [Line(author=_SAID[entry.kind], text=entry.text or MaskedText("")) for entry in said]
        return (lines[-LINES:], card.language) if lines else None

    def _note(
        self,
        tx: Tx,
        scope: Scope,
        conversation_id: ConversationId,
        *,
        key: str,
        proposed: Proposed[MaskedText],
    ) -> Outcome[None]:
        record.lock_conversation(tx, scope, conversation_id)
        card = record.card_of(tx, scope, conversation_id)
        if card is None or proposed.value is None or record.find_entry(tx, scope, conversation_id, key) is not None:
            return Outcome(None)
        said = self._translator.say(self._settings_of(tx, scope).languages[0], "model.summary")
        note = Entry(
            kind="note.written",
            conversation_id=conversation_id,
            party_id=card.party_id,
            key=key,
            at=tx.now,
            actor=scope.actor,
            text=house_text(f"{said}\n\n{proposed.value.text}"),
            message_id=MessageId(derive_id("summary", scope.tenant_id, conversation_id, key)),
            data={"mentions": [], "model": proposed.use.told()},
        )
        return Outcome(None, (note,))


def _is_for_a_model(entry: Entry) -> bool:
    """Return whether what led to a hand-over may be told to a model: not the past, and not what needs care."""
    return not is_past(entry) and entry.data.get("reason") != "care"


def _needs_care(entry: Entry) -> bool:
    """Return whether a decision was that somebody needs care: what they said is no model's to sum up."""
    return entry.kind == "decision.made" and entry.data.get("reason") == "care"


def _is_masked(entry: Entry) -> bool:
    """Return whether a line is something said in which nothing stands unmasked.

    What a procedure says may hold values from the company's core system, which are the customer's own.
    """
    return entry.kind in _SAID and bool(entry.text) and "procedure" not in entry.data
