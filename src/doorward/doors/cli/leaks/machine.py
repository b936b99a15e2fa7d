"""A machine customer at the scratch house: it signs what it says, with a key that the company keeps."""

import base64
import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.doors.cli.leaks.calling import Answer, Caller, Ear
from doorward.kit.clock import Clock
from doorward.kit.signatures import HttpMessage, content_digest, signature_base, thumbprint_of
from doorward.kit.signatures.bot_auth import TAG
from doorward.kit.signatures.structured import InnerList, Item, serialize_inner_list, serialize_item

_PATH: Final = "/c/machine/messages"
_LIFE: Final = timedelta(minutes=2)


def new_machine_key() -> bytes:
    """Return a key to sign with."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_x(key: bytes) -> str:
    """Return the public half of a key as JSON Web Keys write it."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(public).decode("ascii").rstrip("=")


class SigningMachine(Caller):
    """A device that speaks for nobody in particular."""

    def __init__(self, url: str, ear: Ear, *, key: bytes, clock: Clock) -> None:
        """Sign with `key`."""
        super().__init__(url, ear)
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self._key_id = thumbprint_of(self._key.public_key().public_bytes_raw())
        self._clock = clock

    def say(self, body: dict[str, Any]) -> Answer:
        """Send a message under a signature of its own."""
        data = msgspec.json.encode(body)
        digest, now = content_digest(data), self._clock.now()
        message = HttpMessage(
            method="POST",
            scheme="http",
            authority=urlsplit(self.url).netloc,
            target=_PATH,
            fields={"content-digest": (digest,)},
        )
        covered = InnerList(
            tuple(Item(name) for name in ("@method", "@authority", "@path", "content-digest")),
            {
                "created": int(now.timestamp()),
                "expires": int((now + _LIFE).timestamp()),
                "keyid": self._key_id,
                "nonce": secrets.token_urlsafe(24),
                "tag": TAG,
            },
        )
        signature = self._key.sign(signature_base(message, covered))
        headers = {
            "content-digest": digest,
            "signature-input": f"sig1={serialize_inner_list(covered)}",
            "signature": f"sig1={serialize_item(Item(signature))}",
        }
        return self.post(_PATH, data, headers=headers)
