"""From outside: the real server in a process of its own, and real HTTP clients."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx

from bench.walk.founding import scratch
from bench.walk.messages import texts
from bench.walk.programs import Program
from bench.walk.visitors import Exchange, browser, exchanges, widget_key
from bench.walk.watching import spread
from doorward.kit.settings import Settings

COMPANY = "halden"
START_SECONDS = 120.0
WARM = 30
RAMP_SECONDS = 2.0


def over_http(settings: Settings, *, messages: int, seconds: float, clients: int = 32) -> dict[str, Any]:
    """Serve a founded installation and return what visitors of the web chat meet, in JSON figures.

    `lone`: one visitor who sends `messages` one after another; milliseconds until a message is acknowledged and until
    its stored answer is seen on the event stream, and, for comparison, of requests that do nothing. `crowd`: `clients`
    visitors at once for `seconds`, each of whom waits for an answer before the next message, and opens a new
    conversation after four; answered messages a second. Both with the CPU time of server and clients, which share this
    computer. `settings` name the data folder, the database and the limits; nobody may have them open.

    Raises `RuntimeError` when the server does not start or ends badly, `httpx.HTTPError` and `TimeoutError` when it
    does not answer; those of the crowd come in an `ExceptionGroup`.
    """
    folder = scratch()
    start = time.perf_counter()
    try:
        with serve(settings, folder) as server:
            url = server.wait_for(r"listens on (http://\S+?)\.?\s", seconds=START_SECONDS)[1]
            started = time.perf_counter() - start
            lone = asyncio.run(_one_visitor(server, url, messages=messages))
            crowd = asyncio.run(_many_visitors(server, url, clients=clients, seconds=seconds))
            ended = server.end(signal.SIGTERM)
        if ended.exit_code != 0:
            raise RuntimeError(f"the server ended with exit code {ended.exit_code}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"lone": lone, "crowd": crowd, "start_seconds": round(started, 2), "stop_seconds": ended.seconds}


def serve(settings: Settings, folder: Path) -> Program:
    """Start `doorward serve` of this environment on a free port, with the limits of `settings`; its log is in `folder`.

    The address is in what it prints once it answers. Leave its block to stop it.
    """
    limits = {name: getattr(settings.limits, name) for name in settings.limits.__struct_fields__}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOORWARD_")},
        **{f"DOORWARD_LIMITS__{name.upper()}": str(limit) for name, limit in limits.items()},
        "DOORWARD_LOGGING__LEVEL": settings.logging.level,
        "DOORWARD_DEMO": str(settings.demo).lower(),
    }
    words = [str(Path(sys.executable).parent / "doorward"), "serve", "--data", settings.data, "--port", "0"]
    words += ["--database", settings.database_url]
    return Program(words, folder=folder, log=folder / "server.log", environment=environment)


async def _one_visitor(server: Program, url: str, *, messages: int) -> dict[str, Any]:
    async with browser(url) as client:
        visitor = exchanges(client, await widget_key(client, COMPANY), texts())
        async with aclosing(visitor):
            for _ in range(WARM):
                await anext(visitor)
            costs = Costs(server)
            heard = [await anext(visitor) for _ in range(messages)]
            spent = costs.per_message(messages)
            return _figures(heard) | {"bare_request_ms": await _bare_requests(client, count=messages)} | spent


async def _bare_requests(client: httpx.AsyncClient, *, count: int) -> dict[str, float]:
    """Return how long requests take at which the server does nothing: what HTTP itself costs both sides."""
    took = []
    for _ in range(WARM + count):
        start = time.perf_counter()
        response = await client.options("/c/webchat/messages")
        took.append(time.perf_counter() - start)
        response.raise_for_status()
    return spread(took[WARM:])


async def _many_visitors(server: Program, url: str, *, clients: int, seconds: float) -> dict[str, Any]:
    heard: list[Exchange | None] = []
    lines, enough = texts(seed=2), asyncio.Event()
    async with browser(url) as client:
        key = await widget_key(client, COMPANY)
    async with asyncio.TaskGroup() as crowd:
        for _ in range(clients):
            crowd.create_task(_visitor(url, key, lines, heard=heard, enough=enough))
        await asyncio.sleep(RAMP_SECONDS)
        heard.clear()
        start, costs = time.perf_counter(), Costs(server)
        await asyncio.sleep(seconds)
        counted, took = list(heard), time.perf_counter() - start
        spent = costs.per_message(len(counted))
        enough.set()
    figures = _figures(counted)
    return {"clients": clients, "messages_per_second": round(figures["messages"] / took, 1)} | figures | spent


async def _visitor(
    url: str, key: str, lines: Iterator[str], *, heard: list[Exchange | None], enough: asyncio.Event
) -> None:
    async with browser(url) as client, aclosing(exchanges(client, key, lines)) as visitor:
        async for exchange in visitor:
            heard.append(exchange)
            if enough.is_set():
                return


class Costs:
    """What server and clients spend from now on."""

    def __init__(self, server: Program) -> None:
        """Begin to count."""
        self._server, self._before, self._own = server, server.cpu_seconds(), time.process_time()

    def per_message(self, messages: int) -> dict[str, float]:
        """Return the CPU milliseconds of both for each of so many messages; the server's only where it can be asked."""
        own, after = time.process_time() - self._own, self._server.cpu_seconds()
        figures = {"clients_cpu_ms_per_message": round(1000 * own / max(1, messages), 2)}
        if self._before is not None and after is not None:
            figures["server_cpu_ms_per_message"] = round(1000 * (after - self._before) / max(1, messages), 2)
        return figures


def _figures(heard: list[Exchange | None]) -> dict[str, Any]:
    answered = [one for one in heard if one is not None]
    return {
        "messages": len(answered),
        "left_to_people": len(heard) - len(answered),
        "acknowledged_ms": spread([one.acknowledged for one in answered]),
        "whole_ms": spread([one.whole for one in answered]),
    }
