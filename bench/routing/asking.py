"""Asking the oracle: its environment, and a shift in the words that it understands."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any, Final

from bench.protection.peers import Unavailable, environment
from bench.routing.drawing import CAPACITY, STEP, WEIGHTS, Shift
from bench.routing.simulating import CLAIMS, value_of
from doorward.routing.matching import able
from tools.terminal import ROOT

REQUIREMENTS: Final = Path(__file__).parent / "peers"
CACHE: Final = ROOT / "bench" / ".peers"


class Oracle:
    """The programme in a process of its own."""

    def __init__(self) -> None:
        """Start it. Raises `Unavailable`."""
        CACHE.mkdir(mode=0o700, exist_ok=True)
        self._process = subprocess.Popen(
            [environment("ortools", CACHE, requirements=REQUIREMENTS), Path(__file__).parent / "oracle.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def bound(self, shift: Shift, *, seconds: int) -> dict[str, Any]:
        """Return the bound of a shift and how it was found. Raises `Unavailable`."""
        assert self._process.stdin
        assert self._process.stdout
        asked = {"choices": choices(shift), "capacity": CAPACITY, "seconds": seconds}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f"the oracle ended with code {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)


def choices(shift: Shift) -> list[tuple[int, int, int, float, int, int]]:
    """Return all that could be done: contact, agent, step of start, value, steps that it takes, units."""
    found = []
    for number, visit in enumerate(shift.visits):
        contact, units = visit.contact(number), WEIGHTS[visit.channel]
        last = visit.step + math.ceil(CLAIMS.patience_of(visit.priority, visit.channel) / STEP)
        for place, worker in enumerate(shift.workers):
            if not able(worker.agent, contact):
                continue
            for step in range(visit.step, last):
                if worker.may_start(step, visit.steps):
                    value = value_of(visit, worker.agent, float(STEP * (step - visit.step)))
                    found.append((number, place, step, round(value, 6), visit.steps, units))
    return found
