"""What a contact was admitted to, as it travels with its message: enough to obey without asking again."""

import math
from typing import Final

import msgspec

from doorward.admission.flood import (
    Admittance,
    AdmittedBecause,
    Caller,
    CallerClass,
    Counted,
    Further,
    Level,
    Way,
    class_of,
    rank_of,
)

PROTECTED_RANK: Final = 0
"""Whoever is protected is served with the first."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a contact may have, as `Admittance` says it, and what is needed to admit it again.

    `verified` tells whether they proved who they are, `effort` whether a stranger's device did a piece of work. That
    somebody is vulnerable is never written down here: it is nobody's business a day later. `told` tells whether this
    conversation was told already that there is no person.
    """

    way: Way = "full"
    because: AdmittedBecause = "free"
    caller_class: CallerClass = "anonymous"
    level: Level = "green"
    verified: bool = False
    effort: bool = False
    retry_after: float = 0.0
    further: tuple[Further, ...] = ()
    told: bool = False

    @property
    def demoted(self) -> bool:
        """Return whether anything was withheld."""
        return self.way != "full"

    @property
    def rank(self) -> int:
        """Return the place in the order of service."""
        return PROTECTED_RANK if self.verified else rank_of(self.caller_class)

    def caller(self, *, flagged: bool = False, vulnerable: bool = False) -> Caller:
        """Return whoever came, as far as it counts for admitting them again."""
        known = self.caller_class in {"known", "open_case"}
        signed = self.caller_class == "signed"
        return Caller(
            owner="",
            platform="",
            signed=signed,
            mandate=signed,
            verified=self.verified,
            vulnerable=vulnerable,
            effort=self.effort,
            known=known,
            open_case=self.caller_class == "open_case",
            flagged=flagged or self.caller_class == "flagged",
        )

    def counted(self) -> Counted:
        """Return what their quota said."""
        return Counted(within=self.because != "quota", retry_after=self.retry_after if self.because == "quota" else 0.0)


EVERYTHING: Final = Admitted()
"""What somebody may have whom nobody asked about: all there is."""


def admitted_as(admittance: Admittance, caller: Caller, *, told: bool = False) -> Admitted:
    """Return what travels with the message. Why somebody has all there is, is not written down: one reason is that they
    are vulnerable.
    """
    kind = class_of(msgspec.structs.replace(caller, vulnerable=False)) if caller.vulnerable else admittance.caller_class
    if admittance.way == "full":
        return Admitted(
            caller_class=kind, level=admittance.level, verified=caller.verified, effort=caller.effort, told=told
        )
    return Admitted(
        way=admittance.way,
        because=admittance.because,
        caller_class=kind,
        level=admittance.level,
        verified=caller.verified,
        effort=caller.effort,
        retry_after=float(math.ceil(admittance.retry_after)),
        further=admittance.further,
        told=told,
    )
