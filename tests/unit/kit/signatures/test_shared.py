"""A device's signature holds for one request, for a while, with its own secret; everything else is refused."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doorward.kit.signatures import DEVICES, HttpMessage, SharedSecret, SignatureRefused, read_claim, signature_base
from doorward.kit.signatures.structured import InnerList, parse_dictionary
from tests.support.signing import AGENT, HOST, DeviceWithSecret, Machine, a_request, fresh_nonce

peer = pytest.importorskip("http_message_signatures")

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BODY = b'{"id":"e1","do":"order.status"}'
ID, SECRET = "01" + "d" * 24, "dwd_one"
DEVICE = DeviceWithSecret(ID, SECRET)
KEY = SharedSecret(ID, SECRET.encode())
EVENTS = "/c/device/events"


def _signed(device: Machine = DEVICE, *, now: datetime = NOW, target: str = EVENTS, **options: Any) -> HttpMessage:
    return device.sign(a_request(target=target), now=now, body=BODY, **options)


def _refused(message: HttpMessage, *, body: bytes = BODY, key: SharedSecret = KEY, now: datetime = NOW) -> str:
    with pytest.raises(SignatureRefused) as refusal:
        read_claim(message, body=body, now=now, profile=DEVICES).check(key)
    assert SECRET not in refusal.value.reason
    return refusal.value.fault


def test_the_example_of_the_standard_comes_out_byte_by_byte() -> None:
    """RFC 9421, B.2.5: a request signed with `test-shared-secret`."""
    secret = base64.b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    described = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    covered = parse_dictionary(f"sig-b25={described}", most=1)["sig-b25"]
    assert isinstance(covered, InnerList)
    request = HttpMessage(
        method="POST",
        scheme="https",
        authority="example.com",
        target="/foo?param=Value&Pet=dog",
        fields={"date": ("Tue, 20 Apr 2021 02:07:55 GMT",), "content-type": ("application/json",)},
    )
    made = base64.b64decode("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=")
    SharedSecret("test-shared-secret", secret).check(made, signature_base(request, covered))
    with pytest.raises(SignatureRefused):
        SharedSecret("test-shared-secret", secret + b"x").check(made, signature_base(request, covered))


def test_a_good_signature_is_taken_with_either_secret_of_a_rotation() -> None:
    """While one secret takes the other's place both are good, and no third one."""
    claim = read_claim(_signed(), body=BODY, now=NOW, profile=DEVICES)
    assert (claim.key_id, claim.agent, claim.expires) == (ID, None, NOW + timedelta(minutes=2))
    for both in ((SECRET.encode(), b"other"), (b"other", SECRET.encode())):
        claim.check(SharedSecret(ID, *both))
    assert _refused(_signed(), key=SharedSecret(ID, b"other", b"third")) == "forged"
    assert SECRET not in repr(KEY)
    with pytest.raises(ValueError, match="without a secret"):
        SharedSecret(ID)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"alg": "ed25519"}, "malformed"),
        ({"alg": "hmac-sha512"}, "malformed"),
        ({"tag": "web-bot-auth"}, "missing"),
        ({"keyid": "short"}, "malformed"),
        ({"keyid": None}, "malformed"),
        ({"keyid": "02" + "d" * 24}, "forged"),
        ({"nonce": None}, "malformed"),
        ({"nonce": "short"}, "malformed"),
        ({"created": int(NOW.timestamp()) - 331}, "expired"),
        ({"created": int(NOW.timestamp()) + 31}, "early"),
        ({"expires": int(NOW.timestamp()) - 31}, "malformed"),
        ({"parts": ('"@method"', '"@authority"', '"content-digest"')}, "incomplete"),
        ({"parts": ('"@method"', '"@path"', '"content-digest"')}, "incomplete"),
        ({"parts": ('"@authority"', '"@path"', '"content-digest"')}, "incomplete"),
        ({"parts": ('"@method"', '"@authority"', '"@path"')}, "incomplete"),
    ],
    ids=str,
)
def test_what_a_device_must_not_leave_out_or_change(options: dict[str, Any], fault: str) -> None:
    """Another algorithm, tag, key or time, and whatever covers less than the request, is refused."""
    assert _refused(_signed(**options)) == fault


def test_a_signature_is_good_for_this_request_alone() -> None:
    """Another path, method, host, body or moment breaks it; so does one made with the key pair of a machine."""
    good = _signed()

    def moved(**changes: Any) -> HttpMessage:
        parts = {name: getattr(good, name) for name in HttpMessage.__struct_fields__}
        return HttpMessage(**{**parts, **changes})

    for other in (moved(target="/c/device/pairing"), moved(method="PUT"), moved(authority="other.example")):
        assert _refused(other) == "forged"
    assert _refused(good, body=BODY + b" ") == "digest"
    assert _refused(good, now=NOW + timedelta(minutes=6)) == "expired"
    assert _refused(Machine(1).sign(a_request(target=EVENTS), now=NOW, body=BODY)) == "missing"
    assert _refused(_signed(Machine(1), keyid=ID, tag=DEVICES.tag, alg=None)) == "malformed"
    as_public = base64.b64encode(hmac.new(b"", b"", hashlib.sha256).digest()).decode()
    fields = {**good.fields, "signature": (f"sig1=:{as_public}:",)}
    assert _refused(moved(fields=fields)) == "forged"


def test_what_a_kept_library_signs_is_taken() -> None:
    """`http-message-signatures` signs with HMAC-SHA-256 as a device has to."""

    class Request:
        url, method = f"https://{HOST}{EVENTS}", "POST"

        def __init__(self) -> None:
            digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
            self.headers = {"Content-Digest": f"sha-256=:{digest}:", "Signature-Agent": f'"{AGENT}"'}

    keys = peer.MappingKeyResolver(private_keys={ID: SECRET.encode()}, public_keys={ID: SECRET.encode()})
    signer = peer.HTTPMessageSigner(signature_algorithm=peer.algorithms.HMAC_SHA256, key_resolver=keys)
    request = Request()
    signer.sign(
        request,
        key_id=ID,
        created=NOW,
        expires=NOW + timedelta(minutes=2),
        nonce=fresh_nonce(),
        tag=DEVICES.tag,
        include_alg=True,
        use_existing_digest=True,
        covered_component_ids=("@method", "@authority", "@path", "content-digest", "signature-agent"),
    )
    fields = {name.lower(): (value,) for name, value in request.headers.items()}
    came = HttpMessage(method="POST", scheme="https", authority=HOST, target=EVENTS, fields=fields)
    claim = read_claim(came, body=BODY, now=NOW, profile=DEVICES)
    claim.check(KEY)
    assert claim.key_id == ID
