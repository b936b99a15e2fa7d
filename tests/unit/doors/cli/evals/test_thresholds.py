"""Floors and aims: which side of them is the good one, and that the file that ships is sound."""

from pathlib import Path

import pytest

from doorward.doors.cli.evals.thresholds import Bound, ThresholdsInvalid, read_thresholds


def test_the_thresholds_that_ship_can_be_read() -> None:
    """Every floor and aim is a share, and of everything but near misses and of who is wronged more is better."""
    found = read_thresholds()
    assert found.version >= 1
    assert all(0 <= bound.floor <= 1 and 0 <= bound.aim <= 1 for bound in found.measures.values())
    assert [name for name, bound in found.measures.items() if bound.aim < bound.floor] == [
        "retrieval.near_misses_answered",
        "campaigns.crowd_flagged",
        "campaigns.ordinary_flagged",
        "campaigns.ordinary_flagged_beside",
    ]


def test_more_is_better_unless_the_aim_is_below_the_floor() -> None:
    """A bound itself is enough."""
    more, less = Bound(0.9, 0.95), Bound(0.03, 0.01)
    assert [more.keeps(value) for value in (0.89, 0.9, 0.96)] == [False, True, True]
    assert [more.reaches(value) for value in (0.9, 0.95)] == [False, True]
    assert [less.keeps(value) for value in (0.04, 0.03, 0.0)] == [False, True, True]
    assert [less.reaches(value) for value in (0.02, 0.01)] == [False, True]


@pytest.mark.parametrize(
    "content",
    [
        "version = 1",
        "version = 'x'\n[measures]",
        "version = 1\n[measures]\na = { floor = 0.9 }",
        "version = 1\n[measures]\na = { floor = 0.9, aim = 0.9 }",
        "version = 1\n[measures]\na = { floor = 0.9, aim = 0.95, least = 1 }",
        "version = ",
    ],
)
def test_thresholds_that_cannot_be_used_are_refused(tmp_path: Path, content: str) -> None:
    """With the name of the file."""
    (tmp_path / "bounds.toml").write_text(content)
    with pytest.raises(ThresholdsInvalid, match=r"bounds\.toml"):
        read_thresholds(tmp_path / "bounds.toml")
