"""What a drill found, as data: the fields of its report. They are only ever added to."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.admission.drill.gate import Change
from doorward.admission.drill.visits import Side
from doorward.admission.flood import CallerClass, Level

FORMAT: Final = "doorward-drill/1"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of contacts of one kind, as shares of them; those who came again are counted once.

    `goodput` is `person`, `bot` and `called_back` together, `at_once` without the last. `demoted` is the share of all
    that wanted a person and had less at their last try; `flagged` the share that the detector flagged. `wait` is the
    mean of seconds until a person, of those who got one at once.
    """

    contacts: int
    goodput: float
    at_once: float
    person: float
    bot: float
    called_back: float
    called_late: float
    left: float
    unhelped: float
    blocked: float
    demoted: float
    flagged: float
    wait: float


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """Where people's time went while something came on top, in minutes; shares are of those staffed."""

    staffed: float
    busy_share: float
    wasted: float
    wasted_share: float
    bot_wasted: float
    most_bot_busy: int
    most_bot_waiting: int
    most_waiting: int
    most_promised: int


class Noticing(msgspec.Struct, frozen=True, kw_only=True):
    """When it was noticed, in minutes from the beginning of what came on top; None where it never was.

    `false_alarms` are rises before it. `recovered` is in minutes from its end, until it is green and no more wait than
    before it; None where that was not reached. `survived` is after how many minutes fewer than nine in ten of half an
    hour's customers were served; None where that never happened.
    """

    noticed: float | None
    false_alarms: int
    minutes: Mapping[Level, float]
    recovered: float | None
    survived: float | None
    changes: tuple[Change, ...]


class Fairness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether languages fare alike: goodput of each, and Jain's index of them (1 is all alike).

    R. Jain, D. Chiu and W. Hawe, A quantitative measure of fairness and discrimination, DEC-TR-301, 1984.
    """

    jain: float
    languages: Mapping[str, float]


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What it cost while something came on top. `total` is `staff`, `bot` and `lost`; `wasted` is a part of `staff`."""

    currency: str
    staff: float
    wasted: float
    bot: float
    lost: float
    total: float


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Ten minutes. `at` is in minutes from the drill's beginning; `goodput` is of the customers who came in them."""

    at: float
    level: Level
    customers: int
    attackers: int
    goodput: float | None
    busy_share: float
    waiting: int
    promised: int
    bot_busy: int


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What nothing can beat, from the scenario's numbers alone (docs/guides/drills.md, with the formulas' sources).

    `customers` and `attack` are loads on people, in Erlangs. `true_positives` is what a detector without any false
    alarm has to find at least, for people to keep up, where nobody is put before others; None where people keep up.
    `fair_share` is what the customers get of fairness by source. `least_minutes` is until the rate can show it.
    `distance` is how far the messages of attack and customers must differ (total variation) for the assumed detector to
    exist; None where none is assumed.
    """

    customers: float
    attack: float
    true_positives: float | None
    fair_share: float
    least_minutes: float | None
    distance: float | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The few figures that runs are compared by."""

    goodput: float
    at_once: float
    unknown: float
    wasted_share: float
    cost: float


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One change, as `--set` takes it, and what the same drill gives with it. `helps` where it is worth it."""

    lever: str
    setting: str
    before: Summary
    after: Summary
    helps: bool


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """What there is: people at work on the mean and who come to help, the bot's places, and the call-backs of a window.

    `reserved` is the share of people that is kept free of each class; `call_backs` are minutes of people's time that
    may be promised within `call_back_hours`.
    """

    people: int
    overflow: int
    bot_places: int
    reserved: Mapping[CallerClass, float]
    call_backs: float
    call_back_hours: float


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """How an instance on this computer bore a load by its web chat: contacts a second, and milliseconds.

    `unloaded_p95_ms` is of contacts one after another before it, `accepted_p95_ms` of those that were let in under it,
    `ratio` the second by the first; None where none was let in. `refused` were told to come later.
    """

    contacts: int
    per_second: float
    accepted: int
    refused: int
    failed: int
    unloaded_p95_ms: float
    accepted_p95_ms: float | None
    ratio: float | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one drill found. The same for the same scenario, seed and version.

    `customers` are all that are no attack; `sides` tells them apart. `calm` is the same drill without its attacks: what
    an oracle would make of it; `of_calm` is the share of it that was reached. `uncontrolled` is the same with flood
    control switched off. `decided` is a digest of every decision. `live` is there when an instance was
    loaded besides.
    """

    format: str
    scenario: str
    title: str
    seed: int
    detector: str
    capacity: Capacity
    window: tuple[float, float]
    customers: Figures
    sides: Mapping[Side, Figures]
    attack: Figures
    staff: Staff
    noticing: Noticing
    fairness: Fairness
    cost: Cost
    bounds: Bounds
    calm: Summary
    of_calm: float
    uncontrolled: Summary
    advice: tuple[Advice, ...]
    slices: tuple[Slice, ...]
    decided: str
    live: Live | None = None
