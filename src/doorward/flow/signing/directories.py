"""Key directories of platforms: read through the one exit, and kept within bounds.

What is asked for is always the well-known address of the host that a signature names, never an address out of a message
or of a directory.
"""

from collections.abc import Callable, Mapping
from typing import Final

from doorward.flow.signing.kept_keys import KeptKeys
from doorward.kit.clock import Clock
from doorward.kit.http import Exit, ExitRefused
from doorward.kit.logging import get_logger
from doorward.kit.signatures import LARGEST, HttpMessage, SignatureRefused, VerifyingKey, directory_of, read_directory
from doorward.kit.signatures.directory import MEDIA_TYPE, WELL_KNOWN

log = get_logger("signing")

SECONDS: Final = 5.0
_LONGEST_FIELD: Final = 32_768

Keys = Mapping[str, bytes]


class Directories(KeptKeys[bytes]):
    """Finds the public key that a platform's directory shows under a thumbprint. For one event loop."""

    def __init__(self, allowed_hosts: str = "", *, clock: Clock, way_out: Exit | None = None) -> None:
        """Read through an exit of its own, or `way_out`. `allowed_hosts` may be anywhere, and are asked without TLS."""
        self._way_out = way_out or Exit(named=allowed_hosts, seconds=SECONDS, largest=LARGEST)
        self._plain = frozenset(name.strip().lower() for name in allowed_hosts.split(",") if name.strip())
        super().__init__(self._shown, clock=clock, name="directories")

    async def key_of(
        self, platform: str, key_id: str, *, known: bool, admit: Callable[[], None]
    ) -> VerifyingKey | None:
        """Return a platform's key, None while its directory does not show it, cannot be read or must not be asked now.

        `known` platforms are those that the company allowed. For all others `admit` is called before the directory is
        asked, and raises when that was too often.
        """
        public = await self.find(platform, key_id, known=known, admit=admit)
        return None if public is None else VerifyingKey(public)

    def _shown(self, platform: str) -> Keys | None:
        secure = platform.partition(":")[0] not in self._plain
        try:
            page = self._way_out.get(directory_of(platform, secure=secure), {"Accept": MEDIA_TYPE})
            answer = HttpMessage(
                method="GET",
                scheme="https" if secure else "http",
                authority=platform,
                target=WELL_KNOWN,
                fields=page.fields,
                status=page.status,
                longest=_LONGEST_FIELD,
            )
            found = read_directory(answer, page.body, now=self._clock.now())
        except ExitRefused as error:
            log.info("signing.directory.unread", trouble=error.trouble)
            return None
        except SignatureRefused as error:
            log.info("signing.directory.unread", trouble=error.fault)
            return None
        return {key_id: key.public for key_id, key in found.items()}
