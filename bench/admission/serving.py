"""Whom fifty people serve in a flood when the real verbs say who may have one."""

from typing import Any

from tests.support.flooding import served


def serving(seeds: int) -> dict[str, Any]:
    """Floods of ten and thirty times as many, with and without flood control."""
    result: dict[str, Any] = {"no flood, green": served("green", times=1.0, detector=(0, 0.01), seeds=seeds)}
    for times in (10.0, 30.0):
        result[f"{times:.0f} times, none"] = served(None, times=times, detector=(0, 0), seeds=seeds)
        for detector in ((0.0, 0.0), (0.9, 0.02), (0.99, 0.01)):
            name = f"{times:.0f} times, red, detector {detector[0]}/{detector[1]}"
            result[name] = served("red", times=times, detector=detector, seeds=seeds)
    return result
