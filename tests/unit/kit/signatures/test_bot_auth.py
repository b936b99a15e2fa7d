"""A machine's signature holds for one request, for a while, with one key; everything else is refused with a reason."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.signatures import GOOD_FOR, SKEW, Claim, HttpMessage, SignatureRefused, VerifyingKey, read_claim
from tests.support.signing import AGENT, HOST, Machine, a_request, public_bytes

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BODY = b'{"text":"Where is my order?"}'
MACHINE = Machine()
KEY = VerifyingKey(public_bytes(MACHINE.key))


def _signed(body: bytes = BODY, **options: Any) -> HttpMessage:
    return MACHINE.sign(a_request(), now=NOW, body=body, **options)


def _with(message: HttpMessage, **changes: Any) -> HttpMessage:
    """Return the message with other fields, or as another one where a name is one of its own."""
    own = {name: value for name, value in changes.items() if name in HttpMessage.__struct_fields__}
    fields = dict(message.fields)
    for name, value in changes.items():
        if name not in own:
            fields[name.replace("_", "-")] = value if isinstance(value, tuple) else (value,)
    parts = {name: getattr(message, name) for name in HttpMessage.__struct_fields__}
    return HttpMessage(**{**parts, "fields": fields, **own})


def _taken(message: HttpMessage, *, body: bytes = BODY, now: datetime = NOW, key: VerifyingKey = KEY) -> Claim:
    claim = read_claim(message, body=body, now=now)
    claim.check(key)
    return claim


def _refused(message: HttpMessage, *, body: bytes = BODY, now: datetime = NOW, key: VerifyingKey = KEY) -> str:
    with pytest.raises(SignatureRefused) as refusal:
        _taken(message, body=body, now=now, key=key)
    assert refusal.value.reason.isascii()
    return refusal.value.fault


def test_a_good_signature_is_taken() -> None:
    """A request that covers what it must is its key's, with platform and times as they were signed."""
    claim = _taken(_signed(nonce="0123456789abcdef"))
    assert (claim.key_id, claim.agent, claim.nonce) == (MACHINE.key_id, AGENT, "0123456789abcdef")
    assert (claim.created, claim.expires) == (NOW, NOW + timedelta(minutes=2))
    assert repr(claim) == "<Claim>"
    assert repr(_signed()) == "<HttpMessage>"


def test_a_whole_address_stands_for_path_and_query() -> None:
    """`@target-uri` covers the path and the query, too."""
    parts = ['"@method"', '"@authority"', '"@target-uri"', '"signature-agent"']
    message = MACHINE.sign(a_request(method="GET", target="/c/machine/messages?after=3"), now=NOW, parts=parts)
    assert _taken(message, body=b"").key_id == MACHINE.key_id
    assert _refused(_with(message, target="/c/machine/messages?after=4"), body=b"") == "forged"


def test_a_platform_may_be_one_of_several_agents() -> None:
    """Of a `Signature-Agent` that is a dictionary, the member that is signed counts."""
    parts = ['"@method"', '"@authority"', '"@path"', '"signature-agent";key="b"']
    unsigned = a_request(method="GET", signature_agent='a="https://other.example", b="https://assistants.example"')
    bare = Machine(agent=None)
    signed = bare.sign(unsigned, now=NOW, parts=parts)
    # The value of one member is its string, not the whole field: signed here by hand.
    claim = read_claim(signed, body=b"", now=NOW)
    assert claim.agent == AGENT
    assert b'"signature-agent";key="b": "https://assistants.example"\n' in claim.base


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"method": "PUT"}, "forged"),
        ({"authority": "other.example"}, "forged"),
        ({"authority": HOST + ":8443"}, "forged"),
        ({"target": "/c/machine/other"}, "forged"),
        ({"target": "/c/machine/messages?after=1"}, "forged"),
        ({"signature_agent": '"https://evil.example"'}, "forged"),
        ({"signature_agent": ('"https://assistants.example"', '"https://evil.example"')}, "malformed"),
        ({"content_digest": "sha-256=:AAAA:"}, "digest"),
    ],
)
def test_another_message_is_not_this_one(changes: dict[str, Any], fault: str) -> None:
    """A signature moved to another method, host, path, query, platform or body is refused."""
    assert _refused(_with(_signed(), **changes)) == fault


def test_another_body_is_refused() -> None:
    """The body cannot be changed: neither alone nor together with its digest."""
    message = _signed()
    assert _refused(message, body=BODY + b" ") == "digest"
    other = _signed(BODY + b" ")
    assert _refused(_with(message, content_digest=other.fields["content-digest"]), body=BODY + b" ") == "forged"


def test_another_key_is_refused() -> None:
    """Neither another key nor one that calls itself this one has made the signature."""
    other = Machine(2)
    assert _refused(_signed(), key=VerifyingKey(public_bytes(other.key))) == "forged"
    assert _refused(other.sign(a_request(), now=NOW, body=BODY, keyid=MACHINE.key_id)) == "forged"


@pytest.mark.parametrize(
    ("later", "fault"),
    [
        (timedelta(0), None),
        (GOOD_FOR + SKEW, None),
        (GOOD_FOR + SKEW + timedelta(seconds=1), "expired"),
        (-SKEW, None),
        (-SKEW - timedelta(seconds=1), "early"),
    ],
)
def test_times_are_bounded(later: timedelta, fault: str | None) -> None:
    """A signature is good for four minutes whatever it says, give or take what clocks are off by."""
    message = _signed(expires=int(NOW.timestamp()) + 86_400)
    if fault is None:
        assert _taken(message, now=NOW + later).key_id == MACHINE.key_id
    else:
        assert _refused(message, now=NOW + later) == fault


def test_its_own_end_counts_too() -> None:
    """What says that it ends sooner ends sooner."""
    message = _signed(expires=int(NOW.timestamp()) + 10)
    assert _taken(message, now=NOW + timedelta(seconds=10) + SKEW).key_id == MACHINE.key_id
    assert _refused(message, now=NOW + timedelta(seconds=11) + SKEW) == "expired"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"created": None}, "malformed"),
        ({"expires": None}, "malformed"),
        ({"nonce": None}, "malformed"),
        ({"keyid": None}, "malformed"),
        ({"tag": None}, "missing"),
        ({"tag": "other"}, "missing"),
        ({"alg": None}, None),
        ({"alg": "hmac-sha256"}, "malformed"),
        ({"alg": "rsa-pss-sha512"}, "malformed"),
        ({"alg": "none"}, "malformed"),
        ({"alg": 1}, "malformed"),
        ({"nonce": "short"}, "malformed"),
        ({"nonce": "x" * 129}, "malformed"),
        ({"keyid": "test-key-ed25519"}, "malformed"),
        ({"keyid": MACHINE.key_id + "\\\\"}, "malformed"),
        ({"created": "1764504000"}, "malformed"),
        ({"expires": 0}, "malformed"),
        ({"created": 999_999_999_999_999}, "malformed"),
        ({"purpose": "anything"}, "malformed"),
    ],
)
def test_parameters_are_as_they_must_be(changes: dict[str, Any], fault: str | None) -> None:
    """Times, key and nonce are there, the algorithm is the one we know, and nothing else is said."""
    if fault is None:
        assert _taken(_signed(**changes)).key_id == MACHINE.key_id
    else:
        assert _refused(_signed(**changes)) == fault


@pytest.mark.parametrize("left_out", ['"@method"', '"@authority"', '"@path"', '"content-digest"', '"signature-agent"'])
def test_what_must_be_covered(left_out: str) -> None:
    """A signature that leaves anything out that could be changed is refused, and told what."""
    parts = ['"@method"', '"@authority"', '"@path"', '"content-digest"', '"signature-agent"']
    message = _signed(parts=[one for one in parts if one != left_out])
    with pytest.raises(SignatureRefused) as refusal:
        _taken(message)
    assert refusal.value.fault == "incomplete"
    assert left_out.strip('"') in refusal.value.reason


def test_a_query_must_be_covered() -> None:
    """Where there is a query it is signed."""
    parts = ['"@method"', '"@authority"', '"@path"', '"signature-agent"']
    message = MACHINE.sign(a_request(method="GET", target="/c/machine/messages?after=3"), now=NOW, parts=parts)
    assert _refused(message, body=b"") == "incomplete"


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (['"@method"', '"@method"'], "malformed"),
        (['"@Method"'], "malformed"),
        (["@method"], "malformed"),
        (["method"], "malformed"),
        (["1"], "malformed"),
        (['"@method";req'], "incomplete"),
        (['"@query-param";name="a"'], "incomplete"),
        (['"content-digest";bs'], "incomplete"),
        (['"content-digest";sf'], "incomplete"),
        (['"content-digest";key="md5"'], "incomplete"),
        (['"x-absent"'], "incomplete"),
        (['"@signature-params"'], "incomplete"),
        (['"@status"'], "incomplete"),
        ([f'"x-{number}"' for number in range(21)], "malformed"),
    ],
)
def test_odd_components_are_refused(parts: list[str], fault: str) -> None:
    """Components that come twice, are not written as they must be, or are not in the message are refused."""
    needed = ['"@method"', '"@authority"', '"@path"', '"content-digest"', '"signature-agent"']
    wanted = [one for one in needed if one not in parts] + parts
    assert _refused(_signed(parts=wanted)) == fault


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("signature_input", (), "malformed"),
        ("signature_input", "", "missing"),
        ("signature_input", "sig1", "malformed"),
        ("signature_input", "sig1=()", "missing"),
        ("signature_input", 'sig1=("@method"', "malformed"),
        ("signature_input", 'sig1=("@method""@path")', "malformed"),
        ("signature_input", "sig1=:AAAA:", "malformed"),
        ("signature_input", 'sig1=("@method");a=1.5', "malformed"),
        ("signature_input", 'sig1=("@method");a=@1', "malformed"),
        ("signature_input", 'sig1=("@method");tag="a";tag="web-bot-auth"', "malformed"),
        ("signature_input", "\x00", "malformed"),
        ("signature_input", "sig1=(\u00e9)", "malformed"),
        ("signature_input", "a=(), b=(), c=(), d=(), e=()", "malformed"),
        ("signature_input", "(" * 4000, "malformed"),
        ("signature_input", 'sig1=("' + "x" * 5000 + '")', "malformed"),
        ("signature", "sig1=:AAAA:", "malformed"),
        ("signature", "sig2=:AAAA:", "malformed"),
        ("signature", "sig1=abc", "malformed"),
        ("signature", "sig1=:" + "A" * 87 + "*:", "malformed"),
        ("signature", "sig1=:" + "A" * 88 + ":", "malformed"),
        ("signature", "sig1=:" + "A" * 86 + "==:", "forged"),
        ("signature_agent", "https://assistants.example", "malformed"),
        ("signature_agent", "?1", "malformed"),
        ("signature_agent", '"a" "b"', "malformed"),
    ],
)
def test_malformed_fields_are_refused(field: str, value: Any, fault: str) -> None:
    """Whatever stands in the three fields, it is read strictly, within bounds, or refused."""
    changed = _with(_signed(), **{field: value})
    if value == ():
        changed = _with(_signed(), signature_input=(*_signed().fields["signature-input"],) * 2)
    assert _refused(changed) == fault


def test_nothing_signed_is_missing() -> None:
    """An unsigned request is told so, whether nothing is there or only half."""
    assert _refused(a_request()) == "missing"
    signed = _signed()
    half = {name: lines for name, lines in signed.fields.items() if name != "signature"}
    assert _refused(_with(a_request(), **{name.replace("-", "_"): lines for name, lines in half.items()})) == "missing"


def test_a_second_signature_of_ours_is_refused_and_a_stranger_s_is_not() -> None:
    """Two signatures with the tag leave open which one counts; one of a proxy with another tag disturbs nobody."""
    one, two = _signed(), _signed()
    second = {
        name: (one.fields[name][0], two.fields[name][0].replace("sig1=", "sig2=", 1))
        for name in ("signature-input", "signature")
    }
    assert _refused(_with(one, **{name.replace("-", "_"): lines for name, lines in second.items()})) == "malformed"
    proxy = _with(
        one,
        signature_input=(*one.fields["signature-input"], 'proxy=("@method");created=1;keyid="x";tag="proxy"'),
        signature=(*one.fields["signature"], "proxy=:AAAA:"),
    )
    assert _taken(proxy).key_id == MACHINE.key_id


@given(text=st.text(alphabet=st.characters(max_codepoint=255), max_size=200), where=st.sampled_from([0, 1, 2]))
def test_any_field_is_read_or_refused(text: str, where: int) -> None:
    """Whatever stands in a field, what comes of it is a claim or a refusal."""
    name = ("signature_input", "signature", "signature_agent")[where]
    _refused(_with(_signed(), **{name: text}))


def test_no_changed_byte_of_ten_thousand_is_taken() -> None:
    """Of 10,000 requests with one byte changed, somewhere in what is signed, none is taken."""
    draw = random.Random(20261130)
    message = _signed()
    places = [
        "method",
        "authority",
        "target",
        "signature-agent",
        "content-digest",
        "signature-input",
        "signature",
        "body",
    ]
    taken = 0
    for _ in range(10_000):
        place, body = draw.choice(places), BODY
        if place == "body":
            body = _changed(BODY.decode(), draw).encode("latin-1")
            changed = message
        elif place in {"method", "authority", "target"}:
            changed = _with(message, **{place: _changed(getattr(message, place), draw)})
        else:
            changed = _with(message, **{place.replace("-", "_"): _changed(message.fields[place][0], draw)})
        try:
            claim = read_claim(changed, body=body, now=NOW)
            claim.check(KEY)
        except SignatureRefused:
            continue
        # A label, a base 64 digit that holds no bit, or the case of a host: not another message.
        taken += claim.base != read_claim(message, body=BODY, now=NOW).base
    assert taken == 0


def _changed(text: str, draw: random.Random) -> str:
    place = draw.randrange(len(text))
    return text[:place] + chr((ord(text[place]) + draw.randrange(1, 95) - 32) % 95 + 32) + text[place + 1 :]
