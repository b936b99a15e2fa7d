"""Asking a model so that nothing it does or leaves undone can hold anybody up: bounded in time, number and failures."""

import threading
from collections.abc import Callable
from typing import Final, Literal, TypeVar

from doorward.answering.language_model.breaker import Breaker
from doorward.answering.language_model.ports import LanguageModel, ModelAnswer, ModelFailed, ModelTask
from doorward.answering.language_model.prompts import instructions_for
from doorward.kit.clock import Clock
from doorward.kit.logging import get_logger

log = get_logger("answering.language_model")

GRACE: Final = 0.1
"""Seconds beyond its time after which a model is not waited for any more, whatever its plugin promised."""

T = TypeVar("T")


class NotAsked(Exception):
    """The model was not asked: all places are taken (`busy`), it rests after failures, or the budget is spent."""

    def __init__(self, why: Literal["busy", "resting", "budget"]) -> None:
        """Take the code."""
        super().__init__(f"the language model was not asked: {why}")
        self.why = why


class Calls:
    """Asks one model. Thread-safe; asks at most so many times at once, and not at all while it rests."""

    def __init__(self, model: LanguageModel, *, clock: Clock, at_once: int) -> None:
        """Take the model."""
        self._model = model
        self._places = threading.BoundedSemaphore(at_once)
        self._breaker = Breaker(clock)

    @property
    def model_id(self) -> str:
        """Return the model's id, as records keep it."""
        return self._model.id[:64]

    @property
    def rests(self) -> bool:
        """Return whether the model failed so often that nobody asks it now, or one does to see whether it works."""
        return self._breaker.state != "closed"

    def ask(
        self, task: ModelTask, read: Callable[[ModelAnswer], T], *, seconds: float, may_spend: Callable[[], bool]
    ) -> T:
        """Return what `read` makes of the answer, which comes within `seconds`.

        `may_spend` is asked last, once nothing else speaks against it. Raises `NotAsked`; `ModelFailed` for whatever
        the model did wrong, an answer that cannot be read among it.
        """
        if not self._places.acquire(blocking=False):
            raise NotAsked("busy")
        if not self._breaker.admits():
            self._places.release()
            raise NotAsked("resting")
        if not self._may(may_spend):
            raise NotAsked("budget")
        worked = False
        try:
            found = read(_Call(self._model, self._places).make(task, seconds=seconds))
            worked = True
        finally:
            if worked:
                self._breaker.succeeded()
            else:
                self._breaker.failed()
        return found

    def _may(self, may_spend: Callable[[], bool]) -> bool:
        may = False
        try:
            may = may_spend()
        finally:
            if not may:  # also where asking failed: the model was not to blame
                self._breaker.withdrawn()
                self._places.release()
        return may


class _Call:
    """One call in a thread of its own. It keeps its place until the plugin comes back, and nobody waits for that."""

    def __init__(self, model: LanguageModel, places: threading.BoundedSemaphore) -> None:
        self._model, self._places = model, places
        self._done = threading.Event()
        self._answer: ModelAnswer | None = None
        self._failure = ModelFailed("slow")

    def make(self, task: ModelTask, *, seconds: float) -> ModelAnswer:
        """Return the answer. Raises `ModelFailed`."""
        threading.Thread(target=self._run, args=(task, seconds), name="language-model", daemon=True).start()
        self._done.wait(seconds + GRACE)
        if self._answer is None:
            raise self._failure
        return self._answer

    def _run(self, task: ModelTask, seconds: float) -> None:
        try:
            self._answer = self._model.complete(task, instructions=instructions_for(task.use), seconds=seconds)
        except ModelFailed as failure:
            self._failure = failure
        except Exception as error:  # noqa: BLE001 - it is a plugin: whatever it does, the customer is answered
            # The type alone: what an exception of a plugin says may quote the words that it was given.
            log.warning("answering.language_model.crashed", error=type(error).__name__)
            self._failure = ModelFailed("crashed")
        finally:
            self._places.release()
            self._done.set()
