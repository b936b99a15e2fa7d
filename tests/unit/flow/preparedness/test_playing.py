"""Playing in a process of its own: what it says is heard, and however it ends, it is over."""

import sys
from datetime import timedelta

import pytest

from doorward.flow.preparedness import Assignment, PlayFailed, PlaysApart
from doorward.kit.own_process import ProcessStopped
from tests.unit.admission.drill.test_ours import ours


def says(program: str, *, limit: timedelta = timedelta(minutes=1)) -> PlaysApart:
    """A process that runs a line of Python."""
    return PlaysApart((sys.executable, "-c", program), limit=limit)


def test_the_process_of_its_own_plays_with_what_it_is_told() -> None:
    """The real one, a scenario of the smallest company: the report is about it."""
    assignment = Assignment(ours=ours(people=1.0, per_minute=0.5), scenarios=("stolen-key",))
    (report,) = PlaysApart().play(assignment)
    assert (report.scenario, report.capacity.people) == ("stolen-key", 8)


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('{}')", "pass", "print('nonsense', flush=True)"])
def test_a_process_that_ends_without_all_reports_has_failed(program: str) -> None:
    """By its code, by what it says, by saying nothing."""
    with pytest.raises(PlayFailed) as failed:
        list(says(program).play(Assignment(ours=ours(), scenarios=("outage",))))
    assert failed.value.reason == "broken"


def test_one_that_takes_too_long_is_ended() -> None:
    """It is told apart from one that broke."""
    endless = says("import threading; threading.Event().wait()", limit=timedelta(milliseconds=50))
    with pytest.raises(PlayFailed) as failed:
        list(endless.play(Assignment(ours=ours(), scenarios=("outage",))))
    assert failed.value.reason == "time"


def test_once_stopped_nothing_is_played() -> None:
    """The house is going down: the job is for its next start."""
    plays = PlaysApart()
    plays.stop()
    with pytest.raises(ProcessStopped):
        list(plays.play(Assignment(ours=ours(), scenarios=("outage",))))
