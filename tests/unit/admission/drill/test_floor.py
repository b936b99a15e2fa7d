"""The floor: contacts come, wait, are served or give up; checked by hand and against the formula for queues."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from doorward.admission.drill.floor import Floor, Played
from doorward.admission.drill.gate import Change, Verdict
from doorward.admission.drill.scenario import Company, Overflow
from doorward.admission.drill.visits import Seen, Visit
from doorward.admission.flood import Caller, CallerClass, Level, Occupancy


class Says:
    """A gate that says the same to everybody, or what a number's verdict is, in the order of their coming."""

    callback_within = 3600.0
    changes: tuple[Change, ...] = ()

    def __init__(self, way: str = "full", *, level: Level = "green", first: str = "full", **of: float) -> None:
        self.way, self.level, self.first, self.of = way, level, first, of
        self.seen: list[Occupancy] = []
        self.talks: list[bool] = []

    def arrive(self, seen: Seen, occupancy: Occupancy, *, tries: int, now: float) -> Verdict:
        """Say what everybody hears at first."""
        return self._verdict(seen, self.first)

    def reconsider(self, seen: Seen, occupancy: Occupancy, *, now: float) -> Verdict:
        """Say what everybody hears."""
        self.seen.append(occupancy)
        return self._verdict(seen, self.way)

    def may_serve(self, caller_class: CallerClass, occupancy: Occupancy) -> bool:
        """Keep nobody free."""
        return occupancy.busy < occupancy.people

    def note_talk(self, *, useful: bool) -> None:
        """Keep it."""
        self.talks.append(useful)

    def tick(self, occupancy: Occupancy, *, now: float) -> None:
        """Keep how it stood."""
        self.seen.append(occupancy)

    def _verdict(self, seen: Seen, way: str) -> Verdict:
        rank = self.of.get(f"rank_{seen.number}", 0.0)
        made = Verdict(way="full", because="x", caller_class="anonymous", rank=rank, cap=self.of.get("cap"))
        return msgspec.structs.replace(made, way=way)


def visit(number: int, at: float, **given: object) -> Visit:
    """A contact that wants a person for a hundred seconds and waits for as long as it takes."""
    made = Visit(
        at=at,
        seen=Seen(number=number, caller=Caller(owner=f"o{number}", platform="voice"), source=f"o{number}"),
        bot=0.0,
        bot_resolves=False,
        settles=False,
        seconds=100.0,
        patience=(math.inf,),
        pauses=(),
        useful=True,
    )
    return msgspec.structs.replace(made, **given)


def played(visits: Sequence[Visit], gate: Says | None = None, *, people: int = 1, **company: object) -> Played:
    """What becomes of visits to so many people."""
    made = msgspec.structs.replace(Company(people=people), **company)
    return Floor(made, gate or Says(), planned=(people,), handling=100.0).play(visits, until=60.0)


def test_one_waits_for_the_other_and_who_ranks_higher_goes_first() -> None:
    """Three come to one person: the second to be served is who ranks first, not who came first."""
    gate = Says(rank_1=2.0, rank_2=1.0)
    done = played([visit(0, 0.0), visit(1, 10.0), visit(2, 20.0)], gate)
    assert [fate.ended for fate in done.fates] == ["person"] * 3
    assert [fate.waited for fate in done.fates] == [0.0, 190.0, 80.0]
    assert gate.talks == [True] * 3
    assert max(occupancy.waiting.get("anonymous", 0.0) for occupancy in gate.seen) == 200.0


def test_whoever_runs_out_of_patience_comes_again() -> None:
    """It leaves after fifty seconds, comes again, leaves again, and is served at the third time."""
    restless = visit(1, 1.0, patience=(50.0, 50.0, 50.0), pauses=(10.0, 10.0))
    done = played([visit(0, 0.0, seconds=150.0), restless])
    assert done.fates[1].tries == 3
    assert done.fates[1].ended == "person"
    assert done.fates[1].waited == pytest.approx(150.0 - 121.0)
    once = played([visit(0, 0.0, seconds=150.0), visit(1, 1.0, patience=(50.0,))])
    assert once.fates[1].ended == "left"


def test_who_left_the_queue_of_the_bot_is_not_thrown_out_of_a_later_one() -> None:
    """Patience for the bot has nothing to do with patience for a person."""
    done = played(
        [visit(0, 0.0, bot=30.0, seconds=100.0), visit(1, 1.0, bot=10.0, patience=(60.0,))], bot_places=1, people=1
    )
    assert done.fates[1].ended == "left"
    assert done.fates[1].bot == 10.0
    patient = played(
        [visit(0, 0.0, bot=30.0, seconds=60.0), visit(1, 1.0, bot=10.0, patience=(60.0,))], bot_places=1, people=1
    )
    assert patient.fates[1].ended == "person"


@pytest.mark.parametrize(("settles", "ended"), [(True, "bot"), (False, "unhelped")])
def test_with_the_bot_alone_some_are_helped_and_some_are_not(settles: bool, ended: str) -> None:  # noqa: FBT001
    """Nobody is hung up on: the bot talks once more."""
    done = played([visit(0, 0.0, bot=20.0, settles=settles)], Says("bot_only"))
    assert (done.fates[0].ended, done.fates[0].bot, done.fates[0].person) == (ended, 40.0, 0.0)


def test_a_promised_call_is_kept_when_somebody_is_free_or_comes_too_late() -> None:
    """Within an hour it is kept; after two it is made, and told from one that was kept."""
    busy = visit(0, 0.0, bot_resolves=True, bot=1.0)
    assert played([busy, visit(1, 1.0)], Says("call_back")).fates[1].ended == "called_back"
    late = played([visit(number, 0.0, seconds=7200.0) for number in range(2)], Says("call_back"))
    assert [fate.ended for fate in late.fates] == ["called_back", "called_late"]
    assert max(moment.promised for moment in late.moments) == 1


class Keeps(Says):
    """A gate that gives nobody a person, ever."""

    def may_serve(self, caller_class: CallerClass, occupancy: Occupancy) -> bool:
        """Keep everybody free."""
        return False


def test_a_promise_that_is_never_kept_is_counted_as_one() -> None:
    """Rules may keep all people free of a class: whoever was promised a call is not forgotten in the count."""
    assert played([visit(0, 0.0)], Keeps("call_back")).fates[0].ended == "called_late"
    assert played([visit(0, 0.0, patience=(30.0,))], Keeps()).fates[0].ended == "left"


def test_a_cap_ends_a_talk_and_a_block_keeps_out() -> None:
    """Both are counted for what they are."""
    assert played([visit(0, 0.0)], Says(cap=30.0)).fates[0].person == 30.0
    kept_out = played([visit(0, 0.0, patience=(9.0, 9.0), pauses=(5.0,))], Says(first="blocked"))
    assert (kept_out.fates[0].ended, kept_out.fates[0].tries, kept_out.fates[0].bot) == ("blocked", 2, 0.0)


def test_others_come_to_help_when_it_has_not_been_green_for_a_while() -> None:
    """And not before."""
    overflow = Overflow(people=3, after=0.5)
    helped = played([visit(0, 0.0)], Says(level="amber"), overflow=overflow)
    assert [moment.people for moment in helped.moments] == [1, 1, 4, 4, 4, 4]
    calm = played([visit(0, 0.0)], Says(), overflow=overflow)
    assert {moment.people for moment in calm.moments} == {1}


def test_waits_are_those_of_the_formula() -> None:
    """Five people, four fifths of their time asked for: Erlang's C gives the mean wait of everybody (M/M/5)."""
    random = np.random.default_rng(5)
    many, people, load, seconds = 60_000, 5, 4.0, 100.0
    at = np.cumsum(random.exponential(seconds / load, size=many))
    lasting = random.exponential(seconds, size=many)
    done = played(
        [visit(n, float(at[n]), seconds=float(lasting[n])) for n in range(many)], people=people, bot_places=10
    )
    top = load**people / math.factorial(people) * people / (people - load)
    waits = top / (sum(load**n / math.factorial(n) for n in range(people)) + top)
    expected = waits * seconds / (people - load)
    assert sum(fate.waited for fate in done.fates) / many == pytest.approx(expected, rel=0.06)
