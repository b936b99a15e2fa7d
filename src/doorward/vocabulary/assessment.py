"""How risky a contact is, and why."""

import msgspec


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One cause of a risk score: a stable code (`link.shortener`, `secret.requested` ...) and its part, 0..1."""

    code: str
    weight: float
    rule: str


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The risk of one message: `score` 0..1 (0 nothing seen, 1 certain), its reasons with the heaviest first."""

    score: float
    reasons: tuple[Reason, ...] = ()
    version: str = ""
