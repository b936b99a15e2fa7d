"""The one language of filters, for search and for lists: words of five languages, one form in which they are kept."""

from doorward.flow.filters.asked import (
    LONGEST,
    NAMES,
    OF_LINES,
    Filter,
    Filters,
    NotUnderstood,
    Trouble,
    normal,
    reason_of,
    write,
)
from doorward.flow.filters.book import Circumstances, FilterBook, Reading, names_of_kinds
from doorward.flow.filters.meaning import Wanted, mean
from doorward.flow.filters.service import FilterReader, ReadFilters

__all__ = [
    "LONGEST",
    "NAMES",
    "OF_LINES",
    "Circumstances",
    "Filter",
    "FilterBook",
    "FilterReader",
    "Filters",
    "NotUnderstood",
    "ReadFilters",
    "Reading",
    "Trouble",
    "Wanted",
    "mean",
    "names_of_kinds",
    "normal",
    "reason_of",
    "write",
]
