"""Which members of staff look at a conversation just now: told over the bus, in topics alone, and kept nowhere."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from doorward.kit.bus import FAMILY, ProcessBus
from doorward.vocabulary.ids import ConversationId, StaffId, TenantId

_GONE = "-"
_ALONG = "+"


class LookingSign(msgspec.Struct, frozen=True, kw_only=True):
    """A sign that a member of staff looks at a conversation, or that they do not any more.

    `along`: a colleague has it, and they read along.
    """

    conversation_id: ConversationId
    staff_id: StaffId
    gone: bool
    along: bool = False


def looking_topic(tenant_id: TenantId, conversation_id: ConversationId) -> str:
    """Return the family of bus topics that say who looks at a conversation; each member's topic lies in it."""
    return f"looking/{tenant_id}/{conversation_id}{FAMILY}"


class LookingSigns:
    """Passes the signs on. They expire where they are shown: whoever goes on looking gives one now and then."""

    def __init__(self, bus: ProcessBus) -> None:
        """Tell by `bus`."""
        self._bus = bus

    def give(self, tenant_id: TenantId, sign: LookingSign) -> None:
        """Say that a member looks, or has left. The caller has checked that it is them, and that they may look."""
        mark = _GONE if sign.gone else _ALONG if sign.along else ""
        self._bus.announce(f"{looking_topic(tenant_id, sign.conversation_id)}{mark}{sign.staff_id}")


def signs_among(topics: Iterable[str], followed: Mapping[str, ConversationId]) -> Iterator[LookingSign]:
    """Yield the signs among topics that were heard; `followed` holds the conversations by their families."""
    for topic in topics:
        family, mark, who = topic.partition(FAMILY)
        conversation_id = followed.get(family + mark)
        if conversation_id is not None and who:
            yield LookingSign(
                conversation_id=conversation_id,
                staff_id=StaffId(who.removeprefix(_GONE).removeprefix(_ALONG)),
                gone=who.startswith(_GONE),
                along=who.startswith(_ALONG),
            )
