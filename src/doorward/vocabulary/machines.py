"""Machine customers: who they are, what they may do for an owner, and how that ends."""

from datetime import datetime
from typing import Final, Literal, Protocol, get_args

import msgspec

from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

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


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose signature holds: by which machine, and when the signature was made and ends.

    `known` tells that the company itself allowed the platform or keeps the key; without it a stranger has shown that
    the same one speaks again, and nothing else.
    """

    machine: MachineIdentity
    known: bool
    created: datetime
    expires: datetime


class Mandated(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a machine acts, by which mandate, and the party as which it does."""

    owner_id: PartyId
    acting_id: PartyId
    mandate_id: str


class Mandating(Protocol):
    """Whoever knows the mandates."""

    async def owner_of(self, scope: Scope, signed: Signed) -> Mandated | None:
        """Return for whom a machine acts now, None while nobody lets it."""


class Unmandated:
    """Nobody lets any machine act for them."""

    async def owner_of(self, _scope: Scope, _signed: Signed) -> Mandated | None:
        """Return nobody."""
        return None
