"""Machine customers at the scratch house: one signs with a key that the company keeps, a device with a secret."""

import base64
import hmac
import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.doors.cli.leaks.calling import Answer, Caller, Ear
from doorward.kit.clock import Clock
from doorward.kit.signatures import DEVICES, HttpMessage, content_digest, signature_base, thumbprint_of
from doorward.kit.signatures.bot_auth import TAG
from doorward.kit.signatures.structured import InnerList, Item, serialize_inner_list, serialize_item

_PATH: Final = "/c/machine/messages"
_EVENTS: Final = "/c/device/events"
_CALLS: Final = "/c/a2a/rpc"
_LIFE: Final = timedelta(minutes=2)


def new_machine_key() -> bytes:
    """Return a key to sign with."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_x(key: bytes) -> str:
    """Return the public half of a key as JSON Web Keys write it."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(public).decode("ascii").rstrip("=")


class SigningMachine(Caller):
    """A machine that speaks for nobody in particular."""

    def __init__(self, url: str, ear: Ear, *, key: bytes, clock: Clock) -> None:
        """Sign with `key`."""
        super().__init__(url, ear)
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self._key_id = thumbprint_of(self._key.public_key().public_bytes_raw())
        self._clock = clock

    def say(self, body: dict[str, Any]) -> Answer:
        """Send a message under a signature of its own."""
        message, covered, data = _unsigned(
            self.url, _PATH, body, parameters=_parameters(self._key_id, TAG, self._clock)
        )
        return self.post(
            _PATH, data, headers=_signed(message, covered, self._key.sign(signature_base(message, covered)))
        )

    def call(self, text: str, *, called: str, company: str) -> Answer:
        """Send the same in a call of the Agent2Agent protocol, as an agent that nobody gave a mandate."""
        message = {"messageId": called, "role": "ROLE_USER", "parts": [{"text": text}]}
        body = {"jsonrpc": "2.0", "id": called, "method": "SendMessage", "params": {"message": message}}
        path = f"{_CALLS}?company={company}"
        parameters = _parameters(self._key_id, TAG, self._clock)
        request, covered, data = _unsigned(self.url, path, body, parameters=parameters)
        headers = _signed(request, covered, self._key.sign(signature_base(request, covered)))
        return self.post(path, data, headers={**headers, "a2a-version": "1.0"})


class SigningDevice(Caller):
    """A device that speaks for a customer."""

    def __init__(self, url: str, ear: Ear, *, known_by: tuple[str, str], clock: Clock) -> None:
        """Have an id and a secret."""
        super().__init__(url, ear)
        self._device_id, self._secret = known_by
        self._clock = clock

    def report(self, body: dict[str, Any]) -> Answer:
        """Send an event under a signature of its own."""
        parameters = _parameters(self._device_id, DEVICES.tag, self._clock)
        message, covered, data = _unsigned(self.url, _EVENTS, body, parameters=parameters)
        signature = hmac.digest(self._secret.encode(), signature_base(message, covered), "sha256")
        return self.post(_EVENTS, data, headers=_signed(message, covered, signature))


def _parameters(key_id: str, tag: str, clock: Clock) -> dict[str, Any]:
    now = clock.now()
    return {
        "created": int(now.timestamp()),
        "expires": int((now + _LIFE).timestamp()),
        "keyid": key_id,
        "nonce": secrets.token_urlsafe(24),
        "tag": tag,
    }


def _unsigned(
    url: str, path: str, body: dict[str, Any], *, parameters: dict[str, Any]
) -> tuple[HttpMessage, InnerList, bytes]:
    """Return a request, what of it is to be signed, and its body."""
    data = msgspec.json.encode(body)
    fields = {"content-digest": (content_digest(data),)}
    message = HttpMessage(method="POST", scheme="http", authority=urlsplit(url).netloc, target=path, fields=fields)
    names = ("@method", "@authority", "@target-uri", "content-digest")
    return message, InnerList(tuple(map(Item, names)), parameters), data


def _signed(message: HttpMessage, covered: InnerList, signature: bytes) -> dict[str, str]:
    return {
        "content-digest": message.fields["content-digest"][0],
        "signature-input": f"sig1={serialize_inner_list(covered)}",
        "signature": f"sig1={serialize_item(Item(signature))}",
    }
