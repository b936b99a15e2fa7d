"""What the page of a conversation shows."""

from typing import Any, Literal

import msgspec

from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.reading import open_conversation
from doorward.flow.views.conversation import ConversationView, conversation
from doorward.kit.ids import new_id
from doorward.record import Card
from doorward.vocabulary.assessment import Reason
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

Standing = Literal["free", "mine", "theirs", "over"]


class ShownFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding and the line that it is about."""

    seq: int
    kind: str
    rule: str
    score: float
    host: str | None


async def conversation_places(desk: DeskCall, conversation_id: ConversationId, *, opened: bool) -> dict[str, Any]:
    """Return the places of the template; `opened` notes in the audit that somebody looked. Raises `NotFound`."""
    scope, house = desk.scope, desk.house
    if opened:
        view = await open_conversation(house.transactions, scope, conversation_id)
    else:
        view = await house.transactions.read_async(lambda tx: conversation(tx, scope, conversation_id))
    party_id = view.card.party_id
    assurance = await house.transactions.read_async(lambda tx: house.identity.parties.assurance_of(tx, scope, party_id))
    return {
        "id": conversation_id,
        "view": view,
        "standing": standing_of(view.card, desk.scope),
        "findings": findings_of(view),
        "risks": risks_of(view),
        "assurance": desk.say(f"assurance.{assurance.level.name.lower()}"),
        "reply_key": new_id(),
        "longest": house.settings.limits.message_characters,
        "trouble": "",
        "follow": conversation_id,
    }


def standing_of(card: Card, scope: Scope) -> Standing:
    """Return how the conversation stands to the reader: free to take, mine, a colleague's, or over."""
    if card.state == "human":
        return "mine" if card.assignee == scope.actor.id else "theirs"
    return "over" if card.state == "resolved" else "free"


def findings_of(view: ConversationView) -> tuple[ShownFinding, ...]:
    """Return all findings, the latest message's first."""
    return tuple(
        ShownFinding(seq=message.seq, kind=one.kind, rule=one.rule, score=one.score, host=one.host)
        for message in reversed(view.findings)
        for one in message.findings
    )


def risks_of(view: ConversationView) -> tuple[Reason, ...]:
    """Return the reasons of the riskiest message."""
    assessed = [one.assessment for one in view.findings if one.assessment is not None]
    worst = max(assessed, key=lambda one: one.score, default=None)
    return () if worst is None else worst.reasons
