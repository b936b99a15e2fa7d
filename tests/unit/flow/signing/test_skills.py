"""A skill's request is Alexa's, once, for 150 seconds, by a chain trusted for its name; nothing else gets in."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from doorward.admission import Admission, Rates
from doorward.flow.signing import SignedSkills
from doorward.flow.signing.skills import KEPT, PAUSE, chain_address
from doorward.kit.certificates import ChainRefused, system_roots, vouched_key
from doorward.kit.settings import Limits
from doorward.kit.signatures import HttpMessage
from doorward.vocabulary.channel import SkillRequest
from doorward.vocabulary.errors import (
    DoorwardError,
    RateLimited,
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
    SignatureReplayed,
    SigningKeyUnknown,
)
from doorward.vocabulary.machines import Signed
from tests.support.alexa import (
    ADDRESS,
    HOST,
    SKILL,
    USER,
    Authority,
    Shelf,
    a_key,
    an_elliptic_key,
    pem_of,
    signed_headers,
)
from tests.support.identities import Office, on_one_database
from tests.support.signing import nonces_alone

BODY = b'{"request": 1}'


class Gate:
    """The recogniser, with one address that shows a good chain."""

    def __init__(self, office: Office) -> None:
        """Show the chain, and trust its root."""
        self.office, self.clock = office, office.clock
        self.authority = Authority(self.clock.now())
        self.shelf = Shelf({ADDRESS: pem_of(self.authority.leaf())})
        self.skills = SignedSkills(
            Admission(Limits(directories_per_tenant="2/minute"), rates=Rates(self.clock, secret=bytes(32))),
            nonces=nonces_alone(self.clock),
            clock=self.clock,
            way_out=self.shelf,
            roots=lambda: (self.authority.root,),
        )

    async def take(self, *, body: bytes = BODY, sent: bytes = BODY, after: int = 0, **changes: Any) -> Signed:
        """Recognise a request whose fields, id or user are changed, `after` seconds."""
        fields = {**signed_headers(sent), **{name.replace("_", "-"): value for name, value in changes.items() if value}}
        fields = {name: value for name, value in fields.items() if changes.get(name.replace("-", "_"), "") is not None}
        asked = SkillRequest(
            skill=SKILL,
            user=str(changes.get("user", USER)),
            request_id=str(changes.get("request_id", "r1")),
            at=self.clock.now() - timedelta(seconds=after),
            wish="open",
        )
        lines = {name: (value,) for name, value in fields.items()}
        message = HttpMessage(method="POST", scheme="https", authority="a.example", target="/", fields=lines)
        return await self.skills.recognise(self.office.scope, message, body, asked=asked)


@pytest.fixture
def gate(office: Office) -> Gate:
    """A gate."""
    return Gate(office)


@on_one_database
async def test_a_good_request_is_one_user_s_of_one_skill(gate: Gate) -> None:
    """The same user is the same machine, another one another, and neither id is in it; the chain is read once."""
    first = await gate.take(request_id="r1")
    again = await gate.take(request_id="r2", after=149)
    other = await gate.take(request_id="r3", user="amzn1.ask.account.B")
    assert first.machine == again.machine != other.machine
    assert first.machine.platform == "Amazon Alexa"
    assert USER not in first.machine.handle
    assert gate.shelf.looks == [ADDRESS]


@on_one_database
@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"signature_256": None}, SignatureMissing),
        ({"signaturecertchainurl": None}, SignatureMissing),
        ({"signature_256": "AAAA"}, SignatureInvalid),
        ({"signature_256": "*" * 344}, SignatureInvalid),
        ({"signature_256": "\xe9" * 344}, SignatureInvalid),
        ({"body": BODY + b" "}, SignatureInvalid),
        ({"after": 151}, SignatureExpired),
        ({"after": -151}, SignatureExpired),
        ({"signaturecertchainurl": "https://s3.amazonaws.com/echo.api/none.pem"}, SigningKeyUnknown),
        ({"signaturecertchainurl": "https://evil.example/echo.api/cert.pem"}, SignatureInvalid),
    ],
    ids=str,
)
async def test_what_is_not_alexa_s_is_refused(gate: Gate, changes: dict[str, Any], kind: type[DoorwardError]) -> None:
    """Without a signature, with another, over another body, too old or early, or with a chain from elsewhere."""
    with pytest.raises(kind) as refusal:
        await gate.take(**changes)
    assert type(refusal.value) is kind


@on_one_database
async def test_the_old_signature_with_sha_1_does_not_count(gate: Gate) -> None:
    """`Signature` is of an algorithm that is broken: it is not taken in the place of `Signature-256`."""
    with pytest.raises(SignatureInvalid):
        await gate.take(signature_256=signed_headers(BODY)["signature"])


@on_one_database
async def test_a_request_is_good_once(gate: Gate) -> None:
    """The same request again is refused; one that was not signed uses no id up."""
    with pytest.raises(SignatureInvalid):
        await gate.take(body=b"other")
    await gate.take()
    with pytest.raises(SignatureReplayed):
        await gate.take()


@on_one_database
async def test_chains_are_kept_for_a_while_and_asked_for_seldom(gate: Gate) -> None:
    """A chain is read anew after a day; where none is shown is asked after a minute, and few are asked in all."""
    await gate.take(request_id="r1")
    gate.clock.advance(KEPT)
    await gate.take(request_id="r2")
    assert gate.shelf.looks == [ADDRESS] * 2
    empty, other = (f"https://s3.amazonaws.com/echo.api/{name}.pem" for name in ("empty", "other"))
    gate.clock.advance(PAUSE)  # the budget of looks is full again
    gate.shelf.pages[empty] = b""
    for _ in range(2):
        with pytest.raises(SigningKeyUnknown):
            await gate.take(signaturecertchainurl=empty)
    assert gate.shelf.looks == [ADDRESS, ADDRESS, empty]
    with pytest.raises(SigningKeyUnknown):
        await gate.take(signaturecertchainurl=other)
    with pytest.raises(RateLimited):
        await gate.take(signaturecertchainurl=other.replace("other", "third"))
    gate.clock.advance(PAUSE)
    with pytest.raises(SigningKeyUnknown):
        await gate.take(signaturecertchainurl=empty)
    assert gate.shelf.looks == [ADDRESS, ADDRESS, empty, other, empty]


@on_one_database
async def test_a_chain_that_ends_is_good_no_more(gate: Gate) -> None:
    """A certificate that was good when it was read is not kept beyond its end."""
    gate.shelf.pages[ADDRESS] = pem_of(gate.authority.leaf(days=1, ages=0))
    await gate.take(request_id="r1")
    gate.clock.advance(timedelta(days=1, seconds=1))
    with pytest.raises(SigningKeyUnknown):
        await gate.take(request_id="r2")


def _chains(authority: Authority) -> dict[str, bytes]:
    other = Authority(authority.now, name="Other root")
    leaf = authority.leaf()
    return {
        "another name": pem_of(authority.leaf(hosts=("echo-api.amazon.com.evil.example",))),
        "a name below it": pem_of(authority.leaf(hosts=("x.echo-api.amazon.com",))),
        "no name": pem_of(authority.leaf(hosts=("localhost",))),
        "ended": pem_of(authority.leaf(days=1, ages=3)),
        "not begun": pem_of(authority.leaf(ages=-1)),
        "not a server's": pem_of(authority.leaf(purpose=ExtendedKeyUsageOID.CLIENT_AUTH)),
        "another authority": pem_of(other.leaf()),
        "another authority, shown with its root": pem_of(other.leaf(), other.root),
        "the root alone": pem_of(authority.root),
        "another kind of key": pem_of(authority.leaf(key=an_elliptic_key())),
        "too many": pem_of(leaf, *[authority.root] * 8),
        "too large": pem_of(leaf) + b" " * 65_536,
        "no chain": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "nothing": b"",
    }


@on_one_database
def test_a_chain_leads_to_a_trusted_root_for_one_name_now(office: Office) -> None:
    """The good one does, with a root beside it or not; every other one is refused, and the sentence quotes nothing."""
    now = office.clock.now()
    authority = Authority(now)
    for shown in (pem_of(authority.leaf()), pem_of(authority.leaf(), authority.root)):
        vouched = vouched_key(shown, host=HOST, roots=(authority.root,), now=now)
        assert vouched.key == a_key("leaf").public_key()
        assert vouched.until > now
    for name, shown in _chains(authority).items():
        with pytest.raises(ChainRefused) as refusal:
            vouched_key(shown, host=HOST, roots=(authority.root,), now=now)
        assert "amazon" not in str(refusal.value), name
    with pytest.raises(ChainRefused):
        vouched_key(pem_of(authority.leaf()), host=HOST, roots=(), now=now)


def test_roots_of_the_system_are_read() -> None:
    """What this system trusts can be read, whatever it is; nothing is there twice."""
    found = system_roots()
    assert len({one.tbs_certificate_bytes for one in found}) == len(found)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (ADDRESS, ADDRESS),
        ("https://s3.amazonaws.com:443/echo.api/cert.pem", "https://s3.amazonaws.com/echo.api/cert.pem"),
        ("HTTPS://S3.AMAZONAWS.COM/echo.api/../echo.api/cert.pem", "https://s3.amazonaws.com/echo.api/cert.pem"),
        ("https://s3.amazonaws.com/echo.api/cert.pem#x", "https://s3.amazonaws.com/echo.api/cert.pem"),
    ],
)
def test_the_addresses_of_amazon_s_documentation_are_taken(url: str, address: str) -> None:
    """Scheme and host in any case, the usual port, and a path that comes out in the folder."""
    assert chain_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://notamazon.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com.evil.example/echo.api/cert.pem",
        "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert.pem",
        "https://s3.amazonaws.com/invalid.path/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../bucket/cert.pem",
        "https://s3.amazonaws.com/echo.api.evil/cert.pem",
        "https://s3.amazonaws.com/echo.api/%2e%2e/bucket/cert.pem",
        "https://s3.amazonaws.com/echo.api\\..\\x.pem",
        "https://s3.amazonaws.com:563/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:x/echo.api/cert.pem",
        "https://user@s3.amazonaws.com/echo.api/cert.pem",
        "https://s3.amazonaws.com/echo.api/cert.pem?versionId=1",
        "https://s3.amazonaws.com/echo.api/\u0441ert.pem",
        "https://[::1/echo.api/cert.pem",
        "//s3.amazonaws.com/echo.api/cert.pem",
        "",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    """Before anything is asked anywhere."""
    with pytest.raises(SignatureInvalid):
        chain_address(url)
