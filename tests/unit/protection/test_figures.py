"""Codes in figures are found once, and each window sees of them what an expression would find inside."""

import re

from hypothesis import given
from hypothesis import strategies as st

from doorward.plugins.detectors.secret_code.figures import figures_between
from doorward.plugins.detectors.secret_code.values import DIGITS
from doorward.protection.ports import View

texts = st.text(alphabet="01239ag -./:,$%\n", max_size=50)
places = st.integers(min_value=0, max_value=50)


@given(texts, places, places)
def test_a_window_sees_the_codes_inside(text: str, low: int, high: int) -> None:
    """Where an edge cuts through one, nothing is said."""
    found = figures_between(View(text), low, high)
    codes = [match.span() for match in re.compile(DIGITS).finditer(text, low, min(high, len(text)))]
    assert found is None or list(found) == codes
