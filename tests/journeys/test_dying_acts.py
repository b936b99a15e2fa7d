"""A house that is killed with SIGKILL around an act: once it runs again, the act was done once and told once."""

import msgspec

from doorward.kit.settings import Settings
from tests.support.dying import run_program
from tests.support.dying_acts import POINTS, After


def test_an_act_is_done_once_whenever_the_house_dies(house_settings: Settings) -> None:
    """Before the call, within it, after it, before and after the answer is kept: one order, one answer, one act."""
    found = msgspec.json.decode(run_program("tests.support.dying_acts", house_settings, POINTS), type=list[After])
    assert [one.point for one in found] == list(POINTS)
    for one in found:
        assert (one.orders, one.acted, one.state) == (1, ("done",), "bot"), one
        (said,) = one.said
        assert said.startswith("Ten paper rolls are ordered for terminal HT-4100-01"), one
