"""What the assignment of contacts achieves in virtual time, beside what hindsight could; docs/concepts/routing.md.

    python3 run.py bench routing [--seed 2026] [--shifts 20] [--contacts 500] [--roster broad|thin] [--no-oracle]
                                 [--bounds result.json] [--out result.json] [--plot result.svg]

The real `match` and simpler ways answer the same contacts. The oracle's bound comes from OR-tools in an environment of
its own (bench/.peers, pinned in bench/routing/peers); without it, shares are left out. The exit code is 1 when a floor
is missed: 90 % of the oracle's value, a disparity of 1.1.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from bench.protection.peers import Unavailable
from bench.routing.asking import Oracle
from bench.routing.drawing import CAPACITY, STEPS, WEIGHTS, Shift, draw
from bench.routing.plot import plot
from bench.routing.simulating import Answer, Day, Way
from bench.routing.ways import ways
from doorward.routing.claims import weight_of
from doorward.routing.lately import Lately

LEAST_SHARE: Final = 0.9
MOST_DISPARITY: Final = 1.1


def main() -> int:
    """Measure, and write what came of it."""
    options = command_line().parse_args()
    shifts = [
        draw(number, seed=options.seed, contacts=options.contacts, roster=options.roster)
        for number in range(options.shifts)
    ]
    bounds = known(options) if options.bounds else [] if options.no_oracle else asked(shifts, options.seconds)
    result: dict[str, Any] = {
        "drawn": {"seed": options.seed, "roster": options.roster, "contacts": sum(len(one.visits) for one in shifts)},
        "busy": round(busy(shifts), 4),
        "oracle": bounds,
        "ways": {},
    }
    whole = sum(one["bound"] for one in bounds) if all(one["bound"] is not None for one in bounds) else None
    for name, way in ways(options.seed).items():
        result["ways"][name] = measured(shifts, way, bound=whole)
        print(name, json.dumps(result["ways"][name]), file=sys.stderr, flush=True)
    written = json.dumps(result, indent=1)
    if options.out:
        options.out.write_text(written + "\n", encoding="utf-8")
    options.plot.write_text(plot(result["ways"]), encoding="utf-8")
    print(written)
    ours = result["ways"]["match"]
    missed = ours["disparity"] > MOST_DISPARITY or (ours.get("share_of_oracle") or 1.0) < LEAST_SHARE
    return 1 if missed else 0


def known(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the bounds that an earlier run found for the same draw; they do not depend on any way of assigning."""
    before: dict[str, Any] = json.loads(options.bounds.read_text(encoding="utf-8"))
    drawn = {"seed": options.seed, "roster": options.roster, "contacts": options.shifts * options.contacts}
    if before["drawn"] != drawn:
        sys.exit(f"{options.bounds.name} is of another draw: {before['drawn']}")
    bounds: list[dict[str, Any]] = before["oracle"]
    return bounds


def asked(shifts: list[Shift], seconds: int) -> list[dict[str, Any]]:
    """Return the oracle's bound of each shift, nothing where it cannot be had."""
    try:
        oracle = Oracle()
    except Unavailable as trouble:
        print(f"without the oracle: {trouble}", file=sys.stderr, flush=True)
        return []
    found = []
    for number, shift in enumerate(shifts):
        found.append(oracle.bound(shift, seconds=seconds))
        print("oracle", number, found[-1], file=sys.stderr, flush=True)
    oracle.close()
    return found


def measured(shifts: list[Shift], way: Way, *, bound: float | None) -> dict[str, Any]:
    """Return what a way achieves over all shifts; what was lately is carried from each to the next."""
    lately: Mapping[str, Lately] = {}
    answers: list[Answer] = []
    began = time.process_time()
    for shift in shifts:
        day = Day(shift, way, lately)
        answers += day.run()
        lately = day.lately
    used = time.process_time() - began
    groups = waits(answers, lambda one: one.visit.language)
    disparity = max(one["share"] for one in groups.values()) / min(one["share"] for one in groups.values())
    fair = max(0.0, 1.0 - 0.2 * (disparity - 1.0))
    plain = sum(one.value for one in answers)
    value = fair * plain
    return {
        "value": round(value, 2),
        "share_of_oracle": round(value / bound, 4) if bound else None,
        "share_before_fairness": round(plain / bound, 4) if bound else None,
        "share_of_ideal": round(value / sum(weight_of(one.visit.priority) for one in answers), 4),
        "disparity": round(disparity, 4),
        "gave_up": sum(one.staff_id is None for one in answers),
        "languages": groups,
        "priorities": waits(answers, lambda one: str(one.visit.priority)),
        "channels": waits(answers, lambda one: one.visit.channel),
        "cpu_seconds": round(used, 1),
    }


def waits(answers: Iterable[Answer], group: Any) -> dict[str, dict[str, float]]:
    """Return for each group its contacts, the mean wait as a share of patience and in seconds, and how many gave up."""
    found: dict[str, list[Answer]] = {}
    for one in answers:
        found.setdefault(group(one), []).append(one)
    return {
        name: {
            "contacts": len(ones),
            "share": round(sum(one.share for one in ones) / len(ones), 4),
            "seconds": round(sum(one.seconds for one in ones) / len(ones), 1),
            "p95_seconds": sorted(one.seconds for one in ones)[len(ones) * 95 // 100],
            "gave_up": sum(one.staff_id is None for one in ones),
        }
        for name, ones in sorted(found.items())
    }


def busy(shifts: list[Shift]) -> float:
    """Return which share of the agents' time the contacts ask for; breaks are no time of theirs."""
    wanted = sum(one.steps * WEIGHTS[one.channel] for shift in shifts for one in shift.visits)
    there = sum(STEPS - (one.rest[1] - one.rest[0]) for shift in shifts for one in shift.workers)
    return wanted / (CAPACITY * there)


def command_line() -> argparse.ArgumentParser:
    """Return what can be said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--shifts", type=int, default=20)
    parser.add_argument("--contacts", type=int, default=500, help="in each shift")
    parser.add_argument("--roster", choices=("broad", "thin"), default="broad", help="how many speak what few speak")
    parser.add_argument("--no-oracle", action="store_true")
    parser.add_argument("--bounds", type=Path, help="an earlier result of the same draw, whose bounds are taken")
    parser.add_argument("--seconds", type=int, default=600, help="the oracle's time for a shift")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path, default=Path(tempfile.gettempdir()) / "doorward-routing.svg")
    return parser


if __name__ == "__main__":
    sys.exit(main())
