"""Which skill and user of Alexa's a request is from: Amazon signs it, with a certificate that it shows at an address.

As Amazon's "Host a Custom Skill as a Web Service" asks for it: where the chain may be, that it is trusted for Alexa's
name, the signature over the body with SHA-256, and no more than 150 seconds. What is cheap comes first.
"""

import asyncio
import base64
import binascii
import hashlib
import posixpath
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from doorward.admission import Admission
from doorward.flow.signing.recognising import Spending, SpendsNonces, spend
from doorward.kit.certificates import LARGEST, ChainRefused, Vouched, system_roots, vouched_key
from doorward.kit.clock import Clock
from doorward.kit.http import Exit, ExitRefused
from doorward.kit.logging import get_logger
from doorward.kit.signatures import HttpMessage
from doorward.vocabulary.channel import SkillRequest
from doorward.vocabulary.errors import (
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
    SigningKeyUnknown,
)
from doorward.vocabulary.machines import MachineIdentity, Signed
from doorward.vocabulary.scope import Scope

log = get_logger("signing")

PLATFORM: Final = "Amazon Alexa"
"""What stands in the place of a platform. A blank is in no host's name, so no platform can be called so."""
HOST: Final = "echo-api.amazon.com"
TOLERANCE: Final = timedelta(seconds=150)
KEPT: Final = timedelta(hours=24)
PAUSE: Final = timedelta(minutes=1)
"""How long a chain is taken for what it was, and how long an address that showed none is left alone."""
MOST_CHAINS: Final = 16
SECONDS: Final = 5.0
_PLACE: Final = "s3.amazonaws.com"
_FOLDER: Final = "/echo.api/"
_PATH: Final = re.compile(r"\A/[A-Za-z0-9._/-]{1,500}\Z")
_SIGNATURE_BYTES: Final = range(256, 513)
_UNKNOWN: Final = "no certificate that is accepted here is shown at this address"


class _Shown(NamedTuple):
    """What an address showed, None for nothing good, and until when that counts."""

    vouched: Vouched | None
    until: datetime


def chain_address(url: str) -> str:
    """Return the address of a chain as it is asked for. Raises `SignatureInvalid` for any that is not Amazon's."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SignatureInvalid("SignatureCertChainUrl: not an address") from None
    path = posixpath.normpath(parts.path)
    plain = url.isascii() and url.isprintable() and _PATH.match(parts.path) and "@" not in parts.netloc
    there = (parts.scheme.lower(), parts.hostname, port or 443) == ("https", _PLACE, 443)
    if not plain or not there or not path.startswith(_FOLDER) or parts.query:
        raise SignatureInvalid("SignatureCertChainUrl: not one of Alexa's")
    return f"https://{_PLACE}{path}"


class SignedSkills:
    """Recognises Alexa's skills and users. For one event loop."""

    def __init__(
        self,
        admission: Admission,
        *,
        nonces: SpendsNonces,
        clock: Clock,
        way_out: Exit | None = None,
        roots: Callable[[], Sequence[Certificate]] = system_roots,
    ) -> None:
        """Trust `roots`; read chains through an exit of its own, or `way_out`. `nonces` must remember `REMEMBERED`."""
        self._admission, self._nonces, self._clock = admission, nonces, clock
        self._way_out = way_out or Exit(seconds=SECONDS, largest=LARGEST)
        self._read_roots = roots
        self._roots: Sequence[Certificate] | None = None
        self._shown: OrderedDict[str, _Shown] = OrderedDict()
        self._looking = asyncio.Lock()

    async def recognise(self, scope: Scope, message: HttpMessage, body: bytes, *, asked: SkillRequest) -> Signed:
        """Return by which user of which skill a request is; whose skill it is, who calls has looked at.

        Raises `SignatureMissing`, `SignatureInvalid`, `SignatureExpired`, `SignatureReplayed`, `SigningKeyUnknown` and
        `RateLimited`.
        """
        now = self._clock.now()
        url, written = _single(message, "signaturecertchainurl"), _single(message, "signature-256")
        if abs(now - asked.at) > TOLERANCE:
            raise SignatureExpired(f"timestamp: more than {TOLERANCE.seconds} seconds from now")
        address, signature = chain_address(url), _signature(written)
        vouched = await self._vouched(scope, address)
        try:
            vouched.key.verify(signature, body, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise SignatureInvalid("Signature-256: not made over this body with this certificate's key") from None
        await spend(self._nonces, scope, Spending(asked.skill, asked.request_id, asked.at), now=now)
        # Neither id is kept as it is: the hash is the same for the same user of the same skill, and tells nothing.
        user = hashlib.sha256(f"{asked.skill}\x1f{asked.user}".encode()).hexdigest()
        machine = MachineIdentity(platform=PLATFORM, key_id="", agent_id=user)
        return Signed(machine=machine, known=True, created=asked.at, expires=asked.at + TOLERANCE)

    async def _vouched(self, scope: Scope, address: str) -> Vouched:
        shown = self._kept(address)
        if shown is None:
            # One look at a time: whoever waited for another's look finds what it brought.
            async with self._looking:
                shown = self._kept(address)
                if shown is None:
                    self._admission.admit_directory(scope)
                    shown = await asyncio.to_thread(self._look, address)
                    self._shown[address] = shown
                    while len(self._shown) > MOST_CHAINS:
                        self._shown.popitem(last=False)
        if shown.vouched is None:
            raise SigningKeyUnknown(_UNKNOWN)
        return shown.vouched

    def _kept(self, address: str) -> _Shown | None:
        shown = self._shown.get(address)
        if shown is None or self._clock.now() >= shown.until:
            return None
        self._shown.move_to_end(address)
        return shown

    def _look(self, address: str) -> _Shown:
        now = self._clock.now()
        try:
            page = self._way_out.get(address, {"Accept": "application/x-pem-file, */*"})
            if page.status != 200:
                raise ChainRefused("nothing is shown there")
            if self._roots is None:
                self._roots = self._read_roots()
            vouched = vouched_key(page.body, host=HOST, roots=self._roots, now=now)
        except ExitRefused as error:
            log.info("signing.chain.unread", trouble=error.trouble)
        except ChainRefused as error:
            log.info("signing.chain.refused", trouble=str(error))
        else:
            return _Shown(vouched, min(now + KEPT, vouched.until))
        return _Shown(None, now + PAUSE)


def _single(message: HttpMessage, name: str) -> str:
    lines = message.fields.get(name, ())
    if not lines:
        raise SignatureMissing("SignatureCertChainUrl and Signature-256 are missing")
    if len(lines) > 1 or len(lines[0]) > message.longest:
        raise SignatureInvalid(f"{name}: more than one line, or too long")
    return lines[0].strip()


def _signature(written: str) -> bytes:
    try:
        signature = base64.b64decode(written.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureInvalid("Signature-256: not base 64") from None
    if len(signature) not in _SIGNATURE_BYTES:
        raise SignatureInvalid("Signature-256: not as long as a signature with RSA")
    return signature
