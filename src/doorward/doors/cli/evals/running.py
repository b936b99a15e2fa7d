"""All sets, one after another, against their thresholds."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from doorward.doors.cli.evals.knowledge import judge_documents, judge_retrieval
from doorward.doors.cli.evals.lab import Lab, Measured
from doorward.doors.cli.evals.own import judge_language, judge_own
from doorward.doors.cli.evals.public import (
    judge_banking77,
    judge_banking77_oos,
    judge_clinc150,
    judge_hwu64,
    judge_xsid,
)
from doorward.doors.cli.evals.sources import Given, Half, Missing
from doorward.doors.cli.evals.thresholds import Bound, Thresholds

SETS: Final[dict[str, Callable[[Lab, Given], list[Measured]]]] = {
    "language": judge_language,
    "xsid": judge_xsid,
    "own": judge_own,
    "retrieval": judge_retrieval,
    "banking77": judge_banking77,
    "banking77_oos": judge_banking77_oos,
    "clinc150": judge_clinc150,
    "hwu64": judge_hwu64,
    "documents": judge_documents,
}

NAMES: Final = tuple(SETS)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, of how many texts, and what is asked of it; `kept` is None where nothing is."""

    name: str
    value: float
    texts: int
    floor: float | None = None
    aim: float | None = None
    kept: bool | None = None
    reached: bool | None = None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A set that was not judged, and why."""

    name: str
    why: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of all sets: `missed` names the figures whose floor was missed. `half` is of the own sets."""

    thresholds: int
    half: Half
    figures: tuple[Figure, ...]
    left_out: tuple[LeftOut, ...]
    missed: tuple[str, ...]


def run_sets(lab: Lab, given: Given, *, names: Iterable[str], thresholds: Thresholds) -> Report:
    """Judge the sets of these names (all where there are none) as far as they are there, and return the report.

    Raises `Stop` when a set is there and cannot be used. The same files give the same report.
    """
    wanted = set(names) or set(SETS)
    figures: list[Figure] = []
    left_out: list[LeftOut] = []
    for name, judge_set in SETS.items():
        if name not in wanted:
            continue
        lab.tell(name)
        try:
            figures += [figure_of(one, thresholds.measures.get(one.name)) for one in judge_set(lab, given)]
        except Missing as error:
            left_out.append(LeftOut(name=name, why=str(error)))
        lab.forget()
    return report_of(figures, thresholds=thresholds, half=given.half, left_out=left_out)


def report_of(
    figures: Iterable[Figure], *, thresholds: Thresholds, half: Half, left_out: Iterable[LeftOut] = ()
) -> Report:
    """Return the report of figures; what is missed is named."""
    some = tuple(figures)
    return Report(
        thresholds=thresholds.version,
        half=half,
        figures=some,
        left_out=tuple(left_out),
        missed=tuple(one.name for one in some if one.kept is False),
    )


def figure_of(one: Measured, bound: Bound | None) -> Figure:
    """Return what was measured beside what is asked of it."""
    if bound is None:
        return Figure(name=one.name, value=one.value, texts=one.texts)
    return Figure(
        name=one.name,
        value=one.value,
        texts=one.texts,
        floor=bound.floor,
        aim=bound.aim,
        kept=bound.keeps(one.value),
        reached=bound.reaches(one.value),
    )
