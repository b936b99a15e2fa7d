"""What is handed to people outside a walk: known by its card, and directed by the company's plan."""

from doorward import routing
from doorward.kit.tx import Tx
from doorward.record import Card
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope


def handoff_for(tx: Tx, scope: Scope, card: Card | None, *, reason: str, language: str = "") -> Handoff:
    """Return what waits for a person; a conversation that has no card yet is a chat, known by `language`."""
    known = Handoff(reason=reason, channel="webchat", language=language)
    if card is not None:
        known = Handoff(reason=reason, channel=card.channel, language=card.language or language, intent=card.intent)
    return routing.direct_by_plan(tx, scope, known)
