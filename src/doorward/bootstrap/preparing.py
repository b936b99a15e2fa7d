"""The process of its own that plays scenarios: `python -m doorward.bootstrap.preparing`, an `Assignment` on its input.

It runs behind everything else, keeps to a limit of memory, and ends when whoever started it does.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import Final

import msgspec

from doorward.admission.drill import Report, drill, fit_scenario, load_scenario
from doorward.flow.preparedness import Assignment
from doorward.kit.process import leave_no_core, limit_memory

MEMORY: Final = 4 * 1024**3
"""Bytes of address space; a scenario of the largest company that is played takes some hundred megabytes."""

NICE: Final = 10


def main() -> int:
    """Read an assignment, play, and write a report a line as each is done."""
    leave_no_core()
    limit_memory(MEMORY)
    with contextlib.suppress(AttributeError, OSError):  # Windows has no such order
        os.nice(NICE)
    assignment = msgspec.json.decode(sys.stdin.buffer.readline(), type=Assignment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for report in played(assignment):
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def played(assignment: Assignment) -> Iterator[Report]:
    """Yield the report of each scenario of an assignment. Raises `Malformed` for one that cannot be played."""
    for name in assignment.scenarios:
        yield drill(fit_scenario(load_scenario(name), assignment.ours), name=name, seed=assignment.seed)


def _end_with_parent() -> None:
    """End this process at once when its standard input does: nobody waits for it any more."""
    # Not by `sys.stdin`: a thread that waits with its lock would keep this process from ending in order.
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    raise SystemExit(main())
