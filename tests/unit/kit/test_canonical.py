"""The one spelling of JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.canonical import canonical_json

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def test_names_are_in_the_order_of_the_standards_example() -> None:
    """RFC 8785, 3.2.3: names are sorted by their UTF-16, and letters stay as they are."""
    shown = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    found = json.loads(canonical_json(shown), object_pairs_hook=lambda pairs: [value for _, value in pairs])
    assert found == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_texts_are_spelt_as_in_the_standards_example() -> None:
    """RFC 8785, 3.2.2: what must be escaped is, in one way, and nothing else is."""
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical_json({"string": text, "literals": [None, True, False]}) == (
        b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json("\b\t\n\f\r\x1f\x7f") == b'"\\b\\t\\n\\f\\r\\u001f\x7f"'


@given(plain)
def test_the_spelling_means_the_same_and_is_its_own(value: Any) -> None:
    """Read again it is the value, and spelt again the same bytes."""
    spelt = canonical_json(value)
    assert json.loads(spelt) == value
    assert canonical_json(json.loads(spelt)) == spelt


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {1: "a"}, b"a", "\ud800", object()])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    """Better no signature than one over something that others read differently."""
    with pytest.raises(ValueError, match=r"spelling|text|surrogates"):
        canonical_json({"a": [value]} if not isinstance(value, dict) else value)
