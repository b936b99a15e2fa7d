import re

from doorward.plugins.languages.id.plugin import build


def test_customers_are_addressed_formally() -> None:
    """Sentences say 'Anda', with a capital letter, never 'kamu'."""
    informal = re.compile(r"\b(kamu|lu|loe|anda)\b")
    assert [key for key, text in build(None).messages.items() if informal.search(text)] == []
