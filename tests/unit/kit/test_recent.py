"""What was read a moment ago: fresh for a while, and never older than a change that was told."""

from datetime import UTC, datetime, timedelta

from doorward.kit.clock import FixedClock
from doorward.kit.recent import Recent

FRESH = timedelta(seconds=2)


def recent() -> tuple[FixedClock, Recent[str, str]]:
    """Return an empty one and its clock."""
    clock = FixedClock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    return clock, Recent(clock, fresh=FRESH)


def test_a_value_is_fresh_for_a_while_and_then_still_the_last_one() -> None:
    """After its time nobody gets it who asks for a fresh one."""
    clock, held = recent()
    held.keep("a", "one", since=held.mark())
    assert (held.get("a"), held.get("b")) == ("one", None)
    clock.advance(FRESH)
    assert (held.get("a"), held.last("a")) == (None, "one")


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    """A reader that is slower than the change would otherwise bring back what stood there before."""
    _, held = recent()
    slow = held.mark()
    held.forget("a")
    held.keep("a", "as it stood before", since=slow)
    assert held.get("a") is None
    held.keep("a", "as it stands now", since=held.mark())
    assert held.get("a") == "as it stands now"
