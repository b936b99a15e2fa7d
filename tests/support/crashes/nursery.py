"""The nursery: a process with nothing but one thread that forks houses and, when told to, kills its own children."""

import os
import select
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import NoReturn

import msgspec

from doorward.kit import logging
from tests.support.crashes.life import Began, Finished, Life, Word, live, warm_up

ROOT = Path(__file__).parents[3]
_PATIENCE = 120.0
"""Seconds after which a child that neither dies nor ends is given up."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a child ended: what it had said, killed or not, its exit code, and how long its new round took (seconds).

    `given_up`: it neither died where it should nor ended, and was killed for that.
    """

    words: tuple[Word, ...]
    killed: bool
    given_up: bool
    code: int
    seconds: float

    @property
    def in_flight(self) -> bool:
        """Return whether it was killed before everything that it was told was walked to its end."""
        return self.killed and not any(isinstance(word, Finished) for word in self.words[-1:])


class Nursery:
    """The nursery as the test sees it."""

    def __init__(self) -> None:
        """Start it; it answers once everything costly is built."""
        environment = {
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crashes"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def raise_child(self, life: Life) -> Ended:
        """Let a child live and return how it ended. Raises `ChildProcessError` when it failed by itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(life) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError("the nursery has ended")
        ended = msgspec.json.decode(answer, type=Ended)
        if ended.given_up or ended.code:
            raise ChildProcessError(f"a child hung or failed (exit code {ended.code}); see standard error")
        return ended

    def close(self) -> None:
        """End it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()


def serve() -> None:
    """Read one life a line, answer with its end; until the input ends."""
    logging.configure(level="error")  # what a house logs goes where it cannot be taken for an answer
    warm_up()
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(msgspec.json.encode(_raise_one(msgspec.json.decode(line, type=Life))) + b"\n")
        out.flush()


def _raise_one(life: Life) -> Ended:
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _live_and_exit(life, said)
    os.close(said)
    ear = _Ear(heard, child, life.seconds)
    try:
        ear.listen()
    finally:
        os.close(heard)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return Ended(
        words=tuple(ear.words),
        killed=killed,
        given_up=ear.given_up,
        code=0 if killed else os.waitstatus_to_exitcode(status),
        seconds=max(0.0, ear.finished - ear.began),
    )


def _live_and_exit(life: Life, said: int) -> NoReturn:
    """Live in the child, which leaves without any of the parent's clean-up."""
    code = 1
    try:
        live(life, lambda word: _write(said, word))
        code = 0
    except BaseException:  # noqa: BLE001 - the last frame of this process
        traceback.print_exc()
    finally:
        os._exit(code)


def _write(said: int, word: Word) -> None:
    # One write of less than PIPE_BUF bytes: it arrives whole or not at all, and outlives whoever wrote it.
    os.write(said, msgspec.json.encode(word) + b"\n")


class _Ear:
    """Hears a child out, and kills it when its time has come."""

    def __init__(self, heard: int, child: int, seconds: float | None) -> None:
        """Kill the child `seconds` after it began its new round, if told to."""
        self._heard, self._child, self._seconds = heard, child, seconds
        self._deadline = self._give_up = time.monotonic() + _PATIENCE
        self.words: list[Word] = []
        self.began = self.finished = 0.0
        self.given_up = False

    def listen(self) -> None:
        """Listen until the child is gone."""
        held = b""
        while True:
            ready, _, _ = select.select([self._heard], [], [], max(0.0, self._deadline - time.monotonic()))
            if not ready:
                self._kill()
                continue
            chunk = os.read(self._heard, 65536)
            if not chunk:
                return
            *lines, held = (held + chunk).split(b"\n")
            for line in lines:
                self._hear(msgspec.json.decode(line, type=Word))

    def _hear(self, word: Word) -> None:
        self.words.append(word)
        if isinstance(word, Began):
            self.began = time.monotonic()
            if self._seconds is not None:
                self._deadline = self.began + self._seconds
        elif isinstance(word, Finished) and self.began:
            self.finished, self._deadline = time.monotonic(), self._give_up

    def _kill(self) -> None:
        # The child is ours and not waited for yet, so the number is still its own.
        os.kill(self._child, signal.SIGKILL)
        self.given_up = self._deadline == self._give_up
        self._deadline = self._give_up = time.monotonic() + _PATIENCE
