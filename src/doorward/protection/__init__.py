"""Protection: finds what must not be shown, masks it, seals it, and reports what threatens.

The only room that opens wild text. `Screener` is pure; `ProtectionService` keeps the sealed originals.
"""

from doorward.protection.masking import KINDS, WITHHELD, Masker
from doorward.protection.matching import MatcherChoice
from doorward.protection.ports import AttachmentScanner, Verdict
from doorward.protection.repository.likenesses import Sighting
from doorward.protection.screened import Likeness, Original, Screened
from doorward.protection.screener import ALL_GUARDS, NO_FACTS, Guard, PublicFacts, Screener
from doorward.protection.service import ProtectionService, Purpose, sightings

__all__ = [
    "ALL_GUARDS",
    "KINDS",
    "NO_FACTS",
    "WITHHELD",
    "AttachmentScanner",
    "Guard",
    "Likeness",
    "Masker",
    "MatcherChoice",
    "Original",
    "ProtectionService",
    "PublicFacts",
    "Purpose",
    "Screened",
    "Screener",
    "Sighting",
    "Verdict",
    "sightings",
]
