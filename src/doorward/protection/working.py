"""The time that a thread has worked: its processor time without what Python took to collect garbage meanwhile.

A full collection in a process with a large heap takes a quarter of a second of whatever thread comes upon it. No
detector is to be blamed for that, and no message withheld.
"""

import gc
import threading
import time
from typing import Final

_FULL: Final = 2
"""The generation whose collection walks the whole heap; the younger ones take microseconds."""


class _Collected(threading.local):
    """What collections took of this thread, and when the one at work began, in seconds of processor time."""

    seconds = 0.0
    began = 0.0


_collected: Final = _Collected()


def worked_seconds() -> float:
    """Return the seconds of processor time that this thread has worked; only differences mean something."""
    return time.thread_time() - _collected.seconds


def _note(phase: str, info: dict[str, int]) -> None:
    if info["generation"] < _FULL:
        return
    if phase == "start":
        _collected.began = time.thread_time()
    else:
        _collected.seconds += time.thread_time() - _collected.began


gc.callbacks.append(_note)
