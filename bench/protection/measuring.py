"""Rounds: in each, every engine takes the same new texts in turn, so that a busy minute hits all of them alike."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from bench.protection.peers import Engine
from bench.protection.texts import Corpus

BASES: Final = ("presidio", "presidio-patterns", "datafog", "scrubadub")
"""What others are compared with."""

WARM_UP: Final = 20  # texts that are screened before anything is measured
_FEWEST: Final = 10


def measure(engines: Sequence[Engine], corpora: Sequence[Corpus], *, rounds: int, seconds: float) -> dict[str, Any]:
    """Return for each corpus and engine: texts a second, its ratios to the bases, and the latency of single texts.

    An engine that is slow takes fewer of a round's texts, from their beginning: as many as take it `seconds`.
    """
    result = {}
    for corpus in corpora:
        size = len(corpus.texts) // (rounds + 1)
        parts = [corpus.texts[place * size : (place + 1) * size] for place in range(rounds + 1)]
        counts = {engine.name: _affordable(engine, parts[0], seconds) for engine in engines}
        rates: dict[str, list[float]] = defaultdict(list)
        latencies: dict[str, list[float]] = defaultdict(list)
        found: dict[str, int] = {}
        for part in parts[1:]:
            for engine in engines:
                texts = part[: counts[engine.name]]
                answer = engine.ask({"texts": texts})
                rates[engine.name].append(len(texts) / answer["seconds"])
                found[engine.name] = round(answer["found"] / len(texts) * 1000)
                latencies[engine.name] += engine.ask({"texts": texts, "each": True})["each"]
        result[corpus.name] = {
            "characters": round(sum(map(len, corpus.texts)) / len(corpus.texts)),
            "engines": {
                name: _figures(rates, name) | _percentiles(latencies[name]) | {"found_per_1000": found[name]}
                for name in rates
            },
        }
    return result


def _affordable(engine: Engine, texts: Sequence[str], seconds: float) -> int:
    """Warm the engine up and return how many texts it manages in `seconds`."""
    engine.ask({"texts": texts[:WARM_UP]})
    taken = engine.ask({"texts": texts[:WARM_UP]})["seconds"]
    count = max(min(int(seconds / max(taken, 1e-6) * WARM_UP), len(texts)), _FEWEST)
    engine.ask({"texts": texts[:count]})
    return count


def _figures(rates: dict[str, list[float]], name: str) -> dict[str, Any]:
    own = rates[name]
    ratios = {
        base: {
            "median": round(median(of_rounds), 2),
            "least": round(min(of_rounds), 2),
            "most": round(max(of_rounds), 2),
        }
        for base in BASES
        if base in rates and base != name
        for of_rounds in [[mine / other for mine, other in zip(own, rates[base], strict=True)]]
    }
    return {
        "per_second": _rounded(median(own)),
        "least": _rounded(min(own)),
        "most": _rounded(max(own)),
        "times": ratios,
    }


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"p{percent}_ms": round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] * 1e3, 4)
        for percent in (50, 99)
    }


def _rounded(value: float) -> float:
    return round(value, 1 if value < 1_000 else None)
