"""The process of its own that plays scenarios: `python -m doorward.bootstrap.preparing`, an `Assignment` on its input.

It runs behind everything else, keeps to a limit of memory, and ends when whoever started it does.
"""

import sys
from collections.abc import Iterator
from typing import Final

import msgspec

from doorward.admission.drill import Report, drill, fit_scenario, load_scenario
from doorward.flow.preparedness import Assignment
from doorward.kit.process import begin_apart

MEMORY: Final = 4 * 1024**3
"""Bytes of address space; a scenario of the largest company that is played takes some hundred megabytes."""


def main() -> int:
    """Read an assignment, play, and write a report a line as each is done."""
    assignment = msgspec.json.decode(begin_apart(memory=MEMORY), type=Assignment)
    for report in played(assignment):
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def played(assignment: Assignment) -> Iterator[Report]:
    """Yield the report of each scenario of an assignment. Raises `Malformed` for one that cannot be played."""
    for name in assignment.scenarios:
        yield drill(fit_scenario(load_scenario(name), assignment.ours), name=name, seed=assignment.seed)


if __name__ == "__main__":
    raise SystemExit(main())
