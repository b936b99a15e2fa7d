import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.masking import Mask, Masker
from doorward.vocabulary.ids import SpanId

MASKER = Masker(("CARD", "PERSON"))


@pytest.mark.parametrize(
    "typed",
    [
        "[CARD·4242]",
        "[PIN]",
        "[card·1]",
        "[Pin]",
        "[PERSON]",
        "[ANYTHING·x]",
        "[CARD•4242]",
        "[ CARD · 4242 ]",
        "[ＣＡＲＤ·1]",
    ],
)
def test_a_typed_look_alike_is_escaped(typed: str) -> None:
    """What somebody types as a mask is shown with a backslash."""
    assert MASKER.escape(f"see {typed} here") == f"see \\{typed} here"


@pytest.mark.parametrize(
    "typed", ["[1]", "[x]", "[see below]", "[PINS]", "\\[PIN]", "a[0]", "[]", "[Mo–Fr 9·17]", "[a b]"]
)
def test_ordinary_brackets_are_left_alone(typed: str) -> None:
    """Brackets that nobody could take for a mask stay as they are, and so does what was escaped before."""
    assert MASKER.escape(typed) == typed


@given(st.text(alphabet="[]\\·CARDPIN card4 \x00\ud800", max_size=40))
def test_escaping_twice_is_escaping_once(text: str) -> None:
    """An escaped text is not escaped again."""
    once = MASKER.escape(text)
    assert MASKER.escape(once) == once


@given(st.text(st.characters(), max_size=60))
def test_masked_text_can_be_stored_everywhere(text: str) -> None:
    """No NUL and no lone surrogate is left, which databases and JSON refuse."""
    assert "\x00" not in MASKER.escape(text)
    MASKER.escape(text).encode("utf-8")


def test_spans_say_where_the_masks_stand() -> None:
    """Spans are places of the masked text, with kind, subkind and id of what stood there."""
    masked = MASKER.mask(
        "[PIN] a 4111 b 12 c",
        [Mask(8, 12, "CARD", None, "4242", SpanId("s1")), Mask(15, 17, "PIN", "card_security_code")],
    )
    assert masked.text == "\\[PIN] a [CARD·4242] b [PIN] c"
    assert [masked.text[span.start : span.end] for span in masked.spans] == ["[CARD·4242]", "[PIN]"]
    assert [(span.kind, span.id, span.subkind) for span in masked.spans] == [
        ("CARD", "s1", None),
        ("PIN", None, "card_security_code"),
    ]


def test_a_look_alike_around_a_mask_is_escaped() -> None:
    """A typed beginning of a mask before a real one cannot make the real one look typed, nor the other way round."""
    masked = MASKER.mask("[CARD·4111]", [Mask(6, 10, "CARD", None, "4111")])
    assert masked.text == "\\[CARD·[CARD·4111]]"
    assert masked.text[masked.spans[0].start : masked.spans[0].end] == "[CARD·4111]"
