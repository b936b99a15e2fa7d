"""Protection: finds what must not be shown, masks it, seals it, and reports what threatens.

The only room that opens wild text. `Screener` is pure; `ProtectionService` keeps the sealed originals.
"""

from doorward.protection.masking import KINDS, WITHHELD, Masker
from doorward.protection.matching import MatcherChoice
from doorward.protection.ports import AttachmentScanner, Verdict
from doorward.protection.screened import Original, Screened
from doorward.protection.screener import ALL_GUARDS, NO_FACTS, Guard, PublicFacts, Screener
from doorward.protection.service import ProtectionService, Purpose

__all__ = [
    "ALL_GUARDS",
    "KINDS",
    "NO_FACTS",
    "WITHHELD",
    "AttachmentScanner",
    "Guard",
    "Masker",
    "MatcherChoice",
    "Original",
    "ProtectionService",
    "PublicFacts",
    "Purpose",
    "Screened",
    "Screener",
    "Verdict",
]
