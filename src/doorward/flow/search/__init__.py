"""Search: words, filters and exact values in one question, and the reading of ledgers that were there before."""

from doorward.flow.search.asked import LONGEST, MOST, Answer, Asked, FoundLine, SearchHit, Trouble
from doorward.flow.search.filters import NAMES, FilterBook, names_of_kinds
from doorward.flow.search.reading import LedgerReading
from doorward.flow.search.service import Search

__all__ = [
    "LONGEST",
    "MOST",
    "NAMES",
    "Answer",
    "Asked",
    "FilterBook",
    "FoundLine",
    "LedgerReading",
    "Search",
    "SearchHit",
    "Trouble",
    "names_of_kinds",
]
