"""Whom people serve in a flood, by the real verbs, in virtual time."""

from typing import Any

import pytest

from tests.support.flooding import served


def reached(made: dict[str, Any], kind: str) -> float:
    """The share of a kind that got a person, at once or by a call back in time."""
    shares = made[kind]
    return float(shares["person"] + shares["called back"])


@pytest.fixture(scope="module")
def flooded() -> dict[str, Any]:
    """Ten times as many contacts as usual, with a detector that finds 99 in 100 of a campaign and wrongs 1 in 100."""
    return served("red", times=10.0, detector=(0.99, 0.01), seeds=2)


def test_a_tenfold_flood_does_not_drown_the_customers(flooded: dict[str, Any]) -> None:
    """98 in 100 of legitimate contacts get a person or a call back in time, 96 in 100 a person at once."""
    assert flooded["legitimate"]["person"] > 0.96
    assert reached(flooded, "legitimate") > 0.98


def test_strangers_are_not_the_price_of_it(flooded: dict[str, Any]) -> None:
    """Of people whom nobody knows, 95 in 100 are reached as well, and nine in ten by a person at once."""
    assert flooded["unknown"]["person"] > 0.9
    assert reached(flooded, "unknown") > 0.95


def test_a_flood_takes_little_of_peoples_time(flooded: dict[str, Any]) -> None:
    """Less than a tenth of all staffed time goes to attackers; without flood control more than three quarters do."""
    assert flooded["wasted"] < 0.1
    assert served(None, times=10.0, detector=(0.0, 0.0), seeds=1)["wasted"] > 0.75


def test_signed_machine_customers_stay_even_where_nothing_is_detected() -> None:
    """With no detector at all, signed machine customers get through a tenfold flood: their class alone holds them."""
    assert reached(served("red", times=10.0, detector=(0.0, 0.0), seeds=2), "signed") > 0.95


def test_without_a_flood_it_is_hardly_felt() -> None:
    """In green, with nothing flagged, nobody is demoted, and keeping people free costs no contact in a thousand."""
    with_it, without = (
        served(level, times=1.0, detector=(0.0, 0.0), seeds=2)["legitimate"] for level in ("green", None)
    )
    assert with_it["bot"] == with_it["called back"] == 0
    assert with_it["person"] > without["person"] - 0.001
