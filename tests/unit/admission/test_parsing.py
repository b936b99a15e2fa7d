"""Reading requests: what the contract tests over the channels cannot see."""

import msgspec
import pytest

from doorward.admission.parsing import ClientId, bearer, read_body
from doorward.vocabulary.channel import ChannelRequest, network_of
from doorward.vocabulary.errors import Malformed, NotSignedIn
from doorward.vocabulary.text import WildText, WildTextMisused


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    text: WildText


def _request(body: str) -> ChannelRequest:
    return ChannelRequest(
        method="POST",
        path="/",
        headers={"content-type": "application/json"},
        body=body.encode("utf-8", "surrogatepass"),
    )


def _refusal(body: str) -> str:
    with pytest.raises(Malformed) as refusal:
        read_body(_request(body), _Body, limit=1000)
    return refusal.value.detail


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"id":"a b","text":"x"}', "id: not as expected"),
        ('{"id":"ab","text":7}', "text: not as expected"),
        ('{"id":"ab"}', "text: missing"),
        ('{"id":"ab","text":"x","my_card_number":"4111"}', "an unknown field; known are id, text"),
        ('{"id":"ab","text":"x","` - at `$.id":1}', "an unknown field; known are id, text"),
        ('"x"', "the body is not a JSON object"),
        ("{", "the body is not JSON in UTF-8"),
        ('{"id":"\ud800"}', "the body is not JSON in UTF-8"),
    ],
)
def test_a_refusal_names_the_field_and_never_its_content(body: str, detail: str) -> None:
    """A refusal says which field of ours is wrong; names and values from outside stay outside."""
    assert _refusal(body) == detail


def test_a_refusal_keeps_no_trace_of_the_body() -> None:
    """The chain of exceptions behind a refusal holds no parser error, which would quote the body."""
    with pytest.raises(Malformed) as refusal:
        read_body(_request('{"id":"4111 1111","text":"x"}'), _Body, limit=1000)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_text_comes_out_wild() -> None:
    """What somebody wrote is wild from the first moment on: comparing it is refused."""
    body = read_body(_request('{"id":"a","text":"hello"}'), _Body, limit=1000)
    with pytest.raises(WildTextMisused):
        assert body.text == "hello"
    assert body.text.uncover() == "hello"


@pytest.mark.parametrize(
    "header", ["", "abc", "Bearer", "Bearer ", "Bearer a b", "Bearer a\n", "Bearer é", "Basic abc"]
)
def test_a_bearer_token_has_one_spelling(header: str) -> None:
    """Anything but `Bearer` and one token is no token."""
    with pytest.raises(NotSignedIn):
        bearer(ChannelRequest(method="GET", path="/", headers={"authorization": header}))


def test_the_scheme_of_a_bearer_token_may_be_written_small() -> None:
    """The scheme's case does not matter (RFC 9110, 11.1), the token's does."""
    assert bearer(ChannelRequest(method="GET", path="/", headers={"authorization": "bearer aBc.d"})) == "aBc.d"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_an_ipv6_address_counts_by_its_network(address: str, network: str) -> None:
    """Changing the last 64 bits of an IPv6 address does not make somebody else of a sender."""
    assert network_of(address) == network
