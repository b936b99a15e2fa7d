"""Whether a message is like those of a campaign: the port of admission's second look, which sees no callers."""

from typing import Protocol

import msgspec

from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText


class Likeness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found: whether it is flagged, how like a campaign it is (0 to 1), which one, why in codes, by what."""

    flagged: bool = False
    score: float = 0.0
    campaign: str = ""
    because: tuple[str, ...] = ()
    version: str = ""


class FindsLikeness(Protocol):
    """What finds campaigns. It never hears who came or what they were admitted to."""

    def look(
        self, tenant_id: TenantId, conversation_id: ConversationId, reading: Reading, *, text: MaskedText, intent: str
    ) -> Likeness:
        """Return what one message is like, in time and without fail; `intent` is empty where none is known."""


class NothingAlike:
    """Finds no campaign in anything: in the place of a detector where none is installed."""

    def look(
        self, tenant_id: TenantId, conversation_id: ConversationId, reading: Reading, *, text: MaskedText, intent: str
    ) -> Likeness:
        """Return that nothing is flagged."""
        return Likeness()
