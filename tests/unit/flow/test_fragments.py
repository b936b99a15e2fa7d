from datetime import UTC, datetime, timedelta

import pytest

from doorward.flow.fragments import KEPT, Fragments, is_repetition
from doorward.kit.clock import FixedClock
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.text import MaskedText, Span, WildText

KEY = (TenantId("t"), ConversationId("c"))
FIRST, SECOND = MessageId("1"), MessageId("2")


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still."""
    return FixedClock(datetime(2026, 11, 29, tzinfo=UTC))


def test_the_next_message_knows_the_one_before(clock: FixedClock) -> None:
    """What a message ended with comes with the next one of the conversation, and with no other's."""
    fragments, tail = Fragments(clock), WildText("half")
    assert fragments.before(KEY, FIRST) is None
    fragments.keep(KEY, FIRST, before=None, tail=tail)
    assert fragments.before(KEY, SECOND) is tail
    assert fragments.before((TenantId("other"), KEY[1]), SECOND) is None


def test_a_message_that_comes_again_knows_what_it_knew(clock: FixedClock) -> None:
    """A repetition is screened as the first time, so that it is recognised as one."""
    fragments, before = Fragments(clock), WildText("before")
    fragments.keep(KEY, FIRST, before=before, tail=WildText("after"))
    assert fragments.before(KEY, FIRST) is before


def test_what_was_said_is_forgotten(clock: FixedClock) -> None:
    """Minutes later nothing is left in memory."""
    fragments = Fragments(clock)
    fragments.keep(KEY, FIRST, before=None, tail=WildText("half"))
    clock.advance(KEPT - timedelta(seconds=1))
    assert fragments.before(KEY, SECOND) is not None
    clock.advance(timedelta(seconds=1))
    assert fragments.before(KEY, SECOND) is None
    assert len(fragments) == 0


def test_a_repetition_may_be_masked_less() -> None:
    """After a restart the same text may be masked less; another text is another text."""
    masked = MaskedText("rest [CARD·1111] ok", (Span(kind="CARD", start=5, end=16),))
    assert is_repetition(masked, MaskedText("rest 1111 1111 ok"))
    assert is_repetition(MaskedText("rest 1111 1111 ok"), masked)
    assert is_repetition(masked, masked)
    assert not is_repetition(masked, MaskedText("rest 1111 1111"))
    assert not is_repetition(MaskedText("yes"), MaskedText("no"))
