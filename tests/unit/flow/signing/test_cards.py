"""Cards are signed by the company's own key, which is the same tomorrow and nobody else's."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from doorward.flow.signing.cards import CardSigner
from doorward.kit.canonical import canonical_json
from doorward.kit.keys import Keys
from doorward.vocabulary.ids import TenantId
from tests.support.identities import Office

CARD = {"name": "Halden Bank", "skills": [{"id": "help"}], "capabilities": {"streaming": False}}
WHERE = "https://support.halden.example/.well-known/agent-card-keys.json"


def _opened(card: dict[str, Any], key: dict[str, Any]) -> dict[str, Any]:
    """Check a card's signature as the standards have it, and return its head."""
    signature = card["signatures"][0]
    text = {name: value for name, value in card.items() if name != "signatures"}
    payload = urlsafe_b64encode(canonical_json(text)).decode().rstrip("=")
    found = jws.deserialize_compact(
        f"{signature['protected']}.{payload}.{signature['signature']}", ECKey.import_key(key), algorithms=["ES256"]
    )
    return dict(found.headers())


def test_a_card_is_signed_for_one_company(office: Office) -> None:
    """The signature holds with that company's key alone, and not over another card."""
    keys: Keys = office.keys
    signer, one, other = CardSigner(keys), TenantId(office.scope.tenant_id), TenantId(office.other.tenant_id)
    card, key = signer.sign(one, CARD, shown_at=WHERE), signer.public_key(one)
    assert _opened(card, key) == {"alg": "ES256", "typ": "JOSE", "kid": key["kid"], "jku": WHERE}
    assert "d" not in key
    assert CardSigner(keys).public_key(one) == key
    for bent, with_key in (({**card, "name": "Evil"}, key), (card, signer.public_key(other))):
        with pytest.raises(BadSignatureError):
            _opened(bent, with_key)
    assert json.loads(json.dumps(card)) == card


def test_a_card_without_one_spelling_is_not_signed(office: Office) -> None:
    """Nobody could check it."""
    with pytest.raises(ValueError, match="spelling"):
        CardSigner(office.keys).sign(TenantId(office.scope.tenant_id), {"a": 1.5}, shown_at=WHERE)
