"""Machine customers: who they are, what they may do for an owner, and how that ends."""

from typing import Final, Literal, get_args

import msgspec

Capability = Literal["help", "product.facts", "problem.report", "order.status", "order.place", "notices"]
"""What a machine may be allowed: to ask for help or for facts about products, to report a problem, to ask how orders
stand, to place or repeat one, and to be told of news about them."""

CAPABILITIES: Final[tuple[Capability, ...]] = get_args(Capability)

Period = Literal["day", "week", "month"]

PERIODS: Final[tuple[Period, ...]] = get_args(Period)

MandateRefusal = Literal[
    "no_mandate",
    "pending",
    "not_yet",
    "suspended",
    "revoked",
    "expired",
    "not_granted",
    "amount_not_valid",
    "currency_mismatch",
    "key_reused",
    "kind_not_granted",
    "needs_proof",
    "over_act_amount",
    "over_period_amount",
    "over_period_count",
    "too_many_waiting",
    "owner_asked",
    "owner_refused",
    "owner_silent",
]
"""Why a machine may not do something now. `owner_asked`: its owner decides, and the same request asks how they did."""


class MachineIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that has proven who it is: the platform that vouches for it, its key, and its name on that platform.

    Only whoever has checked a signature makes one. Where a platform names its agents, the name is the machine, whatever
    key the platform signs with today; where it names none, the key is.
    """

    platform: str
    key_id: str
    agent_id: str = ""

    @property
    def handle(self) -> str:
        """Return what makes this machine this machine: the same for no other one."""
        kind, name = ("agent", self.agent_id) if self.agent_id else ("key", self.key_id)
        return f"{self.platform}\x1f{kind}\x1f{name}"
