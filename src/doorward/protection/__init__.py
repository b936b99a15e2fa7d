"""Protection: finds what must not be shown, masks it, seals it, and reports what threatens.

The only room that opens wild text. `Screener` is pure; `ProtectionService` keeps the sealed originals. What needs a
database is imported when it is asked for: whoever only screens, such as the workers of a bulk run, starts in half the
time without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from doorward.protection.findable import FindableKind
from doorward.protection.masking import KINDS, WITHHELD, Masker
from doorward.protection.matching import MatcherChoice
from doorward.protection.own_kinds import Broken, OwnKinds
from doorward.protection.own_patterns import PatternRefused, read_pattern
from doorward.protection.own_words import WordRefused, words_in
from doorward.protection.policies import DESK, LAST_FOUR, ChannelPolicy, Refusal, Weighed, channel_policy
from doorward.protection.ports import AttachmentScanner, Verdict
from doorward.protection.public import NO_FACTS, PublicFacts
from doorward.protection.screened import Hashing, Likeness, Original, Screened
from doorward.protection.screener import ALL_GUARDS, Guard, Screener

if TYPE_CHECKING:
    from doorward.protection.customer_index import KINDS as FINDABLE_KINDS
    from doorward.protection.customer_index import CustomerIndex
    from doorward.protection.repository.likenesses import Sighting
    from doorward.protection.service import ProtectionService, sightings
    from doorward.protection.unmasking import LONGEST_REASON, PURPOSES, ForAction, Opened, OriginalOpening, Purpose
else:
    _WITH_DATABASE = {
        "FINDABLE_KINDS": ("customer_index", "KINDS"),
        "CustomerIndex": ("customer_index", "CustomerIndex"),
        "Sighting": ("repository.likenesses", "Sighting"),
        "ProtectionService": ("service", "ProtectionService"),
        "sightings": ("service", "sightings"),
        "LONGEST_REASON": ("unmasking", "LONGEST_REASON"),
        "PURPOSES": ("unmasking", "PURPOSES"),
        "ForAction": ("unmasking", "ForAction"),
        "Opened": ("unmasking", "Opened"),
        "OriginalOpening": ("unmasking", "OriginalOpening"),
        "Purpose": ("unmasking", "Purpose"),
    }

    def __getattr__(name: str) -> Any:
        """Import what needs a database, at its first use (PEP 562)."""
        if name not in _WITH_DATABASE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, own_name = _WITH_DATABASE[name]
        value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), own_name)
        return value


__all__ = [
    "ALL_GUARDS",
    "DESK",
    "FINDABLE_KINDS",
    "KINDS",
    "LAST_FOUR",
    "LONGEST_REASON",
    "NO_FACTS",
    "PURPOSES",
    "WITHHELD",
    "AttachmentScanner",
    "Broken",
    "ChannelPolicy",
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
    "OwnKinds",
    "PatternRefused",
    "ProtectionService",
    "PublicFacts",
    "Purpose",
    "Refusal",
    "Screened",
    "Screener",
    "Sighting",
    "Verdict",
    "Weighed",
    "WordRefused",
    "channel_policy",
    "read_pattern",
    "sightings",
    "words_in",
]
