"""Customers at the portal: by plain HTTP, with a mailbox and with an authenticator made of software."""

import json
import re
import secrets
import threading
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, cast

import cbor2
import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from doorward.bootstrap import House
from doorward.vocabulary.company import CustomerSeed
from tests.support.server import NOBODY

TRIES = 500
PAUSE = 0.04  # seconds


def customer(house: House, number: int = 0, *, company: str = "halden") -> CustomerSeed:
    """Return one of a company's customers."""
    return list(house.plugins.companies[company].customers())[number]


class Mailbox:
    """What the house mails; codes are read as they come."""

    def __init__(self, house: House) -> None:
        """Watch a house's outbox, whatever lies in it already."""
        self._house = house
        self._outbox = cast("Any", house.mailer)
        self._seen: set[str] = {sent.mail.idempotency_key for sent in self._outbox.mails()}

    def fresh(self, address: str) -> list[str]:
        """Return the texts of mails to an address that were not looked at yet, the latest first."""
        self._house.jobs.run_due()
        found = [
            sent.mail
            for sent in self._outbox.mails()
            if sent.mail.to == address and sent.mail.idempotency_key not in self._seen
        ]
        self._seen |= {mail.idempotency_key for mail in found}
        return [mail.text for mail in found]

    def code(self, address: str) -> str:
        """Return the next code that arrives at an address."""
        for _ in range(TRIES):
            texts = self.fresh(address)
            if texts:
                return str(re.findall(r"\b\d{6}\b", texts[0])[0])
            # The house's own worker may be at it already, and slow on a busy machine.
            threading.Event().wait(PAUSE)
        raise AssertionError("no code arrived")

    def arrived(self, address: str, words: str) -> list[str]:
        """Return the mails to an address that hold these words, once there are some and no job is left to be done."""
        found: list[str] = []
        for _ in range(TRIES):
            found += [text for text in self.fresh(address) if words in text]
            if found and not self._house.jobs.run_due():
                return found + [text for text in self.fresh(address) if words in text]
            threading.Event().wait(PAUSE)
        raise AssertionError("no such mail arrived")


class PortalGuest:
    """Somebody at a company's portal, by HTTP like a browser without scripts."""

    def __init__(self, url: str, mailbox: Mailbox, *, company: str = "halden") -> None:
        """Come to the portal by its host name, for passkeys need one."""
        self.origin = url.replace("127.0.0.1", "localhost")
        self.client = httpx.Client(base_url=self.origin, timeout=30, verify=NOBODY, headers={"origin": self.origin})
        self.base = f"/my/{company}"
        self._mailbox = mailbox

    def get(self, path: str) -> httpx.Response:
        """Open a page below the company's."""
        return self.client.get(self.base + path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form without the session's token."""
        return self.client.post(self.base + path, data=fields)

    def form(self, path: str, *, page: str = "/", **fields: str) -> httpx.Response:
        """Send a form with the token that stands on a page."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        assert found is not None, "the page has no form"
        return self.post(path, csrf=found[1], **fields)

    def sign_in(self, email: str) -> "PortalGuest":
        """Sign in by a mailed code."""
        self._mailbox.fresh(email)  # a code that was mailed for something else is none for this
        assert self.post("/code", email=email).status_code == 200
        entered = self.post("/code/confirm", code=self._mailbox.code(email))
        assert entered.status_code == 303, entered.text
        return self

    def add_passkey(self, key: "Authenticator") -> httpx.Response:
        """Make a passkey with an authenticator and register it."""
        asked = self.form("/passkeys/challenge", page="/security")
        assert asked.status_code == 200, (asked.status_code, asked.headers, asked.text)
        options = asked.json()
        return self.form("/passkeys", page="/security", answer=key.create(options, origin=self.origin))

    def challenge(self) -> Any:
        """Ask to sign in by passkey and return what the authenticator is asked."""
        asked = self.post("/sign-in/challenge", next="/")
        assert asked.status_code == 200, asked.text
        return asked.json()


class Authenticator:
    """One device with one passkey: ES256, resident, its user verified (Web Authentication, Level 2, 6)."""

    def __init__(self) -> None:
        """Make the key."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(16)
        self.counter = 1
        self.verified = True

    def create(self, options: Any, *, origin: str) -> str:
        """Answer creation options as a browser at `origin` would, as JSON."""
        numbers = self._key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public
        data = self._data(options["rp"]["id"], attested=credential)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = _client_data("webauthn.create", options["challenge"], origin)
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(attestation)})

    def get(self, options: Any, *, origin: str) -> str:
        """Answer request options as a browser at `origin` would, as JSON."""
        self.counter += 1
        data = self._data(options["rpId"])
        client = _client_data("webauthn.get", options["challenge"], origin)
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signature)}
        )

    def _data(self, rp_id: str, *, attested: bytes = b"") -> bytes:
        flags = 0x01 | (0x04 if self.verified else 0) | (0x40 if attested else 0)
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big") + attested

    def _answer(self, response: dict[str, str]) -> str:
        name = _text(self.credential_id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
