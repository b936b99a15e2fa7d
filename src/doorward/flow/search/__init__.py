"""Search: words, filters and exact values in one question, and the reading of ledgers that were there before."""

from doorward.flow.search.asked import MOST, Answer, Asked, FoundLine, SearchHit
from doorward.flow.search.reading import LedgerReading
from doorward.flow.search.service import Search

__all__ = [
    "MOST",
    "Answer",
    "Asked",
    "FoundLine",
    "LedgerReading",
    "Search",
    "SearchHit",
]
