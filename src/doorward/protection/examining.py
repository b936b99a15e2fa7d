"""Running detectors such that none of them can let a text pass by failing (house law 2)."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from doorward.kit.logging import get_logger
from doorward.protection.masking import WITHHELD
from doorward.protection.overlap import Placed
from doorward.protection.ports import Candidate, Certainty, Claim, Inspection, Inspector, Pattern, Plugin, Watch
from doorward.protection.repeats import repeated
from doorward.protection.view import View

SECONDS_PER_TEXT: Final = 0.25
SECONDS_PER_CHARACTER: Final = 1e-6
"""What one detector may take for one text, in seconds of its thread's processor time. The built-in ones need a
hundredth of it; the rest is there for slow machines."""

FEWEST_CHARACTERS: Final = 8
"""Characters for each candidate of a detector beyond the first 500. What has more is no message but an attempt to keep
the detectors busy."""

_log = get_logger("protection")

Look = tuple[Pattern, int, int]
"""A pattern and where it matched: start and end in characters of the view's text."""


class Watcher(NamedTuple):
    """A detector and what it watches for."""

    plugin: Plugin
    watch: Watch


class Inspecting(NamedTuple):
    """An inspector and how it inspects."""

    plugin: Inspector
    inspection: Inspection


Clock = Callable[[], float]


class Stopwatch:
    """Tells whether a detector has used up its time for one text. One for each thread, from text to text.

    It reads two clocks: the wall's, which costs nothing, and the thread's processor time, which is a call into the
    kernel. That is read when the last reading is older than a quarter of the limit, and when the wall's clock says that
    it may be too late. So a busy machine blames no detector, nor one for what those before it took, or the text before:
    at most a quarter of the limit is counted twice.
    """

    __slots__ = ("_begun", "_limit", "_processor", "_read", "_started", "_wall")

    def __init__(self, clocks: tuple[Clock, Clock]) -> None:
        """Take the clocks that tell wall and processor time in seconds."""
        self._wall, self._processor = clocks
        self._started, self._read = self._processor(), self._wall()
        self._limit, self._begun = SECONDS_PER_TEXT, self._read

    def start(self, length: int) -> None:
        """Begin with the first detector of a text of so many characters."""
        self._limit = SECONDS_PER_TEXT + SECONDS_PER_CHARACTER * length
        self.restart()

    def is_over(self) -> bool:
        """Return whether the detector at work has taken too long."""
        return self._wall() - self._begun > self._limit and self._processor() - self._started > self._limit

    def lap(self) -> bool:
        """Return whether the detector at work has taken too long, and begin with the next one."""
        begun, self._begun = self._begun, self._wall()
        if self._begun - begun > self._limit and self._processor() - self._started > self._limit:
            return True
        self._look_again()
        return False

    def restart(self) -> None:
        """Begin with the next detector."""
        self._begun = self._wall()
        self._look_again()

    def _look_again(self) -> None:
        if self._begun - self._read > SECONDS_PER_TEXT / 4:
            self._started, self._read = self._processor(), self._begun


class _TooMuch(Exception):
    """The detector has used up its time for this text, or would."""


def examine(watcher: Watcher, looks: Sequence[Look], view: View, *, stopwatch: Stopwatch) -> tuple[list[Placed], bool]:
    """Return what a detector claims for its candidates, and whether it came through.

    When it raises, claims something outside of the text, or takes too long, all its candidates are withheld with the
    surroundings that it might have judged (those of a threat detector are not: there is nothing to hide in them). The
    stopwatch tells what it takes, and begins anew behind it.
    """
    detector = watcher.plugin
    claims: list[Claim] = []
    try:
        if len(looks) > 500 + len(view) // FEWEST_CHARACTERS:
            raise _TooMuch
        candidates = [Candidate(pattern.name, start, end) for pattern, start, end in looks]
        for number, candidate in enumerate(candidates):
            claims += watcher.watch.examine(candidate, view)
            if number & 15 == 15 and stopwatch.is_over():
                raise _TooMuch
        if watcher.watch.conclude is not None:
            claims = list(watcher.watch.conclude(candidates, claims, view))
        if claims and detector.family == "sensitive":
            claims += repeated(claims, view)
        placed = [_place(claim, view, detector) for claim in claims]
        if stopwatch.lap():
            raise _TooMuch
    except Exception as error:  # noqa: BLE001 - whatever it is, the candidates must not pass
        stopwatch.restart()
        _report(error, detector)
        return _withhold(detector, [_reach(look, view) for look in looks], view), False
    return placed, True


def inspect(inspecting: Inspecting, view: View, *, stopwatch: Stopwatch) -> tuple[list[Placed], bool]:
    """Return what an inspector claims, and whether it came through; if not, it has withheld the whole text."""
    inspector = inspecting.plugin
    try:
        placed = [_checked(claim, claim.start, claim.end, view, inspector) for claim in inspecting.inspection(view)]
        if stopwatch.lap():
            raise _TooMuch
    except Exception as error:  # noqa: BLE001 - whatever it is, the text must not pass
        stopwatch.restart()
        _report(error, inspector)
        return _withhold(inspector, [(0, len(view))], view), False
    return placed, True


def _place(claim: Claim, view: View, plugin: Plugin) -> Placed:
    if not 0 <= claim.start < claim.end <= len(view):
        raise IndexError("a claim outside of the text")
    return _checked(claim, *view.origin(claim.start, claim.end), view, plugin)


def _checked(claim: Claim, start: int, end: int, view: View, plugin: Plugin) -> Placed:
    if not 0 <= start < end <= len(view.original):
        raise IndexError("a claim outside of the text")
    if claim.kind not in plugin.kinds:
        raise ValueError("a claim of a kind that the detector did not announce")
    return Placed(start, end, claim, plugin.family)


def _report(error: Exception, plugin: Plugin) -> None:
    _log.error("protection.detector.failed", detector=plugin.id, error=type(error).__name__, where=place_of(error))


def place_of(error: Exception) -> str:
    """Return file and line where an error was raised. Its message and its frames' variables may quote the text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""


def _reach(look: Look, view: View) -> tuple[int, int]:
    pattern, start, end = look
    return max(start - pattern.before, 0), min(end + pattern.after, len(view))


def _withhold(plugin: Plugin, places: Sequence[tuple[int, int]], view: View) -> list[Placed]:
    if plugin.family != "sensitive":
        return []
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return [
        Placed(
            *view.origin(start, end),
            Claim(
                kind=WITHHELD,
                start=start,
                end=end,
                certainty=Certainty.VALIDATED,
                score=1.0,
                rule=f"{plugin.id}.withheld",
            ),
            "sensitive",
        )
        for start, end in joined
    ]
