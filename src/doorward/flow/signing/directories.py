"""Key directories of platforms: read through the one exit, kept within bounds, and never twice at the same time.

What is asked for is always the well-known address of the host that a signature names, never an address out of a message
or of a directory. A flood of platforms or keys that nobody knows costs a bounded number of looks: strangers are asked
for within a budget, two at a time, and no platform more than once a minute.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from doorward.kit.clock import Clock
from doorward.kit.http import Exit, ExitRefused
from doorward.kit.logging import get_logger
from doorward.kit.signatures import LARGEST, HttpMessage, SignatureRefused, VerifyingKey, directory_of, read_directory
from doorward.kit.signatures.directory import MEDIA_TYPE, WELL_KNOWN

log = get_logger("signing")

FRESH: Final = timedelta(hours=1)
"""How long a directory is taken for what it was."""
STALE: Final = timedelta(hours=6)
"""How long it still counts when it cannot be read any more: an outage of a platform is none of its machines' fault."""
PAUSE: Final = timedelta(minutes=1)
"""How long a platform is left alone after a look. It doubles with every failure in a row, up to `FRESH`."""
SECONDS: Final = 5.0
MOST_KNOWN: Final = 1_024
MOST_STRANGERS: Final = 128
"""Directories that are kept, of at most 100 keys of 32 bytes each: of platforms that companies allowed, and others."""
AT_ONCE: Final = 2
"""Looks at the same time, for known platforms and for strangers apart."""
_LONGEST_FIELD: Final = 32_768

Keys = Mapping[str, bytes]


class _Kept(NamedTuple):
    """What is known of a platform: its keys, when they were read, and when and how often in vain it was asked since."""

    keys: Keys
    read_at: datetime | None
    tried_at: datetime
    failures: int


class _Shelf:
    """Directories of one kind of platforms, the latest used last, and the looks that are under way."""

    def __init__(self, most: int) -> None:
        self.kept: OrderedDict[str, _Kept] = OrderedDict()
        self.looking: dict[str, asyncio.Task[_Kept]] = {}
        self._most = most

    def find(self, platform: str) -> _Kept | None:
        kept = self.kept.get(platform)
        if kept is not None:
            self.kept.move_to_end(platform)
        return kept

    def keep(self, platform: str, kept: _Kept) -> None:
        self.kept[platform] = kept
        self.kept.move_to_end(platform)
        while len(self.kept) > self._most:
            self.kept.popitem(last=False)


class Directories:
    """Finds the public key that a platform's directory shows under a thumbprint. For one event loop."""

    def __init__(self, allowed_hosts: str = "", *, clock: Clock, way_out: Exit | None = None) -> None:
        """Read through an exit of its own, or `way_out`. `allowed_hosts` may be anywhere, and are asked without TLS."""
        self._way_out = way_out or Exit(named=allowed_hosts, seconds=SECONDS, largest=LARGEST)
        self._clock = clock
        self._plain = frozenset(name.strip().lower() for name in allowed_hosts.split(",") if name.strip())
        self._known, self._strangers = _Shelf(MOST_KNOWN), _Shelf(MOST_STRANGERS)
        self._threads = ThreadPoolExecutor(max_workers=2 * AT_ONCE, thread_name_prefix="directories")

    def close(self) -> None:
        """Look no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def key_of(
        self, platform: str, key_id: str, *, known: bool, admit: Callable[[], None]
    ) -> VerifyingKey | None:
        """Return a platform's key, None while its directory does not show it, cannot be read or must not be asked now.

        `known` platforms are those that the company allowed. For all others `admit` is called before the directory is
        asked, and raises when that was too often.
        """
        shelf, now = (self._known if known else self._strangers), self._clock.now()
        kept = shelf.find(platform)
        if kept is None or _is_old(kept, key_id, now):
            running = shelf.looking.get(platform)
            if running is None and _may_ask(kept, now) and len(shelf.looking) < AT_ONCE:
                if not known:
                    admit()
                running = asyncio.create_task(self._look(shelf, platform, kept))
                shelf.looking[platform] = running
            if running is not None:
                # Who waits and goes away does not end the look of the others.
                kept = await asyncio.shield(running)
        public = None if kept is None or not _counts(kept, self._clock.now()) else kept.keys.get(key_id)
        return None if public is None else VerifyingKey(public)

    async def _look(self, shelf: _Shelf, platform: str, before: _Kept | None) -> _Kept:
        """Ask a platform, and keep what came of it."""
        tried_at = self._clock.now()
        try:
            keys = await asyncio.get_running_loop().run_in_executor(self._threads, self._read, platform)
            if keys is None:
                old = before or _Kept({}, None, tried_at, 0)
                kept = _Kept(old.keys, old.read_at, tried_at, old.failures + 1)
            else:
                kept = _Kept(keys, tried_at, tried_at, 0)
            shelf.keep(platform, kept)
            return kept
        finally:
            del shelf.looking[platform]

    def _read(self, platform: str) -> Keys | None:
        secure = platform.partition(":")[0] not in self._plain
        try:
            page = self._way_out.get(directory_of(platform, secure=secure), {"Accept": MEDIA_TYPE})
            answer = HttpMessage(
                method="GET",
                scheme="https" if secure else "http",
                authority=platform,
                target=WELL_KNOWN,
                fields=page.fields,
                status=page.status,
                longest=_LONGEST_FIELD,
            )
            found = read_directory(answer, page.body, now=self._clock.now())
        except ExitRefused as error:
            log.info("signing.directory.unread", trouble=error.trouble)
            return None
        except SignatureRefused as error:
            log.info("signing.directory.unread", trouble=error.fault)
            return None
        return {key_id: key.public for key_id, key in found.items()}


def _is_old(kept: _Kept, key_id: str, now: datetime) -> bool:
    return kept.read_at is None or now - kept.read_at > FRESH or key_id not in kept.keys


def _may_ask(kept: _Kept | None, now: datetime) -> bool:
    if kept is None:
        return True
    pause: timedelta = PAUSE * 2 ** min(kept.failures, 10)
    return now - kept.tried_at >= min(pause, FRESH)


def _counts(kept: _Kept, now: datetime) -> bool:
    return kept.read_at is not None and now - kept.read_at <= STALE
