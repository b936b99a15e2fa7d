"""A company of one's own in the shipped scenarios: what it really has, and who usually comes to it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from doorward.admission.drill.loading import change_scenario
from doorward.admission.drill.scenario import Prices, Scenario

Source = Literal["measured", "learned", "told", "planned", "present", "assumed"]
"""Where a figure is from: counted of late; learned over weeks by flood control; told by somebody; from the plan of the
week; who is there at the moment; or taken for granted, because nobody knows."""

MOST_A_MINUTE: Final = 10.0
LEAST_A_MINUTE: Final = 1.0
"""Contacts a minute between which a company is played as large as it is. Larger ones take too long, in smaller ones a
few contacts by chance decide everything: both are played with the same people for each contact."""

_SIGNED_MACHINES: Final = 0.8
"""The share of machine customers who sign, as the scenarios have it."""
_MOST_PLACES: Final = 100_000
_MOST_BOT: Final = 1_000_000
_NEVER_ALL: Final = 0.95

Positive = Annotated[float, Meta(gt=0.0)]


class Ours(msgspec.Struct, frozen=True, kw_only=True):
    """What a company has in its ten busiest hours.

    `people` are at work on the mean, each with `at_once` conversations, which last `handling` seconds; `per_minute`
    contacts come. `bot_resolves` is the share that the bot alone helps, `mix` the shares of classes of those who come,
    both None where nobody knows. `quota_count` an hour and `quota_burst` at once are one owner's. A minute of a person
    in `prices` is that of all their conversations. `sources` tells of people, handling, arrivals, bot and mix where
    the figures are from.
    """

    people: Positive
    at_once: Annotated[int, Meta(ge=1)]
    bot_places: Annotated[int, Meta(ge=1)]
    handling: Positive
    per_minute: Positive
    bot_resolves: float | None = None
    languages: Mapping[str, float]
    mix: Mapping[str, float] | None = None
    quota_count: int
    quota_burst: int
    control_on: bool = True
    reserved: Mapping[str, float]
    call_back_share: float
    call_back_hours: float
    prices: Prices = Prices()
    sources: Mapping[str, Source] = {}

    @property
    def scale(self) -> float:
        """Return how many times larger the company is than the one that is played."""
        played = min(MOST_A_MINUTE, max(LEAST_A_MINUTE, self.per_minute))
        return self.per_minute / played


def fit_scenario(scenario: Scenario, ours: Ours) -> Scenario:
    """Return a scenario with a company of one's own in the place of its own, `ours.scale` times smaller.

    What comes over it stays as it is: all waves are multiples of the usual. Raises `Malformed` where that cannot be
    played.
    """
    changes: dict[str, Any] = {
        "company.people": _whole(ours.people * ours.at_once / ours.scale, most=_MOST_PLACES),
        "company.bot_places": _whole(ours.bot_places / ours.scale, most=_MOST_BOT),
        "company.control.on": ours.control_on,
        "company.control.callback_share": ours.call_back_share,
        "company.control.callback_hours": ours.call_back_hours,
        "company.control.quota_count": ours.quota_count,
        "company.control.quota_burst": ours.quota_burst,
        "company.prices.person_minute": ours.prices.person_minute / ours.at_once,
        "company.prices.bot_minute": ours.prices.bot_minute,
        "company.prices.lost_customer": ours.prices.lost_customer,
        "company.prices.currency": ours.prices.currency,
        "customers.per_minute": ours.per_minute / ours.scale,
        "customers.behaviour.handling": max(1.0, ours.handling),
        **{f"company.control.reserved.{name}": share for name, share in ours.reserved.items()},
        **_mix(ours.mix),
    }
    if ours.bot_resolves is not None:
        changes["customers.behaviour.bot_resolves"] = min(_NEVER_ALL, max(0.0, ours.bot_resolves))
    fitted = change_scenario(scenario, [f"{key}={_toml(value)}" for key, value in changes.items()])
    # Languages of waves that nobody speaks here stay: an attacker may write in any.
    return msgspec.structs.replace(fitted, languages=dict(ours.languages)) if ours.languages else fitted


def _mix(mix: Mapping[str, float] | None) -> dict[str, float]:
    if mix is None:
        return {}
    signed, case = mix.get("signed", 0.0), mix.get("open_case", 0.0)
    known, strange = mix.get("known", 0.0), mix.get("anonymous", 0.0)
    people, acquainted = case + known + strange, case + known
    return {
        "customers.machines": min(1.0, signed / _SIGNED_MACHINES),
        "customers.unknown": strange / people if people > 0 else 0.0,
        "customers.open_case": case / acquainted if acquainted > 0 else 0.0,
    }


def _whole(number: float, *, most: int) -> int:
    return min(most, max(1, round(number)))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else repr(value)
