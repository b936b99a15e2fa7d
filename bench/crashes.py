"""Kill the house at every exact point and at many random ones under load, and hold what is left against its promises.

    python3 run.py bench crashes                 100 random points and all exact ones on each database
    python3 run.py bench crashes --points 20 --databases sqlite

Prints JSON; the exit code is 1 when anything was lost, doubled, or told otherwise than without a death.
"""

import argparse
import json
import random
import sys
import time
from typing import Any

from bench.walk.founding import KINDS, founded
from tests.support.crashes import LOAD, POINTS, SMALL, Evidence, Nursery, Script, Trial, gather, problems


def main() -> int:
    """Kill as often as was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100, help="random points on each database")
    parser.add_argument("--databases", type=lambda words: words.split(","), default=list(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    nursery = Nursery()
    result: dict[str, Any] = {}
    for kind in options.databases:
        result[kind] = {"exact": exact(nursery, kind)}
        print(kind, result[kind]["exact"], file=sys.stderr, flush=True)
        result[kind]["random"] = at_random(nursery, kind, points=options.points, seed=options.seed)
        print(kind, result[kind]["random"], file=sys.stderr, flush=True)
    nursery.close()
    print(json.dumps(result, indent=1))
    return 1 if any(part["problems"] for kind in result.values() for part in kind.values()) else 0


def exact(nursery: Nursery, kind: str) -> dict[str, Any]:
    """Die at every point, the first and the second time that it is passed."""
    start = time.perf_counter()
    with founded(kind) as settings:
        trial = Trial(nursery, settings, SMALL)
        trial.live_on()
        missed = []
        for point in POINTS:
            for passing in (1,) if point in {"seal.unsigned", "recover.leased"} else (1, 2):
                if point == "recover.leased":
                    trial.die_at("understand.kept")
                    killed = trial.die_again_at(point).killed
                else:
                    killed = trial.die_at(point, passing=passing).killed
                missed += [] if killed else [point]
        trial.finish()
        evidence = gather(settings, SMALL, rounds=trial.rounds)
    return report(trial, SMALL, evidence) | {"missed": missed, "seconds": round(time.perf_counter() - start)}


def at_random(nursery: Nursery, kind: str, *, points: int, seed: int) -> dict[str, Any]:
    """Die so many times, each a random while after the beginning of a round, before its end."""
    start, chance = time.perf_counter(), random.Random(seed)
    with founded(kind) as settings:
        trial = Trial(nursery, settings, LOAD)
        seconds = trial.live_on().seconds
        while trial.deaths < points and trial.rounds < 3 * points:
            ended = trial.die_after(chance.uniform(0.0, seconds))
            # What else the machine does makes rounds longer and shorter: follow it slowly.
            seconds = seconds * 1.02 if ended.killed else min(seconds, ended.seconds)
        trial.finish()
        evidence = gather(settings, LOAD, rounds=trial.rounds)
    return report(trial, LOAD, evidence) | {"seconds": round(time.perf_counter() - start)}


def report(trial: Trial, script: Script, evidence: Evidence) -> dict[str, Any]:
    """Return what came of a trial."""
    acknowledged = set(trial.acknowledged.values())
    return {
        "deaths": trial.deaths,
        "rounds": trial.rounds,
        "messages_sent": script.messages * trial.rounds,
        "messages_acknowledged": len(acknowledged),
        "messages_lost": len(acknowledged - evidence.message_ids),
        "problems": problems(evidence, evidence, acknowledged=acknowledged),
    }


if __name__ == "__main__":
    sys.exit(main())
