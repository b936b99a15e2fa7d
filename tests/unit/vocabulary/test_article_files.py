"""How an article file is read."""

import pytest

from doorward.vocabulary.article_files import parse_article

GOOD = """---
title: Lost: what now
summary: Freeze it.
keywords: lost,  stolen , ,freeze
questions:
- I lost it
- It is gone: help
---

The lead.

Its second paragraph.

## Freeze it {#freeze}
? How do I freeze it?
? freeze

- one
- two

## Send it back {#send-back}

Just do.
"""


def test_an_article_is_read_whole() -> None:
    """Lead, questions, keywords, section ids and bodies come out as they were written."""
    article = parse_article(GOOD, slug="lost", language="en")
    assert (article.slug, article.language, article.title) == ("lost", "en", "Lost: what now")
    assert article.keywords == ("lost", "stolen", "freeze")
    lead, freeze, back = article.sections
    assert (lead.heading, lead.id) == ("Lost: what now", "")
    assert lead.body == "The lead.\n\nIts second paragraph."
    assert lead.questions == ("I lost it", "It is gone: help")
    assert (freeze.id, freeze.questions, freeze.body) == ("freeze", ("How do I freeze it?", "freeze"), "- one\n- two")
    assert (back.id, back.questions, back.body) == ("send-back", (), "Just do.")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("---\ntitle", "title", 1),
        ("help\n---\n", "help\n\n", 23),
        ("summary: Freeze it.", "summary:", 3),
        ("summary: Freeze it.\n", "", 1),
        ("keywords:", "keyword:", 4),
        (" {#freeze}", "", 14),
        ("{#send-back}", "{#freeze}", 21),
        ("{#send-back}", "{#Send}", 21),
        ("Just do.", "", 21),
        ("The lead.\n\nIts second paragraph.\n", "", 8),
    ],
)
def test_a_faulty_file_is_refused_by_line(old: str, new: str, line: int) -> None:
    """What is wrong in a file is named by its line, without repeating what stands there."""
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(ValueError, match=rf"^line {line}: ") as refused:
        parse_article(text, slug="lost", language="en")
    assert "Freeze it" not in str(refused.value)
