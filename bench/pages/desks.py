"""Many desks on the live stream: how long after a customer's message is acknowledged each desk hears of it."""

import asyncio
import contextlib
import re
import time
from collections.abc import Sequence
from typing import Any

import httpx

from bench.pages.company import PASSWORD
from bench.walk.programs import Program
from bench.walk.visitors import browser, widget_key
from bench.walk.watching import spread

CONVERSATIONS = 20
EVENTS_PER_SECOND = 20.0
PATIENCE = 5.0
SIGNED_IN_AT_ONCE = 4


class Desk:
    """One desk: a session, and when its stream said last that its conversation changed."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """Use the client that the member of staff signed in with."""
        self._client = client
        self.arrivals: asyncio.Queue[float] = asyncio.Queue()
        self.open = asyncio.Event()

    async def listen(self, conversation: str) -> None:
        """Read the stream until cancelled."""
        async with self._client.stream("GET", "/desk/stream", params={"conversation": conversation}) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                self.open.set()
                if line == "event: conversation":
                    self.arrivals.put_nowait(time.perf_counter())


async def many_desks(server: Program, url: str, *, names: Sequence[str], seconds: float) -> dict[str, Any]:
    """Return how long desks wait for news, in JSON figures, with what the server costs meanwhile.

    Each of `names` signs in and follows one of 20 conversations that people have, whose customers write 20 messages a
    second together. A wait is from the message's acknowledgement to the event at a desk that follows it, in ms; an
    event that comes before the acknowledgement counts as 0. Raises `httpx.HTTPError`.
    """
    async with contextlib.AsyncExitStack() as open_clients:
        clients = [await open_clients.enter_async_context(browser(url)) for _ in names]
        gate = asyncio.Semaphore(SIGNED_IN_AT_ONCE)
        await asyncio.gather(*(_sign_in(one, name, gate) for one, name in zip(clients, names, strict=True)))
        customers = [
            await _customer(await open_clients.enter_async_context(browser(url))) for _ in range(CONVERSATIONS)
        ]
        desks = [Desk(client) for client in clients]
        listening = [
            asyncio.create_task(desk.listen(customers[place % CONVERSATIONS][1])) for place, desk in enumerate(desks)
        ]
        await asyncio.gather(*(desk.open.wait() for desk in desks))
        await asyncio.sleep(1.0)
        before, start = server.cpu_seconds(), time.perf_counter()
        waits = await _write_for(customers, desks, seconds=seconds)
        took, after = time.perf_counter() - start, server.cpu_seconds()
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    missed = sum(wait is None for wait in waits)
    figures = {
        "desks": len(desks),
        "events": len(waits),
        "missed": missed,
        "events_per_second": round(len(waits) * CONVERSATIONS / len(desks) / took, 1),
        "wait_ms": spread([wait for wait in waits if wait is not None]),
        "server_memory_mb": server.memory_mb(),
    }
    if before is not None and after is not None:
        figures["server_cores"] = round((after - before) / took, 2)
    return figures


async def _sign_in(client: httpx.AsyncClient, name: str, gate: asyncio.Semaphore) -> None:
    async with gate:
        form = {"company": "halden", "username": name, "password": PASSWORD, "next": "/desk/"}
        origin = {"origin": str(client.base_url).rstrip("/")}
        response = await client.post("/desk/sign-in", data=form, headers=origin)
    if response.status_code != 303:
        raise RuntimeError(f"{name} could not sign in: {response.status_code}")


async def _customer(client: httpx.AsyncClient) -> tuple[httpx.AsyncClient, str]:
    """Return a visitor who has been handed over to people, with the conversation's id."""
    key = await widget_key(client, "halden")
    visit = (await client.post("/c/webchat/visits", json={"widget_key": key})).raise_for_status().json()
    client.headers["authorization"] = f"Bearer {visit['token']}"
    (await client.post("/c/webchat/person", json={"id": "p1"})).raise_for_status()
    found = re.fullmatch(r"[0-9a-z]{26}", visit["conversation_id"])
    if found is None:
        raise RuntimeError("the visit names no conversation")
    return client, found[0]


async def _write_for(
    customers: Sequence[tuple[httpx.AsyncClient, str]], desks: Sequence[Desk], *, seconds: float
) -> list[float | None]:
    waits: list[float | None] = []
    ends = time.perf_counter() + seconds

    async def write(place: int) -> None:
        client, _ = customers[place]
        followers = [desk for number, desk in enumerate(desks) if number % CONVERSATIONS == place]
        pause = CONVERSATIONS / EVENTS_PER_SECOND
        await asyncio.sleep(pause * place / CONVERSATIONS)
        number = 0
        while time.perf_counter() < ends:
            number += 1
            for desk in followers:
                while not desk.arrivals.empty():
                    desk.arrivals.get_nowait()
            begun = time.perf_counter()
            response = await client.post("/c/webchat/messages", json={"id": f"m{number}", "text": "Still waiting"})
            acknowledged = time.perf_counter()
            response.raise_for_status()
            waits.extend(await asyncio.gather(*(_wait(desk, acknowledged) for desk in followers)))
            await asyncio.sleep(max(0.0, pause - (time.perf_counter() - begun)))

    await asyncio.gather(*(write(place) for place in range(len(customers))))
    return waits


async def _wait(desk: Desk, acknowledged: float) -> float | None:
    try:
        return max(0.0, await asyncio.wait_for(desk.arrivals.get(), PATIENCE) - acknowledged)
    except TimeoutError:
        return None
