"""Who knocks, as far as rows tell: known or not, verified or not, in need or not, and whether it is a new contact."""

from datetime import datetime
from typing import Final

import msgspec

from doorward import record
from doorward.admission.flood import Caller, class_of, rank_of
from doorward.admission.kept import demotion_of
from doorward.flow.flood.admitted import PROTECTED_RANK
from doorward.identity import family_of
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery
from doorward.understanding.feelings import was_in_need
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.party import AssuranceLevel, Party
from doorward.vocabulary.scope import Scope

_LOOKED_AT: Final = 20
"""So many of somebody's latest conversations say whether we know them."""


class Knock(msgspec.Struct, frozen=True, kw_only=True):
    """Who came and by what: `begins` a new contact, or goes on with one. `over_until`: its owner was over their quota
    when it began. `told`: they were told already that there is no person.
    """

    caller: Caller
    channel: str
    language: str
    region: str = ""
    begins: bool
    over_until: datetime | None = None
    told: bool = False


class By(msgspec.Struct, frozen=True, kw_only=True):
    """By what somebody comes: the platform whose owners are counted, the channel, and the language that they wish.

    `region` is the country that a proxy named. `mandated` is a machine whose signature was checked and whose owner gave
    it a mandate. `effort` is a device that did a piece of work which was asked of it.
    """

    platform: str
    channel: str
    language: str = ""
    region: str = ""
    mandated: bool = False
    effort: bool = False


def knock_of(tx: Tx, scope: Scope, party: Party, conversation_id: ConversationId, *, by: By) -> Knock:
    """Return who knocks. `party` is who speaks, with what the acting party has proven."""
    here = record.card_of(tx, scope, conversation_id)
    knows = _cards_of(tx, scope, party.id)
    earlier = [one for one in knows if one.conversation_id != conversation_id]
    known = party.kind == "customer" or any(one.resolved_at is not None for one in (*earlier, *_ended(here)))
    demotion = demotion_of(tx, scope, conversation_id)
    return Knock(
        caller=Caller(
            owner=party.id,
            platform=by.platform,
            signed=by.mandated,
            mandate=by.mandated,
            verified=party.kind == "customer" and party.assurance.level >= AssuranceLevel.VERIFIED,
            vulnerable=is_in_need(tx, scope, conversation_id),
            effort=by.effort,
            known=known,
            open_case=known and any(_is_open_case(one) for one in knows),
        ),
        channel=by.channel,
        language=by.language or ("" if here is None else here.language),
        region=by.region,
        begins=here is None or here.state == "resolved",
        over_until=None if demotion is None else demotion.over_until,
        told=demotion is not None and demotion.is_told(tx.now),
    )


def is_in_need(tx: Tx, scope: Scope, conversation_id: ConversationId) -> bool:
    """Return whether a conversation sounded lately like somebody who must be heard. It is not to be written down."""
    return was_in_need(tx, scope, conversation_id)


def rank_here(tx: Tx, scope: Scope, party: Party, conversation_id: ConversationId) -> int:
    """Return the place in the order of service of whoever asks for a person, or to be called, in a conversation."""
    caller = knock_of(tx, scope, party, conversation_id, by=By(platform="", channel="")).caller
    return PROTECTED_RANK if caller.is_protected else rank_of(class_of(caller))


def plain_code(language: str | None) -> str:
    """Return a wished language as it is counted: its first part, and only if it can be one."""
    code = (language or "").partition("-")[0].lower()
    return code if 2 <= len(code) <= 3 and code.isascii() and code.isalpha() else ""


def _cards_of(tx: Tx, scope: Scope, party_id: PartyId) -> tuple[Card, ...]:
    family = family_of(tx, scope, party_id)
    return record.list_cards(tx, scope, CardQuery(party_ids=family, limit=_LOOKED_AT))


def _ended(card: Card | None) -> tuple[Card, ...]:
    return () if card is None or card.state != "resolved" else (card,)


def _is_open_case(card: Card) -> bool:
    """Return whether somebody is at it, or still has something to do for it."""
    return card.state in {"human", "waiting"} or (card.open_tasks > 0 and card.state != "resolved")
