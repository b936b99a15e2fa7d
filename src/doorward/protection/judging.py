"""What all detectors say of one text: as it came, and once more without its disguises if it may have any."""

import copy
import threading
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from doorward.protection.continuing import Continuing, Joined, may_go_on
from doorward.protection.disguises import Disguise, Disguises, Plain
from doorward.protection.examining import Clock, Inspecting, Look, Stopwatch, Watcher, examine, inspect
from doorward.protection.masking import WITHHELD
from doorward.protection.matchers import make_matcher
from doorward.protection.matching import FIGURE, Hit, Matcher, MatcherChoice, Reach
from doorward.protection.overlap import Placed
from doorward.protection.ports import Certainty, Claim, Detector, Inspector, LanguagePack, Pattern, Plugin
from doorward.protection.rewriting import Rewritten
from doorward.protection.unseen import without_unseen
from doorward.protection.view import View
from doorward.vocabulary.finding import GUARD_UNAVAILABLE, Finding, guard_unavailable


class Judgement(NamedTuple):
    """Claims with their places in the text, and a finding for everything that could not be judged."""

    placed: list[Placed]
    failures: list[Finding]

    def moved(self, rewritten: Rewritten, length: int) -> "Judgement":
        """Return the judgement of a rewritten text as one of the text it was made of, `length` characters long."""
        places = [rewritten.origin(one.start, one.end) for one in self.placed]
        return Judgement(
            [one._replace(start=start, end=end) for one, (start, end) in zip(self.placed, places, strict=True)],
            [guard_unavailable(failure.rule.rpartition(".")[0], length=length) for failure in self.failures],
        )


class Judge:
    """All detectors, and the one pass that tells where each must look. Immutable and thread-safe."""

    def __init__(
        self,
        detectors: Sequence[Plugin],
        packs: Sequence[LanguagePack],
        *,
        matcher: MatcherChoice,
        cache_folder: Path | None,
        clocks: tuple[Clock, Clock],
    ) -> None:
        """Compile the patterns of `detectors` for the languages of `packs`; see `Screener`."""
        self._watchers = tuple(
            Watcher(plugin, plugin.watch(packs)) for plugin in detectors if isinstance(plugin, Detector)
        )
        # Detectors often look for the same shapes: an expression is scanned once, whoever wants it.
        routes: dict[str, list[tuple[int, Pattern]]] = defaultdict(list)
        for number, watcher in enumerate(self._watchers):
            for pattern in watcher.watch.patterns:
                routes[pattern.expression].append((number, pattern))
        self._inspectors = tuple(
            Inspecting(plugin, plugin.inspection(packs)) for plugin in detectors if isinstance(plugin, Inspector)
        )
        self._disguises = Disguises(packs)
        self._continuing = Continuing(packs)
        expressions = tuple(dict.fromkeys([*routes, *self._disguises.cues]))
        wanted = [routes.get(expression, ()) for expression in expressions]
        reaches = [_reach_of(route) for route in wanted]
        # What the matcher promises of all matches is not asked again.
        self._routes = tuple(
            tuple((number, pattern, pattern.digits if pattern.digits != reach else None) for number, pattern in route)
            for route, reach in zip(wanted, reaches, strict=True)
        )
        self._cues = {number: cue for number, cue in enumerate(expressions) if cue in self._disguises.cues}
        self.matcher: Matcher = make_matcher(expressions, matcher, reaches=reaches, cache_folder=cache_folder)
        self._clocks = clocks
        self._local = threading.local()

    def also(self, inspector: Inspector) -> "Judge":
        """Return a judge that asks one more inspector, and shares everything else with this one."""
        other = copy.copy(self)
        other._inspectors = (*self._inspectors, Inspecting(inspector, inspector.inspection(())))  # noqa: SLF001 - its twin
        return other

    def judge(self, original: str, *, own_hosts: frozenset[str] = frozenset(), before: str = "") -> Judgement:
        """Return what is found in a text; a place that is found in several ways comes several times.

        `before` is the tail of what was said before (`tail_of`); nothing in it is claimed.
        """
        judgement = self._as_typed(original, own_hosts, before)
        seen = without_unseen(original)
        if seen == original:
            return judgement
        other = self._as_typed(seen, own_hosts, before)
        placed = [one for one in other.placed if one.family == "sensitive"]
        failures = dict.fromkeys((*judgement.failures, *other.failures))
        return Judgement(judgement.placed + placed, list(failures))

    def _as_typed(self, original: str, own_hosts: frozenset[str], before: str) -> Judgement:
        view = View(original, own_hosts=own_hosts)
        hits = self.matcher.find(view.text)
        judgement = self._of_view(view, hits)
        disguises = self._disguises_in(view, hits)
        if not disguises and not before:
            return judgement
        plain = Plain(Rewritten(original))
        if disguises:
            plain = self._disguises.undisguise(original, disguises)
            judgement = _with_too_big(judgement, plain)
        others = []
        if plain.rewritten.text != original:
            others.append(self._of_plain(plain.rewritten.text, own_hosts))
        if before and may_go_on(plain.rewritten.text):
            others += [self._of_joined(one, own_hosts) for one in self._continuing.joined(before, plain.rewritten.text)]
        for other in others:
            moved = other.moved(plain.rewritten, len(original))
            judgement = Judgement(judgement.placed + moved.placed, judgement.failures + moved.failures)
        return Judgement(judgement.placed, list(dict.fromkeys(judgement.failures)))

    def _of_plain(self, text: str, own_hosts: frozenset[str]) -> Judgement:
        """Return what is found in a text that has no disguises (any more). Inspectors of threats saw the first one."""
        view = View(text, own_hosts=own_hosts)
        return self._of_view(view, self.matcher.find(view.text), families=("sensitive",))

    def _of_joined(self, joined: Joined, own_hosts: frozenset[str]) -> Judgement:
        """Return what is found behind the seam, as places of the text that was joined."""
        judgement = self._of_plain(joined.text, own_hosts)
        least = Certainty.LEARNED if joined.certain else Certainty.VALIDATED
        moved = joined.cut - joined.seam
        placed = [
            one._replace(start=max(one.start, joined.seam) + moved, end=one.end + moved)
            for one in judgement.placed
            if one.end > joined.seam and one.claim.certainty >= least and one.family == "sensitive"
        ]
        return Judgement(placed, judgement.failures)

    def plain(self, original: str) -> str:
        """Return a text without its disguises."""
        view = View(original)
        disguises = self._disguises_in(view, self.matcher.find(view.text))
        return self._disguises.undisguise(original, disguises).rewritten.text if disguises else original

    def _stopwatch(self, length: int) -> Stopwatch:
        """Return this thread's stopwatch, started for a text of so many characters."""
        try:
            stopwatch: Stopwatch = self._local.stopwatch
        except AttributeError:
            stopwatch = self._local.stopwatch = Stopwatch(self._clocks)
        stopwatch.start(length)
        return stopwatch

    def _disguises_in(self, view: View, hits: Sequence[Hit]) -> set[Disguise]:
        cues = [(self._cues[route], start, end) for route, start, end in hits if route in self._cues]
        return self._disguises.suspected(view, cues)

    def _looks(self, text: str, hits: Sequence[Hit]) -> dict[int, list[Look]]:
        """Return where each watcher has to look: what needs digits or the end is left out elsewhere."""
        looks: dict[int, list[Look]] = {}
        search, routes, length = FIGURE.search, self._routes, len(text)
        for route, start, end in hits:
            for number, pattern, reach in routes[route]:
                if reach and not search(text, max(start - reach[0], 0), end + reach[1]):
                    continue
                if pattern.last is not None and length - end > pattern.last:
                    continue
                look = (pattern, start, end)
                if number in looks:
                    looks[number].append(look)
                else:
                    looks[number] = [look]
        return looks

    def _of_view(
        self, view: View, hits: Sequence[Hit], *, families: Collection[str] = ("sensitive", "threat")
    ) -> Judgement:
        """Return all claims with their places in the view's original; inspectors of other families are not asked."""
        placed: list[Placed] = []
        failures: list[Finding] = []
        stopwatch = self._stopwatch(len(view))
        if hits:
            for number, wanted in self._looks(view.text, hits).items():
                watcher = self._watchers[number]
                claims, healthy = examine(watcher, wanted, view, stopwatch=stopwatch)
                placed += claims
                if not healthy:
                    failures.append(guard_unavailable(watcher.plugin.id, length=len(view.original)))
        for inspecting in self._inspectors:
            if inspecting.plugin.family in families and (not view.regular or inspecting.plugin.wants == "any"):
                claims, healthy = inspect(inspecting, view, stopwatch=stopwatch)
                placed += claims
                if not healthy:
                    failures.append(guard_unavailable(inspecting.plugin.id, length=len(view.original)))
        return Judgement(placed, failures)


def _reach_of(route: Sequence[tuple[int, Pattern]]) -> Reach | None:
    """Return in what surroundings somebody wants a match to have a digit; None if anybody wants it without."""
    reaches = [pattern.digits for _, pattern in route if pattern.digits]
    if not route or len(reaches) < len(route):
        return None
    return max(before for before, _ in reaches), max(after for _, after in reaches)


def _with_too_big(judgement: Judgement, plain: Plain) -> Judgement:
    """Return the judgement with what was too big to be decoded withheld."""
    rule = "protection.encoded"
    withheld = [
        Placed(
            start,
            end,
            Claim(
                kind=WITHHELD,
                start=start,
                end=end,
                certainty=Certainty.VALIDATED,
                score=1.0,
                rule=f"{rule}.withheld",
            ),
            "sensitive",
        )
        for start, end in plain.too_big
    ]
    guards = [
        Finding(kind=GUARD_UNAVAILABLE, start=start, end=end, score=1.0, rule=f"{rule}.unavailable", family="guard")
        for start, end in plain.too_big
    ]
    return Judgement(judgement.placed + withheld, judgement.failures + guards)
