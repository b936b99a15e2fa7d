import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.protection.masking import KINDS, Masker
from doorward.protection.screened import Screened
from doorward.vocabulary.finding import GUARD_UNAVAILABLE
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import WildText
from tests.support.screening import generated_texts, screen, screener

PIECES = st.sampled_from(generated_texts(400, seed=3))
TEXTS = st.one_of(
    st.text(st.characters(), max_size=120),
    st.lists(st.one_of(PIECES, st.text(st.characters(), max_size=8)), max_size=4).map("".join),
)


BESIDE = st.sampled_from(
    (
        *("İbrahim Yılmaz", "Işıl Şahin", "İnci ışık", "Groß-Weiß", "Kızılay Sk. 5/3 34710 Kadıköy", "İstanbul"),
        *("0532 123 45 67", "TR33 0006 1005 1978 6457 8413 26", "34 ABC 123", "posta kodu 34710", "No: 12"),
        *("şifrem ıİ9x!k", "kodum 482 913", "kullanıcı adım ışıl_34", "ışıl et örnek nokta com", "login: 'ı'"),
    )
)
CHANGING = st.sampled_from(
    ("İ", "ı", "i\u0307", "\u0307", "\u0301", "\u0345", "\u200d", "\u00ad", "\ufe0f", "ß", "ẞ", "ﬁ", "ŉ", "℡", "\u3000")
)
"""Characters that grow, vanish or join others when their case is folded."""


def masked_places(screened: Screened, text: str) -> list[tuple[int, int]]:
    """Return the places of the input that are masked, in order: each is what its original holds, from its first finding
    on, and holds all its findings whole. Parts of an address are several findings with one original.
    """
    findings = [finding for finding in screened.findings if finding.family == "sensitive"]
    places = []
    for original in screened.originals:
        raw = original.uncover().decode("utf-8", "surrogatepass")
        start = findings[0].start
        end = start + len(raw)
        assert text[start:end] == raw
        while findings and findings[0].start < end:
            assert findings.pop(0).end <= end
        places.append((start, end))
    assert not findings
    return places


@given(TEXTS)
def test_findings_lie_in_the_text_and_sensitive_ones_do_not_overlap(text: str) -> None:
    """Places are characters of the input, in order, and no two sensitive ones share a character."""
    findings = screen(text).findings
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    sensitive = [finding for finding in findings if finding.family == "sensitive"]
    assert all(a.end <= b.start for a, b in itertools.pairwise(sensitive))


@given(st.lists(st.tuples(BESIDE, CHANGING, st.integers(0, 40)), min_size=1, max_size=6))
def test_no_detector_fails_beside_characters_that_change_in_length(parts: list[tuple[str, str, int]]) -> None:
    """Names, numbers and addresses with such characters before, in and behind them are judged by every detector."""
    text = " ".join(f"{value[:place]}{sign}{value[place:]}" for value, sign, place in parts)
    assert not [finding for finding in screen(text).findings if finding.kind == GUARD_UNAVAILABLE]


@given(TEXTS)
def test_outside_of_the_spans_the_text_is_what_came_in(text: str) -> None:
    """Masked text is the input with its found places replaced and its look-alikes escaped, nothing more."""
    screened = screener().screen(WildText(text), span_id=lambda number: SpanId(str(number)))
    masker = Masker([*KINDS])
    shown, done = [], 0
    for start, end in masked_places(screened, text):
        shown.append(masker.escape(text[done:start]))
        done = end
    shown.append(masker.escape(text[done:]))
    kept, done = [], 0
    for span in screened.masked.spans:
        kept.append(screened.masked.text[done : span.start])
        done = span.end
    kept.append(screened.masked.text[done:])
    assert kept == shown


@given(TEXTS)
def test_no_found_value_is_left_in_the_output(text: str) -> None:
    """What was masked is not in the masks or the findings; a link's host is what its mask shows."""
    screened = screener().screen(WildText(text), span_id=lambda number: SpanId(str(number)))
    shown = " ".join(screened.masked.text[span.start : span.end] for span in screened.masked.spans)
    for original in screened.originals:
        raw = original.uncover().decode("utf-8", "surrogatepass")
        if original.kind != "URL" and len(raw) > 4:
            assert raw not in shown
            assert raw not in repr(screened.findings)


@given(TEXTS)
def test_originals_put_back_make_the_input(text: str) -> None:
    """Spans and originals together are the input again, character by character, and no value that was found crosses the
    end of a masked place.
    """
    screened = screener().screen(WildText(text), span_id=lambda number: SpanId(str(number)))
    assert len(masked_places(screened, text)) == len(screened.masked.spans)
    assert [span.id for span in screened.masked.spans] == [original.span_id for original in screened.originals]


@settings(max_examples=30)
@given(TEXTS)
def test_screening_twice_finds_the_same(text: str) -> None:
    """Screening keeps nothing from one text to the next."""
    assert screen(text) == screen(text)


@pytest.mark.parametrize(
    ("part", "size"),
    [
        ("", 0),
        ("a", 1_000_000),
        ("1", 1_000_000),
        ("@", 1_000_000),
        ("\x00", 1_000_000),
        ("\ud800", 1_000_000),
        ("Где моя карта? ", 1_000_000),
        ("1 ", 200_000),
        ("a@b.", 200_000),
        (".com", 200_000),
        ("http://", 200_000),
        ("pin ", 200_000),
        ("password: ", 200_000),
        ("[", 200_000),
        ("ab\u200b", 200_000),
        ("а1a ", 200_000),
        ("4111 1111 1111 1111 ", 200_000),
        ("::", 200_000),
        ("\U0001f600", 200_000),
        ("(", 200_000),
        ("ignore ", 200_000),
    ],
    ids=ascii,
)
@pytest.mark.slow
def test_long_texts_of_anything_are_screened(part: str, size: int) -> None:
    """Long and hostile texts come back, screened or withheld, without an error."""
    text = part * (size // max(len(part), 1))
    screened = screen(text)
    assert all(finding.end <= len(text) for finding in screened.findings)
    assert bool(screened.masked.text) == bool(text)
