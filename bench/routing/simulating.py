"""A shift in virtual time: who is answered when by whom, under any way of assigning."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from bench.routing.drawing import CAPACITY, PATIENCE, STEP, WEIGHTS, Shift, Visit, at
from doorward.routing.claims import Claims, weight_of
from doorward.routing.lately import Lately, noted, share_of
from doorward.routing.matching import LANGUAGE_SHARE, SKILL_SHARE, Agent, Contact, fit

Way = Callable[[Sequence[Contact], Sequence[Agent], datetime, Mapping[str, Lately]], Iterable[tuple[str, str]]]
"""Who gets whom: ids of conversations and of agents."""

CLAIMS = Claims(patience=PATIENCE)
PROMPTNESS_SHARE = 1.0 - SKILL_SHARE - LANGUAGE_SHARE


class Answer(msgspec.Struct, frozen=True):
    """How one contact ended: its wait in seconds and as a share of patience, by whom, and what it was worth."""

    visit: Visit
    seconds: float
    share: float
    staff_id: str | None
    value: float


def value_of(visit: Visit, agent: Agent, seconds: float) -> float:
    """Return what an answer is worth; docs/concepts/routing.md."""
    share = share_of(seconds, CLAIMS.patience_of(visit.priority, visit.channel))
    if share >= 1.0:
        return 0.0
    quality = (SKILL_SHARE + LANGUAGE_SHARE) * fit(agent, visit.contact(0))
    return weight_of(visit.priority) * (PROMPTNESS_SHARE * (1.0 - share**2) + quality)


class Day:
    """One shift as it goes on."""

    def __init__(self, shift: Shift, way: Way, lately: Mapping[str, Lately]) -> None:
        """Begin with nobody there yet; `lately` is what the shifts before left."""
        self.lately = dict(lately)
        self._shift, self._way = shift, way
        self._waiting: dict[str, Contact] = {}
        self._busy: dict[str, tuple[str, int]] = {}
        self._gone: set[str] = set()
        self._free_since: dict[str, int] = {}
        self._answers: dict[str, Answer] = {}

    def run(self) -> list[Answer]:
        """Return how every contact ended, in the order of their coming."""
        visits = self._shift.visits
        coming, step = 0, 0
        while coming < len(visits) or self._waiting or self._busy:
            self._finish(step)
            self._drop(step)
            while coming < len(visits) and visits[coming].step == step:
                contact = visits[coming].contact(coming)
                self._waiting[contact.conversation_id] = contact
                coming += 1
            self._give_up(step)
            self._assign(step)
            step += 1
        return [self._answers[f"{number:05}"] for number in range(len(visits))]

    def _finish(self, step: int) -> None:
        for name, (staff_id, until) in list(self._busy.items()):
            if until == step:
                del self._busy[name]
                self._free_since[staff_id] = step

    def _drop(self, step: int) -> None:
        for worker in self._shift.workers:
            if worker.drops_at == step:
                staff_id = worker.agent.staff_id
                self._gone.add(staff_id)
                for name in [name for name, (holder, _) in self._busy.items() if holder == staff_id]:
                    del self._busy[name]
                    self._waiting[name] = self._shift.visits[int(name)].contact(int(name))

    def _give_up(self, step: int) -> None:
        for name, contact in list(self._waiting.items()):
            patience = CLAIMS.patience_of(contact.priority, contact.channel)
            if self._waited(name, step) >= patience:
                del self._waiting[name]
                self._end(name, contact, self._waited(name, step), by=None)

    def _assign(self, step: int) -> None:
        agents = [self._agent(worker.agent, step) for worker in self._shift.workers if worker.may_start(step, 1)]
        if not agents or not self._waiting:
            return
        known = {worker.agent.staff_id: worker.agent for worker in self._shift.workers}
        for name, staff_id in self._way(list(self._waiting.values()), agents, at(step), self.lately):
            contact = self._waiting.pop(name)
            self._busy[name] = (staff_id, step + self._shift.visits[int(name)].steps)
            self._end(name, contact, self._waited(name, step), by=known[staff_id])  # type: ignore[index]
        self._check()

    def _agent(self, agent: Agent, step: int) -> Agent:
        has: dict[str, int] = {}
        for name, (staff_id, _) in self._busy.items():
            if staff_id == agent.staff_id:
                channel = self._shift.visits[int(name)].channel
                has[channel] = has.get(channel, 0) + 1
        since = self._free_since.get(agent.staff_id)
        return msgspec.structs.replace(agent, has=has, free_since=None if since is None else at(since))

    def _end(self, name: str, contact: Contact, seconds: float, *, by: Agent | None) -> None:
        visit = self._shift.visits[int(name)]
        share = share_of(seconds, CLAIMS.patience_of(visit.priority, visit.channel))
        value = 0.0 if by is None else value_of(visit, by, seconds)
        if name not in self._answers:
            self.lately = noted(self.lately, contact, share=share)
        self._answers[name] = Answer(visit, seconds, share, None if by is None else by.staff_id, value)

    def _waited(self, name: str, step: int) -> float:
        return float(STEP * (step - self._shift.visits[int(name)].step))

    def _check(self) -> None:
        """Nobody has more than their room, whatever the way."""
        used: dict[str, int] = {}
        for name, (staff_id, _) in self._busy.items():
            used[staff_id] = used.get(staff_id, 0) + WEIGHTS[self._shift.visits[int(name)].channel]
        assert all(units <= CAPACITY for units in used.values())
