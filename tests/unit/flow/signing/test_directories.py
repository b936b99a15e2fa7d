"""Key directories are read when they have to be, seldom, and never by more than a few at a time."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.flow.signing import Directories
from doorward.flow.signing import kept_keys as rules
from doorward.kit.clock import FixedClock
from doorward.kit.http import Exit, Page
from doorward.vocabulary.errors import RateLimited
from tests.support.receivers import Receiver, receiver
from tests.support.signing import directory_body, directory_fields, key_from, key_id_of, public_bytes

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ONE, TWO = key_from(1), key_from(2)


class Platform:
    """A platform on loopback that shows a directory."""

    def __init__(self, heard: Receiver, clock: FixedClock) -> None:
        """Show nothing yet."""
        self.heard, self.clock = heard, clock
        self.name = heard.url.removeprefix("http://").removesuffix("/hook")

    def show(self, *keys: Ed25519PrivateKey, **headers: str) -> None:
        """Show these keys from now on, signed now."""
        self.heard.status, self.heard.shows = 200, directory_body(*keys)
        self.heard.headers = directory_fields(*keys, authority=self.name, now=self.clock.now()) | headers

    @property
    def looks(self) -> int:
        """Return how often somebody looked."""
        return len(self.heard.requests)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands."""
    return FixedClock(NOW)


@pytest.fixture
def platform(clock: FixedClock) -> Iterator[Platform]:
    """A platform."""
    with receiver() as heard:
        yield Platform(heard, clock)


@pytest.fixture
async def directories(clock: FixedClock) -> AsyncIterator[Directories]:
    """The directories, which may look at loopback."""
    made = Directories("127.0.0.1", clock=clock)
    yield made
    made.close()


def _nothing() -> None:
    pass


async def _find(directories: Directories, platform: str, key: Ed25519PrivateKey = ONE, **options: Any) -> bool:
    found = await directories.key_of(platform, key_id_of(key), **{"known": True, "admit": _nothing, **options})
    assert found is None or found.public == public_bytes(key)
    return found is not None


async def test_a_directory_is_read_once_an_hour(
    directories: Directories, platform: Platform, clock: FixedClock
) -> None:
    """What was read counts for an hour, and then is read again."""
    platform.show(ONE)
    assert [await _find(directories, platform.name) for _ in range(3)] == [True] * 3
    assert platform.looks == 1
    assert platform.heard.requests[0].headers["accept"] == "application/http-message-signatures-directory+json"
    clock.advance(rules.FRESH + timedelta(seconds=1))
    platform.show(ONE)
    assert await _find(directories, platform.name)
    assert platform.looks == 2


async def test_keys_come_and_go(directories: Directories, platform: Platform, clock: FixedClock) -> None:
    """A new key is found a minute after the last look; the old one counts beside it until it is shown no more."""
    platform.show(ONE)
    assert await _find(directories, platform.name)
    platform.show(ONE, TWO)
    assert not await _find(directories, platform.name, TWO)
    clock.advance(rules.PAUSE)
    platform.show(ONE, TWO)
    assert await _find(directories, platform.name, TWO)
    assert await _find(directories, platform.name, ONE)
    clock.advance(rules.FRESH + timedelta(seconds=1))
    platform.show(TWO)
    assert not await _find(directories, platform.name, ONE)
    assert await _find(directories, platform.name, TWO)


async def test_a_platform_that_is_out_is_not_asked_all_the_time(
    directories: Directories, platform: Platform, clock: FixedClock
) -> None:
    """Failures are remembered, for longer each time; what was read before counts for some hours."""
    platform.show(ONE)
    assert await _find(directories, platform.name)
    clock.advance(rules.FRESH + timedelta(seconds=1))
    platform.heard.status = 500
    for looks in (2, 2, 2):
        assert await _find(directories, platform.name)
        assert platform.looks == looks
    clock.advance(2 * rules.PAUSE)
    assert await _find(directories, platform.name)
    assert platform.looks == 3
    clock.advance(rules.STALE)
    assert not await _find(directories, platform.name)


async def test_those_who_wait_wait_for_one_look(directories: Directories, platform: Platform) -> None:
    """Fifty requests at the same time are one look at the directory, and all are answered."""
    platform.show(ONE)
    found = await asyncio.gather(*(_find(directories, platform.name) for _ in range(50)))
    assert (all(found), platform.looks) == (True, 1)


async def test_who_goes_away_does_not_end_the_look(directories: Directories, platform: Platform) -> None:
    """A request that is given up takes nothing away from the others."""
    platform.show(ONE)
    first = asyncio.create_task(_find(directories, platform.name))
    await asyncio.sleep(0)
    others = asyncio.create_task(_find(directories, platform.name))
    await asyncio.sleep(0)
    first.cancel()
    assert await others
    assert platform.looks == 1


async def test_strangers_are_looked_up_within_a_budget(directories: Directories, platform: Platform) -> None:
    """Of a platform that nobody knows the directory is read if that is admitted, which is asked once a look."""
    asked: list[int] = []

    def admit() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise RateLimited("enough", retry_after=60)

    platform.show(ONE)
    for _ in range(3):
        assert await _find(directories, platform.name, known=False, admit=admit)
    assert (platform.looks, len(asked)) == (1, 1)
    with pytest.raises(RateLimited):
        await _find(directories, "other.example", known=False, admit=admit)
    with pytest.raises(RateLimited):
        await _find(directories, "other.example", known=False, admit=admit)
    # Known platforms have nothing to do with that.
    assert await _find(directories, platform.name, admit=admit)


@pytest.mark.parametrize(
    "behaviour",
    ["redirect", "loop", "bomb", "huge", "unsigned", "foreign", "other_type", "cut", "not_found"],
)
async def test_what_is_no_directory_gives_no_key(
    directories: Directories, platform: Platform, behaviour: str, clock: FixedClock
) -> None:
    """Redirects are not followed, nothing is unpacked, nothing is read without end, and foreign keys do not count."""
    platform.show(ONE)
    heard = platform.heard
    match behaviour:
        case "redirect" | "loop":
            heard.status = 302
            heard.headers["location"] = heard.url if behaviour == "loop" else "http://169.254.169.254/"
        case "bomb":
            heard.headers["content-encoding"] = "gzip"
        case "huge":
            heard.shows = directory_body(ONE) + b" " * 65_536
        case "unsigned":
            del heard.headers["signature"]
        case "foreign":
            heard.headers |= directory_fields(ONE, authority="other.example", now=clock.now())
        case "other_type":
            heard.headers["content-type"] = "application/json"
        case "cut":
            heard.behave = lambda connection: connection.shutdown(socket.SHUT_RDWR)
        case "not_found":
            heard.status = 404
    assert not await _find(directories, platform.name)
    assert not await _find(directories, platform.name)
    assert platform.looks == 1


async def test_inner_hosts_are_not_asked(platform: Platform, clock: FixedClock) -> None:
    """Who names a host of the inner network gets nothing, and it hears nothing."""
    platform.show(ONE)
    strict = Directories(clock=clock)
    for name in (platform.name, "localhost", "169.254.169.254", "[::1]", "10.0.0.1:22"):
        assert not await _find(strict, name)
    strict.close()
    assert platform.looks == 0


class Endless(Exit):
    """An exit behind which every platform has a good directory, which is shown when it is let."""

    def __init__(self, clock: FixedClock) -> None:
        """Count."""
        super().__init__()
        self.clock = clock
        self.looks = 0

    def get(self, url: str, headers: Any) -> Page:
        """Show the directory of any platform."""
        self.looks += 1
        fields = directory_fields(ONE, authority=url.split("/")[2], now=self.clock.now())
        return Page(status=200, fields={name: (value,) for name, value in fields.items()}, body=directory_body(ONE))


async def test_a_flood_of_platforms_is_kept_within_bounds(clock: FixedClock) -> None:
    """However many platforms come, a bounded number is kept; those that companies allowed are not driven out."""
    way_out = Endless(clock)
    made = Directories(clock=clock, way_out=way_out)
    assert await _find(made, "known.example")
    for number in range(rules.MOST_STRANGERS + 50):
        assert await _find(made, f"p{number}.example", known=False)
    assert way_out.looks == rules.MOST_STRANGERS + 51
    assert await _find(made, "known.example")
    assert await _find(made, f"p{rules.MOST_STRANGERS + 49}.example", known=False)
    assert way_out.looks == rules.MOST_STRANGERS + 51
    assert len(made._strangers.kept) == rules.MOST_STRANGERS
    made.close()


async def test_a_flood_of_keys_costs_one_look(clock: FixedClock) -> None:
    """A hundred thousand keys that a platform does not have are one look at its directory, and kept nowhere."""
    way_out = Endless(clock)
    made = Directories(clock=clock, way_out=way_out)
    for number in range(100_000):
        key_id = f"{number:043d}"
        assert await made.key_of("known.example", key_id, known=True, admit=_nothing) is None
    assert await _find(made, "known.example")
    assert way_out.looks == 1
    assert len(made._known.kept) == 1
    made.close()
