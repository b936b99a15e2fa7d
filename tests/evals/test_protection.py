"""How well sensitive data is found in messages that were written apart from the detectors.

The floors are what must not be lost, and may only rise.
"""

from functools import cache
from typing import Any

import pytest

from tests.evals.protection.measuring import LANGUAGES, guesses_of, measure, messages, public_facts
from tests.support.screening import screener

pytestmark = pytest.mark.slow

SECRETS = {"en": 0.94, "de": 0.80, "tr": 0.95, "id": 0.98, "ru": 0.89}
NAMES_AND_ADDRESSES = {"en": 0.94, "de": 0.95, "tr": 0.93, "id": 0.93, "ru": 0.88}


@cache
def figures(language: str) -> dict[str, Any]:
    """Return the figures of a language's test half: scores alone, nobody looks at its messages."""
    half = messages(language, "test")
    return measure(half, guesses_of(screener(), half, public_facts(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_secrets_are_found(language: str) -> None:
    """Recall over codes, PINs, passwords and cards' security codes."""
    assert figures(language)["secrets"]["recall"] >= SECRETS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_addresses_are_found(language: str) -> None:
    """F2 over names and addresses."""
    assert figures(language)["names_and_addresses"]["f2"] >= NAMES_AND_ADDRESSES[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_words_stay_readable(language: str) -> None:
    """Of what is not sensitive at most seven in a thousand characters are masked, names included."""
    assert figures(language)["overmasked"] <= 0.007
