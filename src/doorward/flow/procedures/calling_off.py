"""Calling off what waits for a second person: the customer wants it no more, so nobody is asked about it any longer."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from doorward.answering.procedures import Heard, keeping
from doorward.answering.procedures.agreements import agreements_in, decide_agreement, find_agreement
from doorward.flow.procedures.executor import WAITING
from doorward.flow.procedures.second_person import agreement_audit, agreement_line
from doorward.flow.procedures.standing import Waits
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

_ASKS_SOMETHING_ELSE: Final = frozenset({"clarify", "nudge"})
"""Actions behind which 'never mind' is about the bot's own question."""


def what_waits(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, whose: Collection[PartyId], last: Mapping[str, Any]
) -> Waits | None:
    """Return what waits for a second person here and can be called off by one of these parties, None if nothing does.

    `last` is what the ledger tells of the bot's last words. What somebody decided about already is not called off.
    """
    if last.get("action") in _ASKS_SOMETHING_ELSE:
        return None
    asked = next((one for one in agreements_in(tx, scope, conversation_id) if one.state == "asked"), None)
    if asked is None or asked.expires_at <= tx.now or not {asked.party_id, asked.acting} & set(whose):
        return None
    try:
        kept = keeping.find(tx, scope, asked.run_id)
    except NotFound:
        return None
    if kept.state != "waiting" or kept.run.awaits != "agreement":
        return None
    told = last.get("procedure", {})
    is_told = told.get("id") == kept.run.procedure and told.get("outcome") == WAITING
    return Waits(kept=kept, agreement_id=asked.id, is_told=is_told)


def calls_off(waits: Waits, heard: Heard, *, wants_something: bool) -> bool:
    """Return whether a message calls off what waits. A mere no does only where it answers that it waits."""
    return heard.cancels or (heard.agrees is False and waits.is_told and not wants_something)


def can_refuse(tx: Tx, scope: Scope, agreement_id: str) -> bool:
    """Return whether nobody decided about an act yet."""
    try:
        return find_agreement(tx, scope, agreement_id).state == "asked"
    except NotFound:
        return False


def refuse(tx: Tx, scope: Scope, agreement_id: str) -> tuple[Entry | AuditEvent, ...]:
    """Let an act be refused, by nobody of staff; return the lines of it. Raises `Conflict` unless it can be."""
    asked = find_agreement(tx, scope, agreement_id)
    refused = decide_agreement(tx, scope, asked, state="refused", by=None)
    return agreement_line(tx, scope, refused, kind="agreement.refused"), agreement_audit(refused)
