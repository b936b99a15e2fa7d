"""What many write about now, as people see it: campaigns and crowds, with a few of their messages, masked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from doorward import record
from doorward.admission.campaigns import Campaign, Crowding
from doorward.flow.flood.members import Members
from doorward.flow.joined import goes_on_in
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span

SAMPLES: Final = 3
LONGEST_SAMPLE: Final = 280
_LOOKED_AT: Final = 50
"""A message that its writer has left so many others behind is not looked for."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One message of many: where it stands, in which language, and its masked words, cut where they are long."""

    conversation_id: ConversationId
    party_id: PartyId
    seq: int
    at: datetime
    language: str
    text: str
    spans: tuple[Span, ...]
    cut: bool


class ShownCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """Many messages about one thing. `flagged` of `count` seemed to be a campaign's; `rate` is a minute.

    `copied` tells that runs of words are the same in most of them, `said` that a person said what it is, and `known`
    of how many conversations it is remembered that they are of it.
    """

    id: str
    kind: Crowding
    first_at: datetime
    last_at: datetime
    count: int
    flagged: int
    rate: float
    languages: tuple[str, ...]
    copied: bool
    said: bool
    known: int
    samples: tuple[Sample, ...]


def shown_campaigns(tx: Tx, scope: Scope, found: Sequence[Campaign], *, members: Members) -> tuple[ShownCampaign, ...]:
    """Return campaigns and crowds as they are shown to somebody who may read conversations."""
    return tuple(
        ShownCampaign(
            id=one.id,
            kind=one.kind,
            first_at=one.first_at,
            last_at=one.last_at,
            count=one.count,
            flagged=one.flagged,
            rate=round(one.rate, 1),
            languages=one.languages,
            copied=bool(one.runs),
            said=one.said,
            known=len(members.of(scope.tenant_id, one.id)),
            samples=_samples(tx, scope, one, members),
        )
        for one in found
    )


def _samples(tx: Tx, scope: Scope, campaign: Campaign, members: Members) -> tuple[Sample, ...]:
    """Return some of its messages; what was erased, or is not remembered, is left out."""
    found: list[Sample] = []
    for message_id in map(MessageId, campaign.exemplars):
        said_in = members.place_of(scope.tenant_id, message_id)
        sample = None if said_in is None else _sample(tx, scope, said_in, message_id)
        if sample is not None:
            found.append(sample)
        if len(found) == SAMPLES:
            break
    return tuple(found)


def _sample(tx: Tx, scope: Scope, said_in: ConversationId, message_id: MessageId) -> Sample | None:
    card = record.card_of(tx, scope, goes_on_in(tx, scope, said_in))
    lines = record.entries_of_kinds(tx, scope, (said_in,), kinds=("message.customer",), limit=_LOOKED_AT)
    line = next((one for one in lines if one.entry.message_id == message_id), None)
    if card is None or line is None or line.entry.text is None:
        return None
    text, spans = _shortened(line.entry.text)
    return Sample(
        conversation_id=card.conversation_id,
        party_id=card.party_id,
        seq=line.seq,
        at=line.entry.at,
        language=card.language,
        text=text,
        spans=spans,
        cut=len(text) < len(line.entry.text.text),
    )


def _shortened(masked: MaskedText) -> tuple[str, tuple[Span, ...]]:
    """Return the beginning of masked text; no mask is cut in two."""
    end = min(LONGEST_SAMPLE, len(masked.text))
    end = min((span.start for span in masked.spans if span.start < end < span.end), default=end)
    return masked.text[:end], tuple(span for span in masked.spans if span.end <= end)
