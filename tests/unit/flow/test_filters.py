"""Filters as people write them, and the places that pages end at."""

from datetime import UTC, date, datetime

import pytest

from doorward.flow.views.filters import LONGEST_QUERY, Filters, parse_filters
from doorward.flow.views.places import read_place, write_place
from doorward.record import Card, CardOrder
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId, PartyId


def test_every_filter_is_read() -> None:
    """Each name fills its field; capitals and spaces do not matter."""
    query = (
        "State:human,waiting label:refund label:vip channel:webchat lang:TR queue:billing status:supplier "
        "priority:urgent priority:1 agent:mira mentions:me intent:card_lost risk:60% unread:yes sleeping:no "
        " since:2025-12-01  before:2026-01-01"
    )
    assert parse_filters(query) == Filters(
        states=("human", "waiting"),
        labels=("refund", "vip"),
        channels=("webchat",),
        languages=("tr",),
        queues=("billing",),
        statuses=("supplier",),
        priorities=(2, 1),
        agent="mira",
        mentions="me",
        intent="card_lost",
        risk=0.6,
        unread=True,
        sleeping=False,
        since=date(2025, 12, 1),
        before=date(2026, 1, 1),
    )


def test_nothing_asks_for_nothing() -> None:
    """An empty query narrows nothing."""
    assert parse_filters("  ") == Filters()


@pytest.mark.parametrize(
    ("query", "why", "word"),
    [
        ("colour:red", "name", "colour:red"),
        ("label:vip stolen card", "words", "stolen"),
        ("label:", "value", "label:"),
        ("state:asleep", "value", "state:asleep"),
        ("priority:9", "value", "priority:9"),
        ("unread:no", "value", "unread:no"),
        ("before:yesterday", "value", "before:yesterday"),
        ("risk:nan", "value", "risk:nan"),
        ("risk:2", "value", "risk:2"),
        ("agent:mira agent:jonas", "twice", "agent:jonas"),
        ("agent:mira,jonas", "twice", "agent:mira,jonas"),
        ("a " * LONGEST_QUERY, "too_long", ""),
    ],
)
def test_what_cannot_be_meant_is_said(query: str, why: str, word: str) -> None:
    """The error names the part of the query and why it cannot be."""
    with pytest.raises(Malformed) as refused:
        parse_filters(query)
    assert refused.value.facts == {"why": why, "word": word}


@pytest.mark.parametrize("order", ["latest", "unanswered"])
def test_a_place_is_read_as_it_was_written(order: CardOrder) -> None:
    """To the microsecond, by what the order goes by."""
    last, unanswered = datetime(2026, 3, 1, 9, 0, 0, 123456, UTC), datetime(2026, 2, 1, tzinfo=UTC)
    card = Card(
        conversation_id=ConversationId("c" * 26),
        party_id=PartyId("p" * 26),
        channel="webchat",
        language="en",
        state="human",
        opened_at=unanswered,
        last_at=last,
        last_seq=3,
        priority=-1,
        unanswered_since=unanswered,
    )
    place = read_place(write_place(card, order))
    assert (place.at, place.priority, place.conversation_id) == (
        unanswered if order == "unanswered" else last,
        -1,
        card.conversation_id,
    )


@pytest.mark.parametrize("written", ["", "1", "1.0", "x.0.c", "1.9.c", "1.0.c.d", "1.0.", "9" * 30 + ".0.c", "1.0.c'"])
def test_no_other_place_is_read(written: str) -> None:
    """What we did not write is malformed, never a crash."""
    with pytest.raises(Malformed):
        read_place(written)
