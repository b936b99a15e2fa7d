"""What a detector found: where, what, how sure, by which rule. Never the text itself."""

from typing import Literal

import msgspec

Family = Literal["sensitive", "threat", "guard"]

GUARD_UNAVAILABLE = "GUARD_UNAVAILABLE"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding on one text.

    `start` and `end` are characters (code points) of the text as it came in, end exclusive. `score` is 0..1.
    `rule` is `<detector>.<rule>` and is stable. `host` (of a link) and `tail` (the characters that a mask may show) are
    derived facts; there is no field that could carry the raw value. `digest` (a keyed hash, hex) is the same for equal
    values for a while; it is filled in where findings are shown, and is written down nowhere with them.
    """

    kind: str
    start: int
    end: int
    score: float
    rule: str
    family: Family = "sensitive"
    subkind: str | None = None
    host: str | None = None
    tail: str | None = None
    digest: str | None = None


def guard_unavailable(guard: str, *, length: int) -> Finding:
    """Return the finding that stands in for a guard that failed (house law 2): over the whole text, never 'clean'."""
    return Finding(kind=GUARD_UNAVAILABLE, start=0, end=length, score=1.0, rule=f"{guard}.unavailable", family="guard")
