"""One installation that lives through many deaths, as its customers see it: what was not acknowledged is sent again."""

from pathlib import Path

from doorward.kit.settings import Settings
from tests.support.crashes.life import Acknowledgement, Finished, Life
from tests.support.crashes.nursery import Ended, Nursery
from tests.support.crashes.script import Script


class Trial:
    """Keeps what the customers know: which messages were acknowledged, and with which id."""

    def __init__(self, nursery: Nursery, settings: Settings, script: Script) -> None:
        """Try a closed installation with a script."""
        self._nursery = nursery
        self._folder, self._address = Path(settings.data), settings.database_url
        self._script = script
        self._owed: int | None = None
        self._generation = 0
        self.rounds = 0
        self.deaths = 0
        self.acknowledged: dict[tuple[int, int, int], str] = {}

    def die_at(self, point: str, *, passing: int = 1) -> Ended:
        """Begin a round and be killed at a point of it."""
        return self._live(self._next_round(), point=point, passing=passing)

    def die_again_at(self, point: str) -> Ended:
        """Be killed while taking up what the last death left."""
        return self._live(None, point=point)

    def die_after(self, seconds: float) -> Ended:
        """Begin a round and be killed so long after its beginning, wherever that is."""
        return self._live(self._next_round(), seconds=seconds)

    def live_on(self) -> Ended:
        """Begin a round and finish it."""
        return self._live(self._next_round())

    def finish(self) -> None:
        """Finish what is owed and close the installation."""
        self._live(None)

    def _next_round(self) -> int:
        self.rounds += 1
        return self.rounds - 1

    def _live(self, number: int | None, *, point: str = "", passing: int = 1, seconds: float | None = None) -> Ended:
        life = Life(
            folder=str(self._folder),
            address=self._address,
            script=self._script.name,
            generation=self._generation,
            owed=self._owed,
            acknowledged=self._acknowledged_of(self._owed),
            round=number,
            point=point,
            passing=passing,
            seconds=seconds,
        )
        ended = self._nursery.raise_child(life)
        self._generation += 1
        self.deaths += ended.killed
        finished = {word.round for word in ended.words if isinstance(word, Finished)}
        for word in ended.words:
            if isinstance(word, Acknowledgement):
                self._note(word)
        if self._owed in finished:
            self._owed = None
        if number is not None and number not in finished:
            if self._owed is not None:
                raise AssertionError("a round began before the one before was finished")
            self._owed = number
        return ended

    def _acknowledged_of(self, number: int | None) -> tuple[int, ...]:
        if number is None:
            return ()
        return tuple(
            sum((number, place, line) in self.acknowledged for line in range(len(lines)))
            for place, lines in enumerate(self._script.conversations)
        )

    def _note(self, word: Acknowledgement) -> None:
        before = self.acknowledged.setdefault((word.round, word.place, word.line), word.message_id)
        if before != word.message_id:
            raise AssertionError("the same message was acknowledged with two ids")
