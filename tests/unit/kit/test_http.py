"""The one exit: what is not public is never asked, and no answer can hold it up."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.kit.http import Exit, ExitRefused, is_public
from tests.support.receivers import Receiver, receiver


@pytest.fixture
def heard() -> Iterator[Receiver]:
    """A receiver on loopback."""
    with receiver() as running:
        yield running


def trouble_of(way_out: Exit, url: str) -> str:
    """Why nothing came back."""
    with pytest.raises(ExitRefused) as refused:
        way_out.post(url, b"{}", {})
    assert url not in str(refused.value)
    return refused.value.trouble


INSIDE = Exit(named="127.0.0.1, Receiver.example", seconds=1.0)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
        "224.0.0.1", "255.255.255.255", "192.0.0.192", "168.63.129.16", "::1", "::", "::7f00:1", "fec0::1", "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:a00:1", "2002:7f00:1::",
        "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:0:7f00:1::", "nothing",
    ],
)  # fmt: skip
def test_what_is_not_public_is_known(address: str) -> None:
    """Private, loopback, link-local, metadata, multicast, and IPv6 addresses that stand for such an IPv4 address."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_public_is_known(address: str) -> None:
    """Ordinary addresses of the public network."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https://user:pass@example.org/", "nonsense",
        "https://example.org/#part", "https://example.org/a b", "https://exämple.org/", "https://example.org:99999/",
        "https://example.org/\r\nhost: x", "file:///etc/passwd", "https://example.org/" + "a" * 2000,
        "https://[::1/",
    ],
)  # fmt: skip
def test_addresses_that_are_never_good_are_refused(url: str) -> None:
    """Plain https addresses alone, unless the settings name the host."""
    assert trouble_of(Exit(), url) == "address"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "0"])
def test_inner_hosts_are_refused_however_they_are_written(host: str) -> None:
    """The address that a name turns out to be counts, not how it was written."""
    assert trouble_of(Exit(seconds=2.0), f"https://{host}/") in {"refused", "unresolved"}


def test_a_name_with_one_inner_address_is_refused() -> None:
    """A name that is public at one look and inner at another is not asked at all."""

    def resolve(host: str, port: int, **_kind: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port)), (socket.AF_INET, 1, 6, "", ("10.0.0.1", port))]

    assert trouble_of(Exit(resolve=resolve), "https://example.org/") == "refused"


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(heard: Receiver) -> None:
    """The name is resolved once; what it means a moment later does not count. The receiver is told the name."""
    looks: list[str] = []

    def resolve(host: str, port: int, **_kind: Any) -> list[Any]:
        looks.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    way_out = Exit(named="receiver.example", seconds=5.0, resolve=resolve)
    port = heard.url.rpartition(":")[2].partition("/")[0]
    assert way_out.post(f"http://receiver.example:{port}/hook?x=1", b"{}", {"a": "b"}).status == 204
    assert looks == ["receiver.example"]
    assert heard.requests[0].headers["host"] == f"receiver.example:{port}"


def test_redirects_are_not_followed(heard: Receiver) -> None:
    """An answer that sends elsewhere is a refusal: elsewhere may be inside."""
    with receiver() as elsewhere:
        heard.status, heard.headers = 307, {"location": elsewhere.url}
        assert trouble_of(INSIDE, heard.url) == "redirect"
        assert elsewhere.requests == []


def test_a_huge_answer_is_not_read_to_its_end(heard: Receiver) -> None:
    """More than the limit is refused, whether its length is told or not."""

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(1000):
                connection.sendall(bytes(100_000))

    heard.behave = flood
    assert trouble_of(INSIDE, heard.url) == "too_large"


def stay_silent(_connection: socket.socket) -> None:
    """Answer nothing for a while."""
    threading.Event().wait(3)


def drip(connection: socket.socket) -> None:
    """Answer with a byte now and then, each of them in time."""
    with contextlib.suppress(OSError):
        for _ in range(100):
            connection.sendall(b"H")
            threading.Event().wait(0.1)


def test_a_slow_answer_ends_at_the_deadline(heard: Receiver) -> None:
    """One that says nothing, and one that says a byte at a time for ever."""
    for slow in (stay_silent, drip):
        heard.behave = slow
        began = time.monotonic()
        assert trouble_of(INSIDE, heard.url) == "timeout"
        assert time.monotonic() - began < 2.5


def test_a_connection_that_is_dropped_is_told(heard: Receiver) -> None:
    """Before an answer, in its middle, and where nobody listens."""
    heard.behave = lambda connection: connection.shutdown(socket.SHUT_RDWR)
    assert trouble_of(INSIDE, heard.url) == "broken"
    heard.behave = lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf")
    assert trouble_of(INSIDE, heard.url) == "broken"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert trouble_of(INSIDE, f"http://127.0.0.1:{port}/") == "unreachable"


def test_tls_must_be_tls(heard: Receiver) -> None:
    """A receiver that speaks plainly at an https address is not sent anything."""
    assert trouble_of(INSIDE, heard.url.replace("http:", "https:")) in {"tls", "broken"}
    assert heard.requests == []


def test_it_is_told_when_one_may_come_again(heard: Receiver) -> None:
    """A number of seconds; anything else is nothing."""
    heard.status = 503
    for told, heard_as in (("120", 120), ("soon", None), ("-1", None)):
        heard.headers = {"retry-after": told}
        answer = INSIDE.post(heard.url, b"{}", {})
        assert (answer.status, answer.retry_after) == (503, heard_as)


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for a host that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


def speak_trusted_tls(heard: Receiver, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a receiver speak TLS as `receiver.example`, with a certificate that is trusted."""
    chain, key = certificate(folder, "receiver.example")
    trusted = ssl.create_default_context(cafile=str(chain))
    monkeypatch.setattr("doorward.kit.http._whom_the_world_trusts", lambda: trusted)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(chain, key)
    heard.speak_tls(served)


def on_loopback(_host: str, port: int, **_kind: Any) -> list[Any]:
    """Resolve every name to loopback."""
    return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]


def test_the_name_is_what_the_certificate_must_be_for(
    heard: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was looked at, and the certificate is held against the name."""
    speak_trusted_tls(heard, tmp_path, monkeypatch)
    way_out = Exit(named="receiver.example, other.example", seconds=5.0, resolve=on_loopback)
    port = heard.url.rpartition(":")[2].partition("/")[0]
    assert way_out.post(f"https://receiver.example:{port}/hook", b"{}", {}).status == 204
    assert trouble_of(way_out, f"https://other.example:{port}/hook") == "tls"
    assert len(heard.requests) == 1


def pieces_of(way_out: Exit, url: str, *, begins_within: float | None = None) -> bytes:
    """What came back piece by piece, put together."""
    with way_out.stream(url, b"{}", {}, begins_within=begins_within) as answer:
        assert (answer.status, answer.media_type) == (200, "text/event-stream")
        return b"".join(answer)


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n"


def sending(*parts: bytes, every: float = 0.0) -> Callable[[socket.socket], None]:
    """Behave by sending these, with a pause before each."""

    def behave(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for part in parts:
                threading.Event().wait(every)
                connection.sendall(part)

    return behave


def test_an_answer_is_read_piece_by_piece(heard: Receiver) -> None:
    """In chunks, and until the connection ends."""
    heard.behave = sending(STREAM + b"transfer-encoding: chunked\r\n\r\n", b"3\r\none\r\n", b"3\r\ntwo\r\n0\r\n\r\n")
    assert pieces_of(INSIDE, heard.url) == b"onetwo"
    heard.behave = sending(STREAM + b"\r\n", b"one", b"two")
    assert pieces_of(INSIDE, heard.url) == b"onetwo"


@pytest.mark.parametrize(
    ("behave", "trouble"),
    [
        (sending(STREAM + b"\r\n", *[b"x"] * 100, every=0.05), "timeout"),
        (sending(STREAM + b"transfer-encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 100, every=0.05), "timeout"),
        (sending(STREAM + b"\r\n", *[bytes(60_000)] * 20), "too_large"),
        (sending(STREAM + b"content-length: 50\r\n\r\n", b"half"), "broken"),
        (sending(STREAM + b"transfer-encoding: chunked\r\n\r\n", b"5\r\nhal"), "broken"),
        (sending(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"), "redirect"),
    ],
    ids=["drip", "drip in chunks", "flood", "short", "torn", "redirect"],
)  # fmt: skip
def test_an_answer_in_pieces_is_held_to_the_same_limits(
    heard: Receiver, behave: Callable[[socket.socket], None], trouble: str
) -> None:
    """One deadline for all of it, one limit of size, no redirect, and half an answer is none."""
    heard.behave = behave
    with pytest.raises(ExitRefused) as refused:
        pieces_of(Exit(named="127.0.0.1", seconds=0.5), heard.url)
    assert refused.value.trouble == trouble


def test_an_answer_must_begin_in_time(heard: Receiver) -> None:
    """What does not is cut long before the deadline; what does may take until then."""
    patient = Exit(named="127.0.0.1", seconds=20.0)
    heard.behave = stay_silent
    with pytest.raises(ExitRefused, match="timeout"):
        pieces_of(patient, heard.url, begins_within=0.2)
    heard.behave = sending(STREAM + b"\r\n", b"one", b"two", every=0.4)
    assert pieces_of(patient, heard.url, begins_within=1.0) == b"onetwo"


@pytest.mark.parametrize("way", ["post", "stream", "look"])
def test_the_deadline_cuts_tls_too(heard: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Who drips over TLS is still dripping when it is over."""
    speak_trusted_tls(heard, tmp_path, monkeypatch)
    has_ended = threading.Event()
    first = STREAM + b"\r\n" if way == "stream" else b"H"

    def behave(connection: socket.socket) -> None:
        sending(first, *[b"x"] * 100, every=0.1)(connection)
        has_ended.set()

    heard.behave = behave
    way_out = Exit(named="receiver.example", seconds=0.8, resolve=on_loopback)
    url = heard.url.replace("http://127.0.0.1", "https://receiver.example")
    asked: dict[str, Callable[[], object]] = {
        "post": lambda: way_out.post(url, b"{}", {}),
        "stream": lambda: pieces_of(way_out, url),
        "look": lambda: way_out.look(url, {}),
    }
    with pytest.raises(ExitRefused) as refused:
        asked[way]()
    assert not has_ended.is_set()
    assert refused.value.trouble == "timeout"
    assert len(heard.requests) == 1


def test_a_beginning_of_tls_that_never_ends_is_cut() -> None:
    """Who takes the connection and says nothing is given up when the answer should have begun."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        with pytest.raises(ExitRefused, match="timeout"):
            pieces_of(Exit(named="127.0.0.1", seconds=20.0), url, begins_within=0.2)
        assert time.monotonic() - began < 10.0


def _shown_trouble(url: str) -> str:
    with pytest.raises(ExitRefused) as refused:
        INSIDE.get(url, {})
    return refused.value.trouble


def test_what_is_shown_is_read_as_it_was_sent(heard: Receiver) -> None:
    """A page comes with its status, its fields line by line and its body; nothing packed is asked for."""
    heard.shows, heard.status, heard.headers = b"{}", 404, {"X-One": "a", "x-two": "b"}
    page = INSIDE.get(heard.url, {"Accept": "text/plain"})
    assert (page.status, page.body, page.fields["x-one"], page.fields["x-two"]) == (404, b"{}", ("a",), ("b",))
    [asked] = heard.wait()
    assert (asked.headers["accept"], asked.headers["accept-encoding"]) == ("text/plain", "identity")
    assert repr(page) == "<Page>"


def test_what_is_packed_stays_packed(heard: Receiver) -> None:
    """A few bytes that would become many are not unpacked but refused."""
    heard.shows, heard.status, heard.headers = b"bomb", 200, {"content-encoding": "gzip"}
    assert _shown_trouble(heard.url) == "broken"


def test_what_is_shown_elsewhere_or_without_end_is_refused(heard: Receiver) -> None:
    """Reading follows no redirect and stops at the limit."""
    heard.shows, heard.status, heard.headers = b"", 302, {"location": heard.url}
    assert _shown_trouble(heard.url) == "redirect"
    heard.shows, heard.status, heard.headers = b"x" * 65_537, 200, {}
    assert _shown_trouble(heard.url) == "too_large"
    assert len(heard.wait(2)) == 2
