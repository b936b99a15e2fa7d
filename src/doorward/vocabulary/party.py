"""Who is on the other side, and how sure we are."""

from datetime import datetime
from enum import IntEnum
from typing import Literal

import msgspec

from doorward.vocabulary.ids import PartyId

PartyKind = Literal["visitor", "customer", "machine"]


class AssuranceLevel(IntEnum):
    """How sure we are of who this is. Levels are compared, so that an action can ask for 'at least'.

    The order follows the idea of NIST SP 800-63 assurance levels: nothing, a claim that somebody vouches for, one
    proven factor, two factors of which one resists phishing.
    """

    ANONYMOUS = 0
    CLAIMED = 1
    VERIFIED = 2
    STRONG = 3


class Assurance(msgspec.Struct, frozen=True, kw_only=True):
    """The level reached, by which factor (`host_token`, `mailed_code` ...), and when: freshness counts."""

    level: AssuranceLevel = AssuranceLevel.ANONYMOUS
    factor: str | None = None
    at: datetime | None = None


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A customer, visitor or machine of one tenant. `reference` is the company's own customer number, if known."""

    id: PartyId
    kind: PartyKind = "visitor"
    language: str | None = None
    reference: str | None = None
    assurance: Assurance = Assurance()
