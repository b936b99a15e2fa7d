"""A directory's keys are those that signed it, for the platform that was asked, and never many or for ever."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.signatures import (
    MOST_KEYS,
    SignatureRefused,
    directory_of,
    platform_of,
    public_of,
    read_directory,
    read_keys,
)
from tests.support.signing import directory_answer, directory_body, key_from, key_id_of, public_bytes, url64

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ONE, TWO = key_from(1), key_from(2)


def _jwk(**changes: Any) -> dict[str, Any]:
    return {"kty": "OKP", "crv": "Ed25519", "x": url64(public_bytes(ONE)), **changes}


def test_keys_that_signed_it_count() -> None:
    """Of the keys that are listed, those count with which the answer is signed."""
    body = directory_body(ONE, TWO)
    assert set(read_directory(directory_answer(ONE, TWO, now=NOW), body, now=NOW)) == {key_id_of(ONE), key_id_of(TWO)}
    assert set(read_directory(directory_answer(TWO, now=NOW), body, now=NOW)) == {key_id_of(TWO)}
    # A foreign directory: somebody shows a key whose private half they do not have.
    assert read_directory(directory_answer(TWO, now=NOW), directory_body(ONE), now=NOW) == {}


def test_a_directory_of_another_platform_is_none() -> None:
    """A signed answer that is shown by somebody else as theirs gives no keys."""
    copied = directory_answer(ONE, authority="other.example", now=NOW)
    shown = msgspec.structs.replace(directory_answer(ONE, now=NOW), fields=copied.fields)
    assert read_directory(shown, directory_body(ONE), now=NOW) == {}


@pytest.mark.parametrize(("later", "count"), [(330, 1), (331, 0), (-30, 1), (-31, 0)])
def test_an_old_directory_is_none(later: int, count: int) -> None:
    """An answer counts while its signatures are good, give or take what clocks are off by."""
    answer = directory_answer(ONE, now=NOW)
    assert len(read_directory(answer, directory_body(ONE), now=NOW + timedelta(seconds=later))) == count


@pytest.mark.parametrize(
    "changes",
    [
        {"status": 404},
        {"status": 301},
        {"content_type": "application/json"},
        {"content_type": ""},
        {"signature": "sig0=:AAAA:"},
        {"signature_input": "("},
        {"signature_input": 'sig0=("@authority";req);tag="web-bot-auth"'},
        {"signature_input": "x" * 40_000},
    ],
)
def test_what_is_no_directory(changes: dict[str, Any]) -> None:
    """Another status, type or no signature of a directory: no directory."""
    with pytest.raises(SignatureRefused):
        read_directory(directory_answer(ONE, now=NOW, **changes), directory_body(ONE), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys":1}',
        b'{"keys":' + b"[" * 60_000,
        json.dumps({"keys": [_jwk()] * (MOST_KEYS + 1)}).encode(),
        directory_body(ONE) + b" " * 65_536,
    ],
)
def test_what_is_no_set_of_keys(body: bytes) -> None:
    """Broken, deep, long or large: refused within bounds."""
    with pytest.raises(SignatureRefused):
        read_directory(directory_answer(ONE, now=NOW), body, now=NOW)


@pytest.mark.parametrize(
    "odd",
    [
        _jwk(kty="RSA"),
        _jwk(crv="X25519"),
        _jwk(x="AAAA"),
        _jwk(x=_jwk()["x"][:-1]),
        _jwk(x=_jwk()["x"] + "="),
        _jwk(x=5),
        _jwk(d="secret"),
        _jwk(nbf=NOW.timestamp() + 1),
        _jwk(exp=NOW.timestamp()),
        _jwk(exp="never"),
        "key",
        None,
    ],
)
def test_keys_that_are_no_good_are_passed_by(odd: object) -> None:
    """Keys of other kinds, out of their time, broken or printed with their secret do not disturb the others."""
    body = json.dumps({"keys": [odd, _jwk(x=url64(public_bytes(TWO)), nbf=0, exp=NOW.timestamp() + 1, kid="any")]})
    assert [key.key_id for key in read_keys(body.encode(), now=NOW.timestamp())] == [key_id_of(TWO)]


@given(
    body=st.binary(max_size=200)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda one: json.dumps(one).encode())
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Whatever stands there, it is a list of keys or a `ValueError`."""
    try:
        assert read_keys(body, now=0.0) == ()
    except ValueError:
        return


@pytest.mark.parametrize(
    ("agent", "platform"),
    [
        ("https://assistants.example", "assistants.example"),
        ("https://Assistants.Example/", "assistants.example"),
        ("https://assistants.example:443", "assistants.example"),
        ("https://assistants.example:8443", "assistants.example:8443"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_a_platform_is_a_host(agent: str, platform: str) -> None:
    """However it is written, a platform is its host, and its directory stands there."""
    assert platform_of(agent) == platform
    assert directory_of(platform) == f"https://{platform}/.well-known/http-message-signatures-directory"


@pytest.mark.parametrize(
    "agent",
    [
        "", "assistants.example", "http://assistants.example", "ftp://a.example", "data:application/json,{}",
        "https://", "https://a.example/keys", "https://a.example//", "https://a.example?x", "https://a.example#x",
        "https://u:p@a.example", "https://@a.example", "https://a.example:99999", "https://a.example:x",
        "https://a b.example", "https://a.example\\@b.example", "https://bücher.example", "https://a.example\n",
        "https://a_b.example", "https://-a.example", "https://" + "a" * 254, "https://[::1", "javascript:alert(1)",
        "https://a%2eexample", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_platform(agent: str) -> None:
    """Only the https address of a host, and nothing else in it, names a platform."""
    with pytest.raises(SignatureRefused) as refusal:
        platform_of(agent)
    assert refusal.value.fault == "malformed"


def test_a_key_is_written_in_one_way() -> None:
    """Two ways to write one key would make two keys of one."""
    x = url64(public_bytes(ONE))
    assert public_of(x) == public_bytes(ONE)
    twin = x[:-1] + chr(ord(x[-1]) + 1)
    for other in (twin, x + "=", x.replace("-", "+"), " " + x):
        if other != x:
            with pytest.raises(ValueError, match="x: "):
                public_of(other)
