"""Amazon's side of a skill, as its documentation tells it: an authority, a certificate, and requests signed with it."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from doorward.kit.http import Exit, ExitRefused, Page

HOST = "echo-api.amazon.com"
ADDRESS = "https://s3.amazonaws.com/echo.api/echo-api-cert-13.pem"
SKILL = "amzn1.ask.skill.0f0e0d0c-0b0a-0908-0706-050403020100"
USER = "amzn1.ask.account.AEXAMPLE"
_IDS = count(1)


@cache
def a_key(name: str) -> rsa.RSAPrivateKey:
    """Return the same key for the same name, made once."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Authority:
    """A certificate authority of its own, with one certificate below it."""

    def __init__(self, now: datetime, *, name: str = "Test root") -> None:
        """Be good for ten years."""
        self.now, self.key = now, a_key(name)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._begun(self.name, self.key, days=3650)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        made = made.add_extension(_usage(ca=True), critical=True)
        self.root = made.sign(self.key, SHA256())

    def leaf(
        self,
        *,
        hosts: Sequence[str] = (HOST,),
        days: int = 90,
        ages: int = 1,
        key: Any = None,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> x509.Certificate:
        """Return a server's certificate, which began `ages` days ago and is good for `days`."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        made = self._begun(subject, key or a_key("leaf"), days=days, ages=ages)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(_usage(ca=False), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        made = made.add_extension(names, critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return made.add_extension(issuer, critical=False).sign(self.key, SHA256())

    def _begun(self, subject: x509.Name, key: Any, *, days: int, ages: int = 1) -> x509.CertificateBuilder:
        begun = self.now - timedelta(days=ages)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number())
        made = made.not_valid_before(begun).not_valid_after(begun + timedelta(days=days))
        return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _usage(*, ca: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    given = {"key_cert_sign", "crl_sign"} if ca else {"digital_signature"}
    return x509.KeyUsage(**{name: name in given for name in names})


def pem_of(*certificates: x509.Certificate) -> bytes:
    """Return a chain as it is shown."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def an_elliptic_key() -> ec.EllipticCurvePrivateKey:
    """Return a key of another kind than Alexa's."""
    return ec.generate_private_key(ec.SECP256R1())


class Shelf(Exit):
    """An exit that shows chains by their addresses and counts the looks."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        """Show these."""
        super().__init__()
        self.pages = pages
        self.looks: list[str] = []

    def get(self, url: str, headers: Any) -> Page:
        """Show a chain."""
        self.looks.append(url)
        if url not in self.pages:
            raise ExitRefused("unreachable")
        body = self.pages[url]
        return Page(status=200 if body else 404, fields={}, body=body)


def an_envelope(*, at: datetime, **what: Any) -> dict[str, Any]:
    """Return a request of a skill: `intent`, `slots`, `type`, `skill`, `user`, `locale`, `new`, `request_id`."""
    skill, user = what.get("skill", SKILL), what.get("user", USER)
    request: dict[str, Any] = {
        "type": what.get("type", "IntentRequest" if "intent" in what else "LaunchRequest"),
        "requestId": what.get("request_id", f"amzn1.echo-api.request.{next(_IDS)}"),
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "locale": what.get("locale", "en-US"),
    }
    if "intent" in what:
        slots = {name: a_slot(name, *value) for name, value in what.get("slots", {}).items()}
        request["intent"] = {"name": what["intent"], "slots": slots}
    return {
        "version": "1.0",
        "session": {"new": what.get("new", False), "application": {"applicationId": skill}, "user": {"userId": user}},
        "context": {"System": {"application": {"applicationId": skill}, "user": {"userId": user}}},
        "request": request,
    }


def a_slot(name: str, value: str, resolved: str = "") -> dict[str, Any]:
    """Return what was said for a slot, and what the skill's model took it for."""
    slot: dict[str, Any] = {"name": name, "value": value}
    if resolved:
        found = {"status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": {"name": value, "id": resolved}}]}
        slot["resolutions"] = {"resolutionsPerAuthority": [found]}
    return slot


def signed_headers(body: bytes, *, key: rsa.RSAPrivateKey | None = None, address: str = ADDRESS) -> dict[str, str]:
    """Return the header fields by which Alexa signs a body."""
    signer = key or a_key("leaf")
    made = base64.b64encode(signer.sign(body, PKCS1v15(), SHA256())).decode()
    old = base64.b64encode(signer.sign(body, PKCS1v15(), SHA1())).decode()  # noqa: S303
    return {
        "content-type": "application/json; charset=utf-8",
        "signaturecertchainurl": address,
        "signature-256": made,
        "signature": old,
    }


def written(envelope: dict[str, Any]) -> bytes:
    """Return a request's body."""
    return json.dumps(envelope).encode()
