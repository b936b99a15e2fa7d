"""One life of a house: it opens, finishes what it owes, hears something new, and ends by itself or is killed."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from doorward.bootstrap import House
from doorward.flow.repository import count_unfinished
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.scope import Actor, Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.crashes.points import AT_START, Fate, arm, arm_start
from tests.support.crashes.script import SCRIPTS, Script, conversation_of, party_of
from tests.support.house import settings_for, shared_engines, tenant_of

LEASES_END = timedelta(seconds=31)
"""Later than every lease of an earlier life, as the clock of the next one has it."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What a child is to do.

    `owed` is the round that an earlier life did not finish; `acknowledged` says how many messages of each of its
    conversations were acknowledged. `round` is new. The child dies at the `passing`th time it passes `point`, or
    `seconds` after it began the new round, or not at all.
    """

    folder: str
    address: str
    script: str
    generation: int
    owed: int | None = None
    acknowledged: tuple[int, ...] = ()
    round: int | None = None
    point: str = ""
    passing: int = 1
    seconds: float | None = None


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True, tag="acknowledgement"):
    """A message that was accepted: durable, or the house has broken its word."""

    round: int
    place: int
    line: int
    message_id: str
    duplicate: bool


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began"):
    """The new round begins now."""

    round: int


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag="finished"):
    """Everything that was said in a round was walked to its end."""

    round: int


Word = Acknowledgement | Began | Finished
Say = Callable[[Word], None]


class LaterClock:
    """The computer's clock, put forward so far that the leases of an earlier life have ended."""

    def __init__(self, generation: int) -> None:
        """Be later than the clock of every earlier generation."""
        self._by = LEASES_END * generation

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC) + self._by


def warm_up() -> None:
    """Load what every child uses: engines, encoder, and the embeddings of what is going to be said."""
    engines = shared_engines()
    for script in SCRIPTS.values():
        for lines in script.conversations:
            for line in lines:
                engines.reader.read(engines.screener.screen(WildText(line)).masked, languages=("en",), hint=None)


def live(life: Life, say: Say) -> None:
    """Live. Returns only if nobody killed this process."""
    settings = settings_for(Path(life.folder), life.address)
    house = House(
        settings,
        database=Database.open(settings.database_url),
        keys=FileKeyStore(settings.key_folder),
        clock=LaterClock(life.generation),
        engines=shared_engines(),
    )
    fate = Fate(life.point, life.passing)
    if life.point in AT_START:
        arm_start(house, fate)
    house.start()
    asyncio.run(_speak(house, life, say=say, fate=fate))
    house.close()


async def _speak(house: House, life: Life, *, say: Say, fate: Fate) -> None:
    script = SCRIPTS[life.script]
    if life.owed is not None:
        await _hold(house, script, life.owed, acknowledged=life.acknowledged, say=say)
        say(Finished(round=life.owed))
    if life.round is None:
        return
    arm(house, fate)
    say(Began(round=life.round))
    await _hold(house, script, life.round, say=_dying(say, fate))
    if life.point.startswith("seal."):
        # Not beside the sweep that seals every second, but in its place.
        await asyncio.to_thread(house.jobs.stop)
        await asyncio.to_thread(house.seal_audit)
    say(Finished(round=life.round))


def _dying(say: Say, fate: Fate) -> Say:
    def speak(word: Word) -> None:
        fate.passes("accept.unacknowledged")
        say(word)

    return speak


async def _hold(house: House, script: Script, number: int, *, say: Say, acknowledged: tuple[int, ...] = ()) -> None:
    """Hold a round's conversations, all at once, from where each of them was interrupted, until all is answered."""
    tenant = tenant_of(house, "halden")
    scope = system_scope(tenant.id, "crashes")
    members = house.transactions.read(lambda tx: house.identity.staff.everybody(tx, scope))
    agent = Scope(tenant_id=tenant.id, actor=Actor(kind="staff", id=members[0].id))
    await house.desk.set_presence(agent, available=False)  # something for the audit
    starts: Mapping[int, int] = dict(enumerate(acknowledged))

    async def converse(place: int, lines: tuple[str, ...]) -> None:
        party_id = party_of(tenant.id, number, place)
        speaker = Scope(tenant_id=tenant.id, actor=Actor(kind="customer", id=party_id))
        for line in range(starts.get(place, 0), len(lines)):
            arrival = Arrival(
                channel="webchat",
                client_message_id=f"m{line}",
                text=WildText(lines[line]),
                party_id=party_id,
                conversation_id=conversation_of(tenant.id, number, place),
                received_at=house.clock.now(),
            )
            kept = await house.front_door.accept(speaker, arrival)
            say(
                Acknowledgement(
                    round=number, place=place, line=line, message_id=kept.message_id, duplicate=kept.duplicate
                )
            )

    await asyncio.gather(*(converse(place, lines) for place, lines in enumerate(script.conversations)))
    for _ in range(6000):
        if not await house.transactions.read_async(count_unfinished):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("messages were not walked to their end")
