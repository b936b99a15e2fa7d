"""Directories of keys: what a platform answers at its well-known address.

See draft-meunier-http-message-signatures-directory.
A key counts only if the answer is signed with it, for this platform: so nobody can show another's keys as their own.
"""

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from doorward.kit.signatures.bot_auth import BOT_AUTH, Signing, check_parameters, find_signatures
from doorward.kit.signatures.digests import check_digest
from doorward.kit.signatures.keys import MOST_KEYS, VerifyingKey, read_keys
from doorward.kit.signatures.message import HttpMessage, components_of, signature_base
from doorward.kit.signatures.refused import SignatureRefused
from doorward.kit.signatures.structured import StructuredFieldError

WELL_KNOWN: Final = "/.well-known/http-message-signatures-directory"
MEDIA_TYPE: Final = "application/http-message-signatures-directory+json"
TAG: Final = "http-message-signatures-directory"
_PROFILE: Final = msgspec.structs.replace(BOT_AUTH, tag=TAG)
LARGEST: Final = 65_536
"""Bytes of a directory."""
_PARAMETERS: Final = frozenset({"created", "expires", "keyid", "nonce", "alg", "tag"})
_HOST: Final = re.compile(r"\A(?=.{1,253}\Z)[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z|\A[0-9a-f:.]*:[0-9a-f:.]*\Z")
"""A name or an address, IPv6 without its brackets. Other letters come as `xn--`."""


def platform_of(agent: str) -> str:
    """Return the platform, a host with its port if it is not the usual one, that an address in `Signature-Agent` names.

    Only an https address of a host and nothing else names one. Raises `SignatureRefused` (`malformed`).
    """
    try:
        parts = urlsplit(agent)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_platform() from None
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
    if not (bare and parts.scheme == "https" and agent.isascii() and agent.isprintable() and _HOST.match(host)):
        raise _no_platform()
    host = f"[{host}]" if ":" in host else host
    return host if port in {None, 443} else f"{host}:{port}"


def directory_of(platform: str, *, secure: bool = True) -> str:
    """Return the address of a platform's directory."""
    return f"{'https' if secure else 'http'}://{platform}{WELL_KNOWN}"


def read_directory(answer: HttpMessage, body: bytes, *, now: datetime) -> dict[str, VerifyingKey]:
    """Return the keys, by their thumbprints, with which a platform's answer is signed. None may be left.

    `answer` is the answer with the request that it came for. Raises `SignatureRefused` for what is no directory.
    """
    media_type = (answer.field("content-type") or "").partition(";")[0].strip().lower()
    if answer.status != 200 or media_type != MEDIA_TYPE or len(body) > LARGEST:
        raise SignatureRefused("malformed", "directory: not one")
    try:
        keys = {key.key_id: key for key in read_keys(body, now=now.timestamp())}
    except ValueError as error:
        raise SignatureRefused("malformed", f"directory: {error}") from None
    signed: dict[str, VerifyingKey] = {}
    for one in find_signatures(answer, profile=_PROFILE, most=MOST_KEYS):
        key = keys.get(str(one.covered.parameters.get("keyid")))
        if key is not None and _is_signed(answer, body, one, key=key, now=now):
            signed[key.key_id] = key
    return signed


def _is_signed(answer: HttpMessage, body: bytes, one: Signing, *, key: VerifyingKey, now: datetime) -> bool:
    """Return whether the answer is signed with a key, for the platform that was asked."""
    try:
        names = components_of(one.covered)
        check_parameters(one.covered, now=now, known=_PARAMETERS, profile=_PROFILE)
        if ("@authority", True) not in names:
            return False
        if ("content-digest", False) in names:
            check_digest(answer.field("content-digest"), body)
        key.check(one.signature, signature_base(answer, one.covered))
    except (SignatureRefused, StructuredFieldError):
        return False
    return True


def _no_platform() -> SignatureRefused:
    return SignatureRefused("malformed", "Signature-Agent: not an https address of a host alone")
