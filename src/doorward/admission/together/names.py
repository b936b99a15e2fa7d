"""What the shared memory calls things: never by what they are called outside."""

from collections.abc import Iterable
from typing import Final

from doorward.admission.flood.fingerprints import Fingerprints
from doorward.vocabulary.ids import TenantId

PREFIX: Final = "doorward"


class Names:
    """Makes keys: `doorward:<what>:<tenant>:<fingerprint>`, the last two under a secret, and not to be led back."""

    def __init__(self, secret: bytes) -> None:
        """Hash under `secret` (32 bytes), which all processes share that count together."""
        self._fingerprints = Fingerprints(secret)

    def key_of(self, what: str, tenant_id: TenantId, parts: Iterable[str]) -> str:
        """Return the key of something of a tenant's; all keys of a tenant for one `what` begin alike."""
        tenant, _ = self._fingerprints.of(("tenant", tenant_id))
        high, low = self._fingerprints.of((what, tenant_id, *parts))
        return f"{PREFIX}:{what}:{tenant:016x}:{high:016x}{low:016x}"
