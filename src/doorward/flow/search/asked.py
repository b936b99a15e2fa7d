"""What is asked of search at a door, and what is answered."""

from datetime import datetime

import msgspec

from doorward.flow.filters import Trouble
from doorward.record import Card
from doorward.record.search import Author, FilterWord, Order, Snippet
from doorward.vocabulary.discreet import Discreet

MOST = 100
"""Hits of one page."""


class Asked(Discreet, frozen=True, kw_only=True):
    """A search: what stands in the box (`LONGEST` characters at most), filters chosen beside it, and the page.

    `typing` says that the text is not finished: its last word may be the beginning of one, and no customer is looked
    for by it. `customers` asks also who is known by exactly this text, if the asker may know.
    """

    text: str = ""
    filters: tuple[FilterWord, ...] = ()
    order: Order = "newest"
    limit: int = 20
    cursor: str | None = None
    typing: bool = False
    customers: bool = False


class FoundLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that has the words: its number in the conversation, who wrote it and when, and the part with the words."""

    seq: int
    author: Author
    at: datetime
    snippet: Snippet


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation, and the line of it that has the words; without words, no line."""

    conversation: Card
    line: FoundLine | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a search.

    `next` is the cursor of the next page, null at the end. `searched_to` says that the search stopped at this time to
    stay quick: what is older comes with the next page. With `troubles` nothing was looked for. `customers` are the
    conversations of customers who are known by exactly the text.
    """

    items: tuple[SearchHit, ...] = ()
    next: str | None = None
    searched_to: datetime | None = None
    troubles: tuple[Trouble, ...] = ()
    customers: tuple[Card, ...] = ()
