"""A detector that crashes where its word stands."""

from collections.abc import Sequence
from typing import Final, Literal

from doorward.protection.ports import Claim, Inspection, Inspector, LanguagePack, View
from doorward.vocabulary.finding import Family

WORD: Final = "crashthedetector"
"""What makes it crash; nobody says that by chance."""


class CrashingDetector:
    """Finds its word and raises with the text around it. It wants no patterns: those of the others stay compiled."""

    id = "crashing_detector"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    wants: Literal["any"] = "any"
    kinds = ("NOTHING",)

    def inspection(self, packs: Sequence[LanguagePack]) -> Inspection:
        """See `Inspector`."""
        return _inspect


def _inspect(view: View) -> Sequence[Claim]:
    if WORD in view.original:
        raise ValueError(f"cannot judge {view.original}")
    return ()


def build(_kit: object) -> Inspector:
    """Return the detector."""
    return CrashingDetector()
