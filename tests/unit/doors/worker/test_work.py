"""The worker works until it is told to stop, and only where several processes can."""

import os
import signal
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from doorward.bootstrap import House
from doorward.doors.worker import work
from doorward.vocabulary.errors import Misconfigured


def a_house(*, is_sqlite: bool, started: list[str]) -> House:
    """What the worker needs of a house."""
    fake: Any = SimpleNamespace(database=SimpleNamespace(is_sqlite=is_sqlite), start=lambda: started.append("started"))
    return cast("House", fake)


def test_it_works_until_it_is_stopped() -> None:
    """The house is started before the worker says that it is ready; the event ends it."""
    started: list[str] = []
    stop = threading.Event()

    def ready() -> None:
        started.append("ready")
        stop.set()

    work(a_house(is_sqlite=False, started=started), ready=ready, stop=stop)
    assert started == ["started", "ready"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(number: signal.Signals) -> None:
    """Ctrl-C and a service manager's request end the work, and leave the signals as they were."""
    before = signal.getsignal(number)
    work(a_house(is_sqlite=False, started=[]), ready=lambda: os.kill(os.getpid(), number))
    assert signal.getsignal(number) is before


def test_sqlite_has_one_process() -> None:
    """On SQLite the sentence says what to do instead, and nothing is started."""
    started: list[str] = []
    with pytest.raises(Misconfigured, match="doorward serve"):
        work(a_house(is_sqlite=True, started=started))
    assert started == []
