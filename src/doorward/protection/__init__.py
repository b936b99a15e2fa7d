"""Protection: finds what must not be shown, masks it, seals it, and reports what threatens.

The only room that opens wild text. `Screener` is pure; `ProtectionService` keeps the sealed originals.
"""

from doorward.protection.customer_index import KINDS as FINDABLE_KINDS
from doorward.protection.customer_index import CustomerIndex
from doorward.protection.findable import FindableKind
from doorward.protection.masking import KINDS, WITHHELD, Masker
from doorward.protection.matching import MatcherChoice
from doorward.protection.ports import AttachmentScanner, Verdict
from doorward.protection.repository.likenesses import Sighting
from doorward.protection.screened import Hashing, Likeness, Original, Screened
from doorward.protection.screener import ALL_GUARDS, NO_FACTS, Guard, PublicFacts, Screener
from doorward.protection.service import ProtectionService, sightings
from doorward.protection.unmasking import LONGEST_REASON, PURPOSES, ForAction, Opened, OriginalOpening, Purpose

__all__ = [
    "ALL_GUARDS",
    "FINDABLE_KINDS",
    "KINDS",
    "LONGEST_REASON",
    "NO_FACTS",
    "PURPOSES",
    "WITHHELD",
    "AttachmentScanner",
    "CustomerIndex",
    "FindableKind",
    "ForAction",
    "Guard",
    "Hashing",
    "Likeness",
    "Masker",
    "MatcherChoice",
    "Opened",
    "Original",
    "OriginalOpening",
    "ProtectionService",
    "PublicFacts",
    "Purpose",
    "Screened",
    "Screener",
    "Sighting",
    "Verdict",
    "sightings",
]
