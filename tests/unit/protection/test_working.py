"""What a collection of garbage takes is nobody's work."""

import gc
import time

from doorward.protection.working import excused, worked_seconds


def test_a_full_collection_is_no_work() -> None:
    """Of the processor time of a full collection next to nothing counts; what a thread does itself counts in full."""
    heap = [[number] for number in range(300_000)]
    worked, spent = worked_seconds(), time.thread_time()
    gc.collect()
    worked, spent = worked_seconds() - worked, time.thread_time() - spent
    assert len(heap) == 300_000
    assert worked < spent / 2


def test_work_counts() -> None:
    """Without a collection both clocks go alike."""
    gc.disable()
    try:
        worked, spent = worked_seconds(), time.thread_time()
        sum(range(2_000_000))
        worked, spent = worked_seconds() - worked, time.thread_time() - spent
    finally:
        gc.enable()
    assert worked > spent / 2


def test_what_is_excused_is_no_work() -> None:
    """Whoever needs an expression first is not blamed for its being compiled; what comes before and after counts."""
    worked, spent = worked_seconds(), time.thread_time()
    with excused():
        sum(range(2_000_000))
    worked, spent = worked_seconds() - worked, time.thread_time() - spent
    assert worked < spent / 2
