"""Scenarios that need not be played: reports as a drill of a quiet hour gave them, told again under other names."""

import functools
from collections.abc import Iterator, Sequence

import msgspec

from doorward.admission.drill import Advice, Report, drill, read_scenario
from doorward.flow.preparedness import Assignment, PlayFailed

QUIET = 'title = "Quiet"\nhours = 1.0\n[company]\npeople = 12\n[customers]\nper_minute = 1.0\n'


@functools.cache
def quiet() -> Report:
    """A drill of one quiet hour."""
    return drill(read_scenario(QUIET), name="quiet", seed=0)


def went(name: str, of_calm: float, *, survived: float | None = None) -> Report:
    """A report as if a scenario had gone so, with a change that helps."""
    plain = quiet()
    after = msgspec.structs.replace(plain.calm, goodput=plain.calm.goodput + 0.04, cost=plain.calm.cost + 50)
    more = Advice(lever="people", setting="company.people=14", before=plain.calm, after=after, helps=True)
    noticing = msgspec.structs.replace(plain.noticing, survived=survived)
    return msgspec.structs.replace(plain, scenario=name, of_calm=of_calm, noticing=noticing, advice=(more,))


class ToldPlays:
    """Plays nothing: tells reports that a test made."""

    def __init__(self, reports: Sequence[Report] = (), *, fails: PlayFailed | None = None) -> None:
        """Tell `reports`, or fail after them."""
        self._reports, self._fails = reports, fails
        self.asked: list[Assignment] = []

    def play(self, assignment: Assignment) -> Iterator[Report]:
        """Yield them."""
        self.asked.append(assignment)
        yield from self._reports
        if self._fails is not None:
            raise self._fails

    def stop(self) -> None:
        """Nothing to end."""
