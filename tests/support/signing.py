"""Machines that sign their requests, written from the standard and apart from the code that reads them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doorward.admission.flood import Nonces
from doorward.admission.together import NoncesTogether
from doorward.flow.signing import REMEMBERED
from doorward.kit.clock import Clock
from doorward.kit.signatures import HttpMessage

AGENT = "https://assistants.example"
PLATFORM = "assistants.example"
HOST = "support.halden.example"
_NONCES = count(1)


def nonces_alone(clock: Clock, *, nonces: int = 64) -> NoncesTogether:
    """Return what spends nonces in one process that shares them with nobody."""
    near = Nonces(clock, secret=bytes(32), window=REMEMBERED, nonces=nonces)
    return NoncesTogether(near, None, clock=clock, secret=bytes(32), window=REMEMBERED)


def key_from(seed: int) -> Ed25519PrivateKey:
    """Return the same key for the same number."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.to_bytes(8, "big")).digest())


def url64(value: bytes) -> str:
    """Return bytes as JSON Web Keys write them."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return a key's public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id_of(key: Ed25519PrivateKey) -> str:
    """Return the thumbprint of a key (RFC 7638)."""
    text = '{"crv":"Ed25519","kty":"OKP","x":"' + url64(public_bytes(key)) + '"}'
    return url64(hashlib.sha256(text.encode()).digest())


def fresh_nonce() -> str:
    """Return a nonce that no other call returns."""
    return base64.b64encode(hashlib.sha512(str(next(_NONCES)).encode()).digest()).decode()


class Machine:
    """A program with a key, which acts by a platform."""

    def __init__(self, seed: int = 1, *, agent: str | None = AGENT) -> None:
        """Have the key of this number."""
        self.key: Any = key_from(seed)
        self.key_id = key_id_of(self.key)
        self.agent = agent

    def sign(
        self, message: HttpMessage, *, now: datetime, body: bytes = b"", parts: Sequence[str] = (), **changes: object
    ) -> HttpMessage:
        """Return the message with a good signature; `changes` change its parameters, and None takes one away.

        `parts` are the components in place of the usual ones, as they are written.
        """
        fields = dict(message.fields)
        if self.agent is not None:
            fields["signature-agent"] = (f'"{self.agent}"',)
        if body:
            fields["content-digest"] = (f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:",)
        names = list(parts) or ['"@method"', '"@authority"', '"@path"', '"@query"']
        if not parts:
            names += [f'"{name}"' for name in ("content-digest", "signature-agent") if name in fields]
        made = int(now.timestamp())
        parameters = {
            "created": made,
            "expires": made + 120,
            "keyid": self.key_id,
            "nonce": fresh_nonce(),
            "alg": "ed25519",
            "tag": "web-bot-auth",
            **changes,
        }
        written = "".join(
            f";{name}={value}" if isinstance(value, int) else f';{name}="{value}"'
            for name, value in parameters.items()
            if value is not None
        )
        described = f"({' '.join(names)}){written}"
        values = {
            '"@method"': message.method,
            '"@authority"': message.authority.lower(),
            '"@path"': message.target.partition("?")[0],
            '"@query"': "?" + message.target.partition("?")[2],
            '"@target-uri"': f"{message.scheme}://{message.authority.lower()}{message.target}",
            **{f'"{name}"': ", ".join(lines) for name, lines in fields.items()},
        }
        base = "".join(f"{name}: {values.get(name, '')}\n" for name in names) + f'"@signature-params": {described}'
        signature = base64.b64encode(self.key.sign(base.encode())).decode()
        fields |= {"signature-input": (f"sig1={described}",), "signature": (f"sig1=:{signature}:",)}
        return HttpMessage(
            method=message.method,
            scheme=message.scheme,
            authority=message.authority,
            target=message.target,
            fields=fields,
        )


class _Secret:
    """A secret that signs as a key does."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def sign(self, base: bytes) -> bytes:
        return hmac.new(self._secret, base, hashlib.sha256).digest()


class DeviceWithSecret(Machine):
    """A device that shares a secret with a company."""

    def __init__(self, device_id: str, secret: str) -> None:
        """Have an id and a secret."""
        super().__init__(agent=None)
        self.key_id = device_id
        self.key = _Secret(secret)

    def sign(self, message: HttpMessage, **options: Any) -> HttpMessage:
        """Return the message with a good signature; see `Machine.sign`."""
        return super().sign(message, **{"alg": "hmac-sha256", "tag": "doorward-device", **options})


def a_request(
    *, method: str = "POST", target: str = "/c/machine/messages", authority: str = HOST, **fields: str
) -> HttpMessage:
    """Return a request that nobody has signed."""
    lines = {name.replace("_", "-"): (value,) for name, value in fields.items()}
    return HttpMessage(method=method, scheme="https", authority=authority, target=target, fields=lines)


def directory_body(*keys: Ed25519PrivateKey) -> bytes:
    """Return a directory with the public halves of keys."""
    listed = [{"kty": "OKP", "crv": "Ed25519", "x": url64(public_bytes(key)), "use": "sig"} for key in keys]
    return json.dumps({"keys": listed}).encode()


def directory_fields(*keys: Ed25519PrivateKey, authority: str, now: datetime) -> dict[str, str]:
    """Return the header fields with which keys sign their directory."""
    made = int(now.timestamp())
    inputs, signatures = [], []
    for number, key in enumerate(keys):
        described = (
            f'("@authority";req);created={made};expires={made + 300};keyid="{key_id_of(key)}";alg="ed25519"'
            ';tag="http-message-signatures-directory"'
        )
        signed = key.sign(f'"@authority";req: {authority}\n"@signature-params": {described}'.encode())
        inputs.append(f"sig{number}={described}")
        signatures.append(f"sig{number}=:{base64.b64encode(signed).decode()}:")
    return {
        "content-type": "application/http-message-signatures-directory+json",
        "signature-input": ", ".join(inputs),
        "signature": ", ".join(signatures),
    }


def directory_answer(
    *keys: Ed25519PrivateKey, authority: str = PLATFORM, now: datetime, status: int = 200, **changes: str
) -> HttpMessage:
    """Return the answer of a platform that shows its directory, signed with these keys."""
    fields = directory_fields(*keys, authority=authority, now=now)
    fields |= {name.replace("_", "-"): value for name, value in changes.items()}
    return HttpMessage(
        method="GET",
        scheme="https",
        authority=authority,
        target="/.well-known/http-message-signatures-directory",
        fields={name: (value,) for name, value in fields.items()},
        status=status,
        longest=32_768,
    )
