"""What staff wrote, as HTML: the cases that the chat's own renderer is held to as well, and nothing but them."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from doorward.doors.web.formatting import as_html
from doorward.doors.web.pages import written
from doorward.record.formatting import FormattedPiece, formatted
from doorward.vocabulary.text import Span

CASES = [json.loads(line) for line in Path(__file__).with_name("formatted.jsonl").read_text("utf-8").splitlines()]
ALLOWED = re.compile(
    r"</?(?:p|blockquote|ul|ol|li|strong|em|s|code|pre|a|div|span)>|<br>|<li value=\"\d+\">|<span class=\"address\">"
    r"|<a href=\"(?:https?://|mailto:)[^\"<>]*\" rel=\"noopener nofollow ugc\" target=\"_blank\">"
    r"|<div class=\"formatted\">"
)
SIGNS = ["**", "*", "`", "```\n", "[a](", ")", "\n", "> ", "- "]
OTHERS = ["https://a.example", "<script>", "</p>", '"', "'", "&lt;", "word"]


def mark(piece: FormattedPiece) -> Markup:
    """A masked place as the cases write it."""
    return Markup("<mark>{}</mark>").format(piece.text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_a_text_has_its_pieces_and_they_their_elements(case: dict[str, Any]) -> None:
    """Both steps, so that whoever builds nodes of the pieces elsewhere can be held to the same."""
    spans = tuple(Span(kind="CARD", start=start, end=end) for start, end in case["spans"])
    pieces = formatted(case["text"], spans)
    assert [msgspec.to_builtins(piece) for piece in pieces] == case["pieces"]
    assert as_html(pieces, mask=mark) == case["html"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*SIGNS, *OTHERS]), max_size=30).map("".join) | st.text(max_size=80))
def test_no_other_markup_gets_through(text: str) -> None:
    """Whatever was typed, the page has the elements of the form, their own attributes, and escaped text."""
    html = str(written(text, (), kind_name=str))
    rest = ALLOWED.sub("", html)
    assert "<" not in rest
    assert ">" not in rest


def test_a_mask_in_form_is_the_chip_it_is_elsewhere() -> None:
    """Read out with its kind, and leading to what stood there for those who may."""
    text = "**Your card [CARD·1111]**"
    spans = (Span(kind="CARD", start=12, end=23),)
    html = str(written(text, spans, kind_name=lambda _kind: "Payment card"))
    assert '<strong>Your card <span class="mask" data-kind="CARD"><span class="sr-only">Payment card: </span>' in html
    assert html.startswith('<div class="formatted"><p><strong>')


def test_text_without_form_is_shown_as_before() -> None:
    """No element at all: spaces and lines stand as they were typed."""
    assert written("a  b\n  c", (), kind_name=str) == "a  b\n  c"
