"""Answers in words to a question of ours: held against what was offered, and understood with what was asked about."""

from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from doorward.flow.asking_back import AskedBack, Hearing, heard_as_answer
from doorward.vocabulary.ids import ArticleId, SpanId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Choice
from doorward.vocabulary.text import MaskedText, Span
from doorward.vocabulary.understanding import Candidate, Intent, Understanding

LIKELY = 0.55
FEES, RATES = "Fees abroad", "Which rate counts"
ASKED = AskedBack(
    about=MaskedText("what do you take for it?"), choices=tuple(Choice(label=one, says=one) for one in (FEES, RATES))
)
STRANGER = Understanding(intent=None, stranger=True, wishes=(Intent(name="card.pin", score=0.2),), version="model@1")


def wishing(name: str, score: float, *, near: bool = False) -> Understanding:
    """Return what wishes for that."""
    wish = Intent(name=name, score=score)
    return Understanding(intent=wish, wishes=(wish,), near=near, version="model@1")


def found(slug: str, score: float) -> Candidate:
    """Return a piece of knowledge."""
    return Candidate(article_id=ArticleId("A1"), slug=slug, section=1, score=score, title=slug, revision=1)


def heard(
    own: Understanding,
    text: str | MaskedText,
    *,
    then: Mapping[str, Understanding],
    near: Mapping[str, tuple[float, ...]] | None = None,
) -> Understanding:
    """Return what a text means behind the question, where other texts are understood as `then` tells."""

    def read(masked: MaskedText) -> Reading:
        vector = np.array((near or {}).get(masked.text, (0, 0, 1)), "<f4")
        return Reading(language="en", language_score=1.0, words=(), stems=(), embedding=vector.tobytes())

    masked = MaskedText(text) if isinstance(text, str) else text
    by = Hearing(understand=lambda one: then[one.text], read=read, likely=LIKELY)
    return heard_as_answer(own, masked, asked=ASKED, by=by)


def test_what_was_offered_and_means_the_same_is_chosen() -> None:
    """As if its button had been pressed."""
    near = {"the fees": (1, 0, 0), FEES: (1, 0, 0), RATES: (0, 1, 0)}
    assert heard(STRANGER, "the fees", then={FEES: wishing("fees.ask", 0.9)}, near=near) == wishing("fees.ask", 0.9)


def test_a_few_words_are_understood_with_what_was_asked_about() -> None:
    """How somebody feels, and whom they ask for, is told by the message alone."""
    both = msgspec.structs.replace(wishing("fees.ask", 0.9), emotion="distress", wants_person=True)
    told = heard(STRANGER, "when abroad", then={"what do you take for it?. when abroad": both})
    assert (told.intent, told.emotion, told.wants_person) == (Intent(name="fees.ask", score=0.9), "", False)
    assert told.version == "model@1 answered@1"


@pytest.mark.parametrize(
    "own",
    [
        wishing("card.block", 0.8),
        msgspec.structs.replace(STRANGER, wants_person=True),
        msgspec.structs.replace(STRANGER, wants_complaint=True),
        msgspec.structs.replace(STRANGER, social="thanks"),
        msgspec.structs.replace(STRANGER, emotion="distress"),
        msgspec.structs.replace(STRANGER, candidates=(found("fees", 0.3), found("fees", 0.26))),
    ],
)
def test_what_says_enough_by_itself_is_no_answer(own: Understanding) -> None:
    """Somebody has something else at heart, or says it plainly: nothing else is asked."""
    assert heard(own, "block my card", then={}) is own


def test_one_of_two_wishes_is_not_enough_by_itself() -> None:
    """However likely the first is."""
    both = wishing("card.block", 0.7)
    then = {"what do you take for it?. that": both}
    assert heard(wishing("card.unblock", 0.9, near=True), "that", then=then).intent == both.intent


def test_where_both_say_less_the_message_counts() -> None:
    """Nothing is lost by asking."""
    own = msgspec.structs.replace(STRANGER, candidates=(found("fees", 0.4),))
    assert heard(own, "hm", then={"what do you take for it?. hm": STRANGER}) is own


def test_masked_places_stay_where_they_are() -> None:
    """Nothing offered is held against a masked value, and its span moves with the text."""
    seen: list[MaskedText] = []
    span = Span(kind="EMAIL", start=3, end=10, id=SpanId("S1"))

    def understand(masked: MaskedText) -> Understanding:
        seen.append(masked)
        return wishing("email.change", 0.9)

    def read(_masked: MaskedText) -> Reading:
        raise AssertionError("nothing is compared")

    by = Hearing(understand=understand, read=read, likely=LIKELY)
    heard_as_answer(STRANGER, MaskedText("to [EMAIL]", (span,)), asked=ASKED, by=by)
    (both,) = seen
    (moved,) = both.spans
    assert both.text[moved.start : moved.end] == "[EMAIL]"
