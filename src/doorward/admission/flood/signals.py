"""What is measured, as signals for the level: numbers and the thresholds that they are judged by."""

import math
from typing import Final

import msgspec

from doorward.admission.flood.alert import Signal

_QUIET: Final = 0.25
_ALARM: Final = 1.0
_SHORT, _LONG, _ENDLESS = 60.0, 180.0, 600.0


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What the detectors say, each from 0 with 1 for an alarm, None for one that cannot tell.

    `rate` is that of `ArrivalRate` for all contacts and `strangers` for those of people we do not know, `mix` and
    `escalations` those of two `ShareDrift`. `wait` is how many seconds a stranger would have to wait for a person now
    (`expect_wait`), None where nobody is at work.
    """

    rate: float | None
    strangers: float | None = 0.0
    mix: float | None
    escalations: float | None = 0.0
    wait: float | None = 0.0


def read_signals(measured: Measured) -> tuple[Signal, ...]:
    """Return the signals that `watch_signals` judges.

    An alarm is amber: more come, or others, than can be explained. Red takes an alarm *and* that people are hard to
    get, ten minutes for a stranger: a flood that people can cope with needs no more than amber, and a long queue that
    nothing is strange about is a busy day, which is green.
    """
    scores = {
        "rate": measured.rate,
        "strangers": measured.strangers,
        "mix": measured.mix,
        "escalations": measured.escalations,
    }
    alarms = tuple(
        Signal(name=name, value=value, calm=_QUIET, amber=_ALARM, red=math.inf) for name, value in scores.items()
    )
    alarmed = any(value is not None and value >= _ALARM for value in scores.values())
    wait = measured.wait if alarmed else 0.0
    return (*alarms, Signal(name="wait", value=wait, calm=_SHORT, amber=_LONG, red=_ENDLESS))
