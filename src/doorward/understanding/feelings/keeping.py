"""Hints are kept for a day, for whoever talks with the customer meanwhile, and for nothing else.

They stand in no ledger, and whoever exports, searches, reports, lists or counts has no way to them: a test holds the
list of modules that may import this one.
"""

from datetime import timedelta
from typing import Final

from doorward.kit.tx import Tx
from doorward.understanding.feelings import repository
from doorward.understanding.feelings.hearing import Heard
from doorward.vocabulary.decision import IN_NEED
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

LIVES: Final = timedelta(hours=24)
"""How long a hint is there. It is not read after that, whenever the sweeper comes."""


def keep_hint(tx: Tx, scope: Scope, conversation_id: ConversationId, party_id: PartyId, heard: Heard) -> None:
    """Keep what was heard in the place of what was heard before; what sounds like nothing replaces nothing."""
    if heard == Heard():
        return
    values = {"emotion": heard.emotion, "vulnerable": heard.vulnerable, "expires_at": tx.now + LIVES}
    repository.replace_hint(tx, scope, conversation_id, {"party_id": party_id, **values})


def hint_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Heard | None:
    """Return what was heard in a conversation within the last day, or None."""
    row = repository.find_hint(tx, scope, conversation_id, after=tx.now)
    return None if row is None else Heard(emotion=row.emotion, vulnerable=bool(row.vulnerable))


def was_in_need(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Return whether a conversation sounded within the last day like somebody who must be heard: in danger, mourning,
    in distress, or vulnerable.

    For admission alone: whoever is in need gets a person however many come, and what is kept of it does not say why.
    """
    heard = hint_of(tx, scope, conversation_id)
    return heard is not None and (heard.vulnerable or heard.emotion in IN_NEED)


def forget_hints(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Remove all hints of a party that is being forgotten; return how many."""
    return repository.delete_hints_of(tx, scope, party_id)


def sweep_hints(tx: Tx) -> int:
    """Remove the hints that have lived their day; return how many."""
    return repository.delete_expired(tx)
