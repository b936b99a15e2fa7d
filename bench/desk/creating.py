"""Messages made by the desk's own function, beside django-helpdesk's: one run, the same words, SQLite, in turn."""

import asyncio
import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bench.protection.peers import environment
from bench.walk.founding import founded, opened, real_engines
from bench.walk.messages import texts
from doorward.bootstrap import House
from doorward.flow.repository import count_unfinished
from doorward.kit.ids import new_id
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.scope import Actor, Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.house import tenant_of
from tools.terminal import ROOT

PEER: Final = "django-helpdesk"
AT_ONCE: Final = 16
_FOLDER: Final = Path(__file__).parent


class Helpdesk:
    """The peer, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        """Start it. Raises `Unavailable` when it cannot be had here."""
        cache = ROOT / "bench" / ".peers"
        cache.mkdir(mode=0o700, exist_ok=True)
        python = environment(PEER, cache, requirements=_FOLDER / "peers")
        command = [str(python), str(_FOLDER / "peer_helpdesk.py"), str(folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
        self._answer()

    def write(self, words: Sequence[str]) -> dict[str, float]:
        """Write replies one after another; return seconds and processor seconds."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"texts": list(words)}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, float] = self._answer()
        return answer

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=60)

    def _answer(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())


class Agent:
    """A member of staff who has conversations."""

    def __init__(self, house: House) -> None:
        """Be the demo company's first member."""
        self._house, self._tenant_id = house, tenant_of(house, "halden").id
        system = system_scope(self._tenant_id, "bench")
        members = house.transactions.read(lambda tx: house.identity.staff.everybody(tx, system))
        self._scope = Scope(tenant_id=self._tenant_id, actor=Actor(kind="staff", id=members[0].id))

    async def take(self, count: int) -> list[ConversationId]:
        """Have so many customers write, and take their conversations over."""
        found = [await _opened(self._house, self._tenant_id) for _ in range(count)]
        while await self._house.transactions.read_async(count_unfinished):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
        for conversation_id in found:
            await self._house.desk.take_over(self._scope, conversation_id)
        return found

    async def write(self, words: Sequence[str], conversations: Sequence[ConversationId]) -> dict[str, float]:
        """Reply, in all `conversations` at once; return seconds and processor seconds of this process."""
        began, processor = time.perf_counter(), time.process_time()

        async def reply(place: int) -> None:
            for text in words[place :: len(conversations)]:
                await self._house.desk.reply(self._scope, conversations[place], WildText(text), key=new_id())

        await asyncio.gather(*(reply(place) for place in range(len(conversations))))
        return {"seconds": time.perf_counter() - began, "processor": time.process_time() - processor}


async def _opened(house: House, tenant_id: TenantId) -> ConversationId:
    party_id, conversation_id = PartyId(new_id()), ConversationId(new_id())
    arrival = Arrival(
        channel="webchat",
        client_message_id="m1",
        text=WildText("I need a person, please"),
        party_id=party_id,
        conversation_id=conversation_id,
        received_at=house.clock.now(),
    )
    await house.front_door.accept(Scope(tenant_id=tenant_id, actor=Actor(kind="customer", id=party_id)), arrival)
    return conversation_id


def measure(*, messages: int, rounds: int) -> dict[str, Any]:
    """Return messages a second of each, and how many times as fast ours is, by the rounds' median.

    A round writes `messages` new replies: the peer's one after another (SQLite lets it write no two at once), ours one
    after another, and ours in sixteen conversations at once. Ours are screened and masked, sealed, searchable, in the
    audit's chain and told to whoever looks; the peer's are rows. Raises `Unavailable`.
    """
    engines = real_engines()
    with tempfile.TemporaryDirectory() as folder, founded("sqlite") as settings, opened(settings, engines) as house:
        helpdesk = Helpdesk(Path(folder))
        try:
            return asyncio.run(_in_turn(helpdesk, Agent(house), messages=messages, rounds=rounds))
        finally:
            helpdesk.close()


async def _in_turn(helpdesk: Helpdesk, agent: Agent, *, messages: int, rounds: int) -> dict[str, Any]:
    conversations = await agent.take(AT_ONCE)
    said = texts(seed=3)
    took: dict[str, list[dict[str, float]]] = {PEER: [], "doorward": [], f"doorward, {AT_ONCE} at once": []}
    for number in range(rounds + 1):
        words = list(islice(said, messages))
        found = {
            PEER: await asyncio.to_thread(helpdesk.write, words),
            "doorward": await agent.write(words, conversations[:1]),
            f"doorward, {AT_ONCE} at once": await agent.write(list(islice(said, messages)), conversations),
        }
        for name, one in found.items():
            if number:  # the first round warms up
                took[name].append(one)
    return {name: _figures(rows, took[PEER], messages=messages) for name, rows in took.items()}


def _figures(rows: list[dict[str, float]], peers: list[dict[str, float]], *, messages: int) -> dict[str, Any]:
    def spread_of(name: str) -> dict[str, float]:
        ratios = sorted(peer[name] / row[name] for row, peer in zip(rows, peers, strict=True))
        return {
            "median": round(ratios[len(ratios) // 2], 2),
            "least": round(ratios[0], 2),
            "most": round(ratios[-1], 2),
        }

    seconds = sorted(row["seconds"] for row in rows)[len(rows) // 2]
    processor = sorted(row["processor"] for row in rows)[len(rows) // 2]
    return {
        "per_second": round(messages / seconds, 1),
        "processor_ms": round(1000 * processor / messages, 2),
        "times": spread_of("seconds"),
        "times_by_processor": spread_of("processor"),
    }
