"""A load on an instance: bounded, on this computer alone, and honest about who waited."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from doorward.doors.cli.live_load import (
    MOST_CONTACTS,
    MOST_SECONDS,
    NotThisComputer,
    Target,
    Wish,
    load,
    target_of,
)
from tests.support.loopback import free_port
from tests.unit.admission.drill.small import FLOOD
from tests.unit.doors.cli.conftest import Call

__all__ = ["free_port"]


class Chat(ThreadingHTTPServer):
    """A chat that lets in so many visits and tells the others to come later; it keeps where they came from."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, lets_in: int, *, broken: bool = False) -> None:
        self.left, self.broken = lets_in, broken
        self.sources: set[str] = set()
        self.messages = 0
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Answers)


class Answers(BaseHTTPRequestHandler):
    """Answers like the web chat's door."""

    server: Chat

    def do_POST(self) -> None:
        """Let a visit in or refuse it; acknowledge a message."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.sources.add(self.client_address[0])
            if self.path.endswith("/visits"):
                self.server.left -= 1
                status = 403 if asked["widget_key"] != "wk" else 201 if self.server.left >= 0 else 429
            else:
                self.server.messages += 1
                status = 500 if self.server.broken else 202
        body = json.dumps({"token": "t"}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Keep quiet."""


@contextmanager
def chatting(lets_in: int = 10_000, *, broken: bool = False) -> Iterator[tuple[Chat, str]]:
    """A chat that runs, and its address."""
    with Chat(lets_in, broken=broken) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:1/", "http://127.9.9.9"])
def test_this_computer_may_be_loaded(url: str) -> None:
    """By its loopback addresses."""
    assert target_of(url, "wk").widget_key == "wk"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://192.0.2.1",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://example.com",
            "http://localhost.evil.example",
        ),
        *("https://127.0.0.1", "ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://user@127.0.0.1", ""),
        *(
            "http://127.0.0.1/path",
            "http://127.0.0.1?to=example.com",
            "http://[::ffff:192.0.2.1]",
            "http://127.0.0.1:x",
        ),
        *("http://169.254.169.254", "http://2130706433", "http://127.0.0.1@192.0.2.1", "http://[fe80::1]"),
    ],
)
def test_no_other_computer_may(url: str) -> None:
    """Whatever it is called: names are not asked after, and nothing but plain HTTP to a number goes."""
    with pytest.raises(NotThisComputer):
        target_of(url, "wk")


@pytest.mark.parametrize(
    "wish",
    [
        {"times": 0.5, "contacts": 1, "seconds": 1},
        {"times": 1, "contacts": MOST_CONTACTS + 1, "seconds": 1},
        {"times": 1, "contacts": 1, "seconds": MOST_SECONDS + 1},
        {"times": 1000, "contacts": 1, "seconds": 1},
    ],
)
def test_more_than_a_little_is_refused(wish: dict[str, float]) -> None:
    """This is no tool to flood anybody with."""
    with pytest.raises(ValueError, match="at most"):
        Wish(times=wish["times"], contacts=int(wish["contacts"]), seconds=wish["seconds"])


def test_contacts_are_counted_by_how_they_ended() -> None:
    """Those that were told to come later are no failure; every contact comes from an address of its own."""
    told: list[int] = []
    with chatting(50) as (server, url):
        found = load(
            target_of(url, "wk"), Wish(times=20, contacts=80, seconds=20), tell=lambda done, _all: told.append(done)
        )
    assert (found.contacts, found.accepted, found.refused, found.failed) == (80, 30, 50, 0)
    assert server.messages == 50
    assert len(server.sources) > 50
    assert sorted(told) == list(range(1, 81))
    assert found.accepted_p95_ms is not None
    assert found.ratio == pytest.approx(found.accepted_p95_ms / found.unloaded_p95_ms, rel=0.2)


def test_when_none_is_let_in_under_load_no_speed_is_told() -> None:
    """It is none, not nothing."""
    with chatting(20) as (_server, url):
        found = load(target_of(url, "wk"), Wish(times=2, contacts=5, seconds=5))
    assert (found.accepted, found.refused, found.accepted_p95_ms, found.ratio) == (0, 5, None, None)


def test_an_instance_that_accepts_nothing_is_not_loaded(free_port: int) -> None:
    """Nobody there, the wrong key, or broken: it ends before the load begins."""
    with pytest.raises(ConnectionError):
        load(Target(host="127.0.0.1", port=free_port, widget_key="wk"), Wish(times=2, contacts=5, seconds=5))
    for key, broken in (("other", False), ("wk", True)):
        with chatting(broken=broken) as (_server, url), pytest.raises(ConnectionError):
            load(target_of(url, key), Wish(times=2, contacts=5, seconds=5))


def test_the_command_loads_an_instance_besides(call: Call, tmp_path: Path) -> None:
    """Its figures stand in the report beside those of the drill."""
    (tmp_path / "ours.toml").write_text(FLOOD.replace("hours = 2.5", "hours = 1.2"), encoding="utf-8")
    words = ("drill", "flood", "--scenario", "ours.toml", "--live-contacts", "10", "--json", "-")
    with chatting() as (_server, url):
        done = call(*words, "--live", url, "--widget-key", "wk")
        assert done.code == 0, done.err
        assert done.json["live"]["accepted"] == 10
        assert "Nothing was sent" in call(*words, "--live", url).err
    refused = call(*words, "--live", "http://192.0.2.1", "--widget-key", "wk")
    assert (refused.code, refused.out) == (2, "")
    assert "Nothing was sent" in refused.err
    gone = call(*words, "--live", url, "--widget-key", "wk")
    assert gone.code == 6
    assert "is it running" in gone.err
