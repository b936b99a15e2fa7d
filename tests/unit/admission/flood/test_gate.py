"""The gate before work: so much at once and no more, fewer for newcomers, and more or less by what was measured."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood import WorkGate, WorkLimitRules


class Hands:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def interval(gate: WorkGate, clock: Hands, *, seconds: float, count: int) -> int:
    """Have so many do work of so many seconds at once, an interval long; return how many were let in."""
    inside = sum(gate.enter(begins=False) for _ in range(count))
    clock.now += 1.1
    for _ in range(inside):
        gate.leave(seconds=seconds)
    return inside


def test_newcomers_leave_places_to_those_who_have_begun() -> None:
    """A fifth of the places is kept; who goes on gets in until all are taken, and again when one is left."""
    gate = WorkGate(WorkLimitRules(least=1), start=10)
    assert [gate.enter(begins=True) for _ in range(9)] == [True] * 8 + [False]
    assert [gate.enter(begins=False) for _ in range(3)] == [True, True, False]
    gate.leave(seconds=0.01)
    assert not gate.enter(begins=True)
    assert gate.enter(begins=False)
    assert gate.turned_away == 3


def test_a_slow_sender_takes_no_place_while_it_sends() -> None:
    """Thousands of half-sent bodies keep nobody out; whoever was let in stays in."""
    gate = WorkGate(WorkLimitRules(least=1), start=2)
    for _ in range(1000):
        assert gate.enter(begins=True)
        gate.pause()
    assert gate.enter(begins=True)
    gate.resume()
    gate.resume()
    assert not gate.enter(begins=False)


def test_places_become_fewer_while_work_is_slow_and_come_back() -> None:
    """Under a flood that makes work ten times as slow few are let in at once; once it is quick again, more are."""
    clock = Hands()
    gate = WorkGate(WorkLimitRules(least=2), seconds=clock, start=32)
    for _ in range(20):
        interval(gate, clock, seconds=0.01, count=4)
    for _ in range(60):
        interval(gate, clock, seconds=0.1, count=500)
    few = gate.places
    assert few <= 4
    for _ in range(60):
        interval(gate, clock, seconds=0.01, count=500)
    assert gate.places > 4 * few


def test_it_settles_where_work_takes_what_it_usually_takes() -> None:
    """Of a machine that does four things at once, the fifth waits for one of them: about a handful is let in."""
    clock = Hands()
    gate = WorkGate(seconds=clock)
    for _ in range(20):
        interval(gate, clock, seconds=0.01, count=2)
    inside = 0
    for _ in range(200):
        inside = interval(gate, clock, seconds=0.01 * max(1.0, min(gate.places, 500) / 4), count=500)
    assert 4 <= inside <= 12


@given(st.lists(st.sampled_from(["begin", "go on", "leave", "pause", "resume"]), max_size=200))
def test_places_never_get_lost(doings: list[str]) -> None:
    """Whatever happens in which order, whoever left has left: an empty gate lets somebody in."""
    gate = WorkGate(WorkLimitRules(least=1), start=3)
    inside = paused = 0
    for doing in doings:
        if doing in {"begin", "go on"}:
            inside += gate.enter(begins=doing == "begin")
        elif doing == "leave" and inside:
            gate.leave(seconds=0.001)
            inside -= 1
        elif doing == "pause" and inside:
            gate.pause()
            inside, paused = inside - 1, paused + 1
        elif doing == "resume" and paused:
            gate.resume()
            inside, paused = inside + 1, paused - 1
        assert gate.in_flight == inside
    for _ in range(inside):
        gate.leave(seconds=0.001)
    assert gate.in_flight == 0
    assert gate.enter(begins=True)
