"""No more contacts at once than can be answered quickly: the rest is told at once when to come again."""

import secrets
import time
from typing import Any, Final

import msgspec
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from doorward.admission.flood import WorkGate
from doorward.doors.web.door import Door
from doorward.doors.web.hooks import readable_by
from doorward.doors.web.problems import MEDIA_TYPE, problem_of
from doorward.doors.web.speech import language_of
from doorward.vocabulary.errors import Busy

GATED: Final = "/c/"
"""The doors of customers. Colleagues at the desk, health and pages are not kept out by a flood of customers."""

SOONEST: Final = 2
LATEST: Final = 8
"""Seconds after which to come again, drawn for each: all at once again would be the same flood."""

_HAS_BEGUN: Final = frozenset({b"authorization", b"signature-input", b"signature-256"})
"""Headers of those who were given something before. Anybody can write them; untrue ones are refused quickly."""


def pressure_middleware(gate: WorkGate, door: Door) -> Any:
    """Return the middleware that asks the gate before anything of customers is done, and answers where it is full.

    It answers by itself, not by an error: under a flood nothing happens as often, so it must cost next to nothing.
    """
    words = _Words(door)

    def wrap(app: ASGIApp) -> ASGIApp:
        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or not scope["path"].startswith(GATED):
                await app(scope, receive, send)
                return
            begins = not any(name in _HAS_BEGUN for name, _ in scope["headers"])
            if not gate.enter(begins=begins):
                await words.tell(scope, send)
                return
            work = _Work(gate, receive)
            try:
                await app(scope, work.receive, send)
            finally:
                work.end()

        return enter

    return wrap


class _Words:
    """What those are told who have to come again: a problem document as any other, written once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._written: dict[tuple[str, int], bytes] = {}

    async def tell(self, scope: Scope, send: Send) -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        language = language_of(connection, tuple(self._door.house.packs))
        seconds = SOONEST + secrets.randbelow(LATEST - SOONEST + 1)
        busy = Busy("more than can be done at once", retry_after=seconds)
        self._door.house.meters.refused(busy)
        body = self._written.get((language, seconds))
        if body is None:
            problem = problem_of(busy, language=language, translator=self._door.house.translator)
            body = self._written[language, seconds] = msgspec.json.encode(problem)
        headers = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "content-language": language,
            "retry-after": str(seconds),
            **readable_by(connection.headers.get("origin")),
        }
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": Busy.status, "headers": raw})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class _Work:
    """One request's time: what passes while its sender sends is not ours."""

    def __init__(self, gate: WorkGate, receive: Receive) -> None:
        self._gate = gate
        self._receive = receive
        self._began = time.perf_counter()
        self._waited = 0.0

    async def receive(self) -> Any:
        before = time.perf_counter()
        self._gate.pause()
        try:
            return await self._receive()
        finally:
            self._gate.resume()
            self._waited += time.perf_counter() - before

    def end(self) -> None:
        self._gate.leave(seconds=max(0.0, time.perf_counter() - self._began - self._waited))
