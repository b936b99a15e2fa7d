"""A house that is killed with SIGKILL while a level is set by hand: all of it holds afterwards, or nothing of it."""

import msgspec

from doorward.kit.settings import Settings
from tests.support.dying import run_program
from tests.support.dying_levers import POINTS, After


def test_a_level_set_by_hand_holds_with_its_audit_or_not_at_all(house_settings: Settings) -> None:
    """Whoever had an answer finds the level, its change and its audit line; else nothing of it, and it can be set."""
    found = msgspec.json.decode(run_program("tests.support.dying_levers", house_settings, POINTS), type=list[After])
    assert [one.point for one in found] == list(POINTS)
    before = 0
    for one in found:
        made = int(one.point == "told")
        assert one.answered == bool(made), one
        assert (one.level, one.held_by) == (("red", "supervisor") if made else ("green", "")), one
        assert (one.changes, one.audited) == (before + made, before + made), one
        assert one.again[0] == "amber", one
        before = one.again[1] + 1
