"""Visitors of the web chat by HTTP, as the widget does it: send a message, see the answer on the event stream."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec

from bench.walk.messages import LINES

PATIENCE = 30.0
"""Seconds after which an answer, or any other sign of life, is given up."""

PAUSE = 0.002
"""Seconds from an answer to the next message: by then it is known whether the answer handed over to people."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A message and its answer: seconds until it was acknowledged, until the answer was seen, and the answer's line."""

    acknowledged: float
    whole: float
    answer: dict[str, Any]


def browser(url: str) -> httpx.AsyncClient:
    """Return a client with connections of its own to the server at `url`, past any proxy of this computer."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits, trust_env=False, verify=False)  # noqa: S501 - plain HTTP on this computer


async def widget_key(client: httpx.AsyncClient, company: str) -> str:
    """Return the key that the widget on a demo company's page has. Raises `httpx.HTTPError`, `LookupError`."""
    page = await client.get(f"/demo/{company}")
    page.raise_for_status()
    found = re.search(r'data-key="([^"]+)"', page.text)
    if found is None:
        raise LookupError(f"there is no widget on the page of {company}")
    return found[1]


class Conversation:
    """One conversation of a visitor, and what its event stream says."""

    def __init__(self, client: httpx.AsyncClient, bearer: dict[str, str]) -> None:
        """Speak with the visitor's token in `bearer`."""
        self._client, self._bearer = client, bearer
        self._said = 0
        self._own_seen = False
        self._answer: asyncio.Future[tuple[dict[str, Any], float] | None] | None = None
        self.heard = asyncio.Event()
        self.with_bot = True

    async def say(self, text: str) -> Exchange | None:
        """Send a message and wait until the answer is seen; None when people have the conversation, and no bot answers.

        Raises `httpx.HTTPError` when it is refused, `TimeoutError`, `RuntimeError` when the stream ends.
        """
        self._said += 1
        self._own_seen = False
        self._answer = asyncio.get_running_loop().create_future()
        body = {"id": f"m{self._said}", "text": text}
        start = time.perf_counter()
        response = await self._client.post("/c/webchat/messages", json=body, headers=self._bearer)
        acknowledged = time.perf_counter()
        response.raise_for_status()
        async with asyncio.timeout(PATIENCE):
            answered = await self._answer
        if answered is None:
            return None
        answer, seen = answered
        return Exchange(acknowledged=acknowledged - start, whole=max(seen, acknowledged) - start, answer=answer)

    async def listen(self, stream: httpx.Response) -> None:
        """Read the stream until it ends (server-sent events; every event of the web chat has one line of data)."""
        name = ""
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                self._happened(name, msgspec.json.decode(line.removeprefix("data: ")))
        self.heard.set()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(RuntimeError("the event stream ended"))

    def _happened(self, name: str, data: dict[str, Any]) -> None:
        waiting = self._answer is not None and not self._answer.done()
        if name == "state":
            self.with_bot = data["state"] == "bot"
            # A state comes right after the answer that changed it: before our own line it is an earlier answer's.
            if waiting and not self.with_bot and not self._own_seen:
                self._settle(None)
        elif name == "entry" and data.get("client_id") == f"m{self._said}":
            self._own_seen = True
        elif name == "entry" and waiting and self._own_seen and data["author"] == "bot":
            self._settle((data, time.perf_counter()))
        self.heard.set()

    def _settle(self, answered: tuple[dict[str, Any], float] | None) -> None:
        if self._answer is not None:
            self._answer.set_result(answered)


@contextlib.asynccontextmanager
async def conversation(client: httpx.AsyncClient, key: str) -> AsyncIterator[Conversation]:
    """Open the chat of the company with this widget key, its event stream included; both end with the block.

    Raises `httpx.HTTPError` when the server refuses or cannot be reached, `TimeoutError` when the stream stays silent.
    """
    opened = await client.post("/c/webchat/visits", json={"widget_key": key})
    opened.raise_for_status()
    bearer = {"authorization": f"Bearer {opened.json()['token']}"}
    async with client.stream("GET", "/c/webchat/stream", headers=bearer) as stream:
        stream.raise_for_status()
        talk = Conversation(client, bearer)
        listening = asyncio.create_task(talk.listen(stream))
        try:
            async with asyncio.timeout(PATIENCE):
                await talk.heard.wait()
            yield talk
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


async def exchanges(client: httpx.AsyncClient, key: str, lines: Iterator[str]) -> AsyncGenerator[Exchange | None, None]:
    """Yield every message of a visitor with its answer, without end; None for one that went to people instead.

    A conversation has `LINES` messages, fewer when it is handed over. Close it (`contextlib.aclosing`). Raises what
    `conversation` and `Conversation.say` raise.
    """
    while True:
        async with conversation(client, key) as talk:
            for _ in range(LINES):
                yield await talk.say(next(lines))
                await asyncio.sleep(PAUSE)
                if not talk.with_bot:
                    break
