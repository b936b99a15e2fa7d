"""One message as a channel hands it in, before anybody has looked at its content."""

from datetime import datetime

import msgspec

from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.text import MaskedText, WildText


class ByMachine(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that speaks for a customer: its platform, an id that is the same for the same one, and its standing.

    `known` is a platform or key that the company itself accepted; `mandate` the mandate by which it speaks, if any.
    """

    platform: str
    machine: str
    known: bool = False
    mandate: str | None = None


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel parsed out of a request.

    `client_message_id` is the sender's own id for the message: the same id twice is the same message. `text` is wild.
    `language` is the sender's own wish (a code such as `tr`), not a finding. `acting` is the party that holds the
    credential with which this came, whose proofs of who they are count; None where nobody proved anything. `by_machine`
    is the machine that signed this, as it is shown to people; None for people and for programs of the company.
    """

    channel: str
    client_message_id: str
    text: WildText
    party_id: PartyId
    conversation_id: ConversationId
    received_at: datetime
    language: str | None = None
    acting: PartyId | None = None
    by_machine: ByMachine | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted message: masked, durable, numbered within its conversation from 1; `acting` as in `Arrival`."""

    id: MessageId
    conversation_id: ConversationId
    party_id: PartyId
    channel: str
    number: int
    text: MaskedText
    received_at: datetime
    language: str | None = None
    acting: PartyId | None = None
