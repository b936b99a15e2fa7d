"""Markdown becomes plain text and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering import plain_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Open the **app** and *tap* `Freeze`.", "Open the app and tap Freeze."),
        ("One line\nand its rest.\n\nAnother.", "One line and its rest.\n\nAnother."),
        ("First  \nsecond", "First\nsecond"),
        ("- one\n- two\n  more", "• one\n• two more"),
        ("1. open\n2. close", "1. open\n2. close"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("Do:\n\n- this\n- that\n\nDone.", "Do:\n\n• this\n• that\n\nDone."),
        ("- one\n  - inner\n- two", "• one\n   • inner\n• two"),
        ("See [the fees](https://bank.example/fees).", "See the fees (https://bank.example/fees)."),
        ("<https://bank.example>", "https://bank.example"),
        ("[https://bank.example](https://bank.example)", "https://bank.example"),
        ("[write](mailto:help@bank.example)", "write (help@bank.example)"),
        ("[call](tel:+49301)", "call (+49301)"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](/relative)", "x"),
        ("![a map](https://bank.example/map.png)", "a map"),
        ("## Heading\n\nText", "Heading\n\nText"),
        ("> quoted", "quoted"),
        ("```\ncode  here\n```", "code  here"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("Fish &amp; chips &lt;b&gt;", "Fish & chips <b>"),
        ("", ""),
    ],
)
def test_markup_becomes_text(markdown: str, text: str) -> None:
    """Every construct that articles use reads well without markup."""
    assert plain_text(markdown) == text


@pytest.mark.parametrize(
    "html", ["<script>alert(1)</script>", "<b>bold</b>", "<!-- hidden -->", '<img src="x" onerror="alert(1)">']
)
def test_html_is_text_like_any_other(html: str) -> None:
    """Tags are shown as they were typed: they are never markup, and nothing is swallowed."""
    assert plain_text(f"Before {html} after") == f"Before {html} after"
    assert plain_text(html) == html


@given(st.text(alphabet="ab \n#*_`[]()<>!-1.>\\&;", max_size=80))
def test_any_markdown_becomes_text(markdown: str) -> None:
    """Whatever an author types, there is text, without white space around it."""
    text = plain_text(markdown)
    assert text == text.strip()
