"""Values that the standards print: facts, each with where it stands."""

import base64
from datetime import UTC, datetime

import pytest

from doorward.kit.signatures import (
    HttpMessage,
    SignatureRefused,
    VerifyingKey,
    check_digest,
    public_of,
    read_claim,
    read_directory,
    thumbprint_of,
)
from doorward.kit.signatures.message import signature_base
from doorward.kit.signatures.structured import InnerList, parse_dictionary

# RFC 9421, B.1.4: test-key-ed25519.
TEST_KEY = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
TEST_KEY_ID = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"


def _covered(described: str) -> InnerList:
    [member] = parse_dictionary(f"sig={described}", most=1).values()
    assert isinstance(member, InnerList)
    return member


def test_rfc_9421_b_2_6() -> None:
    """The Ed25519 example of RFC 9421, B.2.6, has the base and the signature that are printed there."""
    message = HttpMessage(
        method="POST",
        scheme="https",
        authority="example.com",
        target="/foo?param=Value&Pet=dog",
        fields={
            "date": ("Tue, 20 Apr 2021 02:07:55 GMT",),
            "content-type": ("application/json",),
            "content-length": ("18",),
        },
    )
    described = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473'
        ';keyid="test-key-ed25519"'
    )
    base = signature_base(message, _covered(described))
    assert base.decode().split("\n") == [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        f'"@signature-params": {described}',
    ]
    signature = base64.b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    key = VerifyingKey(public_of(TEST_KEY))
    key.check(signature, base)
    with pytest.raises(SignatureRefused) as refusal:
        key.check(signature, base + b" ")
    assert refusal.value.fault == "forged"


@pytest.mark.parametrize(
    ("component", "value"),
    [
        ('"@method"', "POST"),
        ('"@authority"', "www.example.com"),
        ('"@scheme"', "https"),
        ('"@path"', "/path"),
        ('"@query"', "?param=value"),
        ('"@request-target"', "/path?param=value"),
        ('"@target-uri"', "https://www.example.com/path?param=value"),
    ],
)
def test_rfc_9421_2_2(component: str, value: str) -> None:
    """Derived components have the values of RFC 9421, 2.2; the usual port of an authority is left out (2.2.3)."""
    message = HttpMessage(
        method="POST", scheme="https", authority="WWW.example.com:443", target="/path?param=value", fields={}
    )
    assert signature_base(message, _covered(f"({component})")).decode().split("\n")[0] == f"{component}: {value}"


def test_rfc_9421_2_1_fields() -> None:
    """Several lines of a field are one value, without what surrounds them (RFC 9421, 2.1); a member by key (2.1.2)."""
    message = HttpMessage(
        method="GET",
        scheme="https",
        authority="example.com",
        target="/",
        fields={
            "cache-control": (" max-age=60", "   must-revalidate "),
            "example-dict": ("a=1,    b=2;x=1;y=2, c=(a b c)",),
        },
    )
    covered = _covered('("cache-control" "example-dict";key="b" "example-dict";key="c")')
    assert signature_base(message, covered).decode().split("\n")[:3] == [
        '"cache-control": max-age=60, must-revalidate',
        '"example-dict";key="b": 2;x=1;y=2',
        '"example-dict";key="c": (a b c)',
    ]


ARCHITECTURE = [
    # cloudflare/web-bot-auth, web_bot_auth_architecture_v2.json, the two Ed25519 entries; the same key as above.
    (
        None,
        (
            'sig1=("@authority");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519"'
            ';expires=4889289600;nonce="zIW8+cdmA3vdYagbxojpONwa/l0EKJ/O3/wD486VvsQjO/RxPaSt6ZxvQaMcQzNnqKN/mQ6hpGiFro2L2q'
            'kz5A==";tag="web-bot-auth"'
        ),
        "QKN4fTdIYfh82fvoZCQiQA1weuozfCS/Led2zTMbewMMqH8PI2Wsy/5c4ao6B6D09nraNQdBNOADg8aM1MqfCg==",
    ),
    (
        'agent2="https://signature-agent.test"',
        (
            'sig2=("@authority" "signature-agent";key="agent2");created=1735689600'
            ';keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600'
            ';nonce="n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA=="'
            ';tag="web-bot-auth"'
        ),
        "RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==",
    ),
    # draft-meunier-web-bot-auth-architecture-05, A.2.1 and A.2.3.
    (
        None,
        (
            'sig1=("@authority");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519"'
            ';expires=4889289600;nonce="g0iqFa9e1ffijlyOScDkXpfSmTbYpRNSGPJrQ1It20ahwgzB3jOUcdgLgFxUg7RMtW4V8IILaKKtA+YuSy'
            'IgJQ==";tag="web-bot-auth"'
        ),
        "FFASViSdcgsyaqqYiCnkHreeZzbNKcTzDvZC5uVlP/dn9IbWj8j0o4wKFTH3rBnUiSUBduwm1Gp5VlIPCp01Ag==",
    ),
    (
        '"https://signature-agent.test"',
        (
            'sig2=("@authority" "signature-agent");created=1735689600'
            ';keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=1735693200;nonce="e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUK'
            'AJ0qVkU0mEeLElW1qg==";tag="web-bot-auth"'
        ),
        "jdq0SqOwHdyHr9+r5jw3iYZH6aNGKijYp/EstF4RQTQdi5N5YYKrD+mCT1HA1nZDsi6nJKuHxUi/5Syp3rLWBA==",
    ),
]


@pytest.mark.parametrize(("agent", "described", "signature"), ARCHITECTURE)
def test_web_bot_auth_architecture(agent: str | None, described: str, signature: str) -> None:
    """The signatures of the draft and of its reference hold; for our door they do not cover enough."""
    label = described.partition("=")[0]
    fields = {"signature-input": (described,), "signature": (f"{label}=:{signature}:",)}
    if agent is not None:
        fields["signature-agent"] = (agent,)
    message = HttpMessage(
        method="GET", scheme="https", authority="example.com", target="/path/to/resource", fields=fields
    )
    [covered] = parse_dictionary(described, most=1).values()
    assert isinstance(covered, InnerList)
    key = VerifyingKey(public_of(TEST_KEY))
    key.check(base64.b64decode(signature), signature_base(message, covered))
    with pytest.raises(SignatureRefused) as refusal:
        read_claim(message, body=b"", now=datetime.fromtimestamp(1735689601, UTC))
    assert (refusal.value.fault, "@method, @path" in refusal.value.reason) == ("incomplete", True)


def test_web_bot_auth_directory() -> None:
    """The signed directory of the reference is one of this key (web_bot_auth_directory_response_v1.json)."""
    body = (
        b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U",'
        b'"x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs","use":"sig"}]}'
    )
    described = (
        'binding0=("@authority";req "content-digest");created=1735689600'
        ';keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600'
        ';tag="http-message-signatures-directory"'
    )
    answer = HttpMessage(
        method="GET",
        scheme="https",
        authority="signature-agent.test",
        target="/.well-known/http-message-signatures-directory",
        fields={
            "content-type": ("application/http-message-signatures-directory+json",),
            "content-digest": ("sha-256=:CADMT2aBdV/rqQr/NIru64ERQkCobVvllA4V0fLFDu0=:",),
            "signature-input": (described,),
            "signature": (
                "binding0=:yiHq0TXrbpzbmlttAQMpYoAufitFJUWuNsakB7QQMoN0EHbo5o51bZRVR8az/ptTWCwllix9clrKXfGKwdPzBg==:",
            ),
        },
        status=200,
    )
    now = datetime.fromtimestamp(1735689700, UTC)
    assert list(read_directory(answer, body, now=now)) == [TEST_KEY_ID]
    # A byte less of the body, and the digest that is signed is not its digest: no key is left.
    assert read_directory(answer, body + b" ", now=now) == {}


@pytest.mark.parametrize(
    ("x", "thumbprint"),
    [
        # RFC 8037, A.3; and the key id of the draft.
        ("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
        (TEST_KEY, TEST_KEY_ID),
    ],
)
def test_thumbprints(x: str, thumbprint: str) -> None:
    """A key's thumbprint is that of the standard (RFC 7638 for the keys of RFC 8037)."""
    assert thumbprint_of(public_of(x)) == thumbprint


@pytest.mark.parametrize(
    ("field", "body"),
    [
        # RFC 9530, 2 and B.1 (with the line feed that its examples have); RFC 9421, B.2 (without).
        ("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", b'{"hello": "world"}\n'),
        (
            "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:",
            b'{"hello": "world"}\n',
        ),
        (
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            b'{"hello": "world"}',
        ),
        ("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", b'{"hello": "world"}'),
        ("unixsum=:AA==:, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", b'{"hello": "world"}'),
    ],
)
def test_content_digests(field: str, body: bytes) -> None:
    """The digests of RFC 9530 and RFC 9421 are those of their bodies, and of no other."""
    check_digest(field, body)
    with pytest.raises(SignatureRefused) as refusal:
        check_digest(field, body + b" ")
    assert refusal.value.fault == "digest"


@pytest.mark.parametrize(
    "field", [None, "", "md5=:AA==:", "sha-256=abc", "sha-256=(a)", "sha-256", "sha-256=:AA=", "§"]
)
def test_what_is_no_digest(field: str | None) -> None:
    """A missing, broken or worthless digest is refused."""
    with pytest.raises(SignatureRefused) as refusal:
        check_digest(field, b"")
    assert refusal.value.fault == "digest"
