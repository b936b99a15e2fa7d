"""What the search page shows: hits of one conversation together."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.flow.search import Answer, Asked, FoundLine
from doorward.record import Card
from doorward.record.search import FilterWord

CHOSEN: Final = ("state", "by", "channel", "lang", "agent", "from", "to")
"""The filters that have a field; all others are typed."""

ORDERS: Final = ("newest", "relevance")
PAGE: Final = 25


class FoundCard(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation with those of its lines that were found, the best or newest first."""

    card: Card
    lines: tuple[FoundLine, ...]


def asked_of(fields: Mapping[str, str], *, typing: bool) -> Asked:
    """Return what the form asks for; fields that nobody filled in ask for nothing."""
    chosen = ((name, fields.get(name, "").strip()) for name in CHOSEN)
    return Asked(
        text=fields.get("text", ""),
        filters=tuple(FilterWord(name=name, values=(value,)) for name, value in chosen if value),
        order="relevance" if fields.get("order") == "relevance" else "newest",
        limit=PAGE,
        cursor=fields.get("cursor") or None,
        typing=typing or fields.get("typing") == "yes",
        customers=not typing,
    )


def is_blank(asked: Asked) -> bool:
    """Return whether nothing is asked for."""
    return not asked.text.strip() and not asked.filters


def together(answer: Answer) -> tuple[FoundCard, ...]:
    """Return the hits of a page with those of one conversation at its first one."""
    lines: dict[str, list[FoundLine]] = {}
    cards: dict[str, Card] = {}
    for hit in answer.items:
        card = cards.setdefault(hit.conversation.conversation_id, hit.conversation)
        lines.setdefault(card.conversation_id, []).extend(() if hit.line is None else (hit.line,))
    return tuple(FoundCard(card=card, lines=tuple(lines[one])) for one, card in cards.items())
