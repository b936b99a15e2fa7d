"""Chains of certificates: whether they lead to a root that is trusted, for one host, now."""

import re
import ssl
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

LARGEST: Final = 65_536
"""Bytes of a chain."""
_MOST: Final = 8
_DEPTH: Final = 4
_BLOCK: Final = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


class ChainRefused(Exception):
    """A chain is no chain, or not trusted for this host now. Nothing of it is in the sentence."""


class Vouched(NamedTuple):
    """The key that a chain vouches for, and until when all of the chain is good."""

    key: RSAPublicKey
    until: datetime


def vouched_key(pem: bytes, *, host: str, roots: Sequence[x509.Certificate], now: datetime) -> Vouched:
    """Return the RSA key of a chain's first certificate, if it leads to one of `roots` (RFC 5280, 6).

    The certificate must be a server's, for `host` by its alternative names, and all must be good at `now`, an aware
    time. Raises `ChainRefused`.
    """
    if len(pem) > LARGEST:
        raise ChainRefused("the chain is too large")
    try:
        leaf, *others = x509.load_pem_x509_certificates(pem)
        if len(others) >= _MOST:
            raise ChainRefused("the chain is too long")
        policy = PolicyBuilder().store(Store(list(roots))).time(now.astimezone(UTC).replace(tzinfo=None))
        verifier = policy.max_chain_depth(_DEPTH).build_server_verifier(x509.DNSName(host))
        chain = verifier.verify(leaf, others)
        key = leaf.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, VerificationError):
        raise ChainRefused("the chain is not trusted") from None
    if not isinstance(key, RSAPublicKey):
        raise ChainRefused("the chain is of another kind of key")
    return Vouched(key, min(one.not_valid_after_utc for one in chain))


def system_roots() -> tuple[x509.Certificate, ...]:
    """Return the roots that this system trusts; a file or folder of them as OpenSSL looks for it.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` name others. None where there are none; what cannot be read is passed by.
    """
    paths = ssl.get_default_verify_paths()
    files = [Path(paths.cafile)] if paths.cafile else []
    if paths.capath:
        files += sorted(Path(paths.capath).glob("*"))
    found: dict[bytes, x509.Certificate] = {}
    with warnings.catch_warnings():
        # Some roots are older than the rule that a serial number is positive; that is nothing an operator can mend.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for pem in (block for file in files for block in _blocks(file)):
            try:
                one = x509.load_pem_x509_certificate(pem)
            except ValueError:
                continue
            found[one.tbs_certificate_bytes] = one
    return tuple(found.values())


def _blocks(file: Path) -> list[bytes]:
    try:
        return _BLOCK.findall(file.read_bytes())
    except OSError:
        return []
