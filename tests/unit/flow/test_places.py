"""The places that pages of a list end at."""

from datetime import UTC, datetime

import pytest

from doorward.flow.views.places import read_place, write_place
from doorward.record import Card, CardOrder
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId, PartyId


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
