import re

from doorward.plugins.languages.ru.plugin import build


def test_yo_and_ye_are_one() -> None:
    """Most people type е for ё, so both are the same letter."""
    assert build(None).fold_case("ЕЩЁ счёт") == "еще счет"


def test_customers_are_addressed_formally() -> None:
    """No sentence says 'ты'."""
    informal = re.compile(r"\b(ты|тебя|тебе|тобой|твой|твоя|твоё|твои)\b", re.IGNORECASE)
    assert [key for key, text in build(None).messages.items() if informal.search(text)] == []
