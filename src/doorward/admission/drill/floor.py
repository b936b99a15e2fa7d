"""The floor: contacts come, talk with the bot, wait for people, are called back. Discrete events in virtual time.

It knows how things go, and never whose a contact is: it is handed visits, which do not say, and asks a gate, which does
not know.
"""

import hashlib
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from doorward.admission.drill.gate import Change, Gate, Verdict
from doorward.admission.drill.scenario import Company
from doorward.admission.drill.visits import Visit
from doorward.admission.flood import CLASSES, CallerClass, Level, Occupancy
from doorward.admission.flood.rate import TICK

Ending = Literal["person", "bot", "called_back", "called_late", "left", "unhelped", "blocked"]
"""Served by a person at once; helped by the bot; called back in time, or too late; left the queue; got nothing from the
bot; kept out."""

_ARRIVES, _BOT_ENDS, _LEAVES, _PERSON_ENDS, _TICKS = range(5)
_BEGINS, _ALONE, _PERSON = range(3)
_TELL_EVERY: Final = 360


class Fate(msgspec.Struct, kw_only=True):
    """What became of one contact: how it ended, what it had of bot and people (seconds), and what was decided last."""

    ended: Ending | None = None
    tries: int = 0
    asked: bool = False
    way: str = ""
    because: str = ""
    waited: float = 0.0
    person: float = 0.0
    bot: float = 0.0


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """How it stood at a tick."""

    at: float
    level: Level
    people: int
    busy: int
    bot_busy: int
    waiting: int
    bot_waiting: int
    promised: int


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A drill that was played: a fate for each visit, in their order, the moments, and the changes of the level."""

    fates: tuple[Fate, ...]
    moments: tuple[Moment, ...]
    changes: tuple[Change, ...]
    decided: str
    """A digest of every verdict in the order in which it was given."""


class Waits(NamedTuple):
    """One who waits in a queue, in its order: for what, and since when."""

    rank: float
    order: int
    number: int
    since: float
    then: int


class Floor:
    """Plays one crowd against one gate."""

    def __init__(self, company: Company, gate: Gate, *, planned: Sequence[int], handling: float) -> None:
        """Take who decides, how many are at work in each minute, and the seconds that a contact takes on the mean."""
        self._company, self._gate, self._handling = company, gate, handling
        self._planned = planned
        self._people, self._busy, self._bot_busy = planned[0], 0, 0
        self._work: dict[CallerClass, float] = dict.fromkeys(CLASSES, 0.0)
        self._promised_work = 0.0
        self._queue: list[Waits] = []
        self._bot_queue: list[Waits] = []
        self._promised: deque[tuple[int, CallerClass, float]] = deque()
        self._events: list[tuple[float, int, int, int, int]] = []
        self._order = itertools.count()
        self._verdicts: dict[int, Verdict] = {}
        self._waiting: dict[int, Waits] = {}
        self._not_green = 0.0
        self._decided = hashlib.blake2b(digest_size=16)
        self._moments: list[Moment] = []

    def play(
        self, visits: Sequence[Visit], *, until: float, tell: Callable[[float], None] = lambda _share: None
    ) -> Played:
        """Let all of them come and everything end; ticks go on to `until` seconds. `tell` hears the share done."""
        self._visits, self._until = visits, until
        self._fates = [Fate() for _ in visits]
        comes = iter(range(len(visits)))
        following = next(comes, None)
        self._plan(TICK, _TICKS, 0)
        acts = (self._arrives, self._bot_ends, self._leaves, self._person_ends, self._ticks)
        while self._events or following is not None:
            # Those who come are in order already: they need not go through the heap.
            if following is not None and (not self._events or visits[following].at <= self._events[0][0]):
                self._arrives(following, 0, visits[following].at)
                following = next(comes, None)
                continue
            now, _, what, number, stamp = heapq.heappop(self._events)
            acts[what](number, stamp, now)
            if what == _TICKS and len(self._moments) % _TELL_EVERY == 0:
                tell(min(1.0, now / until))
        for number, _, _ in self._promised:
            # Where rules keep everybody free of a class, what it was promised is never kept.
            self._end(number, "called_late")
        return Played(
            fates=tuple(self._fates),
            moments=tuple(self._moments),
            changes=self._gate.changes,
            decided=self._decided.hexdigest(),
        )

    # What can happen. `stamp` tells an event whose time has passed from one that still holds.

    def _arrives(self, number: int, _stamp: int, now: float) -> None:
        fate = self._fates[number]
        fate.tries += 1
        verdict = self._gate.arrive(self._visits[number].seen, self._occupancy(), tries=fate.tries, now=now)
        self._note(number, verdict)
        if verdict.way == "blocked":
            self._disappointed(number, now, "blocked")
        elif self._bot_busy < self._company.bot_places:
            self._begin_bot(number, now)
        else:
            self._wait(self._bot_queue, number, now, then=_BEGINS)

    def _bot_ends(self, number: int, stamp: int, now: float) -> None:
        self._bot_busy -= 1
        self._next_for_bot(now)
        visit = self._visits[number]
        if stamp == _ALONE and visit.settles:
            self._end(number, "bot")
        elif stamp == _ALONE:
            self._disappointed(number, now, "unhelped")
        elif visit.bot_resolves:
            self._end(number, "bot")
        else:
            self._ask(number, now)
        self._serve(now)

    def _leaves(self, number: int, stamp: int, now: float) -> None:
        waits = self._waiting.get(number)
        if waits is not None and waits.order == stamp:
            self._take_out(waits)
            self._disappointed(number, now, "left")

    def _person_ends(self, number: int, _stamp: int, now: float) -> None:
        self._busy -= 1
        self._gate.note_talk(useful=self._visits[number].useful)
        self._serve(now)

    def _ticks(self, _number: int, _stamp: int, now: float) -> None:
        self._gate.tick(self._occupancy(), now=now)
        self._change_shifts(now)
        self._serve(now)
        self._moments.append(self._moment(now))
        if now < self._until:
            self._plan(now + TICK, _TICKS, 0)

    # What follows from it.

    def _ask(self, number: int, now: float) -> None:
        verdict = self._gate.reconsider(self._visits[number].seen, self._occupancy(), now=now)
        self._note(number, verdict)
        self._fates[number].asked = True
        if verdict.way == "full":
            self._work[verdict.caller_class] += self._handling
            self._wait(self._queue, number, now, then=_PERSON)
        elif verdict.way == "call_back":
            self._promised.append((number, verdict.caller_class, now))
            self._promised_work += self._handling
        elif self._bot_busy < self._company.bot_places:
            self._begin_bot(number, now, then=_ALONE)
        else:
            self._wait(self._bot_queue, number, now, then=_ALONE)

    def _wait(self, queue: list[Waits], number: int, now: float, *, then: int) -> None:
        waits = Waits(self._verdicts[number].rank, next(self._order), number, now, then)
        self._waiting[number] = waits
        heapq.heappush(queue, waits)
        patience = self._visits[number].patience[self._fates[number].tries - 1]
        self._plan(now + patience, _LEAVES, number, waits.order)

    def _take_out(self, waits: Waits) -> None:
        del self._waiting[waits.number]
        if waits.then == _PERSON:
            self._work[self._verdicts[waits.number].caller_class] -= self._handling

    def _first(self, queue: list[Waits]) -> Waits | None:
        """Return who is first in a queue; those who have left it are dropped here."""
        while queue and self._waiting.get(queue[0].number) is not queue[0]:
            heapq.heappop(queue)
        return queue[0] if queue else None

    def _serve(self, now: float) -> None:
        while self._busy < self._people and (waits := self._first(self._queue)):
            verdict = self._verdicts[waits.number]
            if not self._gate.may_serve(verdict.caller_class, self._occupancy()):
                break
            self._take_out(waits)
            self._fates[waits.number].waited += now - waits.since
            self._begin_person(waits.number, now, verdict.cap, "person")
        while self._busy < self._people and self._promised:
            number, caller_class, since = self._promised[0]
            if not self._gate.may_serve(caller_class, self._occupancy()):
                break
            self._promised.popleft()
            self._promised_work -= self._handling
            kept = now - since <= self._gate.callback_within
            self._begin_person(number, now, None, "called_back" if kept else "called_late")

    def _next_for_bot(self, now: float) -> None:
        while self._bot_busy < self._company.bot_places and (waits := self._first(self._bot_queue)):
            self._take_out(waits)
            self._begin_bot(waits.number, now, then=waits.then)

    def _begin_bot(self, number: int, now: float, *, then: int = _BEGINS) -> None:
        self._bot_busy += 1
        seconds = self._visits[number].bot
        self._fates[number].bot += seconds
        self._plan(now + seconds, _BOT_ENDS, number, then)

    def _begin_person(self, number: int, now: float, cap: float | None, ended: Ending) -> None:
        self._busy += 1
        seconds = self._visits[number].seconds
        seconds = seconds if cap is None else min(seconds, cap)
        self._fates[number].person += seconds
        self._end(number, ended)
        self._plan(now + seconds, _PERSON_ENDS, number)

    def _disappointed(self, number: int, now: float, ended: Ending) -> None:
        """Have somebody who got nothing come again, or end so."""
        fate, visit = self._fates[number], self._visits[number]
        if fate.tries <= len(visit.pauses):
            self._plan(now + visit.pauses[fate.tries - 1], _ARRIVES, number)
        else:
            self._end(number, ended)

    def _end(self, number: int, ended: Ending) -> None:
        self._fates[number].ended = ended

    def _note(self, number: int, verdict: Verdict) -> None:
        self._verdicts[number] = verdict
        fate = self._fates[number]
        fate.way, fate.because = verdict.way, verdict.because
        self._decided.update(f"{number} {verdict.way} {verdict.because};".encode())

    def _change_shifts(self, now: float) -> None:
        overflow = self._company.overflow
        self._not_green = 0.0 if self._gate.level == "green" else self._not_green + TICK
        helps = overflow.people and self._not_green >= max(TICK, overflow.after * 60)
        planned = self._planned[min(len(self._planned) - 1, int(now / 60))]
        self._people = planned + (overflow.people if helps else 0)

    def _moment(self, now: float) -> Moment:
        in_bot = sum(waits.then != _PERSON for waits in self._waiting.values())
        return Moment(
            at=now,
            level=self._gate.level,
            people=self._people,
            busy=self._busy,
            bot_busy=self._bot_busy,
            waiting=len(self._waiting) - in_bot,
            bot_waiting=in_bot,
            promised=len(self._promised),
        )

    def _occupancy(self) -> Occupancy:
        # Of floats that are added and taken away again a little below nothing may remain.
        waiting = {one: max(0.0, work) for one, work in self._work.items() if work > 1.0}
        return Occupancy(
            people=self._people,
            busy=self._busy,
            bot_places=self._company.bot_places,
            bot_busy=self._bot_busy,
            waiting=waiting,
            promised=max(0.0, self._promised_work),
            handling=self._handling,
        )

    def _plan(self, at: float, what: int, number: int, stamp: int = 0) -> None:
        heapq.heappush(self._events, (at, next(self._order), what, number, stamp))
