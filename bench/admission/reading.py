"""Drills with the real detector: what it finds and wrongs in a whole flood, and who is served then."""

from collections.abc import Sequence
from typing import Any

from bench.admission.drilling import averaged, calm_of, figures, told
from doorward.admission.drill.loading import load_scenario
from doorward.admission.drill.population import Reading
from doorward.admission.drill.running import control_of, crowd_of, teach
from doorward.admission.drill.visits import Crowd
from doorward.doors.cli.drill_reading import read_for_drill
from doorward.doors.cli.evals.sources import installed_phrases
from doorward.kit.settings import Settings

FLOODS = ("verbatim", "spintax", "paraphrase", "camouflage")
CROWDS = ("outage", "launch", "mailing")
TIMES = (10, 30)


def reading(seeds: int) -> dict[str, Any]:
    """Every flood that differs in its words at both sizes, and every honest crowd; each seed and the means."""
    reads = read_for_drill(installed_phrases(), Settings())
    result: dict[str, Any] = {}
    for name, times in [*((name, times) for times in TIMES for name in FLOODS), *((name, 0) for name in CROWDS)]:
        changes = (f"waves.0.times={times}",) if times else ()
        runs = [one(name, changes, seed, reads=reads) for seed in range(seeds)]
        result[f"{name}, {times} times" if times else name] = {"mean": averaged(runs), "seeds": runs}
    return result


def one(name: str, changes: Sequence[str], seed: int, *, reads: Reading) -> dict[str, float]:
    """What one seed gives."""
    told(f"{name} {' '.join(changes)}, read, seed {seed}")
    scenario = load_scenario(name, ["detector=real", *changes])
    crowd = crowd_of(scenario, seed, reading=reads)
    calm = calm_of(name, tuple(changes), seed)
    found = figures(scenario, crowd, control_of(scenario, teach(scenario, seed)), calm=calm, window=scenario.window)
    return found | {"found": flagged(crowd, of_wave=True), "wronged": flagged(crowd, of_wave=False)}


def flagged(crowd: Crowd, *, of_wave: bool) -> float:
    """The share of the messages of a wave, or of all others, that were taken for a campaign's."""
    flags = [
        visit.seen.flagged
        for visit, origin in zip(crowd.visits, crowd.origins, strict=True)
        if bool(origin.wave) == of_wave
    ]
    return sum(flags) / max(1, len(flags))
