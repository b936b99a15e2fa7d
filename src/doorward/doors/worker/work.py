"""Working until told to stop."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from doorward.bootstrap import House
from doorward.vocabulary.errors import Misconfigured


def work(house: House, *, ready: Callable[[], None] | None = None, stop: threading.Event | None = None) -> None:
    """Walk messages and run jobs until SIGINT, SIGTERM or `stop`; `ready` is called once work is being done.

    The caller closes the house, which finishes what is in hand. Raises `Misconfigured` on SQLite: it has one
    process.
    """
    if house.database.is_sqlite:
        raise Misconfigured(
            "a worker of its own needs PostgreSQL; on SQLite `doorward serve` walks messages and runs jobs by itself"
        )
    stopping = stop or threading.Event()
    with _until_signalled(stopping):
        house.start()
        if ready is not None:
            ready()
        stopping.wait()


@contextlib.contextmanager
def _until_signalled(stopping: threading.Event) -> Iterator[None]:
    """Have SIGINT and SIGTERM set the event, where signals can be had."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def set_it(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, set_it) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
