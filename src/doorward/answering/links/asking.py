"""Looking whether pages of other sites are there: one after the other, and no site more often than it can bear."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final, Protocol
from urllib.parse import urlsplit

from doorward import __version__
from doorward.answering.links.values import Verdict
from doorward.kit.http import ExitRefused

PAUSE: Final = 1.0
"""Seconds between two looks at the same site."""

STRIKES: Final = 3
"""Times in a row that a site may not answer; after that it is not asked any more."""

HEADERS: Final[Mapping[str, str]] = {"user-agent": f"Doorward/{__version__} (link check)", "accept": "*/*"}

_SILENT: Final = frozenset({"timeout", "unreachable", "unresolved"})
_CLOSED: Final = frozenset({401, 402, 403, 405, 407, 408, 425, 429, 451})
"""Answers that say that something is there, only not for us or not now."""


def _rest(seconds: float) -> None:
    threading.Event().wait(seconds)


class Looks(Protocol):
    """The one exit, as links need it."""

    def look(self, url: str, headers: Mapping[str, str]) -> int:
        """Return the status with which a page answers. Raises `ExitRefused`."""


class Asking:
    """Asks politely. Not to be shared by threads."""

    def __init__(
        self,
        way_out: Looks,
        *,
        seconds: Callable[[], float] = monotonic,
        wait: Callable[[float], object] = _rest,
    ) -> None:
        """Ask by `way_out`; `seconds` is a clock and `wait` passes time, both for tests."""
        self._way_out = way_out
        self._seconds = seconds
        self._wait = wait
        self._last: dict[str, float] = {}
        self._strikes: Counter[str] = Counter()

    def ask(self, address: str) -> Verdict:
        """Return what looking at an address came to; a site that did not answer for some times is not asked again."""
        site = _site(address)
        if self._strikes[site] >= STRIKES:
            return Verdict(trouble="unreachable")
        rest = self._last.get(site, -PAUSE) + PAUSE - self._seconds()
        if rest > 0:
            self._wait(rest)
        try:
            status = self._way_out.look(address, HEADERS)
        except ExitRefused as refused:
            self._strikes[site] = self._strikes[site] + 1 if refused.trouble in _SILENT else 0
            return Verdict(trouble=refused.trouble)
        finally:
            self._last[site] = self._seconds()
        self._strikes[site] = 0
        return Verdict(trouble=_trouble(status), status=status)


def _trouble(status: int) -> str:
    if status < 400 or status in _CLOSED:
        return ""
    return "server" if status >= 500 else "missing"


def _site(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
