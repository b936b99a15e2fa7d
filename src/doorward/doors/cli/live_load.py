"""A bounded load on an instance of this computer, by the web chat's own door: how fast those are who are let in."""

import http.client
import ipaddress
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from doorward.admission.drill import Live

MOST_CONTACTS: Final = 2_000
MOST_SECONDS: Final = 120
MOST_TIMES: Final = 100
_ALONE: Final = 20
_AT_ONCE: Final = 64
_PATIENCE: Final = 20.0
_LINE: Final = "Where do I find your opening hours?"

Ending = Literal["accepted", "refused", "failed"]
Tell = Callable[[int, int], None]


class NotThisComputer(ValueError):
    """An address that is not a loopback address, given as a number or as `localhost`."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where the load goes: a loopback address, its port, and the key of a widget there."""

    host: str
    port: int
    widget_key: str


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How much: `times` what one client after another manages, for so long and no more contacts than so many."""

    times: float
    contacts: int
    seconds: float

    def __post_init__(self) -> None:
        """Raise `ValueError` for more than this is made for."""
        within = 1 <= self.times <= MOST_TIMES and 1 <= self.contacts <= MOST_CONTACTS
        if not (within and 1 <= self.seconds <= MOST_SECONDS):
            raise ValueError(f"at most {MOST_TIMES} times, {MOST_CONTACTS} contacts, {MOST_SECONDS} seconds")


def target_of(url: str, widget_key: str) -> Target:
    """Return where a load may go. Raises `NotThisComputer` for anything but plain HTTP to this computer.

    Names are not resolved but for `localhost`: what a name means is somebody else's word.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise NotThisComputer("only an address of this computer, such as http://127.0.0.1:8000") from None
    plain = parts.scheme == "http" and parts.path in {"", "/"} and not (parts.query or parts.username)
    # `::ffff:127.0.0.1` is not a loopback address by its own, and need not be one.
    if not (address.is_loopback and plain):
        raise NotThisComputer("only an address of this computer, such as http://127.0.0.1:8000")
    return Target(host=str(address), port=port, widget_key=widget_key)


def load(target: Target, wish: Wish, *, tell: Tell = lambda _done, _all: None) -> Live:
    """Send contacts one after another, then many, and return how fast the acknowledgements of both were.

    A contact is a visit and one message. Each comes from a loopback address of its own where the system has those.
    Times under load run from when a contact was due, so that one that had to wait for its turn counts as slow. What is
    refused is counted and is no failure. Raises `ConnectionError` when nothing is accepted before the load begins.
    """
    alone = [_contact(target, number, due=time.perf_counter()) for number in range(_ALONE)]
    before = [seconds for ended, seconds in alone if ended == "accepted"]
    if not before:
        raise ConnectionError("no contact was accepted before the load began")
    rate = wish.times / (sum(before) / len(before))
    many = min(wish.contacts, math.ceil(rate * wish.seconds))
    begun = time.perf_counter()
    done, stop = _Counter(tell, many), threading.Event()

    def one(number: int) -> tuple[Ending, float]:
        due = begun + number / rate
        stopped = stop.wait(max(0.0, due - time.perf_counter()))
        if stopped or time.perf_counter() > begun + wish.seconds + _PATIENCE:
            return "failed", 0.0
        ending = _contact(target, _ALONE + number, due=due)
        done.add()
        return ending

    with ThreadPoolExecutor(min(_AT_ONCE, many)) as pool:
        try:
            found = list(pool.map(one, range(many)))
        finally:
            stop.set()
    accepted = [seconds for ended, seconds in found if ended == "accepted"]
    unloaded, loaded = _p95(before), _p95(accepted)
    return Live(
        contacts=many,
        per_second=round(rate, 1),
        accepted=len(accepted),
        refused=sum(ended == "refused" for ended, _ in found),
        failed=sum(ended == "failed" for ended, _ in found),
        unloaded_p95_ms=round(1000 * unloaded, 1),
        accepted_p95_ms=round(1000 * loaded, 1) if accepted else None,
        ratio=round(loaded / unloaded, 2) if accepted else None,
    )


class _Counter:
    def __init__(self, tell: Tell, many: int) -> None:
        self._tell, self._many, self._done = tell, many, 0
        self._lock = threading.Lock()

    def add(self) -> None:
        with self._lock:
            self._done += 1
            self._tell(self._done, self._many)


def _contact(target: Target, number: int, *, due: float) -> tuple[Ending, float]:
    """Send one contact; return how it ended and the seconds from when it was due until it was acknowledged."""
    try:
        for status in _steps(target, number):
            if status in {429, 503}:
                return "refused", time.perf_counter() - due
            if not 200 <= status < 300:
                return "failed", time.perf_counter() - due
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return "failed", time.perf_counter() - due
    return "accepted", time.perf_counter() - due


def _steps(target: Target, number: int) -> Iterator[int]:
    with closing(_connection(target, number)) as line:
        status, body = _post(line, "/c/webchat/visits", {"widget_key": target.widget_key})
        yield status
        token = str(json.loads(body)["token"])
        status, _ = _post(line, "/c/webchat/messages", {"id": f"m{number}", "text": _LINE}, token=token)
        yield status


def _post(line: http.client.HTTPConnection, path: str, body: dict[str, str], *, token: str = "") -> tuple[int, bytes]:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    line.request("POST", path, body=json.dumps(body), headers=headers)
    answer = line.getresponse()
    return answer.status, answer.read(1_000_000)


def _connection(target: Target, number: int) -> http.client.HTTPConnection:
    own = (f"127.{1 + number // 250 % 250}.{1 + number % 250}.1", 0)
    try:
        line = http.client.HTTPConnection(target.host, target.port, timeout=_PATIENCE, source_address=own)
        line.connect()
    except OSError:
        # IPv6, or a system that has no loopback address but one.
        line = http.client.HTTPConnection(target.host, target.port, timeout=_PATIENCE)
    return line


def _p95(seconds: list[float]) -> float:
    ranked = sorted(seconds)
    return ranked[math.ceil(0.95 * len(ranked)) - 1] if ranked else 0.0
