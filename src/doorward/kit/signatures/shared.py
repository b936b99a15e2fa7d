"""Requests of devices that share a secret with us: HTTP Message Signatures (RFC 9421) with HMAC-SHA-256 (3.3.3).

A claim is read as strictly as that of a machine with a key pair (`bot_auth`): it covers the same parts, ends as soon,
and names a nonce. The tag is another one, so that neither is ever taken for the other.
"""

import hmac
import re
from typing import Final

from doorward.kit.signatures.bot_auth import Profile
from doorward.kit.signatures.refused import SignatureRefused

DEVICES: Final = Profile(
    tag="doorward-device",
    algorithm="hmac-sha256",
    key_id=re.compile(r"\A[0-9a-z]{26}\Z"),
    key_words="the id of a device",
    signature_bytes=32,
)
ACCEPTED_OF_DEVICES: Final = (
    'sig1=("@method" "@authority" "@path" "@query" "content-digest");created;expires;keyid;nonce'
    f';alg="{DEVICES.algorithm}";tag="{DEVICES.tag}"'
)
"""What devices are asked for, as the field `Accept-Signature` says it (RFC 9421, 5.1)."""


class SharedSecret:
    """The secrets of one device that are good now; while one takes the other's place they are two."""

    def __init__(self, key_id: str, *secrets: bytes) -> None:
        """Take the device's id and its secrets. Raises `ValueError` without any."""
        if not secrets:
            raise ValueError("a device without a secret signs nothing")
        self.key_id = key_id
        self._secrets = secrets

    def __repr__(self) -> str:
        """Show nothing of the secrets."""
        return "<SharedSecret>"

    def check(self, signature: bytes, base: bytes) -> None:
        """Raise `SignatureRefused` (`forged`) unless the signature was made over `base` with one of the secrets."""
        found = [hmac.compare_digest(hmac.digest(one, base, "sha256"), signature) for one in self._secrets]
        if not any(found):
            raise SignatureRefused("forged", "Signature: not made over this message with this device's secret")
