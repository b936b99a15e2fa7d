"""Keys of authorization servers: read where the company said that they are, and kept within bounds."""

from collections.abc import Mapping
from typing import Final

from doorward.flow.signing.kept_keys import KeptKeys
from doorward.kit.access_tokens import MEDIA_TYPES, Algorithm, PublicKeys, read_key_set
from doorward.kit.access_tokens.keys import LARGEST, Key
from doorward.kit.clock import Clock
from doorward.kit.http import Exit, ExitRefused
from doorward.kit.logging import get_logger

log = get_logger("signing")

SECONDS: Final = 5.0


class IssuerKeys(KeptKeys[Mapping[Algorithm, Key]]):
    """Finds the keys that an authorization server shows under an id. For one event loop."""

    def __init__(self, allowed_hosts: str = "", *, clock: Clock, way_out: Exit | None = None) -> None:
        """Read through an exit of its own, or `way_out`. `allowed_hosts` may be anywhere, and are asked without TLS."""
        self._way_out = way_out or Exit(named=allowed_hosts, seconds=SECONDS, largest=LARGEST)
        super().__init__(self._shown, clock=clock, name="issuers")

    async def keys_of(self, jwks_uri: str, key_id: str) -> PublicKeys:
        """Return the keys under an id at the address that a company set; none where they cannot be read."""
        found = await self.find(jwks_uri, key_id, known=True, admit=lambda: None)
        return {} if found is None else {key_id: found}

    def _shown(self, jwks_uri: str) -> PublicKeys | None:
        try:
            page = self._way_out.get(jwks_uri, {"Accept": MEDIA_TYPES})
            if page.status != 200:
                raise ValueError("keys: not there")
            return read_key_set(page.body)
        except ExitRefused as error:
            log.info("signing.issuer.unread", trouble=error.trouble)
        except ValueError:
            log.info("signing.issuer.unread", trouble="malformed")
        return None
