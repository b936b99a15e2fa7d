"""In which conversations messages stand that are of many: campaigns name messages, people look at conversations."""

import threading
from collections import OrderedDict
from typing import Final

from doorward.vocabulary.ids import ConversationId, MessageId, TenantId

MOST_MESSAGES: Final = 4096
"""So many messages are remembered for all tenants together, the latest: as many as a recogniser remembers of one."""

MOST_MEMBERS: Final = 500
"""So many conversations are remembered of one campaign or crowd, the latest."""

MOST_GROUPS: Final = 256


class Members:
    """Remembers where messages were said, and which conversations are of which campaign or crowd. Thread-safe.

    Only ids are kept, in memory, and they go with the process, as campaigns do.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._said: OrderedDict[tuple[TenantId, MessageId], ConversationId] = OrderedDict()
        self._groups: OrderedDict[tuple[TenantId, str], OrderedDict[ConversationId, None]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, tenant_id: TenantId, message_id: MessageId, here: ConversationId, *, campaign: str) -> None:
        """Remember where a message stands, and that its conversation is of a campaign or crowd, if it is."""
        with self._lock:
            self._said[tenant_id, message_id] = here
            if len(self._said) > MOST_MESSAGES:
                self._said.popitem(last=False)
            if not campaign:
                return
            members = self._groups.setdefault((tenant_id, campaign), OrderedDict())
            members[here] = None
            members.move_to_end(here)
            if len(members) > MOST_MEMBERS:
                members.popitem(last=False)
            self._groups.move_to_end((tenant_id, campaign))
            if len(self._groups) > MOST_GROUPS:
                self._groups.popitem(last=False)

    def place_of(self, tenant_id: TenantId, message_id: MessageId) -> ConversationId | None:
        """Return in which conversation a message was said, None where that is not remembered."""
        with self._lock:
            return self._said.get((tenant_id, message_id))

    def of(self, tenant_id: TenantId, campaign_id: str) -> tuple[ConversationId, ...]:
        """Return the conversations of a campaign or crowd, the latest last."""
        with self._lock:
            return tuple(self._groups.get((tenant_id, campaign_id), ()))
