"""How well sensitive data is found in the fresh messages, which no detector was made with (decision 0018).

The floors are those that the first sets have to reach. Where one is missed, the miss is recorded with what is reached,
which may only get better; a miss is struck out when its floor is reached. One got worse knowingly: German clean text,
by 8 characters of 4,000, where names were given more benefit of the doubt so that all five languages reach their floor.
"""

from functools import cache
from typing import Any

import pytest

from tests.evals.protection.measuring import LANGUAGES, guesses_of, measure, messages, public_facts
from tests.support.screening import screener

pytestmark = pytest.mark.slow

CHECKED = 0.98
SECRETS = 0.95
EVADED = 0.90
OVERMASKED = 0.005

MISSED_SECRETS = {"en": 0.86, "de": 0.82, "tr": 0.91, "id": 0.88, "ru": 0.85}
MISSED_EVADED: dict[str, float] = {}
MISSED_OVERMASKED = {"de": 0.0111, "tr": 0.0056}


@cache
def figures(language: str) -> dict[str, Any]:
    """Return the figures of a language's fresh test half: scores alone, nobody looks at its messages."""
    half = messages(language, "test", fresh=True)
    return measure(half, guesses_of(screener(), half, public_facts(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_with_check_digits_are_found(language: str) -> None:
    """Precision and recall over cards, IBANs and national numbers that have check digits."""
    found = figures(language)["checksummed"]
    assert found["precision"] >= CHECKED
    assert found["recall"] >= CHECKED


@pytest.mark.parametrize("language", LANGUAGES)
def test_secrets_are_found(language: str) -> None:
    """Recall over codes, PINs, passwords and cards' security codes."""
    assert figures(language)["secrets"]["recall"] >= MISSED_SECRETS.get(language, SECRETS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_evaded_values_are_found(language: str) -> None:
    """Recall over values that are written so as not to be found."""
    assert figures(language)["evasion_recall"] >= MISSED_EVADED.get(language, EVADED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_words_stay_readable(language: str) -> None:
    """Of what is not sensitive at most one in two hundred characters is masked, names included."""
    assert figures(language)["overmasked"] <= MISSED_OVERMASKED.get(language, OVERMASKED)
