"""No more contacts at once than can be answered quickly: the rest is told at once when to come again."""

import secrets
import time
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from doorward.admission.flood import WorkGate
from doorward.vocabulary.errors import Busy

GATED: Final = "/c/"
"""The doors of customers. Colleagues at the desk, health and pages are not kept out by a flood of customers."""

SOONEST: Final = 2
LATEST: Final = 8
"""Seconds after which to come again, drawn for each: all at once again would be the same flood."""

_HAS_BEGUN: Final = frozenset({b"authorization", b"signature-input"})
"""Headers of those who were given something before. Anybody can write them; untrue ones are refused quickly."""


def pressure_middleware(gate: WorkGate) -> Any:
    """Return the middleware that asks the gate before anything of customers is done. Raises `Busy` where it is full."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or not scope["path"].startswith(GATED):
                await app(scope, receive, send)
                return
            begins = not any(name in _HAS_BEGUN for name, _ in scope["headers"])
            if not gate.enter(begins=begins):
                raise Busy(
                    "more than can be done at once", retry_after=SOONEST + secrets.randbelow(LATEST - SOONEST + 1)
                )
            work = _Work(gate, receive)
            try:
                await app(scope, work.receive, send)
            finally:
                work.end()

        return enter

    return wrap


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
