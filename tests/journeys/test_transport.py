"""Encrypted, behind a proxy, and when things break: what the outside sees."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.bootstrap import House
from doorward.doors.web.server import WebServer
from doorward.identity import Tenant
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.kit.tx import CommitFailed
from doorward.vocabulary.errors import Misconfigured
from tests.support.browsing import on_sqlite
from tests.support.house import PASSWORD, open_test_house
from tests.support.server import Guests, serving

pytestmark = on_sqlite


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A PEM file with a key and a certificate for localhost that nobody but this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "both.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def wished() -> dict[str, object]:
    """The server settings of the test's house; tests override it."""
    return {}


@pytest.fixture
def house(house_settings: Settings, wished: dict[str, object]) -> Iterator[House]:
    """A house with the server settings that the test wishes for."""
    server = msgspec.structs.replace(house_settings.server, **wished)
    opened = open_test_house(msgspec.structs.replace(house_settings, server=server))
    opened.start()
    yield opened
    opened.close()


class TestEncrypted:
    """With a certificate of our own."""

    @pytest.fixture
    def wished(self, certificate: Path) -> dict[str, object]:
        """Listen on localhost with TLS."""
        return {"host": "localhost", "tls_cert": str(certificate)}

    def test_everything_is_bound_to_the_encrypted_host(self, house: House, certificate: Path) -> None:
        """Session cookies are `__Host-` and `Secure`, and the browser is told never to come without encryption."""
        trust = ssl.create_default_context(cafile=str(certificate))
        with serving(house) as url:
            assert url.startswith("https://localhost:")
            with httpx.Client(base_url=url, verify=trust, headers={"origin": url}) as client:
                form = {"company": "halden", "username": "mira", "password": PASSWORD}
                answer = client.post("/desk/sign-in", data=form)
        cookies = answer.headers.get_list("set-cookie")
        assert answer.status_code == 303
        assert len(cookies) == 2
        for cookie in cookies:
            assert cookie.startswith("__Host-doorward_")
            assert "; Secure" in cookie
            assert "; HttpOnly" in cookie
            assert "; Path=/" in cookie
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


class TestBehindProxy:
    """With a proxy in front that speaks TLS."""

    @pytest.fixture
    def wished(self) -> dict[str, object]:
        """Believe the proxy."""
        return {"behind_proxy": True}

    def test_the_proxys_word_counts(self, guests: Guests, house: House) -> None:
        """Scheme and host are the proxy's, so that forms of the public site pass; metrics want a token then."""
        public = {
            "x-forwarded-proto": "https",
            "x-forwarded-host": "desk.example",
            "origin": "https://desk.example",
            "x-forwarded-for": "203.0.113.9, 198.51.100.7",
        }
        client = guests.client(headers=public)
        form = {"company": "halden", "username": "mira", "password": PASSWORD}
        answer = client.post("/desk/sign-in", data=form)
        assert answer.status_code == 303
        assert all(cookie.startswith("__Host-") for cookie in answer.headers.get_list("set-cookie"))
        assert client.get("/metrics").status_code == 401


def test_without_a_proxy_its_headers_are_nobodys(guests: Guests) -> None:
    """Anybody can write forwarded headers; where no proxy is they change nothing."""
    lie = {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example", "origin": "https://evil.example"}
    refused = guests.client().post("/desk/sign-in", data={"username": "mira"}, headers=lie)
    assert refused.status_code == 403


def test_another_host_name_is_not_served(guests: Guests) -> None:
    """A name that was rebound to this computer gets nothing from it."""
    refused = guests.client().get("/api/v1/me", headers={"host": "evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (421, "wrong_host")


def test_a_port_that_is_taken_is_said_in_a_sentence(house: House) -> None:
    """Two servers on one port: the second does not start, and says what to do."""
    first = WebServer(house, port=0)
    try:
        with pytest.raises(Misconfigured, match="--port"):
            WebServer(house, port=first.port)
    finally:
        first.close()


def test_what_nobody_foresaw_is_an_incident_without_content(
    guests: Guests, house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown failure is a 500 with a number that the log has too; neither holds what the failure said."""

    async def broken(_work: object) -> None:
        raise ValueError("4242 4242 4242 4242")

    monkeypatch.setattr(house.transactions, "read_async", broken)
    answer = guests.client(cookies={"doorward_session": "dws_x"}).get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    incident = answer.json()["instance"].rpartition(":")[2]
    logged = capsys.readouterr().err
    assert incident in logged
    assert "ValueError" in logged
    assert "4242" not in answer.text + logged


def test_a_full_disk_is_said_as_what_it_is(
    guests: Guests, house: House, halden: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nothing can be stored, customers and agents are told that nothing was accepted, and when to come back."""
    visitor, mira = guests.visitor(halden), guests.member("mira")

    async def full(_scope: object, _work: object) -> None:
        raise CommitFailed(full=True)

    monkeypatch.setattr(house.transactions, "write_async", full)
    said = visitor.client.post("/c/webchat/messages", json={"id": "m1", "text": "Hello"})
    taken = mira.post(f"/api/v1/conversations/{'0' * 26}/take")
    for answer in (said, taken):
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert int(answer.headers["retry-after"]) >= 1


def test_health_says_when_something_vital_has_failed(guests: Guests, house: House) -> None:
    """A failed part makes 503, and its name is all that strangers learn."""

    def broken() -> None:
        raise RuntimeError("secret detail")

    house.health.register("vault", broken)
    answer = guests.client().get("/health")
    assert (answer.status_code, answer.json()["state"]) == (503, "failed")
    assert {"name": "vault", "state": "failed"} in answer.json()["checks"]
    assert "secret detail" not in answer.text
