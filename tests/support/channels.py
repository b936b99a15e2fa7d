"""Every channel plugin there is, and its cases."""

import pkgutil
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import msgspec

from doorward.admission import Channel
from doorward.kit.clock import Clock, SystemClock
from doorward.kit.settings import Settings
from doorward.plugins import channels
from doorward.vocabulary.channel import ChannelInput, ChannelRequest, ChannelRoute


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """The part of what plugins are built with that channels and connectors ask for."""

    settings: Settings = Settings()
    clock: Clock = SystemClock()


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request and what must become of it: the fields it is read into, or the code it is refused with."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str] = {}
    body: str = ""
    accepted: dict[str, Any] | None = None
    refused: str | None = None

    @property
    def request(self) -> ChannelRequest:
        """Return the request as a door would hand it over."""
        return ChannelRequest(
            method=self.method, path=self.path, headers=self.headers, query=self.query, body=self.body.encode()
        )


def folder_of(name: str) -> Path:
    """Return a channel's folder."""
    return Path(next(iter(channels.__path__))) / name


def channel_names() -> list[str]:
    """Return the names of all channel folders."""
    return sorted(module.name for module in pkgutil.iter_modules(channels.__path__) if module.ispkg)


def a_channel(name: str, settings: Settings | None = None) -> Channel:
    """Build a channel."""
    plugin = import_module(f"doorward.plugins.channels.{name}.plugin")
    return cast("Channel", plugin.build(Kit(settings=settings or Settings())))


def manifest_of(name: str) -> dict[str, Any]:
    """Return a channel's plugin.toml."""
    return tomllib.loads((folder_of(name) / "plugin.toml").read_text(encoding="utf-8"))


def cases_of(name: str) -> list[Case]:
    """Return a channel's cases."""
    lines = (folder_of(name) / "cases" / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    return [msgspec.json.decode(line, type=Case) for line in lines]


def all_cases() -> Iterator[tuple[str, Case]]:
    """Yield every case of every channel."""
    for name in channel_names():
        for case in cases_of(name):
            yield name, case


def route_of(channel: Channel, method: str, path: str) -> ChannelRoute:
    """Return the route that serves an address."""
    return next(route for route in channel.routes() if (route.method, route.path) == (method, path))


def read(channel: Channel, request: ChannelRequest) -> ChannelInput:
    """Parse a request by its route."""
    return route_of(channel, request.method, request.path).parse(request)
