import re

from doorward.plugins.languages.de.plugin import build


def test_customers_are_addressed_formally() -> None:
    """No sentence says 'du'."""
    informal = re.compile(r"\b(du|dir|dich|dein\w*|euch|euer\w*)\b", re.IGNORECASE)
    assert [key for key, text in build(None).messages.items() if informal.search(text)] == []


def test_sharp_s_and_double_s_are_one() -> None:
    """'Straße' and 'STRASSE' are the same word."""
    assert build(None).fold_case("Straße") == build(None).fold_case("STRASSE")
