"""What goes to a translator and what comes back: tokens for what is masked, each once, or no translation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.flow.desk.translating import Translating, brought_back, carried
from doorward.vocabulary.errors import Unavailable
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import MaskedText, Span, WildText
from tests.support.transactions import CONVERSATION, staff_scope
from tests.support.translating import FakeTranslator
from tests.support.walking import Flow

MIRA = staff_scope("m" * 26)
TEXT = MaskedText(
    "Call [PHONE·12] or [CARD·1111]!",
    (
        Span(kind="PHONE", start=5, end=15, id=SpanId("a")),
        Span(kind="CARD", start=19, end=30, id=SpanId("b")),
    ),
)


@st.composite
def masked_texts(draw: st.DrawFn) -> MaskedText:
    """Masked texts with up to five places."""
    text, spans = draw(st.text(max_size=20)), []
    for number in range(draw(st.integers(0, 5))):
        mask = f"[KIND·{number}]"
        spans.append(Span(kind="KIND", start=len(text), end=len(text) + len(mask), id=SpanId(str(number))))
        text += mask + draw(st.text(alphabet=st.sampled_from("ab ⟦1⟧[]·\n"), max_size=12))
    return MaskedText(text, tuple(spans))


def test_what_is_masked_goes_as_numbered_tokens() -> None:
    """Neither kind nor tail leaves the house, and brackets that somebody typed are no tokens."""
    assert carried(TEXT) == "Call ⟦1⟧ or ⟦2⟧!"
    assert carried(MaskedText("typed ⟦1⟧")) == "typed [1]"


def test_places_may_change_their_order() -> None:
    """Each keeps its own letters, kind and id, wherever the other language puts it."""
    back = brought_back("⟦2⟧, ⟦1⟧ anrufen", TEXT)
    assert back.text == "[CARD·1111], [PHONE·12] anrufen"
    assert [(span.id, back.text[span.start : span.end]) for span in back.spans] == [
        ("b", "[CARD·1111]"),
        ("a", "[PHONE·12]"),
    ]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Rufen Sie ⟦1⟧ an", "masks"),
        ("⟦1⟧ ⟦2⟧ ⟦2⟧", "masks"),
        ("⟦1⟧ ⟦2⟧ ⟦3⟧", "masks"),
        ("⟦1⟧ ⟦ 2 ⟧", "masks"),
        ("⟦1⟧ ⟦2⟧ ⟦", "masks"),
        ("⟦1⟧ ⟦zwei⟧", "masks"),
        ("⟦1⟧ ⟦2⟧ ⟦0⟧", "masks"),
        ("[PHONE·12] [CARD·1111]", "masks"),
        (" \n", "empty"),
        ("⟦1⟧ ⟦2⟧" + "x" * 5000, "long"),
    ],
)
def test_a_translation_that_changed_a_place_is_refused(answer: str, why: str) -> None:
    """Lost, doubled, invented, misspelt: the whole translation is no translation."""
    with pytest.raises(Unavailable) as refused:
        brought_back(answer, TEXT)
    assert refused.value.facts["why"] == why


@settings(max_examples=300, deadline=None)
@given(masked_texts())
def test_there_and_back_is_the_same_but_for_brackets(text: MaskedText) -> None:
    """A translator that changes nothing gives the text back, whatever somebody typed into it."""
    sent = carried(text)
    if not sent.strip():
        return
    back = brought_back(sent, text)
    assert back.text == text.text.translate({ord("⟦"): "[", ord("⟧"): "]"})
    assert back.spans == text.spans


async def test_nothing_is_translated_into_no_language(flow: Flow) -> None:
    """Before the customer's first message was read nobody knows in which language they write."""
    translator = FakeTranslator()
    translating = Translating(flow.transactions, flow.desk_rooms._replace(text_translator=translator))
    with pytest.raises(Unavailable, match="not known yet"):
        await translating.draft(MIRA, CONVERSATION, WildText("It is ready"), source="en", target="")
    assert translator.asked == []
