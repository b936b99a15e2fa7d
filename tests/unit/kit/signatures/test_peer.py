"""A library that others sign with: what it signs is taken, and what it refuses is not."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doorward.kit.signatures import HttpMessage, SignatureRefused, VerifyingKey, read_claim
from tests.support.signing import AGENT, HOST, Machine, a_request, fresh_nonce, public_bytes

peer = pytest.importorskip("http_message_signatures")

MACHINE = Machine()
KEY = VerifyingKey(public_bytes(MACHINE.key))
BODY = b'{"text":"Where is my order?"}'
COVERED = ("@method", "@authority", "@path", "@query", "content-digest", "signature-agent")


@dataclasses.dataclass
class Request:
    """A request as the library takes it."""

    url: str
    method: str = "POST"
    headers: dict[str, str] = dataclasses.field(default_factory=lambda: {"Signature-Agent": f'"{AGENT}"'})

    def came(self) -> HttpMessage:
        """Return it as our door gets it."""
        return HttpMessage(
            method=self.method,
            scheme="https",
            authority=HOST,
            target=self.url.removeprefix(f"https://{HOST}"),
            fields={name.lower(): (value,) for name, value in self.headers.items()},
        )


def _keys() -> Any:
    private, public = {MACHINE.key_id: MACHINE.key}, {MACHINE.key_id: MACHINE.key.public_key()}
    return peer.MappingKeyResolver(private_keys=private, public_keys=public)


def _signer() -> Any:
    return peer.HTTPMessageSigner(signature_algorithm=peer.algorithms.ED25519, key_resolver=_keys())


def _verifier() -> Any:
    return peer.HTTPMessageVerifier(signature_algorithm=peer.algorithms.ED25519, key_resolver=_keys())


def _signed(now: datetime, **changes: Any) -> Request:
    request = Request(f"https://{HOST}/c/machine/messages?after=3")
    options: dict[str, Any] = {
        "key_id": MACHINE.key_id,
        "created": now,
        "expires": now + timedelta(minutes=2),
        "nonce": fresh_nonce(),
        "tag": "web-bot-auth",
        "covered_component_ids": COVERED,
        "body": BODY,
        **changes,
    }
    _signer().sign(request, **options)
    return request


def test_what_a_library_signs_is_taken() -> None:
    """A request that `http-message-signatures` signed as we ask for is its key's."""
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    claim = read_claim(_signed(now).came(), body=BODY, now=now)
    claim.check(KEY)
    assert (claim.key_id, claim.agent, claim.created) == (MACHINE.key_id, AGENT, now)


@pytest.mark.parametrize("left_out", [name for name in COVERED if name != "content-digest"])
def test_what_a_library_signs_too_little_is_refused(left_out: str) -> None:
    """The library signs whatever it is told to; we ask for all of it."""
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    request = _signed(now, covered_component_ids=[name for name in COVERED if name != left_out])
    with pytest.raises(SignatureRefused) as refusal:
        read_claim(request.came(), body=BODY, now=now)
    assert (refusal.value.fault, left_out in refusal.value.reason) == ("incomplete", True)


def test_the_library_takes_what_our_own_signer_signs() -> None:
    """The signer that the tests use is understood by others, so that it does not only agree with our own reading."""
    now = datetime.now(UTC)  # the library asks the real clock
    signed = MACHINE.sign(a_request(), now=now, body=BODY)
    request = Request(
        f"https://{HOST}/c/machine/messages", headers={name: lines[0] for name, lines in signed.fields.items()}
    )
    [result] = _verifier().verify(request, expect_tag="web-bot-auth", require_components=COVERED[:3], body=BODY)
    assert result.body == BODY
