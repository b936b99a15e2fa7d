"""A memory that several processes share (Valkey), asked without waiting for long, and done without when it is away.

Questions are small scripts over one key each, so that a question is one round trip and nobody comes between its parts.
One thread asks: whatever was asked meanwhile goes along in the same round trip. Nobody waits longer than a deadline.
After a failure nobody asks for a pause, so that a memory that is away, or hangs, costs one deadline and no more.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, Final, NamedTuple

import valkey
from valkey.exceptions import ConnectionError as Disconnected
from valkey.exceptions import ResponseError, ValkeyError

from doorward.kit.logging import get_logger

log = get_logger("kit.shared")

DEADLINE: Final = 0.05
"""Seconds that whoever asks waits at the most; a round trip inside a data centre takes a hundredth of that."""
PAUSE: Final = 5.0
"""Seconds after a failure in which nobody asks."""
TOGETHER: Final = 256
"""Questions in one round trip at the most."""
WAITING: Final = 4_096
"""Questions that may wait for the next round trip; beyond, the memory counts as away."""
CONNECTING: Final = 0.5
"""Seconds that a new connection may take, which has to shake hands; whoever asks does not wait for it that long."""

SCHEMES: Final = ("valkey", "valkeys", "valkey+unix", "redis", "rediss", "redis+unix")

_PING: Final = "return {1}"

Answer = Sequence[int]


class Question(NamedTuple):
    """A script, the key that it is about, and its arguments. It answers with whole numbers."""

    script: str
    key: str
    arguments: tuple[int | str, ...] = ()


class _Asked(NamedTuple):
    question: Question
    before: float
    answer: "Future[Answer | None]"


class SharedMemory:
    """What processes know together. It never raises and never blocks: an answer is there in time, or it is None."""

    def __init__(
        self,
        address: str,
        *,
        deadline: float = DEADLINE,
        pause: float = PAUSE,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask the memory at an address such as `valkey://host:6379`; it may be away. `ticks` are for tests.

        Raises `ValueError` for an address that cannot be used.
        """
        self._client = _client(address, deadline)
        self._deadline = deadline
        self._pause = pause
        self._ticks = ticks
        self._away_until = -1.0
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.heard: Callable[[bool], None] = lambda _answered: None
        """Hears of every question whether it was answered."""
        self._brings: list[tuple[Callable[[], Iterable[Question]], Callable[[Iterable[Question]], None]]] = []
        self._missed = False

    @property
    def is_away(self) -> bool:
        """Return whether it failed when it was asked last."""
        return self._away_until >= 0

    def bring_back(
        self,
        brings: Callable[[], Iterable[Question]],
        brought: Callable[[Iterable[Question]], None] = lambda _told: None,
    ) -> None:
        """Ask what `brings` returns whenever the memory missed something, and tell `brought` once it knows.

        It misses what is asked while it is away, and what came too late to be asked. Called in another thread.
        """
        self._brings.append((brings, brought))

    async def ask(self, question: Question) -> Answer | None:
        """Return the answer, None when there is none in time: then whoever asked goes on by itself."""
        answer: Answer | None = None
        if self._may_ask():
            asked = self._put(question)
            with contextlib.suppress(TimeoutError):
                answer = await asyncio.wait_for(asyncio.wrap_future(asked.answer), self._deadline)
        return self._told(answer)

    def ask_now(self, question: Question) -> Answer | None:
        """Do as `ask`, in a thread that may wait for the answer."""
        answer: Answer | None = None
        if self._may_ask():
            with contextlib.suppress(TimeoutError):
                answer = self._put(question).answer.result(self._deadline)
        return self._told(answer)

    def ping(self) -> str | None:
        """Return None when the memory is there, else a sentence. It is asked even while nobody else asks."""
        asked = self._put(Question(_PING, "ping"))
        with contextlib.suppress(TimeoutError):
            if asked.answer.result(self._deadline + CONNECTING) is not None:
                return None
        return "the shared memory (limits.storage) does not answer: each process counts for itself"

    def close(self) -> None:
        """Ask no more."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._asked.put(None)
            thread.join(self._deadline + 2 * CONNECTING)
        self._client.close()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _told(self, answer: Answer | None) -> Answer | None:
        if answer is None:
            self._missed = True
        self.heard(answer is not None)
        return answer

    def _may_ask(self) -> bool:
        return self._ticks() >= self._away_until and self._asked.qsize() < WAITING

    def _put(self, question: Question) -> _Asked:
        asked = _Asked(question, self._ticks() + self._deadline, Future())
        with self._lock:
            if self._closed:
                asked.answer.set_result(None)
                return asked
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_round, name="shared-memory", daemon=True)
                self._thread.start()
        self._asked.put(asked)
        return asked

    def _go_round(self) -> None:
        while (first := self._asked.get()) is not None:
            together = [first]
            while len(together) < TOGETHER and not self._asked.empty():
                following = self._asked.get()
                if following is None:
                    self._asked.put(None)
                    break
                together.append(following)
            self._round_trip(together)

    def _round_trip(self, together: list[_Asked]) -> None:
        now = self._ticks()
        # Whoever waited too long went on alone: counting them here as well would count them twice.
        together = [one for one in together if one.answer.set_running_or_notify_cancel()]
        wanted = [one for one in together if now <= one.before]
        answers: Sequence[Answer | None] = [None] * len(wanted)
        pinged = any(one.question.script == _PING for one in wanted)
        if wanted and (pinged or now >= self._away_until):
            answers = self._answers([one.question for one in wanted])
        found = dict(zip(map(id, wanted), answers, strict=True))
        for one in together:
            one.answer.set_result(found.get(id(one)))

    def _answers(self, questions: Sequence[Question]) -> Sequence[Answer | None]:
        try:
            answers = self._send(questions)
            if self.is_away or self._missed:
                self._missed = False
                self._bring()
        except ValkeyError as error:
            if not self.is_away:
                log.warning("kit.shared.lost", error=type(error).__name__)
            self._away_until = self._ticks() + self._pause
            return [None] * len(questions)
        if self.is_away:
            log.info("kit.shared.found")
            self._away_until = -1.0
        return answers

    def _bring(self) -> None:
        for brings, brought in self._brings:
            missed = list(brings())
            for begun in range(0, len(missed), TOGETHER):
                self._send(missed[begun : begun + TOGETHER])
            brought(missed)

    def _send(self, questions: Sequence[Question]) -> Sequence[Answer]:
        if not questions:
            return []
        try:
            return self._sent(questions)
        except Disconnected:
            # Where it was started anew, the connection of before is broken, and a new one is not.
            return self._sent(questions)

    def _sent(self, questions: Sequence[Question]) -> Sequence[Answer]:
        line = self._client.pipeline(transaction=False)
        for one in questions:
            line.execute_command("EVAL", one.script, 1, one.key, *one.arguments)
        answers: list[Any] = line.execute(raise_on_error=False)
        for answer in answers:
            if not isinstance(answer, list):
                # Full, still loading, a copy that may not be written to: as good as away.
                raise answer if isinstance(answer, ValkeyError) else ResponseError("no answer of ours")
        return answers


def _client(address: str, deadline: float) -> Any:
    scheme, colon, rest = address.partition(":")
    if scheme not in SCHEMES or not colon:
        raise ValueError(f"the address of a shared memory begins with one of {', '.join(SCHEMES)}")
    url = f"unix:{rest}" if scheme.endswith("+unix") else address
    return valkey.Valkey.from_url(url, socket_timeout=deadline, socket_connect_timeout=CONNECTING)
