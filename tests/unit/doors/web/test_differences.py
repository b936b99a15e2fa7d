"""The history of settings: what changed stands there in short, and nothing of it is left out."""

from typing import Any

import pytest

from doorward.doors.web.desk.settings.differences import SHORT, differences

LONG = "We process what you write here in order to answer you. " * 12


@pytest.mark.parametrize(
    ("before", "after", "short"),
    [
        (0.4, 0.6, ("0.4", "0.6")),
        (["en", "de"], ["de", "en"], ("en, de", "de, en")),
        ({"mon": ["9-12"], "tue": ["9-17"]}, {"tue": ["9-17"]}, ("mon: 9-12", "")),
        ({}, {"en": "Hello"}, ("", "en: Hello")),
        ("#0f6b57", "#123456", ("#0f6b57", "#123456")),
    ],
)
def test_short_values_stand_whole_and_only_entries_that_differ(before: Any, after: Any, short: tuple[str, str]) -> None:
    """A value that fits stands as it is; of several entries those that are alike are left out."""
    was, became = differences(before, after)
    assert (was.short, became.short) == short


def test_of_a_long_text_only_the_part_that_differs_stands() -> None:
    """One word in a long notice is told with the words around it, under its language alone; the whole is at hand."""
    changed = LONG[:300] + "never " + LONG[300:]
    was, became = differences({"en": LONG, "de": LONG}, {"en": changed, "de": LONG})
    assert "never " in became.short
    assert became.short.startswith("en: …")
    assert "de:" not in became.short
    assert len(was.short) < SHORT > len(became.short)
    assert was.is_shortened
    assert became.is_shortened
    assert became.whole == f"en: {changed}\nde: {LONG}"


@pytest.mark.parametrize(("before", "after"), [("", LONG), (LONG, ""), (LONG, LONG + "End."), (LONG, "A" + LONG)])
def test_what_is_new_or_gone_or_at_an_end_is_short_too(before: str, after: str) -> None:
    """Whatever side the difference is at, both stay short, and what is told stands in the text."""
    for side, whole in zip(differences(before, after), (before, after), strict=True):
        assert len(side.short) <= 2 * SHORT + 10
        assert all(part.strip() in whole for part in side.short.split("…"))


def test_long_texts_in_many_languages_are_short_together() -> None:
    """A notice that is new in five languages fills a few lines, a language each."""
    _, became = differences({}, dict.fromkeys(("en", "de", "tr", "id", "ru"), LONG))
    assert len(became.short.splitlines()) == 5
    assert len(became.short) < 5 * 80
    assert became.is_shortened
