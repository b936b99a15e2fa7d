"""The time that a thread has worked: its processor time without what nobody can be blamed for.

A full collection in a process with a large heap takes a quarter of a second of whatever thread comes upon it. No
detector is to be blamed for that, and no message withheld; nor for an expression that is compiled at its first use.
"""

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_FULL: Final = 2
"""The generation whose collection walks the whole heap; the younger ones take microseconds."""


class _Excused(threading.local):
    """What is not counted of this thread, and when the collection at work began, in seconds of processor time."""

    seconds = 0.0
    began = 0.0


_excused: Final = _Excused()


def worked_seconds() -> float:
    """Return the seconds of processor time that this thread has worked; only differences mean something."""
    return time.thread_time() - _excused.seconds


@contextmanager
def excused() -> Iterator[None]:
    """Let what is done inside count as nobody's work. A collection meanwhile is not left out twice."""
    began = worked_seconds()
    try:
        yield
    finally:
        _excused.seconds += worked_seconds() - began


def _note(phase: str, info: dict[str, int]) -> None:
    if info["generation"] < _FULL:
        return
    if phase == "start":
        _excused.began = time.thread_time()
    else:
        _excused.seconds += time.thread_time() - _excused.began


gc.callbacks.append(_note)
