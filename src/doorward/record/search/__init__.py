"""Search over the ledger: an index of every line's words, kept with the lines, and the questions it answers."""

from doorward.record.search.finding import find
from doorward.record.search.index import Progress, SearchIndex, all_progress
from doorward.record.search.query import MOST_WORDS, FilterWord, Group, Parsed, PlainPart, groups_of, parse
from doorward.record.search.snippets import Piece, Snippet, snippet_of
from doorward.record.search.terms import Terms, bare, kind_term
from doorward.record.search.wanted import (
    NOBODY,
    Author,
    CardFilters,
    Found,
    Hit,
    Line,
    LineQuery,
    Order,
    Page,
    Position,
)

__all__ = [
    "MOST_WORDS",
    "NOBODY",
    "Author",
    "CardFilters",
    "FilterWord",
    "Found",
    "Group",
    "Hit",
    "Line",
    "LineQuery",
    "Order",
    "Page",
    "Parsed",
    "Piece",
    "PlainPart",
    "Position",
    "Progress",
    "SearchIndex",
    "Snippet",
    "Terms",
    "all_progress",
    "bare",
    "find",
    "groups_of",
    "kind_term",
    "parse",
    "snippet_of",
]
