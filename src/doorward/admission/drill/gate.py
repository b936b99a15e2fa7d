"""Who decides in a drill: the port, and the house's own flood control behind it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

import msgspec

from doorward.admission.drill.scenario import Control, Scenario
from doorward.admission.drill.visits import Seen
from doorward.admission.flood import (
    STRANGER_TESTS,
    Admittance,
    Alert,
    AlertChange,
    AlertRules,
    ArrivalRate,
    Arriving,
    Caller,
    CallerClass,
    Level,
    Measured,
    Nonces,
    Occupancy,
    Quotas,
    RateRules,
    ShareDrift,
    ShareRules,
    ShareTest,
    WeekProfile,
    admit,
    begin_day,
    class_of,
    expect_wait,
    may_serve,
    observe_contact,
    observe_tick,
    prepare_test,
    read_signals,
    switch_control,
    watch_signals,
)
from doorward.admission.flood.quotas import Counted
from doorward.admission.flood.rate import TICK
from doorward.kit.clock import FixedClock
from doorward.vocabulary.ids import TenantId

NONCE_WINDOW: Final = timedelta(minutes=5)
_TENANT: Final = TenantId("drill")
_SECRET: Final = bytes(32)
"""Nobody attacks a drill: a fixed one makes it the same each time."""

_STRANGERS: Final[CallerClass] = "anonymous"
_USEFUL, _NOTHING = "useful", "nothing"
_YIELD_OF_FLOODS: Final = 0.1


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one contact may have: the ways of admission, or `blocked`, which only measuring sticks know.

    `rank` is its place in the order of service; whoever may not be served keeps those behind it waiting, too.
    """

    way: Literal["full", "bot_only", "call_back", "blocked"]
    because: str
    caller_class: CallerClass
    rank: float
    cap: float | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the level, in seconds from the drill's beginning, with what was measured then."""

    at: float
    before: Level
    after: Level
    cause: str
    signals: Mapping[str, float | None]


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """What ordinary weeks before have taught: how many come, and the shares of the classes of those who do."""

    profile: WeekProfile
    usual: Mapping[CallerClass, float]


class Gate(Protocol):
    """What a drill asks. It is told the time in seconds from the beginning, and sees of contacts what `Seen` has."""

    callback_within: float
    """Seconds within which a promised call is kept."""

    @property
    def level(self) -> Level:
        """Return the level that holds."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return every change of the level so far."""

    def arrive(self, seen: Seen, occupancy: Occupancy, *, tries: int, now: float) -> Verdict:
        """Look at a contact that comes, for the `tries`-th time, without its content."""

    def reconsider(self, seen: Seen, occupancy: Occupancy, *, now: float) -> Verdict:
        """Look again, with content, when it wants a person."""

    def may_serve(self, caller_class: CallerClass, occupancy: Occupancy) -> bool:
        """Return whether somebody of a class may have a free person now."""

    def note_talk(self, *, useful: bool) -> None:
        """Hear what came of a talk with a person."""

    def tick(self, occupancy: Occupancy, *, now: float) -> None:
        """Hear that `TICK` seconds have passed."""


class FloodControl:
    """The house's flood control as a gate. All that it decides, the verbs of `admission.flood` decide."""

    def __init__(self, scenario: Scenario, *, taught: Taught, begins: datetime) -> None:
        """Take what weeks before taught, and when the drill begins in virtual time."""
        control: Control = scenario.company.control
        self._rules = control.capacity()
        self.callback_within = self._rules.callback_within
        self._handling = scenario.customers.behaviour.handling
        self._quota = control.quota()
        self._begins, self._clock, self._now = begins, FixedClock(begins), 0.0
        secret = _SECRET
        self._quotas = Quotas(self._clock, secret=secret)
        self._nonces = Nonces(self._clock, secret=secret, window=NONCE_WINDOW)
        self._counted: dict[int, tuple[Caller, Counted]] = {}
        self._profile = taught.profile
        self._rate, self._rate_rules = ArrivalRate(), RateRules()
        self._strangers, self._stranger_rules = ArrivalRate(), RateRules(tests=STRANGER_TESTS)
        self._stranger_share = taught.usual.get(_STRANGERS, 0.0)
        self._mix, self._mix_test = ShareDrift(), _mix_test(taught.usual, scenario)
        self._talks, self._talk_test = ShareDrift(), _talks_test(scenario)
        self._alert, self._alert_rules = Alert(since=begins), AlertRules()
        if not control.on:
            self._alert, _ = switch_control(self._alert, off=True, by="drill", note="", now=begins)
        self._changes: list[Change] = []
        self._came: Counter[CallerClass] = Counter()
        self._day = begins.date()

    @property
    def level(self) -> Level:
        """Return the level that holds."""
        return self._alert.level

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return every change of the level so far."""
        return tuple(self._changes)

    def arrive(self, seen: Seen, occupancy: Occupancy, *, tries: int, now: float) -> Verdict:
        """Check the signature's nonce, count the owner, note the class, and ask `admit`."""
        at = self._set_clock(now)
        caller = self._checked(seen, tries)
        counted = self._quotas.take(self._quota, tenant_id=_TENANT, platform=caller.platform, owner=caller.owner)
        self._counted[seen.number] = (caller, counted)
        kind = class_of(caller)
        self._came[kind] += 1
        self._mix = observe_contact(self._mix, kind, test=self._mix_test)
        return self._admit(caller, counted, occupancy, at)

    def reconsider(self, seen: Seen, occupancy: Occupancy, *, now: float) -> Verdict:
        """Ask `admit` again, knowing what the detector said."""
        caller, counted = self._counted[seen.number]
        if seen.flagged:
            caller = msgspec.structs.replace(caller, flagged=True)
        return self._admit(caller, counted, occupancy, self._set_clock(now))

    def may_serve(self, caller_class: CallerClass, occupancy: Occupancy) -> bool:
        """Return what `may_serve` says."""
        if self._alert.off:
            return occupancy.busy < occupancy.people
        return may_serve(caller_class, occupancy, rules=self._rules)

    def note_talk(self, *, useful: bool) -> None:
        """Observe what came of a talk."""
        self._talks = observe_contact(self._talks, _USEFUL if useful else _NOTHING, test=self._talk_test)

    def tick(self, occupancy: Occupancy, *, now: float) -> None:
        """Observe the rate, and have the signals watched."""
        at = self._set_clock(now)
        if at.date() != self._day:
            self._day = at.date()
            self._rate, self._strangers = begin_day(self._rate), begin_day(self._strangers)
        usual = self._profile.expect(at - timedelta(seconds=TICK), seconds=TICK)
        frozen = self._alert.measured != "green"
        self._rate = observe_tick(
            self._rate, count=self._came.total(), usual=usual, rules=self._rate_rules, frozen=frozen
        )
        self._strangers = observe_tick(
            self._strangers,
            count=self._came[_STRANGERS],
            usual=usual * self._stranger_share,
            rules=self._stranger_rules,
            frozen=frozen,
        )
        self._came.clear()
        measured = Measured(
            rate=self._rate.score,
            strangers=self._strangers.score,
            mix=self._mix.score,
            escalations=self._talks.score,
            wait=expect_wait("anonymous", occupancy, rules=self._rules),
        )
        self._alert, changes = watch_signals(self._alert, read_signals(measured), now=at, rules=self._alert_rules)
        self._changes.extend(_told(change, now) for change in changes)

    def _checked(self, seen: Seen, tries: int) -> Caller:
        """Return the caller as far as the signature is good; each try of the same contact signs anew."""
        if not seen.nonce:
            return seen.caller
        spent = self._nonces.spend(tenant_id=_TENANT, sender=seen.key, nonce=f"{seen.nonce}/{tries}")
        return seen.caller if spent.good else msgspec.structs.replace(seen.caller, signed=False, mandate=False)

    def _admit(self, caller: Caller, counted: Counted, occupancy: Occupancy, at: datetime) -> Verdict:
        arriving = Arriving(caller=caller, at=at, handling=self._handling)
        made: Admittance = admit(arriving, occupancy=occupancy, alert=self._alert, counted=counted, rules=self._rules)
        # Switched off it decides nothing, the order of service neither: first come, first served.
        rank = 0 if self._alert.off else made.rank
        return Verdict(way=made.way, because=made.because, caller_class=made.caller_class, rank=rank, cap=made.cap)

    def _set_clock(self, now: float) -> datetime:
        if now > self._now:
            self._clock.advance(timedelta(seconds=now - self._now))
            self._now = now
        return self._clock.now()


def _mix_test(usual: Mapping[CallerClass, float], scenario: Scenario) -> ShareTest:
    flood = {str(name): share for name, share in scenario.flood_mix.items()}
    return prepare_test(ShareRules(usual={str(name): usual.get(name, 0.0) for name in scenario.flood_mix}, flood=flood))


def _talks_test(scenario: Scenario) -> ShareTest:
    useful = scenario.customers.behaviour.useful
    usual = {_USEFUL: useful, _NOTHING: 1 - useful}
    return prepare_test(ShareRules(usual=usual, flood={_USEFUL: _YIELD_OF_FLOODS, _NOTHING: 1 - _YIELD_OF_FLOODS}))


def _told(change: AlertChange, now: float) -> Change:
    signals = {signal.name: signal.value for signal in change.signals}
    return Change(at=now, before=change.before, after=change.after, cause=change.cause, signals=signals)
