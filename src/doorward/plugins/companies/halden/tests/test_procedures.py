"""What holds for all of the bank's procedures; those of cards are walked in `test_card_procedures`."""

import pytest

from doorward.plugins.companies.halden.tests.walking import FOLDER, loaded


def test_every_procedure_loads() -> None:
    """None is refused; each folder is one."""
    assert [str(error.detail) for error in loaded().refused] == []
    assert set(loaded().procedures) == {file.parent.name for file in FOLDER.glob("*/procedure.yaml")}


@pytest.mark.parametrize("procedure", sorted(file.parent.name for file in FOLDER.glob("*/procedure.yaml")))
def test_texts_are_short_and_calm(procedure: str) -> None:
    """No sign of exclamation, and at most three sentences."""
    for language, texts in loaded().procedures[procedure].texts.items():
        for key, text in texts.items():
            assert "!" not in text, (language, key)
            assert sum(text.count(f"{sign} ") for sign in ".?") <= 3, (language, key)
