"""Work in a process of its own: nobody who serves customers waits for it or pays its memory, and it has an end."""

import contextlib
import subprocess
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import IO, NamedTuple


class ProcessStopped(Exception):
    """The house stops; whoever asked for the work is to ask again at its next start."""


class Ended(NamedTuple):
    """How a process ended: the code that it gave, and whether it was ended because it took too long."""

    code: int
    late: bool


class OwnProcess:
    """Runs a command, one at a time, that is told one line and ends at the latest when this process does.

    Its other side is `kit.process.begin_apart`.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Run `command`, without a shell."""
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    @contextlib.contextmanager
    def told(self, line: bytes, *, limit: timedelta) -> Iterator["Child"]:
        """Run it for as long as the block lasts, and no longer than `limit`. Raises `ProcessStopped` behind `stop`."""
        process, late = self._begin(), threading.Event()

        def end_late() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limit.total_seconds(), end_late)
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # how it ended tells what is wrong
                # Left open: by its end the process learns that this one is gone, and goes too.
                _pipe(process.stdin).write(line + b"\n")
                _pipe(process.stdin).flush()
            yield Child(self, process, late)
        finally:
            timer.cancel()
            self._end(process)

    def stop(self) -> None:
        """End what is running, and run nothing any more."""
        with self._lock:
            self._stopping = True
            if self._process is not None:
                self._process.kill()

    @property
    def is_stopping(self) -> bool:
        """Return whether `stop` was called."""
        return self._stopping

    def _begin(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopping:
                raise ProcessStopped
            self._process = subprocess.Popen(  # noqa: S603 - our own module, with the interpreter that runs this one
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            return self._process

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        with self._lock:
            self._process = None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                _pipe(pipe).close()


class Child:
    """A process that runs."""

    def __init__(self, own: OwnProcess, process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
        """Watch a process that `own` began."""
        self._own, self._process, self._late = own, process, late

    def lines(self) -> Iterator[bytes]:
        """Yield what it says, line by line, until it says no more."""
        yield from _pipe(self._process.stdout)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def wait(self) -> Ended:
        """Return how it ended, once it has. Raises `ProcessStopped` where the house ended it."""
        code = self._process.wait()
        if self._own.is_stopping:
            raise ProcessStopped
        return Ended(code, self._late.is_set())


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise LookupError("a process without the pipes that it was to have")
    return pipe
