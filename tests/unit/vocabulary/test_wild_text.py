"""Wild text refuses everything through which its content could get out by accident."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.vocabulary.text import WildText, WildTextMisused

SECRET = "4242 4242 4242 4242"


@pytest.mark.parametrize(
    "misuse",
    [
        str,
        lambda wild: f"{wild}",
        lambda wild: "%s" % wild,  # noqa: UP031 - the old way must not work either
        "{}".format,
        lambda wild: wild == SECRET,
        lambda wild: wild != SECRET,
        lambda wild: {wild},
        lambda wild: wild in [SECRET, "other"],
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
    ],
)
def test_misuse_raises_and_does_not_quote(misuse: object) -> None:
    """Each way raises, and the error does not hold the content."""
    with pytest.raises(WildTextMisused) as caught:
        misuse(WildText(SECRET))  # type: ignore[operator]  # because the ways differ
    assert "4242" not in str(caught.value)


@given(st.text())
def test_only_a_length_shows(text: str) -> None:
    """The repr tells the length and nothing else; size and blankness may be asked."""
    wild = WildText(text)
    assert repr(wild) == f"<WildText {len(text)} chars>"
    assert len(wild) == len(text)
    assert wild.is_blank == (not text.strip())


def test_there_is_no_attribute_to_read() -> None:
    """The content is in no public attribute and in no `__dict__`."""
    wild = WildText(SECRET)
    assert not hasattr(wild, "__dict__")
    assert not [name for name in dir(wild) if not name.startswith("_") and getattr(wild, name) == SECRET]


def test_surrogates_count_their_bytes() -> None:
    """Lone surrogates are three bytes each."""
    assert WildText("a\ud800").utf8_size == 4
