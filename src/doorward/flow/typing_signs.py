"""Who is writing just now: told over the bus, in topics alone, and kept nowhere."""

from typing import Literal

from doorward.kit.bus import ProcessBus
from doorward.vocabulary.ids import ConversationId, TenantId

Side = Literal["customer", "agent"]

SHOWN_SECONDS = 6
"""How long a sign counts. Whoever goes on writing sends one every three seconds, so one lost sign is not noticed."""


def typing_topic(tenant_id: TenantId, conversation_id: ConversationId, *, side: Side) -> str:
    """Return the bus topic that says that one side of a conversation is writing."""
    return f"typing/{side}/{tenant_id}/{conversation_id}"


class TypingSigns:
    """Passes the signs on. Whoever may see a conversation may listen to its topics; `streams` does."""

    def __init__(self, bus: ProcessBus) -> None:
        """Tell by `bus`."""
        self._bus = bus

    def give(self, tenant_id: TenantId, conversation_id: ConversationId, *, side: Side) -> None:
        """Say that somebody writes. The caller has checked that it is them."""
        self._bus.announce(typing_topic(tenant_id, conversation_id, side=side))
