"""What the walk asks for at its second look."""

from datetime import datetime
from typing import Protocol

from doorward.admission.campaigns.likeness import Campaign, Likeness
from doorward.vocabulary.ids import MessageId, TenantId
from doorward.vocabulary.reading import Reading


class LooksForCampaigns(Protocol):
    """Something that tells of each message how much it is one of many. Thread-safe; about a millisecond a message."""

    def look(self, tenant_id: TenantId, reading: Reading, *, message_id: MessageId, at: datetime) -> Likeness:
        """Return how much a message is one of many, and count it; asked again for the same id, return the same.

        Only what is said is looked at: no sender, class or label can be given. Never raises for any reading.
        """

    def campaigns(self, tenant_id: TenantId) -> tuple[Campaign, ...]:
        """Return what many write about to a tenant now, campaigns and crowds, the greatest first."""
