"""What whoever comes may have now: a person, the bot, or a call back. Nobody is turned away."""

import math
from datetime import datetime
from typing import Literal

import msgspec

from doorward.admission.flood.alert import Alert, Level
from doorward.admission.flood.callers import Arriving, Caller, CallerClass, class_of, rank_of
from doorward.admission.flood.capacity import CapacityRules, Occupancy, can_call_back, expect_wait, patience_for
from doorward.admission.flood.quotas import Counted

Way = Literal["full", "bot_only", "call_back"]
"""All that there is, people too; the bot; the bot, and a person who calls back within the promised time."""

AdmittedBecause = Literal["off", "protected", "free", "queue", "quota", "flagged", "crowded", "exhausted"]
"""Why, a code that is said in words: flood control is off; verified or vulnerable; somebody is free; the wait is short
enough; the owner came too often; looks like a campaign; the wait would be too long; nor can a call-back be promised."""

Further = Literal["sign_in", "come_back", "appeal"]
"""How to get further: prove who you are, come again after `retry_after`, or say that it is wrong and be looked at."""


class Admittance(msgspec.Struct, frozen=True, kw_only=True):
    """What one contact may have, why, and what it was decided by (law 3). Times are in seconds.

    `rank` is its place in the order of service. `wait` is the expected wait for a person, None where there is none to
    tell. `bot_waits` says that the bot, too, will take its time. `cap` is how long a person may take for it, None for
    as long as it takes. `further` is never empty where anything was withheld. `retry_after` is 0 unless coming again
    later helps.
    """

    way: Way
    because: AdmittedBecause
    at: datetime
    caller_class: CallerClass
    level: Level
    rank: int
    wait: float | None = None
    cap: float | None = None
    bot_waits: bool = False
    retry_after: float = 0.0
    further: tuple[Further, ...] = ()

    @property
    def demoted(self) -> bool:
        """Return whether anything was withheld."""
        return self.way != "full"


def admit(
    arriving: Arriving, *, occupancy: Occupancy, alert: Alert, counted: Counted, rules: CapacityRules
) -> Admittance:
    """Decide what a contact may have. Pure: the same for the same arguments.

    Promised: nobody is refused; verified and vulnerable callers always get all there is; of two callers who differ by
    class alone the lower never gets more.
    """
    caller, caller_class = arriving.caller, class_of(arriving.caller)
    wait = expect_wait(caller_class, occupancy, rules=rules)
    made = Admittance(
        way="full",
        because="off",
        at=arriving.at,
        caller_class=caller_class,
        level=alert.level,
        rank=rank_of(caller_class),
        wait=None if math.isinf(wait) else wait,
        cap=rules.flagged_cap if caller_class == "flagged" and not alert.off else None,
        bot_waits=occupancy.bot_is_full,
    )
    if alert.off:
        return made
    if caller.is_protected:
        return msgspec.structs.replace(made, because="protected")
    if not counted.within:
        return _demoted(made, caller, way="bot_only", because="quota", retry_after=counted.retry_after)
    patience = patience_for(caller_class, alert.level, effort=caller.effort, rules=rules)
    if wait <= patience:
        return msgspec.structs.replace(made, because="queue" if wait > 0 else "free")
    if caller_class == "flagged":
        return _demoted(made, caller, way="bot_only", because="flagged")
    if can_call_back(arriving.handling, occupancy, rules=rules):
        return _demoted(made, caller, way="call_back", because="crowded")
    # The wait above patience is when it would be worth while to come again; nobody can say for an endless one.
    later = 0.0 if math.isinf(wait) else wait - max(patience, 0.0)
    return _demoted(made, caller, way="bot_only", because="exhausted", retry_after=later)


def _demoted(
    made: Admittance, caller: Caller, *, way: Way, because: AdmittedBecause, retry_after: float = 0.0
) -> Admittance:
    further: list[Further] = [] if caller.verified or caller.signed else ["sign_in"]
    if retry_after > 0:
        further.append("come_back")
    return msgspec.structs.replace(
        made, way=way, because=because, cap=None, retry_after=retry_after, further=(*further, "appeal")
    )
