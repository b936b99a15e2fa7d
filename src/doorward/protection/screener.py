"""The detection engine: one normal form, one pass over all patterns, then a closer look only where something matched.

Clean text costs a case fold and one scan. Everything here is pure: no keys, no database, no clock but the stop-watch
that keeps a detector from taking forever. What fails withholds, it never lets pass (house law 2).
"""

import copy
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from doorward.kit.logging import get_logger
from doorward.protection.continuing import LONGEST_PIECE, end_of_values, tail_of
from doorward.protection.examining import Clock, place_of
from doorward.protection.findable import FINDABLE, FindableKind, form_of, form_of_canonical
from doorward.protection.judging import Judge
from doorward.protection.masking import WITHHELD, Mask, Masker
from doorward.protection.matching import Matcher, MatcherChoice
from doorward.protection.overlap import Placed, distinct, resolve, whole
from doorward.protection.ports import Inspector, Plugin
from doorward.protection.public import NO_FACTS, PublicFacts, facts_of, without_public
from doorward.protection.screened import Hashing, IndexEntry, Likeness, Original, Screened
from doorward.protection.working import worked_seconds
from doorward.vocabulary.finding import Finding, guard_unavailable
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.text import MaskedText, WildText

Guard = Literal["sensitive", "threats"]
ALL_GUARDS: Final[tuple[Guard, ...]] = ("sensitive", "threats")

Weigh = Callable[[Sequence[Placed], Sequence[Placed]], list[Placed]]
"""Takes the claims that stand and all that were found; returns those that stand, with less to show or know."""

_log = get_logger("protection")


_AS_DETECTED: Final = frozenset({"phone", "email"})
"""What is found in the form that its detector gives it; `findable.form_of` gives the same to what stands alone."""


class Screener:
    """All detectors over one text. Made once at start; immutable and thread-safe."""

    def __init__(
        self,
        detectors: Sequence[Plugin],
        packs: Sequence[LanguagePack],
        *,
        matcher: MatcherChoice = "auto",
        cache_folder: Path | None = None,
        clocks: tuple[Clock, Clock] = (time.perf_counter, worked_seconds),
    ) -> None:
        """Compile the patterns of `detectors` for the languages of `packs`.

        `cache_folder` keeps compiled patterns between starts; `clocks` tell the wall's and the
        thread's seconds. Raises `PatternUnsupported`
        for a pattern outside of the dialect, `ImportError` for a matcher that is asked for by name and not installed.
        """
        self.choice = matcher
        self._judge = Judge(detectors, packs, matcher=matcher, cache_folder=cache_folder, clocks=clocks)
        self._before = ""
        self._weigh: Weigh | None = None
        self._masker = Masker([kind for plugin in detectors if plugin.family == "sensitive" for kind in plugin.kinds])

    @property
    def matcher(self) -> str:
        """Return the name of the matcher in use."""
        return self._matcher.name

    @property
    def _matcher(self) -> Matcher:
        return self._judge.matcher

    def public_facts(self, facts: Iterable[str]) -> PublicFacts:
        """Return facts (numbers, addresses, links, the company's name, as people write them) as `screen` takes them."""
        return facts_of((fact, self._judge.judge(fact).placed) for fact in facts)

    def also(self, inspector: Inspector) -> "Screener":
        """Return a screener that asks one more inspector, such as a company's own kinds; the rest is shared."""
        other = copy.copy(self)
        vars(other).update(_judge=self._judge.also(inspector), _masker=self._masker.knowing(inspector.kinds))
        return other

    def screen(
        self,
        text: WildText,
        *,
        span_id: Callable[[int], SpanId] | None = None,
        guards: Collection[Guard] = ALL_GUARDS,
        hashing: Hashing | None = None,
        public: PublicFacts = NO_FACTS,
    ) -> Screened:
        """Return the text masked, what was found, and the originals of the masked places.

        `span_id` gives the id of the n-th masked place; without it nothing can be sealed and no originals come back.
        `guards` chooses which findings are reported; masking is not a matter of choice. `hashing` is how values are
        known again; without it there are neither likenesses nor an index. `public` is spared.

        No text makes this raise: where a detector or the matcher fails, the places in question are withheld and a
        finding `GUARD_UNAVAILABLE` says so.
        """
        raw = text.uncover()
        try:
            judged, failures = self._judge.judge(raw, own_hosts=public.hosts, before=self._before)
        except Exception as error:  # noqa: BLE001 - whatever it is, the text must not pass
            _log.error("protection.matcher.failed", error=type(error).__name__, where=place_of(error))
            return self._withhold(raw, span_id)
        if not judged and not failures:
            return Screened(MaskedText(self._masker.escape(raw)))
        found = without_public(judged, public, raw)
        sensitive = resolve(found, raw)
        if self._weigh is not None:
            sensitive = self._weigh(sensitive, found)
        threats = distinct(placed for placed in judged if placed.family == "threat")
        reported = [*(sensitive if "sensitive" in guards else ()), *(threats if "threats" in guards else ())]
        findings = [*((failure, "") for failure in failures), *(_finding(placed) for placed in reported)]
        findings.sort(key=lambda found: (found[0].start, found[0].end, found[0].kind, found[0].rule))
        shown = whole(sensitive, raw)
        masks = [_mask(placed, span_id(number) if span_id else None) for number, placed in enumerate(shown)]
        return Screened(
            self._masker.mask(raw, masks),
            tuple(finding for finding, _canonical in findings),
            _originals(raw, masks),
            () if hashing is None else tuple(_likenesses(findings, hashing)),
            () if hashing is None else tuple(_index(sensitive, raw, hashing)),
        )

    def under(self, weigh: Weigh) -> "Screener":
        """Return this screener under a policy that says what of the claims that stand may be shown and known."""
        other = copy.copy(self)
        vars(other).update(_weigh=weigh)
        return other

    def after(self, before: WildText | None) -> "Screener":
        """Return this screener with `before` in mind, the `tail` of what the same party said just before.

        A value that began there and goes on in the next text is found, and masked as far as it stands in that text.
        """
        if before is None:
            return self
        other = copy.copy(self)
        vars(other).update(_before=before.uncover())
        return other

    def tail(self, text: WildText, screened: Screened) -> WildText:
        """Return what to screen the same party's next message `after`: words and digits, 80 characters at most.

        Values that are complete stay out. It is as wild as the text itself: kept in memory, for minutes, nowhere else.
        """
        raw = text.uncover()
        end = end_of_values(screened.findings, raw)
        earlier = "" if end else self._before
        try:
            return WildText(tail_of(earlier, self._judge.plain(raw[end:][-LONGEST_PIECE:])))
        except Exception as error:  # noqa: BLE001 - the message is screened already; only its neighbour knows less
            _log.error("protection.tail.failed", error=type(error).__name__, where=place_of(error))
            return WildText("")

    def findable_form(self, text: WildText, kind: FindableKind) -> str:
        """Return the form under which a value, standing alone, is known as one of `kind`; empty if it cannot be one."""
        raw = text.uncover()
        for placed in self._judge.judge(raw).placed if kind in _AS_DETECTED else ():
            if FINDABLE.get(placed.claim.kind) == kind and placed.claim.canonical:
                return placed.claim.canonical
        return form_of(kind, raw)

    def withhold(self, text: WildText, *, span_id: Callable[[int], SpanId]) -> Screened:
        """Return the whole text withheld: for what is known to be sensitive whatever it looks like."""
        return self._withhold(text.uncover(), span_id)

    def mask_as(self, text: WildText, *, kind: str, span_id: Callable[[int], SpanId]) -> Screened:
        """Return the whole text masked as what somebody declares it to be, whatever it looks like; nothing is found."""
        raw = text.uncover()
        masks = [Mask(0, len(raw), kind, span_id=span_id(0))]
        return Screened(self._masker.mask(raw, masks), (), _originals(raw, masks))

    def _withhold(self, raw: str, span_id: Callable[[int], SpanId] | None) -> Screened:
        """Return the whole text withheld."""
        masks = [Mask(0, len(raw), WITHHELD, span_id=span_id(0) if span_id else None)]
        failure = guard_unavailable("protection.matcher", length=len(raw))
        return Screened(self._masker.mask(raw, masks), (failure,), _originals(raw, masks))


def _mask(placed: Placed, span_id: SpanId | None) -> Mask:
    claim = placed.claim
    return Mask(placed.start, placed.end, claim.kind, claim.subkind, claim.tail, span_id)


def _finding(placed: Placed) -> tuple[Finding, str]:
    """Return the finding, and beside it the value in the way that equal values share, empty where there is none."""
    claim = placed.claim
    finding = Finding(
        kind=claim.kind,
        start=placed.start,
        end=placed.end,
        score=claim.score,
        rule=claim.rule,
        family=placed.family,
        subkind=claim.subkind,
        host=claim.host,
        tail=claim.tail,
    )
    return finding, claim.canonical or ""


def _likenesses(findings: Sequence[tuple[Finding, str]], hashing: Hashing) -> Iterator[Likeness]:
    for place, (finding, canonical) in enumerate(findings):
        if canonical:
            yield Likeness(place, finding.kind, hashing.marks(canonical.encode("utf-8", "surrogatepass")))


def _index(sensitive: Iterable[Placed], raw: str, hashing: Hashing) -> Iterator[IndexEntry]:
    for placed in sensitive:
        kind = FINDABLE.get(placed.claim.kind)
        form = _form(kind, placed, raw) if kind is not None else ""
        if kind is not None and form:
            yield IndexEntry(kind, hashing.indexed(form.encode("utf-8", "surrogatepass")))


def _form(kind: FindableKind, placed: Placed, raw: str) -> str:
    """Return the form in which a claimed value can be found, as the same value standing alone has it.

    The detector's own writing goes before the characters as typed: these may be words, encoded, or only the end of it.
    """
    canonical = placed.claim.canonical
    if canonical:
        return canonical if kind in _AS_DETECTED else form_of_canonical(kind, canonical)
    return form_of(kind, raw[placed.start : placed.end])


def _originals(raw: str, masks: Sequence[Mask]) -> tuple[Original, ...]:
    return tuple(
        Original(raw[mask.start : mask.end], span_id=mask.span_id, kind=mask.kind, subkind=mask.subkind)
        for mask in masks
        if mask.span_id is not None
    )
