"""What is drilled: a company, its customers on an ordinary day, and what comes over them. Data that people write."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from doorward.admission.flood import CallerClass, CapacityRules, Level, Quota
from doorward.admission.flood.capacity import PATIENCE, RESERVED

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, Meta(gt=0.0, le=1e6)]
Amount = Annotated[float, Meta(ge=0.0, le=1e6)]
Seconds = Annotated[float, Meta(ge=1.0, le=604_800.0)]
Name = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Title = Annotated[str, Meta(max_length=200)]
Shares = dict[Name, Amount]

LEAST_HOURS, MOST_HOURS = 0.25, 72.0
MOST_CONTACTS: Final = 500_000
"""Contacts that one drill may bring, as expected: about 900 megabytes."""


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in. `share` is its part of all contacts, `patience` the mean seconds that somebody waits there.

    `handling` says how much longer or shorter than elsewhere a person takes.
    """

    share: Amount
    patience: Seconds = 180.0
    handling: Positive = 1.0


class Prices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a minute of a person's and of the bot's time costs, and a customer who got nothing, in one currency."""

    currency: Annotated[str, Meta(min_length=3, max_length=3)] = "EUR"
    person_minute: Amount = 0.75
    bot_minute: Amount = 0.02
    lost_customer: Amount = 12.0


class Overflow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People who come to help `after` so many minutes in which it was not green, and go when it is."""

    people: Annotated[int, Meta(ge=0, le=100_000)] = 0
    after: Amount = 15.0


class Control(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How flood control is set: the same numbers as `CapacityRules` and `Quota`. `on` is the kill switch."""

    on: bool = True
    reserved: dict[CallerClass, float] = msgspec.field(default_factory=lambda: dict(RESERVED))
    patience: dict[Level, dict[CallerClass, float]] = msgspec.field(
        default_factory=lambda: {level: dict(waits) for level, waits in PATIENCE.items()}
    )
    callback_share: Share = 0.25
    callback_hours: Annotated[float, Meta(gt=0.0, le=72.0)] = 4.0
    flagged_cap: Seconds = 180.0
    quota_count: Annotated[int, Meta(ge=1, le=1_000_000)] = 6
    quota_seconds: Seconds = 3600.0
    quota_burst: Annotated[int, Meta(ge=1, le=1_000_000)] = 3

    def capacity(self) -> CapacityRules:
        """Return the rules of admission that these numbers make. Raises `ValueError`."""
        return CapacityRules(
            reserved={**RESERVED, **self.reserved},
            patience={level: {**waits, **self.patience.get(level, {})} for level, waits in PATIENCE.items()},
            callback_within=self.callback_hours * 3600,
            callback_share=self.callback_share,
            flagged_cap=self.flagged_cap,
        )

    def quota(self) -> Quota:
        """Return how often one owner may come."""
        return Quota(kind="contact", count=self.quota_count, seconds=self.quota_seconds, burst=self.quota_burst)


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is there to answer: `people` at work, and the bot's places.

    `planned` has more people at work when more customers are usual, and fewer when fewer are: `people` are the mean.
    """

    planned: bool = True
    people: Annotated[int, Meta(ge=1, le=100_000)] = 50
    bot_places: Annotated[int, Meta(ge=1, le=1_000_000)] = 400
    overflow: Overflow = Overflow()
    prices: Prices = Prices()
    control: Control = msgspec.field(default_factory=Control)


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How those of one kind behave, on the mean.

    `handling`: seconds of a person; `bot_seconds`: with the bot; `bot_resolves`: share who want no person after it;
    `settles`: of the others, the share whom the bot helps when nothing but the bot is left; `persistence`: share of
    those who got nothing who come again, at most `tries` times in all, after `pause` seconds that double each time;
    `useful`: share of talks with a person that came to something; `patience` multiplies the channel's.
    """

    handling: Seconds = 252.0
    bot_seconds: Seconds = 60.0
    bot_resolves: Share = 0.2
    settles: Share = 0.35
    persistence: Share = 0.5
    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    pause: Seconds = 600.0
    useful: Share = 0.95
    patience: Positive = 1.0


class Customers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ordinary day: `per_minute` contacts on the mean of the hours drilled, by an intraday profile.

    Days differ (gamma, coefficient of variation `day_cv`), hours swing by `swing`. `machines` is the share of machine
    customers; of these `by_platforms` sign through one of `platforms` and `signed_alone` by themselves, the others do
    not sign. Of people `unknown` are strangers; of those who are known `open_case` have one, and `verified` proved who
    they are; `vulnerable` of all people must be heard. `shared_networks` of strangers come by one of `networks`.
    """

    per_minute: Annotated[float, Meta(gt=0.0, le=10_000.0)] = 10.0
    day_cv: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.15
    swing: Annotated[float, Meta(ge=0.0, le=0.9)] = 0.2
    machines: Share = 0.2
    by_platforms: Share = 0.6
    signed_alone: Share = 0.2
    platforms: Annotated[int, Meta(ge=1, le=10_000)] = 3
    machines_known: Share = 0.7
    unknown: Share = 0.3
    open_case: Share = 0.15
    verified: Share = 0.2
    vulnerable: Share = 0.01
    shared_networks: Share = 0.2
    networks: Annotated[int, Meta(ge=1, le=1_000_000)] = 40
    behaviour: Behaviour = Behaviour()


class Wave(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes on top, from hour `begins` for `lasts` hours, growing for the first `ramp` of them.

    `side` says whose it is, for the count alone: nothing that decides hears it. `times` is all contacts as a multiple
    of the usual mean (10 brings nine times as many again). `people` are behind it, and with `once` none comes again
    before all have come. `known`, `open_case` (of the known), `verified` (of the known) are shares; `signed` carry a
    good signature, `mandated` of these a mandate; `replays` carry somebody else's signature once more. `platform` is by
    what they come (their channel where it is empty). `channels` and `languages` are their own; empty as the company's.
    `text` has templates for each language, for a detector that reads: a message is one of them, with one of the words
    in each `{this|that}` and something that customers write for `{*}`.
    """

    name: Name
    side: Literal["attack", "customers"] = "attack"
    begins: Annotated[float, Meta(ge=0.0, le=MOST_HOURS)] = 2.0
    lasts: Annotated[float, Meta(gt=0.0, le=MOST_HOURS)] = 4.0
    ramp: Annotated[float, Meta(ge=0.0, le=MOST_HOURS)] = 0.0
    times: Annotated[float, Meta(gt=1.0, le=1000.0)] = 10.0
    people: Annotated[int, Meta(ge=1, le=10_000_000)] = 50_000
    once: bool = True
    known: Share = 0.1
    open_case: Share = 0.0
    verified: Share = 0.0
    vulnerable: Share = 0.0
    signed: Share = 0.0
    mandated: Share = 0.0
    replays: Share = 0.0
    platform: Annotated[str, Meta(max_length=40)] = ""
    channels: Shares = {}
    languages: Shares = {}
    behaviour: Behaviour = Behaviour(
        handling=240.0, bot_resolves=0.0, settles=0.0, persistence=0.0, tries=1, useful=0.1
    )
    text: dict[Name, tuple[Annotated[str, Meta(max_length=2000)], ...]] = {}


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it. The first hour drilled is `starts` o'clock of a day of the week (0 is Monday).

    `detector` says what flags campaigns: `none`, `assumed:TPR/FPR` (so many of an attack's and of all other contacts,
    whatever they say) or `real`. `flood_mix` is what the watch over who comes expects a flood to be made of.
    """

    title: Title = ""
    about: Annotated[str, Meta(max_length=2000)] = ""
    hours: Annotated[float, Meta(ge=LEAST_HOURS, le=MOST_HOURS)] = 10.0
    starts: Annotated[float, Meta(ge=0.0, lt=24.0)] = 8.0
    weekday: Annotated[int, Meta(ge=0, le=6)] = 1
    detector: Annotated[str, Meta(max_length=40)] = "none"
    channels: dict[Name, Channel] = msgspec.field(
        default_factory=lambda: {
            "voice": Channel(share=0.4, patience=180.0),
            "chat": Channel(share=0.35, patience=240.0, handling=0.9),
            "form": Channel(share=0.1, patience=14_400.0, handling=1.1),
            "email": Channel(share=0.15, patience=14_400.0, handling=1.2),
        }
    )
    languages: Shares = msgspec.field(default_factory=lambda: {"en": 0.5, "de": 0.2, "tr": 0.1, "id": 0.1, "ru": 0.1})
    flood_mix: dict[CallerClass, Share] = msgspec.field(
        default_factory=lambda: {"signed": 0.0, "open_case": 0.02, "known": 0.08, "anonymous": 0.9}
    )
    company: Company = msgspec.field(default_factory=Company)
    customers: Customers = Customers()
    waves: tuple[Wave, ...] = ()

    @property
    def attacks(self) -> tuple[Wave, ...]:
        """Return the waves that are an attack."""
        return tuple(wave for wave in self.waves if wave.side == "attack")

    @property
    def window(self) -> tuple[float, float]:
        """Return from which second to which something comes on top; all of it where nothing does."""
        if not self.waves:
            return 0.0, self.hours * 3600
        first = min(wave.begins for wave in self.waves)
        last = max(min(self.hours, wave.begins + wave.lasts) for wave in self.waves)
        return first * 3600, last * 3600
