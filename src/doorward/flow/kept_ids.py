"""Ids that senders make up, as they may be kept: nobody keeps a program from making them of card numbers."""

import re
from typing import Final

from doorward.kit.keys import Keys
from doorward.protection import Screener
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.text import WildText

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")


class KeptIds:
    """Makes ids harmless that are stored and shown beside what they name. Thread-safe; waits for nothing."""

    def __init__(self, keys: Keys, screener: Screener) -> None:
        """Look with `screener`, whatever a tenant's settings spare, and hash by the tenants' keys."""
        self._keys = keys
        self._screener = screener

    def kept(self, tenant_id: TenantId, made_up: str) -> str:
        """Return an id as it may be kept: itself, or a keyed hash of 32 hexadecimal digits if the guard sees something.

        Random UUIDs (RFC 9562, versions 4 and 7), which the web chat makes, are what they are; now and then one of them
        looks like the beginning of an account number.
        """
        if _UUID.match(made_up) or not self._screener.screen(WildText(made_up)).masked.spans:
            return made_up
        return self._keys.mac(tenant_id, "client_id", made_up.encode()).hex()[:32]
