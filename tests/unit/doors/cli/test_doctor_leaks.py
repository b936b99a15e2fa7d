"""`doorward doctor leaks`: what it prints and how it ends. What it finds is tested on real houses, in the journeys."""

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from doorward.doors.cli.commands import doctor_leaks
from doorward.doors.cli.leaks.searching import Hit
from doorward.doors.cli.leaks.trying import Outcome, Unseen
from tests.unit.doors.cli.conftest import Call

HIT = Hit(
    sink="logs", place="server.log", kind="CARD", language="en", form="plain", writing="base64", promised=True
)  # fmt: skip
CLEAN = Outcome(
    database="SQLite",
    canaries=400,
    kinds=("CARD", "PASSWORD"),
    forms=("plain", "spaced"),
    sinks=("logs", "tables"),
    hits=(),
    missing_kinds=(),
    untried_channels=(),
    not_promised=(Unseen(kind="PASSWORD", form="spaced", said=5, kept=4),),
)


class Acted:
    """A scratch house that found what the test says."""

    def __init__(self, outcome: Outcome) -> None:
        """Find `outcome`."""
        self._outcome = outcome
        self.planted: tuple[str, ...] = ()

    def begin(self, _like: object) -> None:
        """Found nothing."""

    def run(self) -> None:
        """Say nothing."""

    def plant(self, places: tuple[str, ...]) -> None:
        """Note what is planted."""
        self.planted = places

    def search(self) -> Outcome:
        """Return the outcome."""
        return self._outcome


def acting(monkeypatch: pytest.MonkeyPatch, outcome: Outcome) -> Acted:
    """Have the command try a house that finds `outcome`."""
    house = Acted(outcome)

    @contextlib.contextmanager
    def scratch(_address: str | None, **_wishes: Any) -> Iterator[Acted]:
        yield house

    monkeypatch.setattr(doctor_leaks, "scratch", scratch)
    return house


def test_a_tight_house_is_told_and_ends_well(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sink is named, and what is not promised is counted."""
    acting(monkeypatch, CLEAN)
    done = call("doctor", "leaks", "--only", "sqlite")
    assert done.code == 0, done.err
    assert "ok   logs" in done.out
    assert "not promised: PASSWORD spaced, kept as typed 4 of 5" in done.out


def test_a_leak_is_named_and_fails(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sink, place, kind and encoding are told, and the exit code is 1."""
    acting(monkeypatch, msgspec.structs.replace(CLEAN, hits=(HIT,)))
    done = call("doctor", "leaks", "--only", "sqlite")
    assert done.code == 1
    assert "LEAK logs" in done.out
    assert "server.log: CARD (plain), written base64" in done.out
    assert call("doctor", "leaks", "--only", "sqlite", "--json").json[0]["tight"] is False


@pytest.mark.parametrize("gap", ["missing_kinds", "untried_channels"])
def test_what_was_left_out_fails_too(call: Call, monkeypatch: pytest.MonkeyPatch, gap: str) -> None:
    """A kind without canaries, or a channel that nobody spoke on, is no proof."""
    acting(monkeypatch, msgspec.structs.replace(CLEAN, **{gap: ("NEW_THING",)}))
    done = call("doctor", "leaks", "--only", "sqlite")
    assert done.code == 1
    assert "NEW_THING" in done.out


def test_leaks_are_planted_where_one_wishes(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--plant` may be given several times."""
    house = acting(monkeypatch, CLEAN)
    call("doctor", "leaks", "--only", "sqlite", "--plant", "log", "--plant", "table")
    assert house.planted == ("log", "table")
