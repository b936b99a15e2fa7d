"""A line that asked something, as a value."""

import msgspec

from doorward.vocabulary.ids import PartyId


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's line that asked something: its conversation, its number there, and whose it is."""

    conversation_id: str
    seq: int
    party_id: PartyId
