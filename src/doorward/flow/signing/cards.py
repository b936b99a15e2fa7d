"""Cards of agents that the house signs, so that nobody shows another's address under a company's name.

A signature is one of JSON Web Signature (RFC 7515) with its text left out, over the card's one spelling (RFC 8785).
Each company has a key of its own, made out of its secret: it survives restarts and rotations and is kept nowhere else.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from joserfc import jws
from joserfc.jwk import ECKey

from doorward.kit.canonical import canonical_json
from doorward.kit.keys import Keys
from doorward.vocabulary.ids import TenantId

ALGORITHM: Final = "ES256"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has (FIPS 186-5): a private key is a number from 1 up to it."""


class CardSigner:
    """Signs cards for companies, and shows the keys that check them."""

    def __init__(self, keys: Keys) -> None:
        """Make keys out of companies' secrets."""
        self._keys = keys

    def sign(self, tenant_id: TenantId, card: Mapping[str, Any], *, shown_at: str) -> dict[str, Any]:
        """Return a card with its signature; `shown_at` is where the public key is shown, on the card's own host.

        Raises `ValueError` for a card without one spelling.
        """
        key = self._key(tenant_id)
        head = {"alg": ALGORITHM, "typ": "JOSE", "kid": key.thumbprint(), "jku": shown_at}
        signed = jws.serialize_compact(head, canonical_json(card), key, algorithms=[ALGORITHM])
        protected, _, signature = signed.split(".")
        return {**card, "signatures": [{"protected": protected, "signature": signature}]}

    def public_key(self, tenant_id: TenantId) -> dict[str, Any]:
        """Return the key that checks a company's cards, as a JSON Web Key."""
        key = self._key(tenant_id)
        shown: dict[str, Any] = json.loads(json.dumps(key.as_dict(private=False)))
        return {**shown, "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}

    def _key(self, tenant_id: TenantId) -> ECKey:
        # More bits than needed, so that no number is likelier than another (FIPS 186-5, A.2.1).
        drawn = b"".join(self._keys.tenant_secret(tenant_id, f"card.signing.{part}") for part in (1, 2))
        number = int.from_bytes(drawn, "big") % (_ORDER - 1) + 1
        private = derive_private_key(number, SECP256R1()).private_numbers()
        numbers = {"d": private.private_value, "x": private.public_numbers.x, "y": private.public_numbers.y}
        parts = {name: _url64(value.to_bytes(32, "big")) for name, value in numbers.items()}
        return ECKey.import_key({"kty": "EC", "crv": "P-256", **parts})


def _url64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
