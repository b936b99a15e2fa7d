"""Keys that others show at an address: read through the one exit, kept within bounds, never twice at the same time.

A flood of addresses or keys that nobody knows costs a bounded number of looks: strangers are asked for within a budget,
two at a time, and none more than once a minute.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final, Generic, NamedTuple, TypeVar

from doorward.kit.clock import Clock

FRESH: Final = timedelta(hours=1)
"""How long what was read is taken for what it was."""
STALE: Final = timedelta(hours=6)
"""How long it still counts when it cannot be read any more: an outage of a platform is none of its machines' fault."""
PAUSE: Final = timedelta(minutes=1)
"""How long an address is left alone after a look. It doubles with every failure in a row, up to `FRESH`."""
MOST_KNOWN: Final = 1_024
MOST_STRANGERS: Final = 128
"""Addresses of which keys are kept, at most 100 each: of those that companies allowed, and others."""
AT_ONCE: Final = 2
"""Looks at the same time, for known ones and for strangers apart."""

K = TypeVar("K")


class _Kept(NamedTuple, Generic[K]):
    """What is known of an address: its keys, when they were read, and when and how often in vain it was asked since."""

    keys: Mapping[str, K]
    read_at: datetime | None
    tried_at: datetime
    failures: int


class Looked(NamedTuple):
    """How an address was read last: when it could be, when it was tried, how often in vain since, and how many keys it
    shows.
    """

    read_at: datetime | None
    tried_at: datetime
    failures: int
    keys: int


class _Shelf(Generic[K]):
    """Keys of one kind of addresses, the latest used last, and the looks that are under way."""

    def __init__(self, most: int) -> None:
        self.kept: OrderedDict[str, _Kept[K]] = OrderedDict()
        self.looking: dict[str, asyncio.Task[_Kept[K]]] = {}
        self._most = most

    def find(self, address: str) -> _Kept[K] | None:
        kept = self.kept.get(address)
        if kept is not None:
            self.kept.move_to_end(address)
        return kept

    def keep(self, address: str, kept: _Kept[K]) -> None:
        self.kept[address] = kept
        self.kept.move_to_end(address)
        while len(self.kept) > self._most:
            self.kept.popitem(last=False)


class KeptKeys(Generic[K]):
    """Finds the keys that somebody shows under an id. For one event loop."""

    def __init__(self, read: Callable[[str], Mapping[str, K] | None], *, clock: Clock, name: str) -> None:
        """`read` may block, and returns the keys at an address, None where none can be read; `name` names threads."""
        self._read, self._clock = read, clock
        self._known, self._strangers = _Shelf[K](MOST_KNOWN), _Shelf[K](MOST_STRANGERS)
        self._threads = ThreadPoolExecutor(max_workers=2 * AT_ONCE, thread_name_prefix=name)

    def close(self) -> None:
        """Look no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def looked(self, address: str) -> Looked | None:
        """Return how an address that a company allowed was read by this process; None if never.

        Looking does not count as a use: whoever looks keeps nothing here any longer.
        """
        kept = self._known.kept.get(address)
        return None if kept is None else Looked(kept.read_at, kept.tried_at, kept.failures, len(kept.keys))

    async def find(self, address: str, key_id: str, *, known: bool, admit: Callable[[], None]) -> K | None:
        """Return what is shown under an id, None while it is not, cannot be read or must not be asked for now.

        For all that are not `known`, `admit` is called before they are asked, and raises when that was too often.
        """
        shelf, now = (self._known if known else self._strangers), self._clock.now()
        kept = shelf.find(address)
        if kept is None or _is_old(kept, key_id, now):
            running = shelf.looking.get(address)
            if running is None and _may_ask(kept, now) and len(shelf.looking) < AT_ONCE:
                if not known:
                    admit()
                running = asyncio.create_task(self._look(shelf, address, kept))
                shelf.looking[address] = running
            if running is not None:
                # Who waits and goes away does not end the look of the others.
                kept = await asyncio.shield(running)
        return None if kept is None or not _counts(kept, self._clock.now()) else kept.keys.get(key_id)

    async def _look(self, shelf: _Shelf[K], address: str, before: _Kept[K] | None) -> _Kept[K]:
        """Ask at an address, and keep what came of it."""
        tried_at = self._clock.now()
        try:
            keys = await asyncio.get_running_loop().run_in_executor(self._threads, self._read, address)
            if keys is None:
                old = before or _Kept[K]({}, None, tried_at, 0)
                kept = _Kept(old.keys, old.read_at, tried_at, old.failures + 1)
            else:
                kept = _Kept(keys, tried_at, tried_at, 0)
            shelf.keep(address, kept)
            return kept
        finally:
            del shelf.looking[address]


def _is_old(kept: _Kept[K], key_id: str, now: datetime) -> bool:
    return kept.read_at is None or now - kept.read_at > FRESH or key_id not in kept.keys


def _may_ask(kept: _Kept[K] | None, now: datetime) -> bool:
    if kept is None:
        return True
    pause: timedelta = PAUSE * 2 ** min(kept.failures, 10)
    return now - kept.tried_at >= min(pause, FRESH)


def _counts(kept: _Kept[K], now: datetime) -> bool:
    return kept.read_at is not None and now - kept.read_at <= STALE
