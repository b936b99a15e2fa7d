"""The time that a detector may take is its own."""

from doorward.protection.examining import SECONDS_PER_TEXT, Stopwatch


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return what the clock shows."""
        return self.seconds


def test_a_detector_is_not_blamed_for_those_before_it() -> None:
    """Many detectors that are each quick enough are never over; one that takes too long by both clocks is."""
    wall, processor = Hands(), Hands()
    watch = Stopwatch((wall, processor))
    watch.start(0)
    for _ in range(20):
        watch.restart()
        wall.seconds += SECONDS_PER_TEXT * 1.5
        processor.seconds += SECONDS_PER_TEXT / 2
        assert not watch.is_over()
    watch.restart()
    wall.seconds += SECONDS_PER_TEXT * 1.5
    processor.seconds += SECONDS_PER_TEXT * 1.2
    assert watch.is_over()


def test_a_busy_machine_blames_nobody() -> None:
    """However long the wall's clock says, without work there is no fault."""
    wall, processor = Hands(), Hands()
    watch = Stopwatch((wall, processor))
    watch.start(0)
    watch.restart()
    wall.seconds += 100
    assert not watch.is_over()


def test_a_detector_is_not_blamed_for_the_text_before() -> None:
    """The stopwatch goes on from text to text, and what lies between them is nobody's work."""
    wall, processor = Hands(), Hands()
    watch = Stopwatch((wall, processor))
    for _ in range(20):
        watch.start(0)
        wall.seconds += SECONDS_PER_TEXT
        processor.seconds += SECONDS_PER_TEXT * 0.9
        assert not watch.lap()
    watch.start(0)
    wall.seconds += SECONDS_PER_TEXT * 1.5
    processor.seconds += SECONDS_PER_TEXT * 1.5
    assert watch.lap()
    assert not watch.is_over()
