"""How well campaigns are recognised among ordinary messages, and that honest crowds are left alone.

By `doorward evals campaigns`, whose floors and aims are in `thresholds.toml`. The head has learnt from other texts
(`tools/campaigns`), the weights of the signs from the half `dev`; the half `test` is seen as these figures only.
"""

from functools import cache
from pathlib import Path

import pytest

from doorward.doors.cli.commands.evals import make_lab
from doorward.doors.cli.evals import Given
from doorward.doors.cli.evals.campaigns import Setting, judge_campaigns
from doorward.doors.cli.evals.sources import Half, installed_phrases
from doorward.doors.cli.evals.thresholds import read_thresholds
from doorward.kit.settings import Settings

OWN = Path(__file__).parent / "campaigns"
pytestmark = pytest.mark.slow


@cache
def measured(half: Half) -> dict[str, float]:
    """Return the figures of a half, each campaign played once."""
    lab = make_lab(Settings(), tell=lambda _doing: None)
    given = Given(data=OWN, own=OWN, phrases=installed_phrases(), half=half)
    return {one.name: one.value for one in judge_campaigns(lab, given, setting=Setting(plays=1))}


@pytest.mark.parametrize("half", ["dev", "test"])
def test_no_floor_is_missed(half: Half) -> None:
    """Of what the set's record counts, whatever has a floor keeps it."""
    bounds = read_thresholds().measures
    figures = measured(half)
    assert {name for name in bounds if name.startswith("campaigns.")} <= set(figures)
    missed = {
        name: value
        for name, value in figures.items()
        if (bound := bounds.get(name)) is not None and not bound.keeps(value)
    }
    assert missed == {}
