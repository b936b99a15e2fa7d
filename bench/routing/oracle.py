"""The oracle: an upper bound of what any plan could be worth that knows the whole shift before it begins.

Runs in an environment of its own with OR-tools alone (bench/routing/peers), reads a shift as JSON and writes the bound.
A linear programme: for each contact, agent and step of start one variable between 0 and 1; a contact is started once at
most; what an agent has never exceeds their units. Being linear, it may cut contacts into parts, which no plan can.
"""

import json
import sys
from typing import Any

from ortools.linear_solver import pywraplp  # type: ignore[import-not-found] # has an environment of its own


def bound(shift: dict[str, Any]) -> dict[str, Any]:
    """Return the bound of a shift: `choices` are (contact, agent, first step, value, steps, units); see `asking`."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    started: dict[int, Any] = {}
    changes: dict[tuple[int, int], list[tuple[Any, int]]] = {}
    objective = solver.Objective()
    objective.SetMaximization()
    for contact, agent, step, value, steps, units in shift["choices"]:
        chosen = solver.NumVar(0.0, 1.0, "")
        objective.SetCoefficient(chosen, value)
        if contact not in started:
            started[contact] = solver.Constraint(-solver.infinity(), 1.0)
        started[contact].SetCoefficient(chosen, 1.0)
        changes.setdefault((agent, step), []).append((chosen, units))
        changes.setdefault((agent, step + steps), []).append((chosen, -units))
    _keep_room(solver, changes, capacity=shift["capacity"])
    solver.SetTimeLimit(1000 * shift["seconds"])
    status = solver.Solve()
    done = status == pywraplp.Solver.OPTIMAL
    return {
        "bound": objective.Value() if done else None,
        "status": "optimal" if done else str(status),
        "variables": solver.NumVariables(),
        "rows": solver.NumConstraints(),
        "seconds": solver.wall_time() / 1000,
    }


def _keep_room(solver: Any, changes: dict[tuple[int, int], list[tuple[Any, int]]], *, capacity: int) -> None:
    """What an agent has after a step is what they had before it, plus what starts, less what ends; never too much."""
    had: dict[int, Any] = {}
    for agent, step in sorted(changes):
        has = solver.NumVar(0.0, capacity, "")
        flow = solver.Constraint(0.0, 0.0)
        flow.SetCoefficient(has, -1.0)
        if agent in had:
            flow.SetCoefficient(had[agent], 1.0)
        for chosen, units in changes[agent, step]:
            flow.SetCoefficient(chosen, float(units))
        had[agent] = has


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(bound(json.loads(line))), flush=True)
