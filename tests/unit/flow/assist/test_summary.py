"""A summary says what was wanted, done, open and told, in the conversation's own sentences and nothing else."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.flow.assist.sentences import Weighing, sentences_of
from doorward.flow.assist.summary import ConversationSummary, summarise
from doorward.record import WrittenEntry
from doorward.vocabulary.entry import EntryKind
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.text import MaskedText, Span
from tests.support.builders import an_entry
from tests.support.words import packs

WEIGHING = Weighing(packs())


class Ledger:
    """A conversation that is written line by line."""

    def __init__(self) -> None:
        """Begin empty."""
        self.lines: list[WrittenEntry] = []

    def line(self, kind: EntryKind, text: str | None = None, **data: Any) -> "Ledger":
        """Write a line."""
        seq = len(self.lines) + 1
        self.lines.append(WrittenEntry(seq=seq, entry=an_entry(kind, key=f"k{seq}", text=text, **data)))
        return self

    def said(self, text: str | MaskedText, *, intent: str = "", action: str = "answer", **facts: Any) -> "Ledger":
        """Let the customer say something of which this was decided."""
        message_id = MessageId(f"m{len(self.lines)}")
        self.line("message.customer", "")
        masked = MaskedText(text) if isinstance(text, str) else text
        last = self.lines[-1]
        entry = msgspec.structs.replace(last.entry, text=masked, message_id=message_id)
        self.lines[-1] = msgspec.structs.replace(last, entry=entry)
        self.line("decision.made", action=action, intent=intent, facts=facts)
        decided = self.lines[-1]
        entry = msgspec.structs.replace(decided.entry, message_id=message_id)
        self.lines[-1] = msgspec.structs.replace(decided, entry=entry)
        return self

    def summary(self) -> ConversationSummary:
        """Return the summary."""
        return summarise(self.lines, weighing=WEIGHING, language="en")


def words(found: ConversationSummary, part: str) -> list[str]:
    """Return the sentences of a part."""
    return [one.text for one in getattr(found, part)]


def test_what_was_wanted_is_the_sentence_that_says_it() -> None:
    """Greetings around it, small talk before and a call for a person after it are left out."""
    ledger = Ledger().said("Hello!", action="greet", social="greeting").line("message.bot", "Hello.", action="greet")
    ledger.said("Good morning. My new card has not arrived yet. Thank you very much.", intent="card.arrival")
    ledger.said("I want to talk to a human", wants_person=True, action="hand_over")
    assert words(ledger.summary(), "wanted") == ["My new card has not arrived yet."]


def test_each_wish_is_told_once_the_first_always() -> None:
    """Of five wishes the first and the latest two stand there; the same wish again is no other."""
    ledger = Ledger()
    for intent in ("a", "b", "b", "c", "d"):
        ledger.said(f"Please see to my {intent * 5} soon", intent=intent)
    assert words(ledger.summary(), "wanted") == [f"Please see to my {one * 5} soon" for one in "acd"]


def test_what_was_tried_is_told_where_it_happened_last() -> None:
    """An article, a procedure begun and ended, what was changed, a proof, what a colleague wrote."""
    ledger = Ledger().said("Block my card", intent="card.block")
    ledger.line("message.bot", "…", action="answer", sources=[{"title": "Lost cards", "slug": "lost", "section": 0}])
    ledger.line("message.bot", "Which one?", action="ask", procedure={"id": "block_card", "awaits": "answer"})
    ledger.line("identity.raised")
    ledger.line("procedure.acted", operation="block_card", outcome="done")
    ledger.line("message.bot", "Done.", action="act", procedure={"id": "block_card", "outcome": "resolved"})
    ledger.line("message.agent", "Hello. I have ordered a new card for you.")
    tried = ledger.summary().tried
    assert [(one.kind, one.name, one.outcome) for one in tried] == [
        ("answered", "Lost cards", ""),
        ("proof", "", ""),
        ("acted", "block_card", "done"),
        ("procedure", "block_card", "resolved"),
        ("agent", "", ""),
    ]
    assert tried[-1].words is not None
    assert tried[-1].words.text == "I have ordered a new card for you."


def test_what_is_open_is_told_until_it_is_over() -> None:
    """A question that waits, why a person was called, a call-back, the last words without an answer."""
    ledger = Ledger().said("Block my card", intent="card.block")
    ledger.line("message.bot", "Which one?", action="ask", procedure={"id": "block_card", "awaits": "answer"})
    ledger.said("The one I had in Oslo", procedure_heard=True)
    ledger.line("callback.requested", "Please call me")
    ledger.line("handoff.requested", reason="asked_for_person", queue="default")
    found = ledger.summary()
    assert [(one.kind, one.name, one.detail) for one in found.open] == [
        ("reason", "asked_for_person", "asked_for_person"),
        ("awaits", "block_card", "answer"),
        ("call_back", "", ""),
        ("unanswered", "", ""),
    ]
    ledger.line("conversation.resolved")
    assert [one.kind for one in ledger.summary().open] == ["unanswered"]


def test_facts_are_sentences_with_something_masked_or_counted() -> None:
    """They keep their masked places, by the ids that lead to what stood there; what was wanted is not told twice."""
    text = "Where is my parcel? My name is [NAME]. I paid 40 euros. I am sad."
    span = Span(kind="NAME", start=31, end=37, id=None)
    found = Ledger().said(MaskedText(text, (span,)), intent="order.status").summary()
    assert words(found, "wanted") == ["Where is my parcel?"]
    assert words(found, "told") == ["My name is [NAME].", "I paid 40 euros."]
    (kept,) = found.told[0].spans
    assert found.told[0].text[kept.start : kept.end] == "[NAME]"


def test_nothing_said_is_an_empty_summary() -> None:
    """An empty ledger, and one without words."""
    assert Ledger().summary() == ConversationSummary(upto=0)
    assert Ledger().line("conversation.opened").summary() == ConversationSummary(upto=1)


@given(st.lists(st.sampled_from(["Hi. ", "no\n", "[CARD·11]", " … ", "word " * 80, "?! "]), max_size=12), st.randoms())
def test_sentences_are_pieces_of_the_text_and_cut_no_masked_place(parts: list[str], random: Any) -> None:
    """Each stands in the text where it says, whatever the text; a masked place is whole or not there."""
    text, spans, at = "".join(parts), [], 0
    for part in parts:
        if part.startswith("[") or random.random() < 0.2:
            spans.append(Span(kind="CARD", start=at, end=at + len(part)))
        at += len(part)
    masked = MaskedText(text, tuple(spans))
    for one in sentences_of(7, masked):
        assert one.seq == 7
        assert text[one.start : one.start + len(one.text)] == one.text
        whole = {(span.start - one.start, span.end - one.start) for span in spans}
        assert {(span.start, span.end) for span in one.spans} <= whole
        inside = [s for s in spans if s.start < one.start + len(one.text) and s.end > one.start]
        assert len(inside) == len(one.spans)


@pytest.mark.parametrize("language", ["en", "de", "tr", "id", "ru", "xx"])
def test_a_sentence_is_found_in_every_language(language: str) -> None:
    """Without a pack for it the longest telling one counts."""
    sentences = sentences_of(1, MaskedText("Ok. Qwertz uiopas dfghjk. Ok."))
    about = WEIGHING.about(sentences, language=language)
    best = WEIGHING.best(sentences, language=language, about=about)
    assert best is not None
    assert best.text == "Qwertz uiopas dfghjk."
