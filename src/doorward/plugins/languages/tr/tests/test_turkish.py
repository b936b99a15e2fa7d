import re

import pytest

from doorward.plugins.languages.tr.plugin import build


@pytest.mark.parametrize(("text", "folded"), [("IŞIK", "ışık"), ("İSTANBUL", "istanbul"), ("Kırmızı", "kırmızı")])
def test_the_two_letters_i_are_told_apart(text: str, folded: str) -> None:
    """Capital I is the dotless i, capital İ the dotted one."""
    assert build(None).fold_case(text) == folded


def test_customers_are_addressed_formally() -> None:
    """No sentence says 'sen'."""
    informal = re.compile(r"\b(sen|seni|sana|senin|seninle)\b", re.IGNORECASE)
    assert [key for key, text in build(None).messages.items() if informal.search(text)] == []
